//! Who is calling for a buyer: a person with a session, or a program with a bearer token.

use super::session::{self, MEMBER};
use crate::actions::judging::waiting::waiting;
use crate::actions::{Actor, Buyer, Once, token_hash};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::sessions::Membership;
use crate::repo::{self, BuyerScope, ClaimantScope, SystemScope};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::Method;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use domain::access::{Permission, Role, Roles};
use domain::ids::{MemberId, OrganisationId, PersonId, TokenId};
use std::marker::PhantomData;
use time::Duration;
use tower_sessions::Session;

/// Somebody of an organisation, and what they are there for.
#[derive(Clone, Debug)]
pub struct Caller {
    /// A member or a token.
    pub actor: Actor,
    /// The person; none for a token.
    pub person: Option<PersonId>,
    /// Their organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// The person's name, or the token's.
    pub name: String,
    /// What they may do.
    pub roles: Roles,
    /// Everything that the person is a member of, this organisation among it.
    pub memberships: Vec<Membership>,
    /// Only these permissions of the roles; none where all.
    only: Option<Vec<Permission>>,
    once: Option<Once>,
    /// How much waits for their decision, where a page is asked for by somebody who decides.
    pub waiting: Option<u64>,
}

impl Caller {
    /// The scope of their organisation; of one who may read their own engagements alone, these.
    pub fn scope(&self) -> BuyerScope {
        let scope = SystemScope.acting_for(self.organisation);
        match self.actor {
            Actor::Member(member) if !self.may(Permission::Read) && self.may(Permission::ReadOwn) => {
                scope.owned_by(member)
            }
            // A program owns nothing.
            Actor::Token(token) if !self.may(Permission::Read) && self.may(Permission::ReadOwn) => {
                scope.owned_by(MemberId(token.0))
            }
            _ => scope,
        }
    }

    /// Who acts, as actions take it.
    pub fn buyer(&self) -> Buyer {
        Buyer { scope: self.scope(), actor: self.actor, once: self.once.clone() }
    }

    /// The same with a key of its own, that a page's form carries.
    pub fn buyer_once(&self, once: Option<Once>) -> Buyer {
        Buyer { once: once.or_else(|| self.once.clone()), ..self.buyer() }
    }

    /// Whether a role of theirs allows it. Whoever may read everything may read what is their own.
    pub fn may(&self, permission: Permission) -> bool {
        let granted = |permission: Permission| {
            self.roles.may(permission) && self.only.as_ref().is_none_or(|only| only.contains(&permission))
        };
        granted(permission) || (permission == Permission::ReadOwn && granted(Permission::Read))
    }

    /// What is asked of their organisation, where it acts as vendor.
    pub fn claimant(&self) -> ClaimantScope {
        ClaimantScope::of(self.organisation)
    }
}

/// How often it is written down that a token was used.
const EVERY: Duration = Duration::minutes(1);

async fn by_token(platform: &Platform, secret: &str, once: Option<Once>) -> Result<Caller> {
    let (hash, now) = (token_hash(secret.trim()), platform.clock.now());
    let found = repo::tokens::valid_token(platform.db.read(), SystemScope, &hash, now).await?;
    let (token, organisation) = found.ok_or(AppError::Unauthenticated)?;
    let id = TokenId(token.id);
    if token.last_used_at.is_none_or(|last| now - last >= EVERY) {
        let transaction = platform.db.begin().await?;
        repo::tokens::touch_token(&transaction, SystemScope, id, (now, now - EVERY)).await?;
        platform.db.commit(transaction).await?;
    }
    let only = token.permissions.as_deref().map(Permission::list).transpose().map_err(AppError::internal)?;
    Ok(Caller {
        actor: Actor::Token(id),
        person: None,
        organisation: OrganisationId(organisation.id),
        organisation_name: organisation.name,
        name: token.name,
        roles: token.role.parse::<Role>().map_err(AppError::internal)?.into(),
        memberships: Vec::new(),
        only,
        once,
        waiting: None,
    })
}

async fn by_session(session: &Session, once: Option<Once>) -> Result<Caller> {
    let who = session::who(session).await?.ok_or(AppError::Unauthenticated)?;
    let chosen: Option<MemberId> = session.get(MEMBER).await.map_err(AppError::internal)?;
    let first = who.memberships.first().ok_or(AppError::Unauthenticated)?;
    let membership = match chosen {
        // Whoever lost the membership that a page was opened under must not act under another with it.
        Some(chosen) => {
            let found = who.memberships.iter().find(|one| one.member == chosen);
            found.ok_or(AppError::NotNow("membership_ended"))?
        }
        None => {
            session.insert(MEMBER, first.member).await.map_err(AppError::internal)?;
            first
        }
    };
    let membership = membership.clone();
    Ok(Caller {
        actor: Actor::Member(membership.member),
        person: Some(who.person),
        organisation: membership.organisation,
        organisation_name: membership.organisation_name,
        name: who.name,
        roles: membership.roles,
        memberships: who.memberships,
        only: None,
        once,
        waiting: None,
    })
}

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    Platform: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let once = parts.extensions.get::<Once>().cloned();
        let bearer = parts
            .headers
            .get(AUTHORIZATION)
            .map(|value| value.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default());
        if let Some(secret) = bearer {
            return by_token(&Platform::from_ref(state), secret, once).await;
        }
        let session = Session::from_request_parts(parts, state).await.map_err(|_| AppError::Unauthenticated)?;
        let platform = Platform::from_ref(state);
        let mut caller = by_session(&session, once).await?;
        let path = parts.uri.path();
        let is_page =
            parts.method == Method::GET && !path.starts_with("/api/") && !parts.headers.contains_key("x-fragment");
        if is_page && caller.may(Permission::Decide) {
            let (db, today) = (platform.db.read(), platform.clock.today());
            match waiting(db, caller.scope(), (caller.actor, &caller.roles), today).await {
                Ok(waiting) => caller.waiting = u64::try_from(waiting.count()).ok(),
                // A page without the count is better than none.
                Err(error) => tracing::error!(%error, "what waits for somebody could not be counted"),
            }
        }
        Ok(caller)
    }
}

/// A permission as a type, so that a handler's arguments say who may call it.
pub trait Allowance: Send + Sync + 'static {
    /// Which.
    const PERMISSION: Permission;
}

macro_rules! allowances {
    ($($(#[$doc:meta])* $name:ident;)+) => {
        /// Permissions as types.
        pub mod may {
            use super::Allowance;
            use domain::access::Permission;
            $(
                $(#[$doc])*
                #[derive(Debug)]
                pub struct $name;
                impl Allowance for $name {
                    const PERMISSION: Permission = Permission::$name;
                }
            )+
        }
    };
}

allowances! {
    /// [`Permission::Read`].
    Read;
    /// [`Permission::ReadOwn`].
    ReadOwn;
    /// [`Permission::EditVendors`].
    EditVendors;
    /// [`Permission::EditTemplates`].
    EditTemplates;
    /// [`Permission::EditPolicy`].
    EditPolicy;
    /// [`Permission::Issue`].
    Issue;
    /// [`Permission::Review`].
    Review;
    /// [`Permission::Score`].
    Score;
    /// [`Permission::EditRegister`].
    EditRegister;
    /// [`Permission::Decide`].
    Decide;
    /// [`Permission::ReadAudit`].
    ReadAudit;
    /// [`Permission::ManagePeople`].
    ManagePeople;
    /// [`Permission::Answer`].
    Answer;
    /// [`Permission::AnswerAssigned`].
    AnswerAssigned;
    /// [`Permission::HandOver`].
    HandOver;
    /// [`Permission::Submit`].
    Submit;
    /// [`Permission::Operate`].
    Operate;
}

/// A caller whose role has the permission; anybody else is refused before the handler runs.
#[derive(Clone, Debug)]
pub struct May<P> {
    /// The caller.
    pub caller: Caller,
    permission: PhantomData<fn() -> P>,
}

impl<P> std::ops::Deref for May<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<P: Allowance, S: Send + Sync> FromRequestParts<S> for May<P>
where
    Platform: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let caller = Caller::from_request_parts(parts, state).await?;
        if caller.may(P::PERMISSION) { Ok(Self { caller, permission: PhantomData }) } else { Err(AppError::Forbidden) }
    }
}
