//! The layout, read from the sources: which way imports run, how long a file may be, what the core may depend on, and
//! where SQL may stand.

use crate::harness::root;
use crate::harness::sources::{Source, below, code};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;

/// The modules of `server/src`: each uses only those before it.
const LAYERS: [&str; 10] =
    ["config", "error", "repo", "platform", "actions", "web", "state", "features", "compose", "cli"];
/// The packages: each uses only those before it.
const PACKAGES: [&str; 5] = ["domain", "entity", "migration", "candor", "tests"];
/// Lines of a source file at most; migrations stand alone for ever and may be longer.
const LONGEST: usize = 600;
/// All that the core may stand on: numbers, texts and their syntax, ids, hashes. Nothing that waits, asks or touches the world.
const CORE: [&str; 14] = [
    "hex",
    "num-bigint",
    "num-rational",
    "num-traits",
    "quick-xml",
    "ryu-js",
    "serde",
    "serde_json",
    "serde_json_canonicalizer",
    "sha2",
    "thiserror",
    "time",
    "unicode-normalization",
    "uuid",
];
/// What reaches for the world; none of it stands in the core.
const WORLDLY: [&str; 11] = [
    "async fn",
    ".await",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant::now",
    "println!",
    "now_utc",
];
/// Marks of SQL, or of queries built by hand.
const SQL: [&str; 11] = [
    "execute_unprepared",
    "execute_raw",
    "query_one_raw",
    "query_all_raw",
    "from_sql_and_values",
    "Expr::cust",
    "EntityTrait",
    "QueryFilter",
    "QuerySelect",
    "sea_query",
    "Statement::from_string",
];
/// Names that say nothing of the product.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "common", "manager", "helper", "helpers"];

/// The module that a file of `server/src` is in: `web` and `form` for `web/form.rs`, `web` alone for `web/mod.rs`.
fn module(source: &Source) -> Vec<&str> {
    let inside = source.path.strip_prefix("server/src/").expect("a file of the server");
    let mut parts: Vec<&str> = inside.trim_end_matches(".rs").split('/').collect();
    if matches!(parts.last(), Some(&"mod" | &"lib" | &"main")) {
        parts.pop();
    }
    parts
}

/// What follows each `crate::` of a text, groups (`crate::{a, b::c}`) taken apart: the first two names.
fn uses(text: &str) -> Vec<(String, String)> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let two = |text: &str| {
        let first = name(text);
        let second = text[first.len()..].strip_prefix("::").map(name).unwrap_or_default();
        (first, second)
    };
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => {
                let mut depth = 0;
                let mut start = 0;
                for (n, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' | ',' if depth == 0 => {
                            found.push(two(group[start..n].trim()));
                            start = n + 1;
                            if c == '}' {
                                break;
                            }
                        }
                        '}' => depth -= 1,
                        _ => {}
                    }
                }
            }
            None => found.push(two(rest)),
        }
    }
    found.retain(|(first, _)| !first.is_empty());
    found
}

fn without_comments(text: &str) -> String {
    text.lines().map(code).collect::<Vec<_>>().join("\n")
}

/// Everything in these sources that imports the wrong way.
fn wrong_imports(sources: &[Source]) -> Vec<String> {
    let rank = |layer: &str| LAYERS.iter().position(|known| *known == layer);
    let mut wrong = Vec::new();
    for source in sources {
        let module = module(source);
        let Some(own) = module.first().and_then(|layer| rank(layer)) else { continue };
        let text = without_comments(&source.text);
        for (layer, next) in uses(&text) {
            match rank(&layer) {
                Some(other) if other > own => wrong.push(format!("{}: uses crate::{layer}", source.path)),
                Some(_) if layer == "features" && module[0] == "features" && module.get(1) != Some(&next.as_str()) => {
                    wrong.push(format!("{}: uses the feature {next}", source.path));
                }
                Some(_) => {}
                None => wrong.push(format!("{}: crate::{layer} is no module of the layout", source.path)),
            }
        }
        let steps =
            text.lines().filter(|line| !line.starts_with(' ')).map(|line| line.matches("super::").count()).max();
        let most = if module[0] == "features" { module.len().saturating_sub(1) } else { module.len() };
        if steps.is_some_and(|steps| steps > 0 && steps >= most.max(1)) {
            wrong.push(format!("{}: climbs out of its room with super::", source.path));
        }
    }
    wrong
}

#[test]
fn imports_run_one_way() {
    let sources = below("server/src", ".rs");
    assert_eq!(wrong_imports(&sources), Vec::<String>::new());
    let rooms: BTreeSet<&str> = sources.iter().filter_map(|source| module(source).first().copied()).collect();
    assert_eq!(rooms, BTreeSet::from(LAYERS), "server/src has the rooms of the layout and no other");
}

#[test]
fn a_wrong_import_is_seen() {
    let file = |path: &str, text: &str| [Source { path: format!("server/src/{path}"), text: text.to_owned() }];
    for (path, text) in [
        ("repo/a.rs", "use crate::actions::issue;"),
        ("web/a.rs", "use crate::{platform::db, features::{vendors}};"),
        ("actions/a.rs", "fn a() { crate::web::say::problem(); }"),
        ("features/vendors/pages.rs", "use crate::features::scoring::read;"),
        ("features/vendors/pages.rs", "use super::super::scoring;"),
        ("repo/a.rs", "use super::super::web;"),
        ("repo/a.rs", "use crate::misc::a;"),
    ] {
        assert_eq!(wrong_imports(&file(path, text)).len(), 1, "{path}: {text}");
    }
    for (path, text) in [
        ("web/a.rs", "use crate::{actions::{Actor, Buyer}, platform};"),
        ("features/vendors/pages.rs", "use super::views::List;\nuse crate::features::vendors::views;"),
        ("repo/a.rs", "// use crate::web;\nuse super::scope::Tenant;"),
    ] {
        assert_eq!(wrong_imports(&file(path, text)), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn a_layer_is_named_wherever_a_module_is_declared() {
    let lib = std::fs::read_to_string(root().join("server/src/lib.rs")).expect("lib.rs");
    let declared: Vec<&str> = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert_eq!(declared, LAYERS, "lib.rs lists the modules in the order in which they may use each other");
}

#[test]
fn files_are_short_and_named_after_the_product() {
    let mut wrong = Vec::new();
    let folders = ["server", "entity", "migration", "tests", "web/assets/js"];
    let sources = folders.iter().flat_map(|folder| {
        let ending = if folder.starts_with("web") { ".js" } else { ".rs" };
        below(folder, ending)
    });
    for source in sources {
        let lines = source.text.lines().count();
        if lines > LONGEST && !source.path.starts_with("migration/src/") {
            wrong.push(format!("{}: {lines} lines, at most {LONGEST}", source.path));
        }
        let parts: Vec<&str> = source.path.split(['/', '.']).collect();
        if let Some(empty) = EMPTY_NAMES.iter().find(|empty| parts.contains(empty)) {
            wrong.push(format!("{}: {empty} is no name", source.path));
        }
        // Put together here, so that this file does not find itself.
        for mark in [concat!("TO", "DO"), concat!("FIX", "ME")] {
            if source.text.contains(mark) {
                wrong.push(format!("{}: {mark}", source.path));
            }
        }
        let first = source.text.lines().next().unwrap_or_default();
        if source.path.ends_with(".rs") && !first.starts_with("//!") {
            wrong.push(format!("{}: its first line does not say what lives there", source.path));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn sql_stays_in_its_rooms() {
    // A bench copies rows by the thousand, which the product never does.
    let rooms = ["server/src/repo/", "server/src/platform/db.rs", "server/benches/judged/"];
    let mut wrong = Vec::new();
    for source in below("server", ".rs").iter().filter(|source| !rooms.iter().any(|room| source.path.starts_with(room)))
    {
        let text = without_comments(&source.text);
        wrong.extend(SQL.iter().filter(|mark| text.contains(*mark)).map(|mark| format!("{}: {mark}", source.path)));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_core_is_pure() {
    let mut wrong = Vec::new();
    for source in below("server/domain/src", ".rs") {
        let text = without_comments(&source.text);
        wrong.extend(WORLDLY.iter().filter(|mark| text.contains(*mark)).map(|mark| format!("{}: {mark}", source.path)));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn packages_depend_one_way() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let listed = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let listed: Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    let rank = |name: &str| PACKAGES.iter().position(|known| *known == name);
    for package in listed["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().expect("a name");
        let own = rank(name).unwrap_or_else(|| panic!("{name} is no package of the layout"));
        let needed: Vec<&str> = package["dependencies"]
            .as_array()
            .expect("dependencies")
            .iter()
            .filter(|dependency| name != "domain" || dependency["kind"].is_null())
            .filter_map(|dependency| dependency["name"].as_str())
            .collect();
        for other in &needed {
            assert!(rank(other).is_none_or(|other| other < own), "{name} depends on {other}");
        }
        if name == "domain" {
            let strange: Vec<&&str> = needed.iter().filter(|needed| !CORE.contains(needed)).collect();
            assert!(strange.is_empty(), "the core depends on {strange:?}");
        }
    }
}
