//! Context of the page about people.

use crate::web::form::{ErrorLink, Field};
use crate::web::moment::Moment;
use crate::web::render::View;
use serde::Serialize;

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

/// A member.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MemberView {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// In words.
    pub role: String,
    /// Where a sign-in link is made.
    pub link_href: String,
    /// Since when.
    pub since: Moment,
}

/// A token.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TokenView {
    /// Its name.
    pub name: String,
    /// In words.
    pub role: String,
    /// When it was made.
    pub made: Moment,
    /// When it ends; none where it does not.
    pub ends: Option<Moment>,
    /// It works now.
    pub is_valid: bool,
}

/// A permission, and which roles have it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RightsRow {
    /// In words.
    pub permission: String,
    /// By role, in their order.
    pub allowed: Vec<bool>,
}

/// Members, tokens and roles.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PeoplePage {
    /// A secret that was made just now.
    pub secret: Option<SecretView>,
    /// By name.
    pub members: Vec<MemberView>,
    /// Newest first.
    pub tokens: Vec<TokenView>,
    /// In words.
    pub roles: Vec<String>,
    /// What each may do.
    pub rights: Vec<RightsRow>,
    /// What is wrong with a new member.
    pub member_errors: Vec<ErrorLink>,
    /// A new member's name.
    pub name: Field,
    /// A new member's address.
    pub email: Field,
    /// A new member's role.
    pub role: Field,
    /// What is wrong with a new token.
    pub token_errors: Vec<ErrorLink>,
    /// A new token's name.
    pub token_name: Field,
    /// A new token's role.
    pub token_role: Field,
    /// Days that a new token lives.
    pub days: Field,
}

impl View for PeoplePage {
    const TEMPLATE: &'static str = "pages/people/people";

    fn samples() -> Vec<Self> {
        let moment = || Moment { at: "2026-11-21T10:42:00Z".into(), when: "2026-11-21 10:42".into() };
        let page = |text: &str| {
            let field = |name: &str| Field {
                id: name.into(),
                name: name.into(),
                label: text.into(),
                error: Some(text.into()),
                value: text.into(),
                kind: "text",
                ..Field::default()
            };
            let error = || vec![ErrorLink { href: "#name".into(), text: text.into() }];
            let member = MemberView {
                name: text.into(),
                email: text.into(),
                role: text.into(),
                link_href: "/people/1/link".into(),
                since: moment(),
            };
            let token = TokenView {
                name: text.into(),
                role: text.into(),
                made: moment(),
                ends: Some(moment()),
                is_valid: true,
            };
            Self {
                secret: Some(SecretView { about: text.into(), label: text.into(), text: text.into() }),
                members: vec![member; 3],
                tokens: vec![token, TokenView::default()],
                roles: vec![text.into(); 7],
                rights: vec![
                    RightsRow {
                        permission: text.into(),
                        allowed: vec![true, false, true, false, true, false, true]
                    };
                    3
                ],
                member_errors: error(),
                name: field("name"),
                email: field("email"),
                role: field("role"),
                token_errors: Vec::new(),
                token_name: field("token_name"),
                token_role: field("token_role"),
                days: field("days"),
            }
        };
        let texts = ["Ordinary".to_owned(), "陳大文".repeat(100), "\"><script>alert(1)</script>".to_owned()];
        // One form is sent at a time, so one of them is refused at most.
        let token_refused = |page: Self| Self { token_errors: page.member_errors, member_errors: Vec::new(), ..page };
        let bare =
            Self { members: Vec::new(), tokens: Vec::new(), secret: None, member_errors: Vec::new(), ..page("") };
        texts.iter().flat_map(|text| [page(text), token_refused(page(text))]).chain([bare]).collect()
    }
}
