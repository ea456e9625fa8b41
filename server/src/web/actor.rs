//! Who is calling for a buyer: a person with a session, or a program with a bearer token.

use super::session::MEMBER;
use crate::actions::{Actor, Buyer, Once, token_hash};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope, SystemScope};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use domain::access::{Permission, Role};
use domain::ids::{MemberId, OrganisationId, TokenId};
use std::marker::PhantomData;
use tower_sessions::Session;

/// Somebody of a buying organisation, and what they are there for.
#[derive(Clone, Debug)]
pub struct Caller {
    /// A member or a token.
    pub actor: Actor,
    /// Their organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
    /// The person's name, or the token's.
    pub name: String,
    /// What they may do.
    pub role: Role,
    once: Option<Once>,
}

impl Caller {
    /// The scope of their organisation.
    pub fn scope(&self) -> BuyerScope {
        SystemScope.acting_for(self.organisation)
    }

    /// Who acts, as actions take it.
    pub fn buyer(&self) -> Buyer {
        Buyer { scope: self.scope(), actor: self.actor, once: self.once.clone() }
    }

    /// The same with a key of its own, that a page's form carries.
    pub fn buyer_once(&self, once: Option<Once>) -> Buyer {
        Buyer { once: once.or_else(|| self.once.clone()), ..self.buyer() }
    }

    /// Whether their role allows it.
    pub fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    Platform: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let platform = Platform::from_ref(state);
        let once = parts.extensions.get::<Once>().cloned();
        let bearer = parts
            .headers
            .get(AUTHORIZATION)
            .map(|value| value.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default());
        if let Some(secret) = bearer {
            let (hash, now) = (token_hash(secret.trim()), platform.clock.now());
            let found = repo::organisations::valid_token(platform.db.read(), SystemScope, &hash, now).await?;
            let (token, organisation) = found.ok_or(AppError::Unauthenticated)?;
            return Ok(Self {
                actor: Actor::Token(TokenId(token.id)),
                organisation: OrganisationId(organisation.id),
                organisation_name: organisation.name,
                name: token.name,
                role: token.role.parse().map_err(AppError::internal)?,
                once,
            });
        }
        let session = Session::from_request_parts(parts, state).await.map_err(|_| AppError::Unauthenticated)?;
        let member: Option<MemberId> = session.get(MEMBER).await.map_err(AppError::internal)?;
        let member = member.ok_or(AppError::Unauthenticated)?;
        let found = repo::organisations::member_anywhere(platform.db.read(), SystemScope, member).await?;
        let (member, organisation) = found.ok_or(AppError::Unauthenticated)?;
        Ok(Self {
            actor: Actor::Member(MemberId(member.id)),
            organisation: OrganisationId(organisation.id),
            organisation_name: organisation.name,
            name: member.name,
            role: member.role.parse().map_err(AppError::internal)?,
            once,
        })
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
    /// [`Permission::EditVendors`].
    EditVendors;
    /// [`Permission::EditTemplates`].
    EditTemplates;
    /// [`Permission::Issue`].
    Issue;
    /// [`Permission::Review`].
    Review;
    /// [`Permission::Score`].
    Score;
    /// [`Permission::EditRegister`].
    EditRegister;
    /// [`Permission::ReadAudit`].
    ReadAudit;
    /// [`Permission::ManagePeople`].
    ManagePeople;
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
