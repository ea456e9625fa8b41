//! Who is calling for a vendor: a contact who came in through a link.

use super::actor::Caller;
use super::session::LINKS;
use crate::actions::enter;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::VendorScope;
use axum::extract::{FromRef, FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use domain::access::Permission;
use domain::ids::{AssessmentId, VendorLinkId};
use std::collections::BTreeMap;
use tower_sessions::Session;

/// The contact of the assessment named in the path (parameter `assessment`), as long as their link works.
#[derive(Clone, Copy, Debug)]
pub struct Responder(pub VendorScope);

impl<S: Send + Sync> FromRequestParts<S> for Responder
where
    Platform: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| AppError::NotFound)?;
        let id: AssessmentId = params
            .iter()
            .find(|(name, _)| *name == "assessment")
            .and_then(|(_, value)| value.parse().ok())
            .ok_or(AppError::NotFound)?;
        let session = Session::from_request_parts(parts, state).await.map_err(|_| AppError::Unauthenticated)?;
        let links: BTreeMap<AssessmentId, VendorLinkId> =
            session.get(LINKS).await.map_err(AppError::internal)?.unwrap_or_default();
        let link = links.get(&id).ok_or(AppError::Unauthenticated)?;
        let scope = enter::resume(&Platform::from_ref(state), *link).await?;
        if scope.assessment == id { Ok(Self(scope)) } else { Err(AppError::Unauthenticated) }
    }
}

/// Every assessment that the session's links let in to; none where there is no session. For paths that name something
/// of an assessment and not the assessment.
#[derive(Clone, Debug)]
pub struct Responders(pub Vec<VendorScope>);

impl<S: Send + Sync> FromRequestParts<S> for Responders
where
    Platform: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let Ok(session) = Session::from_request_parts(parts, state).await else { return Ok(Self(Vec::new())) };
        let links: BTreeMap<AssessmentId, VendorLinkId> =
            session.get(LINKS).await.map_err(AppError::internal)?.unwrap_or_default();
        let mut scopes = Vec::new();
        for link in links.into_values() {
            match enter::resume(&Platform::from_ref(state), link).await {
                Ok(scope) => scopes.push(scope),
                Err(AppError::Unauthenticated) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self(scopes))
    }
}

/// Either side of an assessment (path parameter `assessment`): somebody of the buyer who may read, or the contact who
/// answers.
#[derive(Clone, Debug)]
pub enum Party {
    /// The buyer.
    Buyer(Caller),
    /// The vendor.
    Vendor(VendorScope),
}

impl<S: Send + Sync> FromRequestParts<S> for Party
where
    Platform: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        match Responder::from_request_parts(parts, state).await {
            Ok(Responder(scope)) => return Ok(Self::Vendor(scope)),
            Err(AppError::Unauthenticated) => {}
            Err(error) => return Err(error),
        }
        let caller = Caller::from_request_parts(parts, state).await?;
        if caller.may(Permission::Read) { Ok(Self::Buyer(caller)) } else { Err(AppError::Forbidden) }
    }
}

/// Puts a contact's link into the session, under a new session id.
///
/// # Errors
/// When the session cannot be written.
pub async fn let_in(session: &Session, scope: VendorScope) -> Result<()> {
    let mut links: BTreeMap<AssessmentId, VendorLinkId> =
        session.get(LINKS).await.map_err(AppError::internal)?.unwrap_or_default();
    links.insert(scope.assessment, scope.link);
    session.insert(LINKS, links).await.map_err(AppError::internal)?;
    session.cycle_id().await.map_err(AppError::internal)
}
