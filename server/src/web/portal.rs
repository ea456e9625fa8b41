//! Who is calling for a vendor: a contact who came in through a link, or a member of the vendor's own organisation.

use super::actor::{Allowance, Caller, may};
use super::session::{self, LINKS};
use crate::actions::{Once, Vendor, enter};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, ClaimantScope, VendorScope};
use axum::extract::{FromRef, FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use domain::access::Permission;
use domain::ids::{AssessmentId, ImportId, VendorLinkId};
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::str::FromStr;
use tower_sessions::Session;

/// Whoever answers the assessment named in the path (parameter `assessment`), as long as their link or their membership
/// lets them in, and their role has the permission.
#[derive(Debug)]
pub struct Responder<P = may::AnswerAssigned> {
    /// What they reach.
    pub scope: VendorScope,
    once: Option<Once>,
    permission: PhantomData<fn() -> P>,
}

impl<P> Responder<P> {
    /// Who acts, as actions take it.
    pub fn vendor(&self) -> Vendor {
        Vendor { scope: self.scope, once: self.once.clone() }
    }

    /// The same with a key of its own, that a page's form carries.
    pub fn vendor_once(&self, once: Option<Once>) -> Vendor {
        Vendor { once: once.or_else(|| self.once.clone()), ..self.vendor() }
    }
}

async fn parameter<T: FromStr, S: Send + Sync>(parts: &mut Parts, state: &S, wanted: &str) -> Result<T> {
    let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| AppError::NotFound)?;
    let found = params.iter().find(|(name, _)| *name == wanted).and_then(|(_, value)| value.parse().ok());
    found.ok_or(AppError::NotFound)
}

async fn links(session: &Session) -> Result<BTreeMap<AssessmentId, VendorLinkId>> {
    Ok(session.get(LINKS).await.map_err(AppError::internal)?.unwrap_or_default())
}

/// The scope of the session's link to the assessment; without one that works, that of a membership.
async fn scope_in(platform: &Platform, session: &Session, id: AssessmentId) -> Result<VendorScope> {
    let who = session::who(session).await?;
    let link = links(session).await?.get(&id).copied();
    if let Some(link) = link {
        match enter::resume(platform, link).await {
            Ok(scope) if scope.assessment == id => {
                return Ok(VendorScope { person: who.map(|who| who.person), ..scope });
            }
            Ok(_) | Err(AppError::Unauthenticated) => {}
            Err(error) => return Err(error),
        }
    }
    match who.filter(|who| who.memberships.iter().any(|one| one.roles.may(Permission::Answer))) {
        Some(who) => match enter::by_membership(platform, &who, id).await {
            // Whoever held a link is told that it has ended, as everybody is.
            Err(AppError::NotFound) if link.is_some() => Err(AppError::Unauthenticated),
            other => other,
        },
        None => Err(AppError::Unauthenticated),
    }
}

impl<P: Allowance, S: Send + Sync> FromRequestParts<S> for Responder<P>
where
    Platform: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let id: AssessmentId = parameter(parts, state, "assessment").await?;
        let once = parts.extensions.get::<Once>().cloned();
        let session = Session::from_request_parts(parts, state).await.map_err(|_| AppError::Unauthenticated)?;
        let scope = scope_in(&Platform::from_ref(state), &session, id).await?;
        if scope.may(P::PERMISSION) {
            Ok(Self { scope, once, permission: PhantomData })
        } else {
            Err(AppError::Forbidden)
        }
    }
}

/// Every assessment that the session's links let in to, and the one that the import of the path (parameter `import`) was
/// uploaded for, where a membership lets in to it; none where there is no session. For paths that name something of an
/// assessment and not the assessment.
#[derive(Clone, Debug)]
pub struct Responders(pub Vec<VendorScope>);

impl<S: Send + Sync> FromRequestParts<S> for Responders
where
    Platform: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let Ok(session) = Session::from_request_parts(parts, state).await else { return Ok(Self(Vec::new())) };
        let platform = Platform::from_ref(state);
        let who = session::who(&session).await?;
        let person = who.as_ref().map(|who| who.person);
        let mut scopes = Vec::new();
        for link in links(&session).await?.into_values() {
            match enter::resume(&platform, link).await {
                Ok(scope) => scopes.push(VendorScope { person, ..scope }),
                Err(AppError::Unauthenticated) => {}
                Err(error) => return Err(error),
            }
        }
        if let (Some(who), Ok(import)) = (who, parameter::<ImportId, S>(parts, state, "import").await) {
            for membership in who.memberships.iter().filter(|one| one.roles.may(Permission::Answer)) {
                let claimant = ClaimantScope::of(membership.organisation);
                let row = repo::assessments::asked_with_import(platform.db.read(), claimant, import).await?;
                if let Some(row) = row {
                    scopes.push(enter::by_membership(&platform, &who, AssessmentId(row.id)).await?);
                }
            }
        }
        Ok(Self(scopes))
    }
}

/// Either side of an assessment (path parameter `assessment`): somebody of the buyer who may read it, or whoever answers.
#[derive(Clone, Debug)]
pub enum Party {
    /// The buyer.
    Buyer(Box<Caller>),
    /// The vendor.
    Vendor(Vendor),
}

impl<S: Send + Sync> FromRequestParts<S> for Party
where
    Platform: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let refused = match Responder::<may::AnswerAssigned>::from_request_parts(parts, state).await {
            Ok(responder) => return Ok(Self::Vendor(responder.vendor())),
            Err(refused @ (AppError::Unauthenticated | AppError::NotFound)) => refused,
            Err(error) => return Err(error),
        };
        let caller = Caller::from_request_parts(parts, state).await?;
        match refused {
            _ if caller.may(Permission::ReadOwn) => Ok(Self::Buyer(Box::new(caller))),
            AppError::NotFound => Err(AppError::NotFound),
            _ => Err(AppError::Forbidden),
        }
    }
}

/// Puts a contact's link into the session, under a new session id.
///
/// # Errors
/// When the session cannot be written.
pub async fn let_in(session: &Session, assessment: AssessmentId, link: VendorLinkId) -> Result<()> {
    let mut links = links(session).await?;
    links.insert(assessment, link);
    session.insert(LINKS, links).await.map_err(AppError::internal)?;
    session.cycle_id().await.map_err(AppError::internal)
}
