//! Copies the workbooks of `fixtures/` into `corpus/`, as each target reads them. Run it in `tests/fuzz`.

use candor_fuzz::{ReadLimits, grid, parts, reading::read_here};
use std::fs;
use std::path::Path;

/// Larger files teach a fuzzer little and make it slow.
const LARGEST: usize = 64 << 10;

fn main() {
    let targets = ["reader", "parts", "detector", "matcher"];
    for target in targets {
        fs::create_dir_all(Path::new("corpus").join(target)).expect("a folder");
    }
    let put = |target: &str, name: &str, bytes: &[u8]| {
        fs::write(Path::new("corpus").join(target).join(name), bytes).expect("a seed");
    };
    let folders = ["", "real", "lookalikes"].map(|folder| Path::new("../../fixtures/workbooks").join(folder));
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("fixtures"));
    for path in files.map(|file| file.expect("a file").path()).filter(|path| path.is_file()) {
        let bytes = fs::read(&path).expect("a file");
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Ok(workbook) = read_here(&bytes, &ReadLimits::default()) else { continue };
        if bytes.len() <= LARGEST {
            put("reader", &name, &bytes);
            if bytes.starts_with(b"PK") {
                put("parts", &name, &parts::laid_out(&bytes));
            }
        }
        let laid = grid::laid_out(&workbook);
        if laid.len() <= LARGEST {
            put("detector", &name, &laid);
            put("matcher", &name, &[&[u8::from(name.starts_with("own"))], &laid[..]].concat());
        }
    }
    for target in targets {
        let count = fs::read_dir(Path::new("corpus").join(target)).expect("a folder").count();
        println!("{target}: {count} seeds");
    }
}
