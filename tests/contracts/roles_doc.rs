//! `docs/roles.md` says what the decision table decides: it is written from it, and is stale when they differ.

use crate::harness::root;
use candor::platform::wording::Wording;
use domain::access::{Permission, Role, Side};
use std::fmt::Write;

/// Set to have the page written anew.
const WRITE: &str = "CANDOR_WRITE_DOCS";

fn page() -> String {
    let wording = Wording::load(None).expect("the wording");
    let text = |key: &str| wording.text("en", key, &[]);
    let mut page = String::from(
        "# Who may do what\n\nWritten from `server/domain/src/access/table.rs`, which decides it; the same table stands \
         under *People > Roles*. Somebody with several roles may do what any of them may. Whoever did something does not \
         judge it: nobody approves their own answer, review, finding or acceptance, whatever their roles.\n",
    );
    let sides = [
        (Side::Buyer, "An organisation that asks"),
        (Side::Vendor, "An organisation that is asked"),
        (Side::Installation, "The installation"),
    ];
    for (side, title) in sides {
        let roles: Vec<Role> = Role::ALL.iter().copied().filter(|role| role.side() == side).collect();
        let _ =
            writeln!(page, "\n## {title}\n\n| role | name in the API | what it is there for |\n| --- | --- | --- |");
        for role in &roles {
            let (name, about) = (text(&format!("role.{role}")), text(&format!("role.about.{role}")));
            let _ = writeln!(page, "| {name} | `{role}` | {about} |");
        }
        let heads: Vec<String> = roles.iter().map(|role| text(&format!("role.{role}"))).collect();
        let _ = writeln!(page, "\n| may | {} |\n| --- |{}", heads.join(" | "), " --- |".repeat(roles.len()));
        for permission in Permission::ALL.iter().filter(|one| roles.iter().any(|role| role.may(**one))) {
            let cells: Vec<&str> = roles.iter().map(|role| if role.may(*permission) { "yes" } else { "" }).collect();
            let words = text(&format!("permission.{permission}"));
            let _ = writeln!(page, "| {words} (`{permission}`) | {} |", cells.join(" | "));
        }
    }
    page
}

#[test]
fn the_page_about_roles_is_what_the_table_says() {
    let file = root().join("docs/roles.md");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&file, page()).expect("written");
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == page(),
        "docs/roles.md is stale. Write it anew: {WRITE}=1 cargo nextest run -p tests the_page_about_roles"
    );
}

#[test]
fn every_role_and_permission_has_its_words() {
    let wording = Wording::load(None).expect("the wording");
    let roles = Role::ALL.iter().flat_map(|role| [format!("role.{role}"), format!("role.about.{role}")]);
    let permissions = Permission::ALL.iter().map(|permission| format!("permission.{permission}"));
    let missing: Vec<String> = roles.chain(permissions).filter(|key| !wording.knows(key)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
