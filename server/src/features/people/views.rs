//! Contexts of the pages about people.

use crate::web::form::{Choice, ErrorLink, Field};
use crate::web::moment::Moment;
use crate::web::render::{Renderer, View};
use crate::web::tabs::Tab;
use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;

/// A secret, shown once.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SecretView {
    /// What it is, and how long it works.
    pub about: String,
    /// What it is called.
    pub label: String,
    /// The secret.
    pub text: String,
}

/// A member in the list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MemberRow {
    /// Their page.
    pub href: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// In words.
    pub roles: String,
    /// Since when.
    pub since: Moment,
    /// It is oneself.
    pub is_self: bool,
    /// A provider says what their roles are.
    pub is_managed: bool,
}

/// Who works here.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MembersPage {
    /// The pages beside it.
    pub tabs: Vec<Tab>,
    /// By name.
    pub members: Vec<MemberRow>,
}

/// A token.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TokenView {
    /// Its name.
    pub name: String,
    /// In words.
    pub role: String,
    /// The permissions that it is narrowed to, in words.
    pub only: Option<String>,
    /// Who made it.
    pub made_by: Option<String>,
    /// When it was made.
    pub made: Moment,
    /// When it was last used.
    pub used: Option<Moment>,
    /// When it ends; none where it does not.
    pub ends: Option<Moment>,
    /// It works now.
    pub is_valid: bool,
    /// It was revoked.
    pub is_revoked: bool,
    /// Where it is revoked.
    pub revoke_href: String,
}

impl TokenView {
    /// A token as it stands.
    pub(super) fn of(
        renderer: &Renderer,
        token: entity::api_token::Model,
        made_by: Option<String>,
        now: OffsetDateTime,
    ) -> Self {
        let words = |name: &str| renderer.text(&format!("permission.{name}"), &[]);
        Self {
            role: renderer.text(&format!("role.{}", token.role), &[]),
            only: token.permissions.map(|only| only.split_whitespace().map(words).collect::<Vec<_>>().join("; ")),
            made_by,
            made: Moment::from(token.created_at),
            used: token.last_used_at.map(Moment::from),
            is_valid: token.revoked_at.is_none() && token.expires_at.is_none_or(|end| end > now),
            is_revoked: token.revoked_at.is_some(),
            ends: token.expires_at.map(Moment::from),
            revoke_href: format!("/people/tokens/{}/revoke", token.id),
            name: token.name,
        }
    }
}

/// One member.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MemberPage {
    /// Their page.
    pub href: String,
    /// Where one is.
    pub crumbs: Vec<Value>,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Since when.
    pub since: Moment,
    /// What was seen.
    pub revision: i64,
    /// It is oneself.
    pub is_self: bool,
    /// A provider says what their roles are.
    pub is_managed: bool,
    /// What they are, in words.
    pub managed_roles: String,
    /// What somebody else made of their roles meanwhile, in words.
    pub stands: Option<String>,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// Their roles.
    pub roles: Field,
    /// A sign-in link can be made for them.
    pub makes_links: bool,
    /// One that was made just now.
    pub secret: Option<SecretView>,
    /// The tokens that they made.
    pub tokens: Vec<TokenView>,
}

/// Whether somebody is to be removed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RemovePage {
    /// Their page.
    pub href: String,
    /// Their name.
    pub name: String,
    /// From what.
    pub organisation: String,
    /// What was seen.
    pub revision: i64,
    /// It is oneself.
    pub is_self: bool,
}

/// API tokens.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TokensPage {
    /// The pages beside it.
    pub tabs: Vec<Tab>,
    /// One that was made just now.
    pub secret: Option<SecretView>,
    /// Newest first.
    pub tokens: Vec<TokenView>,
    /// Programs can act for this kind of organisation.
    pub can_make: bool,
    /// What is wrong with a new one.
    pub errors: Vec<ErrorLink>,
    /// What it is for.
    pub name: Field,
    /// What it may do.
    pub role: Field,
    /// How long it lives.
    pub days: Field,
    /// What it is narrowed to.
    pub permissions: Field,
}

/// A role.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RoleColumn {
    /// In words.
    pub name: String,
    /// What it is there for.
    pub about: String,
}

/// A permission, and which roles have it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RightsRow {
    /// In words.
    pub permission: String,
    /// By role, in their order.
    pub allowed: Vec<bool>,
}

/// What each role may do.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RolesPage {
    /// The pages beside it.
    pub tabs: Vec<Tab>,
    /// The roles.
    pub roles: Vec<RoleColumn>,
    /// What each may do.
    pub rights: Vec<RightsRow>,
}

const TEXTS: [&str; 3] = ["Ordinary", "陳大文", "\"><script>alert(1)</script>"];

/// Ordinary, overlong, hostile.
fn texts() -> impl Iterator<Item = String> {
    TEXTS.iter().map(|text| if text.is_ascii() { (*text).to_owned() } else { text.repeat(100) })
}

fn moment() -> Moment {
    Moment { at: "2026-11-21T10:42:00Z".into(), when: "2026-11-21 10:42".into() }
}

fn field(name: &str, text: &str) -> Field {
    let choice = |key: &str, chosen| Choice { key: key.into(), text: text.into(), note: Some(text.into()), chosen };
    Field {
        id: name.into(),
        name: name.into(),
        label: text.into(),
        value: text.into(),
        kind: "text",
        options: vec![choice("a", true), choice("b", false)],
        ..Field::default()
    }
}

fn sample_tabs(text: &str) -> Vec<Tab> {
    vec![Tab { href: "/people".into(), text: text.into(), current: true, count: None }]
}

fn token(text: &str, n: u32) -> TokenView {
    TokenView {
        name: text.into(),
        role: text.into(),
        only: (n == 1).then(|| text.into()),
        made_by: (n == 1).then(|| text.into()),
        made: moment(),
        used: (n == 1).then(moment),
        ends: (n == 1).then(moment),
        is_valid: n == 1,
        is_revoked: n == 2,
        revoke_href: "/people/tokens/1/revoke".into(),
    }
}

fn secret(text: &str) -> Option<SecretView> {
    Some(SecretView { about: text.into(), label: text.into(), text: text.into() })
}

fn error(href: &str) -> Vec<ErrorLink> {
    vec![ErrorLink { href: href.into(), text: "Wrong".into() }]
}

impl View for MembersPage {
    const TEMPLATE: &'static str = "pages/people/members";

    fn samples() -> Vec<Self> {
        let page = |text: String| {
            let row = |flag| MemberRow {
                href: "/people/1".into(),
                name: text.clone(),
                email: text.clone(),
                roles: text.clone(),
                since: moment(),
                is_self: flag,
                is_managed: !flag,
            };
            Self { tabs: sample_tabs(&text), members: vec![row(true), row(false)] }
        };
        texts().map(page).chain([Self::default()]).collect()
    }
}

impl View for MemberPage {
    const TEMPLATE: &'static str = "pages/people/member";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            href: "/people/1".into(),
            crumbs: vec![json!({ "href": "/people", "text": text }), json!({ "href": null, "text": text })],
            name: text.into(),
            email: text.into(),
            since: moment(),
            revision: 3,
            is_self: false,
            is_managed: false,
            managed_roles: text.into(),
            stands: None,
            errors: Vec::new(),
            roles: field("roles", text),
            makes_links: true,
            secret: None,
            tokens: vec![token(text, 1), token(text, 2), token(text, 3)],
        };
        let others = [
            Self { errors: error("#roles"), tokens: Vec::new(), ..page("x") },
            Self { stands: Some("Auditor".into()), is_self: true, ..page("x") },
            Self { secret: secret("x"), ..page("x") },
            Self { is_managed: true, makes_links: false, ..page("x") },
        ];
        texts().map(|text| page(&text)).chain(others).collect()
    }
}

impl View for RemovePage {
    const TEMPLATE: &'static str = "pages/people/remove";

    fn samples() -> Vec<Self> {
        let page = |text: String| Self {
            href: "/people/1".into(),
            name: text.clone(),
            organisation: text,
            revision: 3,
            is_self: false,
        };
        texts().map(page).chain([Self { is_self: true, ..page("x".into()) }]).collect()
    }
}

impl View for TokensPage {
    const TEMPLATE: &'static str = "pages/people/tokens";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            tabs: sample_tabs(text),
            secret: None,
            tokens: vec![token(text, 1), token(text, 2), token(text, 3)],
            can_make: true,
            errors: Vec::new(),
            name: field("name", text),
            role: field("role", text),
            days: field("days", text),
            permissions: field("permissions", text),
        };
        let others = [
            Self { errors: error("#name"), ..page("x") },
            Self { secret: secret("x"), ..page("x") },
            Self { tokens: Vec::new(), can_make: false, ..page("x") },
        ];
        texts().map(|text| page(&text)).chain(others).collect()
    }
}

impl View for RolesPage {
    const TEMPLATE: &'static str = "pages/people/roles";

    fn samples() -> Vec<Self> {
        let page = |text: String| Self {
            tabs: sample_tabs(&text),
            roles: vec![RoleColumn { name: text.clone(), about: text.clone() }; 6],
            rights: vec![RightsRow { permission: text, allowed: vec![true, false, true, false, true, false] }; 3],
        };
        texts().map(page).collect()
    }
}
