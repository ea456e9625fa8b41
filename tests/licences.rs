//! Under which licences we build on others' work: read from `cargo metadata`, held against a list.

use crate::harness::root;
use serde_json::Value;
use std::process::Command;

/// Licences that go with ours: they ask for notice at most, or (MPL-2.0, CDLA) bind only their own files.
const ACCEPTED: [&str; 13] = [
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "CC0-1.0",
    "BSL-1.0",
    "MPL-2.0",
    "0BSD",
    "CDLA-Permissive-2.0",
];
/// Exceptions that only give more leave.
const EXCEPTIONS: [&str; 1] = ["LLVM-exception"];

/// Whether an SPDX expression can be met with accepted licences alone. `None` when it is no expression. Old packages
/// write `MIT/Apache-2.0` for `OR`.
fn is_accepted(expression: &str) -> Option<bool> {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let met = any_of(&mut rest)?;
    rest.is_empty().then_some(met)
}

fn any_of(words: &mut &[&str]) -> Option<bool> {
    let mut met = all_of(words)?;
    while words.first() == Some(&"OR") {
        *words = &words[1..];
        met |= all_of(words)?;
    }
    Some(met)
}

fn all_of(words: &mut &[&str]) -> Option<bool> {
    let mut met = one(words)?;
    while words.first() == Some(&"AND") {
        *words = &words[1..];
        met &= one(words)?;
    }
    Some(met)
}

fn one(words: &mut &[&str]) -> Option<bool> {
    let (first, rest) = words.split_first()?;
    *words = rest;
    if *first == "(" {
        let met = any_of(words)?;
        let (closing, rest) = words.split_first()?;
        *words = rest;
        return (*closing == ")").then_some(met);
    }
    if matches!(*first, ")" | "OR" | "AND" | "WITH") {
        return None;
    }
    let mut met = ACCEPTED.contains(first);
    if words.first() == Some(&"WITH") {
        met &= EXCEPTIONS.contains(words.get(1)?);
        *words = &words[2..];
    }
    Some(met)
}

#[test]
fn expressions_are_understood() {
    for (expression, expected) in [
        ("MIT", Some(true)),
        ("GPL-3.0-only", Some(false)),
        ("MIT OR GPL-3.0-only", Some(true)),
        ("MIT AND GPL-3.0-only", Some(false)),
        ("MIT OR Apache-2.0 AND GPL-3.0-only", Some(true)),
        ("(MIT OR Apache-2.0) AND GPL-3.0-only", Some(false)),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", Some(true)),
        ("Apache-2.0 WITH LLVM-exception", Some(true)),
        ("Apache-2.0 WITH Another-exception", Some(false)),
        ("Apache-2.0 WITH LLVM-exception OR MIT", Some(true)),
        ("MIT/Apache-2.0", Some(true)),
        ("Apache-2.0 / MIT / GPL-2.0", Some(true)),
        ("MIT OR", None),
        ("(MIT", None),
        ("MIT Apache-2.0", None),
        ("", None),
    ] {
        assert_eq!(is_accepted(expression), expected, "{expression}");
    }
}

#[test]
fn every_package_may_be_built_on() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let rustc = Command::new("rustc").arg("-vV").output().expect("rustc");
    let said = String::from_utf8_lossy(&rustc.stdout).into_owned();
    let host = said.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc -vV names its host");
    let listed = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--locked", "--filter-platform", host])
        .current_dir(root())
        .output()
        .expect("cargo");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let listed: Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    let packages = listed["packages"].as_array().expect("packages");
    assert!(packages.len() > 100, "only {} packages", packages.len());
    let refused: Vec<String> = packages
        .iter()
        .filter_map(|package| {
            let licence = package["license"].as_str().unwrap_or_default();
            (is_accepted(licence) != Some(true))
                .then(|| format!("{} {}: {licence:?}", package["name"], package["version"]))
        })
        .collect();
    assert_eq!(refused, Vec::<String>::new());
}
