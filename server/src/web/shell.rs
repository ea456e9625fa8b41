//! What stands around every page: who is signed in, where one can go, what was just done.

use super::actor::Caller;
use super::assets::VERSION;
use super::language::{Edition, Reads, editions};
use super::session::NOTICE;
use crate::error::{AppError, Result};
use crate::platform::published::Version;
use crate::platform::wording::{ENGLISH, Wording};
use axum::extract::FromRequestParts;
use axum::http::Extensions;
use axum::http::request::Parts;
use domain::access::Permission;
use serde::{Deserialize, Serialize};
use tower_http::request_id::RequestId;
use tower_sessions::Session;

/// What stands around a page.
#[derive(Clone, Debug, Serialize)]
pub struct Shell {
    /// The page's title.
    pub title: String,
    /// The organisation that one acts for; in the portal, the buyer.
    pub organisation: Option<String>,
    /// Who is signed in; in the portal, who answers.
    pub person: Option<String>,
    /// Their role, in words.
    pub role_label: Option<String>,
    /// Where one can go.
    pub nav: Vec<Place>,
    /// What one belongs to, where that is more than one organisation.
    pub organisations: Vec<Belonging>,
    /// One has an account, to be looked after.
    pub has_account: bool,
    /// One may search the register.
    pub searches: bool,
    /// Language of the page.
    pub language: String,
    /// Names the request in logs.
    pub request_id: String,
    /// What was just done.
    pub notice: Option<Notice>,
    /// Part of every asset's address.
    pub asset_version: String,
    /// Language of the questionnaire on the page.
    pub content_language: Option<String>,
    /// Languages that the questionnaire can be read in, where there is a choice.
    pub editions: Vec<Edition>,
}

/// An organisation that one belongs to.
#[derive(Clone, Debug, Serialize)]
pub struct Belonging {
    /// The membership.
    pub member: String,
    /// The organisation's name.
    pub name: String,
    /// One acts for it now.
    pub current: bool,
}

/// A place that one can go to.
#[derive(Clone, Debug, Serialize)]
pub struct Place {
    /// Its address.
    pub href: String,
    /// Key of its wording.
    pub label_key: String,
    /// One is there.
    pub current: bool,
    /// How much waits there.
    pub count: Option<u64>,
}

/// What was just done, told on the next page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// `success`, `info`, `warning` or `error`.
    pub kind: String,
    /// In words.
    pub text: String,
}

/// What a page needs to know of its request: its id, its path, and a notice left by the page before.
#[derive(Clone, Debug)]
pub struct Around {
    /// The request's id.
    pub request_id: String,
    /// The request's path.
    pub path: String,
    /// The header `X-Fragment`: only that part of the page is wanted.
    pub fragment: Option<String>,
    /// A notice for this page.
    pub notice: Option<Notice>,
    /// In which languages questionnaires are read.
    pub reads: Reads,
}

impl<S: Send + Sync> FromRequestParts<S> for Around {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let request_id = request_id(&parts.extensions);
        let path = parts.uri.path().to_owned();
        let fragment = parts.headers.get("x-fragment").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let mut notice = None;
        if fragment.is_none()
            && let Ok(session) = Session::from_request_parts(parts, state).await
        {
            notice = session.get(NOTICE).await.map_err(AppError::internal)?;
            if notice.is_some() {
                session.remove::<Notice>(NOTICE).await.map_err(AppError::internal)?;
            }
        }
        let reads = Reads::from_request_parts(parts, state).await?;
        Ok(Self { request_id, path, fragment, notice, reads })
    }
}

/// The id of a request.
pub fn request_id(extensions: &Extensions) -> String {
    let id = extensions.get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    id.unwrap_or_default().to_owned()
}

/// Leaves a notice for the next page.
///
/// # Errors
/// When the session cannot be written.
pub async fn tell(session: &Session, kind: &str, text: impl Into<String>) -> Result<()> {
    let notice = Notice { kind: kind.to_owned(), text: text.into() };
    session.insert(NOTICE, notice).await.map_err(AppError::internal)
}

/// Where that is listed which waits for the caller's decision.
const WAITING: &str = "/waiting";

/// The places of the desk, and the permission that shows each.
const PLACES: &[(&str, &str, Permission)] = &[
    ("/answering", "nav.answering", Permission::Answer),
    (WAITING, "nav.waiting", Permission::Decide),
    ("/assessments", "nav.assessments", Permission::ReadOwn),
    ("/review", "nav.review", Permission::Read),
    ("/findings", "nav.findings", Permission::ReadOwn),
    ("/vendors", "nav.vendors", Permission::ReadOwn),
    ("/portfolio", "nav.portfolio", Permission::ReadOwn),
    ("/register", "nav.register", Permission::Read),
    ("/templates", "nav.templates", Permission::Read),
    ("/crosswalks", "nav.crosswalks", Permission::Read),
    ("/policy", "nav.policy", Permission::Read),
    ("/audit", "nav.audit", Permission::ReadAudit),
    ("/people", "nav.people", Permission::ManagePeople),
    ("/providers", "nav.providers", Permission::ManagePeople),
    ("/providers", "nav.providers", Permission::Operate),
    ("/installation", "nav.installation", Permission::Operate),
];

/// Where somebody's work begins: the first place that they may go to.
pub fn home(caller: &Caller) -> &'static str {
    let first = PLACES.iter().find(|(.., permission)| caller.may(*permission)).map(|(href, ..)| *href);
    first.unwrap_or(if caller.may(Permission::ReadOwn) { "/assessments" } else { "/account" })
}

/// Everything that somebody belongs to, the one that they act for marked.
pub fn belongings(caller: &Caller) -> Vec<Belonging> {
    let all = caller.memberships.iter().map(|one| Belonging {
        member: one.member.to_string(),
        name: one.organisation_name.clone(),
        current: one.organisation == caller.organisation,
    });
    all.collect()
}

/// Among which place of the navigation a page is: what is searched is where it is listed, a use is its vendor's.
fn place_of(path: &str) -> &str {
    match path.strip_prefix("/search").unwrap_or(path) {
        "/answers" => "/assessments",
        path if path.starts_with("/engagements/") => "/vendors",
        path => path,
    }
}

impl Shell {
    /// Around a page that anybody may see.
    pub fn plain(around: &Around, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            organisation: None,
            person: None,
            role_label: None,
            nav: Vec::new(),
            organisations: Vec::new(),
            has_account: false,
            searches: false,
            language: ENGLISH.to_owned(),
            request_id: around.request_id.clone(),
            notice: around.notice.clone(),
            asset_version: VERSION.clone(),
            content_language: None,
            editions: Vec::new(),
        }
    }

    /// Around a page of the desk.
    pub fn desk(around: &Around, caller: &Caller, role_label: String, title: impl Into<String>) -> Self {
        let path = place_of(&around.path);
        let nav = PLACES.iter().filter(|(.., permission)| caller.may(*permission)).map(|(href, key, _)| Place {
            href: (*href).to_owned(),
            label_key: (*key).to_owned(),
            current: path == *href || path.starts_with(&format!("{href}/")),
            count: caller.waiting.filter(|_| *href == WAITING),
        });
        Self {
            organisation: Some(caller.organisation_name.clone()),
            person: Some(caller.name.clone()),
            role_label: Some(role_label),
            nav: nav.collect(),
            organisations: if caller.memberships.len() > 1 { belongings(caller) } else { Vec::new() },
            has_account: caller.person.is_some(),
            searches: caller.may(Permission::Read),
            ..Self::plain(around, title)
        }
    }

    /// Around a page of the portal.
    pub fn portal(
        around: &Around,
        buyer: impl Into<String>,
        person: impl Into<String>,
        title: impl Into<String>,
    ) -> Self {
        Self { organisation: Some(buyer.into()), person: Some(person.into()), ..Self::plain(around, title) }
    }

    /// Around a page that shows this questionnaire, at an address that shows it in any of its languages.
    pub fn showing(self, wording: &Wording, version: &Version, address: &str) -> Self {
        Self {
            content_language: Some(version.language().to_owned()),
            editions: editions(wording, version, address),
            ..self
        }
    }

    /// For samples in tests.
    pub fn sample() -> Self {
        let around = Around {
            request_id: "req-1".into(),
            path: "/assessments".into(),
            fragment: None,
            notice: None,
            reads: Reads::default(),
        };
        Self::plain(&around, "Sample")
    }
}
