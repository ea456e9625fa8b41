//! Context of the page about oneself.

use crate::web::form::{ErrorLink, Field};
use crate::web::moment::Moment;
use crate::web::render::View;
use serde::Serialize;

/// Something that one belongs to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MembershipView {
    /// The membership.
    pub member: String,
    /// The organisation.
    pub name: String,
    /// As what, in words.
    pub roles: String,
    /// One acts for it now.
    pub current: bool,
}

/// A browser that one is signed in with.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SessionView {
    /// In words: `Firefox on Linux`.
    pub browser: String,
    /// Whence, truncated.
    pub address: String,
    /// How, in words.
    pub way: String,
    /// Since when.
    pub begun: Moment,
    /// When it was last used, to the minute.
    pub seen: Moment,
    /// It is this one.
    pub is_this: bool,
    /// Where it is ended.
    pub end_href: String,
}

/// One's account.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AccountPage {
    /// One came in through a link that was made for one organisation.
    pub is_limited: bool,
    /// One's address.
    pub email: String,
    /// One has shown that one reads its mail.
    pub is_verified: bool,
    /// The organisation that one acts for.
    pub organisation: String,
    /// One's name.
    pub name: Field,
    /// What is wrong with it.
    pub name_errors: Vec<ErrorLink>,
    /// What one belongs to.
    pub memberships: Vec<MembershipView>,
    /// Where one is signed in, here first.
    pub sessions: Vec<SessionView>,
    /// One can set a password.
    pub passwords: bool,
    /// The one before is asked for.
    pub asks_current: bool,
    /// The one before.
    pub current: Field,
    /// A new one.
    pub password: Field,
    /// The same again.
    pub repeated: Field,
    /// What is wrong with these.
    pub password_errors: Vec<ErrorLink>,
}

impl View for AccountPage {
    const TEMPLATE: &'static str = "pages/account/account";

    fn samples() -> Vec<Self> {
        let moment = || Moment { at: "2026-11-21T10:42:00Z".into(), when: "2026-11-21 10:42".into() };
        let page = |text: &str| {
            let field = |name: &str| Field {
                id: name.into(),
                name: name.into(),
                label: text.into(),
                value: text.into(),
                kind: "text",
                ..Field::default()
            };
            let membership =
                |current| MembershipView { member: "1".into(), name: text.into(), roles: text.into(), current };
            let session = |is_this| SessionView {
                browser: text.into(),
                address: "192.0.2.0/24".into(),
                way: text.into(),
                begun: moment(),
                seen: moment(),
                is_this,
                end_href: "/account/sessions/1/end".into(),
            };
            Self {
                is_limited: false,
                email: text.into(),
                is_verified: true,
                organisation: text.into(),
                name: field("name"),
                name_errors: Vec::new(),
                memberships: vec![membership(true), membership(false)],
                sessions: vec![session(true), session(false)],
                passwords: true,
                asks_current: true,
                current: field("current"),
                password: field("password"),
                repeated: field("repeated"),
                password_errors: Vec::new(),
            }
        };
        let error = |href: &str| vec![ErrorLink { href: href.into(), text: "Wrong".into() }];
        let texts = ["Ordinary".to_owned(), "陳大文".repeat(100), "\"><script>alert(1)</script>".to_owned()];
        let limited = Self { is_limited: true, passwords: false, is_verified: false, ..page("x") };
        let wrong = Self { name_errors: error("#name"), ..page("x") };
        let wrong_password = Self { password_errors: error("#password"), asks_current: false, ..page("x") };
        texts.iter().map(|text| page(text)).chain([limited, wrong, wrong_password]).collect()
    }
}
