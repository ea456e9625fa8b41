//! A contact's visit: the assessment that their link lets in to, and the frame around its pages.

use crate::actions::parties::Parties;
use crate::actions::questionnaire::Opened;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, VendorScope};
use crate::web::actor::{Allowance, may};
use crate::web::due::Due;
use crate::web::portal::Responder;
use crate::web::render::{Renderer, View};
use crate::web::shell::{Around, Place, Shell};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::response::Html;
use domain::access::Permission;
use std::fmt::Display;
use std::marker::PhantomData;

/// A contact's visit to their assessment.
pub(super) struct Visit<P = may::AnswerAssigned> {
    pub renderer: Renderer,
    pub around: Around,
    pub scope: VendorScope,
    pub opened: Opened,
    pub parties: Parties,
    /// How many findings were raised that these people may work on.
    pub findings: usize,
    permission: PhantomData<fn() -> P>,
}

impl<P: Allowance, S: Send + Sync> FromRequestParts<S> for Visit<P>
where
    Platform: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let Responder { scope, .. } = Responder::<P>::from_request_parts(parts, state).await?;
        let renderer = Renderer::from_request_parts(parts, state).await?;
        let around = Around::from_request_parts(parts, state).await?;
        Self::begin(renderer, around, scope).await
    }
}

impl<P> Visit<P> {
    /// Reads everything that the pages show.
    pub async fn begin(renderer: Renderer, around: Around, scope: VendorScope) -> Result<Self> {
        let mut opened = Opened::read(&renderer.platform, &scope, scope.assessment).await?;
        around.reads.open(&mut opened);
        let parties = Parties::of(&renderer.platform, &scope, &opened.assessment).await?;
        let findings = if scope.may(Permission::Answer) {
            repo::findings::all_raised(renderer.platform.db.read(), scope).await?.len()
        } else {
            0
        };
        Ok(Self { renderer, around, scope, opened, parties, findings, permission: PhantomData })
    }

    /// The address of the overview; every page of the visit stands below it.
    pub fn base(&self) -> String {
        base(self.scope)
    }

    /// When it is due.
    pub fn due(&self) -> Due {
        let (now, waits) = (self.renderer.platform.clock.now(), self.opened.state.waits_for_vendor());
        Due::of(&self.renderer, self.opened.assessment.due_on, now, waits)
    }

    /// The words of a key.
    pub fn text(&self, key: &str, values: &[(&str, &dyn Display)]) -> String {
        self.renderer.text(key, values)
    }

    /// A whole page; `title` is its heading in words.
    pub fn page<V: View>(&self, title: &str, view: &V) -> Result<Html<String>> {
        let base = self.base();
        let place = |path: &str, key: &str| {
            let href = format!("{base}{path}");
            let current = if path.is_empty() { self.around.path == href } else { self.around.path.starts_with(&href) };
            Place { href, label_key: key.to_owned(), current, count: None }
        };
        let (waits, whole) = (self.opened.state.waits_for_vendor(), self.scope.may(Permission::Answer));
        let mut nav = vec![place("", "portal.nav.overview"), place("/questions", "portal.nav.questions")];
        if waits && whole {
            nav.push(place("/imports", "portal.nav.workbook"));
        }
        if waits && self.scope.may(Permission::HandOver) {
            nav.push(place("/colleagues", "portal.nav.colleagues"));
        }
        if self.findings > 0 {
            nav.push(Place { count: Some(self.findings as u64), ..place("/findings", "portal.nav.findings") });
        }
        if self.opened.assessment.round > 0 && whole {
            nav.push(place("/receipt", "portal.nav.receipt"));
        }
        if self.scope.link.is_none() {
            let href = "/answering".to_owned();
            nav.push(Place { href, label_key: "portal.nav.answering".to_owned(), current: false, count: None });
        }
        let shell = Shell::portal(&self.around, self.parties.buyer.as_str(), self.parties.contact.as_str(), title);
        // What a form answers with stands at the address that it was posted to: the switch leads to the page that is read.
        let posts = ["/apply", "/undo", "/again"];
        let address = posts.iter().find_map(|post| self.around.path.strip_suffix(post)).unwrap_or(&self.around.path);
        let shell = shell.showing(&self.renderer.platform.wording, &self.opened.version, address);
        self.renderer.page(&Shell { nav, ..shell }, view)
    }
}

/// The address of the overview of an assessment.
pub(super) fn base(scope: VendorScope) -> String {
    format!("/portal/{}", scope.assessment)
}
