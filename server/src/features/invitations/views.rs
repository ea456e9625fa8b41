//! Contexts of the pages about invitations.

use crate::web::form::{Choice, ErrorLink, Field};
use crate::web::moment::Moment;
use crate::web::render::View;
use crate::web::tabs::Tab;
use serde::Serialize;

/// A secret, shown once.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SecretView {
    /// What it is.
    pub about: String,
    /// What it is called.
    pub label: String,
    /// The secret.
    pub text: String,
}

/// An invitation.
#[derive(Clone, Debug, Default, Serialize)]
pub struct InvitationRow {
    /// What its buttons' addresses begin with.
    pub href: String,
    /// Whom it is for.
    pub name: String,
    /// Their address.
    pub email: String,
    /// As what, in words.
    pub roles: String,
    /// `open`, `accepted`, `revoked` or `expired`.
    pub standing: &'static str,
    /// In words.
    pub standing_text: String,
    /// `queued`, `delivered` or `bounced`.
    pub delivery: String,
    /// In words.
    pub delivery_text: String,
    /// Why it bounced, in the mail server's words.
    pub failure: Option<String>,
    /// Who invited; none where the installation did.
    pub by: Option<String>,
    /// When.
    pub made: Moment,
    /// Until when it can be accepted.
    pub ends: Moment,
    /// It can be accepted.
    pub is_open: bool,
    /// It can be mailed again.
    pub is_renewable: bool,
}

/// The invitations of an organisation.
#[derive(Clone, Debug, Default, Serialize)]
pub struct InvitationsPage {
    /// The pages beside it.
    pub tabs: Vec<Tab>,
    /// Names the form, so that a second click invites nobody twice.
    pub once: String,
    /// What it is about.
    pub about: String,
    /// Mails go to a folder.
    pub mail_folder: bool,
    /// A link that was made just now.
    pub secret: Option<SecretView>,
    /// Newest first.
    pub rows: Vec<InvitationRow>,
    /// What is wrong with a new one.
    pub errors: Vec<ErrorLink>,
    /// Whom it is for.
    pub name: Field,
    /// Their address.
    pub email: Field,
    /// As what.
    pub roles: Field,
}

impl View for InvitationsPage {
    const TEMPLATE: &'static str = "pages/invitations/list";

    fn samples() -> Vec<Self> {
        let moment = || Moment { at: "2026-11-21T10:42:00Z".into(), when: "2026-11-21 10:42".into() };
        let page = |text: &str| {
            let field = |name: &str| Field {
                id: name.into(),
                name: name.into(),
                label: text.into(),
                value: text.into(),
                kind: "text",
                options: vec![Choice { key: "a".into(), text: text.into(), note: Some(text.into()), chosen: true }],
                ..Field::default()
            };
            let row = |standing: &'static str, delivery: &str| InvitationRow {
                href: "/people/invitations/1".into(),
                name: text.into(),
                email: text.into(),
                roles: text.into(),
                standing,
                standing_text: text.into(),
                delivery: delivery.into(),
                delivery_text: text.into(),
                failure: (delivery == "bounced").then(|| text.into()),
                by: (standing == "open").then(|| text.into()),
                made: moment(),
                ends: moment(),
                is_open: standing == "open",
                is_renewable: standing == "open" || standing == "expired",
            };
            Self {
                tabs: vec![Tab { href: "/people".into(), text: text.into(), current: true, count: None }],
                once: "1".into(),
                about: text.into(),
                mail_folder: true,
                secret: None,
                rows: vec![
                    row("open", "queued"),
                    row("open", "bounced"),
                    row("accepted", "delivered"),
                    row("revoked", "queued"),
                    row("expired", "delivered"),
                ],
                errors: Vec::new(),
                name: field("name"),
                email: field("email"),
                roles: field("roles"),
            }
        };
        let texts = ["Ordinary".to_owned(), "陳大文".repeat(100), "\"><script>alert(1)</script>".to_owned()];
        let secret = SecretView { about: "x".into(), label: "x".into(), text: "x".into() };
        let others = [
            Self { secret: Some(secret), mail_folder: false, ..page("x") },
            Self { rows: Vec::new(), errors: vec![ErrorLink { href: "#name".into(), text: "x".into() }], ..page("x") },
        ];
        texts.iter().map(|text| page(text)).chain(others).collect()
    }
}

/// An invitation, as whoever opened its link sees it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct JoinPage {
    /// `open`, `sign_in_first`, `another`, `member`, `accepted`, `revoked`, `expired` or `unknown`.
    pub state: &'static str,
    /// What it is an invitation to.
    pub organisation: String,
    /// Who invites.
    pub inviter: String,
    /// As what, in words.
    pub roles: String,
    /// Whom it is for.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Until when.
    pub until: String,
    /// The address of whoever is signed in here.
    pub here: String,
    /// Its own address.
    pub href: String,
    /// Where a fresh one is asked for.
    pub again: String,
    /// Where one signs in and comes back.
    pub sign_in: String,
}

impl View for JoinPage {
    const TEMPLATE: &'static str = "pages/invitations/join";

    fn samples() -> Vec<Self> {
        let page = |state: &'static str, text: &str| Self {
            state,
            organisation: text.into(),
            inviter: text.into(),
            roles: text.into(),
            name: text.into(),
            email: text.into(),
            until: "2026-12-05".into(),
            here: text.into(),
            href: "/join/x".into(),
            again: "/join/x/again".into(),
            sign_in: "/sign-in?return_to=%2Fjoin%2Fx".into(),
        };
        let states = ["open", "sign_in_first", "another", "member", "accepted", "revoked", "expired", "unknown"];
        let texts = ["陳大文".repeat(100), "\"><script>alert(1)</script>".to_owned()];
        states
            .into_iter()
            .map(|state| page(state, "Ordinary"))
            .chain(texts.iter().map(|text| page("open", text)))
            .chain(texts.iter().map(|text| page("another", text)))
            .collect()
    }
}

/// A fresh invitation is on its way.
#[derive(Debug, Serialize)]
pub struct AskedAgain {}

impl View for AskedAgain {
    const TEMPLATE: &'static str = "pages/invitations/asked_again";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}
