//! The repository's own files, for tests that read them.

use super::root;
use std::path::Path;

/// A source file: its path from the repository's top, with `/`, and its text.
#[derive(Clone, Debug)]
pub struct Source {
    /// `server/src/web/form.rs`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// All files below a folder whose names end like this, in order.
pub fn below(folder: &str, ending: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root(), &root().join(folder), ending, &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(!found.is_empty(), "no *{ending} below {folder}");
    found
}

fn collect(root: &Path, folder: &Path, ending: &str, found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target" && name != "node_modules") {
                collect(root, &path, ending, found);
            }
        } else if path.to_string_lossy().ends_with(ending) {
            let relative = path.strip_prefix(root).expect("below the top").to_string_lossy().replace('\\', "/");
            found.push(Source { path: relative, text: std::fs::read_to_string(&path).expect("UTF-8") });
        }
    }
}

/// A line without its comment; texts that hold `//` keep it when a quote stands before it.
pub fn code(line: &str) -> &str {
    match line.find("//") {
        Some(at) if !line[..at].contains('"') => &line[..at],
        _ => line,
    }
}
