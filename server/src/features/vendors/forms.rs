//! The forms of vendors and engagements: their fields, and what was posted as the actions take it.

use super::views::{Theirs, VendorFields};
use crate::actions::content::REASONS;
use crate::actions::vendors::{EngagementInput, VendorInput};
use crate::platform::Platform;
use crate::repo::people::Member;
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted};
use crate::web::render::Renderer;
use domain::access::Role;
use domain::scoring::Policy;
use entity::{engagement, vendor};
use serde_json::Value;
use uuid::Uuid;

/// What the fields of a profile are called: `profile.` and the factor.
const PROFILE: &str = "profile.";

pub(super) fn vendor_input(fields: &Fields) -> VendorInput {
    VendorInput {
        name: fields.one("name").to_owned(),
        website: fields.one("website").to_owned(),
        note: fields.one("note").to_owned(),
        contacts: fields.one("contacts").to_owned(),
    }
}

pub(super) fn vendor_values(row: &vendor::Model) -> Vec<(String, String)> {
    vec![
        ("name".into(), row.name.clone()),
        ("website".into(), row.website.clone().unwrap_or_default()),
        ("note".into(), row.note.clone().unwrap_or_default()),
        ("revision".into(), row.revision.to_string()),
    ]
}

/// A key for a form that makes something, so that a second click makes nothing more.
pub(super) fn fresh_key(platform: &Platform) -> Vec<(String, String)> {
    vec![("once".into(), platform.clock.id::<Uuid>().to_string())]
}

pub(super) fn revision(fields: &Fields) -> Option<i64> {
    fields.one("revision").parse().ok()
}

pub(super) fn vendor_fields(renderer: &Renderer, posted: &Posted) -> VendorFields {
    let limits = &renderer.platform.config.limits;
    let label = |key: &str| renderer.text(&format!("vendors.form.{key}"), &[]);
    VendorFields {
        name: Field { required: true, max_length: Some(limits.name_characters), ..posted.field("name", label("name")) },
        website: Field { kind: "url", ..posted.field("website", label("website")) },
        note: Field {
            hint: Some(label("note_hint")),
            max_length: Some(limits.comment_characters),
            rows: Some(3),
            ..posted.field("note", label("note"))
        },
        contacts: contacts_field(renderer, posted),
    }
}

pub(super) fn contacts_field(renderer: &Renderer, posted: &Posted) -> Field {
    Field {
        hint: Some(renderer.text("vendors.form.contacts_hint", &[])),
        rows: Some(4),
        ..posted.field("contacts", renderer.text("vendors.form.contacts", &[]))
    }
}

pub(super) fn engagement_input(fields: &Fields) -> EngagementInput {
    EngagementInput {
        name: fields.one("name").to_owned(),
        business_function: fields.one("business_function").to_owned(),
        owner: fields.one("owner").to_owned(),
        owner_member: fields.one("owner_member").parse().ok(),
        profile: fields.below(PROFILE).map(|(factor, value)| (factor.to_owned(), value.to_owned())).collect(),
    }
}

pub(super) fn engagement_values(row: &engagement::Model) -> Vec<(String, String)> {
    let mut values = vec![
        ("name".to_owned(), row.name.clone()),
        ("business_function".to_owned(), row.business_function.clone()),
        ("owner".to_owned(), row.owner.clone()),
        ("owner_member".to_owned(), row.owner_member_id.map(|id| id.to_string()).unwrap_or_default()),
        ("revision".to_owned(), row.revision.to_string()),
    ];
    for (factor, value) in row.profile.as_object().into_iter().flatten() {
        values.push((format!("{PROFILE}{factor}"), value.as_str().unwrap_or_default().to_owned()));
    }
    values
}

/// Name, function and owner.
pub(super) fn engagement_fields(renderer: &Renderer, posted: &Posted) -> [Field; 3] {
    let most = renderer.platform.config.limits.name_characters;
    ["name", "business_function", "owner"].map(|name| Field {
        required: true,
        max_length: Some(most),
        hint: Some(renderer.text(&format!("vendors.engagement.{name}_hint"), &[])),
        ..posted.field(name, renderer.text(&format!("vendors.engagement.{name}"), &[]))
    })
}

/// The member who owns the engagement: those with the role, and whoever is its owner now.
pub(super) fn owner_field(renderer: &Renderer, posted: &Posted, members: &[Member]) -> Field {
    let given = posted.fields.one("owner_member").to_owned();
    let fits = |member: &&Member| {
        member.id.to_string() == given || (member.removed_at.is_none() && member.roles.has(Role::BusinessOwner))
    };
    let option = |member: &Member| Choice {
        key: member.id.to_string(),
        text: format!("{} ({})", member.name, member.email),
        note: None,
        chosen: member.id.to_string() == given,
    };
    Field {
        blank: Some(renderer.text("vendors.engagement.no_owner_member", &[])),
        hint: Some(renderer.text("vendors.engagement.owner_member_hint", &[])),
        options: members.iter().filter(fits).map(option).collect(),
        ..posted.field("owner_member", renderer.text("vendors.engagement.owner_member", &[]))
    }
}

/// A question for each factor of the policy, in plain words; each may be left open.
pub(super) fn profile_fields(renderer: &Renderer, policy: &Policy, posted: &Posted) -> Vec<Field> {
    let open = || renderer.text("vendors.engagement.left_open", &[]);
    let question = |(factor, values): (&String, &Vec<String>)| {
        let words = REASONS.factors.get(factor);
        let name = format!("{PROFILE}{factor}");
        let given = posted.fields.one(&name).to_owned();
        let choice = |value: &String| {
            let said = words.and_then(|words| words.values.get(value));
            Choice {
                key: value.clone(),
                text: said.map_or_else(|| value.clone(), |said| said.label.clone()),
                note: said.and_then(|said| said.help.clone()),
                chosen: given == *value,
            }
        };
        let mut options: Vec<Choice> = values.iter().map(choice).collect();
        options.push(Choice { key: String::new(), text: open(), note: None, chosen: given.is_empty() });
        Field {
            hint: words.map(|words| words.help.clone()),
            options,
            // Whether it may stay open is said by the last choice, not by "(optional)".
            required: true,
            ..posted.field(&name, factor_question(factor))
        }
    };
    policy.factors.iter().map(question).collect()
}

/// The question that a factor asks; its name where there are no words for it.
pub(super) fn factor_question(factor: &str) -> String {
    REASONS.factors.get(factor).map_or_else(|| factor.to_owned(), |words| words.question.clone())
}

/// What somebody else wrote meanwhile, where it differs from what was typed.
pub(super) fn theirs(renderer: &Renderer, current: &Value, fields: &Fields) -> Vec<Theirs> {
    let mut found = Vec::new();
    let mut compare = |label: String, stands: &str, typed: &str| {
        if stands.trim() != typed.trim() {
            let stands = if stands.is_empty() { renderer.text("vendors.form.nothing", &[]) } else { stands.to_owned() };
            found.push(Theirs { label, stands });
        }
    };
    for name in ["name", "website", "note"] {
        if let Some(value) = current.get(name) {
            let label = renderer.text(&format!("vendors.form.{name}"), &[]);
            compare(label, value.as_str().unwrap_or_default(), fields.one(name));
        }
    }
    for name in ["business_function", "owner"] {
        if let Some(value) = current.get(name) {
            let label = renderer.text(&format!("vendors.engagement.{name}"), &[]);
            compare(label, value.as_str().unwrap_or_default(), fields.one(name));
        }
    }
    if let Some(profile) = current.get("profile") {
        for (factor, words) in &REASONS.factors {
            let label =
                |value: &str| words.values.get(value).map_or_else(|| value.to_owned(), |said| said.label.clone());
            let typed = label(fields.one(&format!("{PROFILE}{factor}")));
            let stands = label(profile.get(factor).and_then(Value::as_str).unwrap_or_default());
            compare(words.question.clone(), &stands, &typed);
        }
    }
    found
}

/// What was posted, with the revision that stands now: sending it again writes it over what stands there.
pub(super) fn with_revision(mut fields: Fields, current: &Value) -> Fields {
    let revision = current.get("revision").and_then(Value::as_i64).unwrap_or_default().to_string();
    fields.0.retain(|(name, _)| name != "revision");
    fields.0.push(("revision".to_owned(), revision));
    fields
}
