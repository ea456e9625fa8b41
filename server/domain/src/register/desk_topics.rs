//! What vendors, assessments, answers and findings can be asked about.

use super::topic::{About, Scale, UNKNOWN, Weight};
use crate::assessment::State;
use crate::judging::finding;

/// The member who owns the engagement that something hangs on: what somebody may find who reads their own alone.
pub const OWNED_BY: &str = "owned_by";
/// What a score is rated, by the policy's bands.
pub const RATING: &str = "rating";
/// How a question was answered.
pub const STANDS: [&str; 3] = ["given", "not_applicable", "declined"];
/// Who found a finding: a rule, or a person.
pub const ORIGINS: [&str; 2] = ["rule", "person"];

fn text(id: &'static str, weight: Weight) -> About {
    About { id, text: true, weight, ..About::default() }
}

fn counted(id: &'static str, weight: Weight) -> About {
    About { facet: true, ..text(id, weight) }
}

fn choice(id: &'static str, values: impl IntoIterator<Item = &'static str>) -> About {
    About { id, facet: true, values: values.into_iter().collect(), ..About::default() }
}

fn day(id: &'static str) -> About {
    About { id, scale: Some(Scale::Day), ..About::default() }
}

/// What a score says: 0 to 100, the more the riskier.
fn residual() -> About {
    called(About { id: "residual", scale: Some(Scale::Number), ..About::default() }, &["risk", "score"])
}

fn owned_by() -> About {
    About { id: OWNED_BY, facet: true, is_hidden: true, ..About::default() }
}

fn naming(about: About) -> About {
    About { names: true, ..about }
}

fn called(about: About, aliases: &'static [&'static str]) -> About {
    About { aliases, ..about }
}

pub(super) fn of_vendors() -> Vec<About> {
    vec![
        naming(called(text("name", Weight::Most), &["vendor", "supplier"])),
        called(text("website", Weight::More), &["site"]),
        called(text("contact", Weight::Some), &["contacts", "email"]),
        called(text("note", Weight::Some), &["notes"]),
        // Not among the words: what a vendor is rated is not found by whoever does not read all that it rests on.
        About { id: RATING, facet: true, adds_up: true, ..About::default() },
        About { adds_up: true, ..residual() },
        called(day("since"), &["added", "created"]),
        owned_by(),
    ]
}

pub(super) fn of_assessments() -> Vec<About> {
    let states = State::ALL.into_iter().map(State::name).chain([UNKNOWN]);
    vec![
        naming(called(counted("vendor", Weight::Most), &["supplier"])),
        called(counted("questionnaire", Weight::More), &["template", "title"]),
        text("engagement", Weight::More),
        called(text("contact", Weight::Some), &["email"]),
        called(text("business_function", Weight::Some), &["function"]),
        text("owner", Weight::Some),
        text("message", Weight::Some),
        called(choice("state", states), &["status"]),
        counted(RATING, Weight::Some),
        residual(),
        day("scored"),
        called(day("due"), &["due_on"]),
        day("issued"),
        day("submitted"),
        called(day("since"), &["added", "created", "drafted"]),
        owned_by(),
    ]
}

pub(super) fn of_answers() -> Vec<About> {
    vec![
        text("answer", Weight::Most),
        text("comment", Weight::Most),
        text("question", Weight::More),
        called(text("evidence", Weight::Some), &["file"]),
        naming(called(counted("vendor", Weight::Some), &["supplier"])),
        called(counted("questionnaire", Weight::Some), &["template", "title"]),
        text("engagement", Weight::Some),
        choice("stand", STANDS.into_iter().chain([UNKNOWN])),
        About { id: "option", facet: true, ..About::default() },
        day("submitted"),
        owned_by(),
    ]
}

pub(super) fn of_findings() -> Vec<About> {
    let efforts = finding::Effort::ALL.into_iter().map(finding::Effort::name).chain([UNKNOWN]);
    vec![
        naming(called(text("title", Weight::Most), &["name", "finding"])),
        called(text("description", Weight::More), &["about"]),
        text("question", Weight::More),
        called(text("plan", Weight::Some), &["cause", "correction", "action"]),
        called(counted("vendor", Weight::Some), &["supplier"]),
        text("engagement", Weight::Some),
        called(choice("severity", ["major", "minor", "observation"]), &["weight"]),
        called(choice("state", finding::State::ALL.into_iter().map(finding::State::name)), &["status"]),
        choice("effort", efforts),
        choice("origin", ORIGINS),
        called(counted("owner", Weight::Some), &["contact"]),
        called(counted("control", Weight::Some), &["controls"]),
        called(day("due"), &["due_on"]),
        day("raised"),
        day("closed"),
        called(day("since"), &["added", "created", "proposed"]),
        owned_by(),
    ]
}
