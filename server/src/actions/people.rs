//! Members of an organisation, and its API tokens.

use super::organisations::{address, name};
use super::{Act, Actor, Buyer, Token};
use crate::error::{AppError, Result};
use crate::platform::{Platform, db};
use crate::repo::people::Member;
use crate::repo::tokens::NewToken;
use crate::repo::{self, BuyerScope, SystemScope};
use domain::access::{Permission, Role, Roles, Side};
use domain::ids::{MemberId, OrganisationId, PersonId, TokenId};
use domain::problem::{Problem, Problems};
use serde_json::json;
use time::OffsetDateTime;

/// Adds a member at once, without an invitation.
///
/// # Errors
/// When the name or the address is not usable, the address is a member's already, or a role is none of this kind of
/// organisation's.
pub async fn add_member(platform: &Platform, by: &Buyer, person: &str, email: &str, roles: &Roles) -> Result<Member> {
    let mut problems = Vec::new();
    let person = name(platform, "name", person).map_err(|p| problems.push(p));
    let email = address("email", email).map_err(|p| problems.push(p));
    if roles.is_empty() {
        problems.push(Problem::new("roles", "required"));
    }
    let (Ok(person), Ok(email), true) = (person, email, problems.is_empty()) else {
        return Err(Problems(problems).into());
    };
    let mut act = Act::begin(platform).await?;
    let member = add_member_in(platform, &mut act, by.scope, by.actor, (&person, &email), roles).await?;
    act.commit().await?;
    Ok(member)
}

/// The kinds of roles that an organisation's members can have.
///
/// # Errors
/// When the database fails.
pub async fn sides(act: &Act<'_>, scope: BuyerScope) -> Result<Vec<Side>> {
    let row = repo::organisations::own(act.tx(), scope).await?.ok_or(AppError::NotFound)?;
    let mut sides = Vec::new();
    if row.acts_as_buyer {
        sides.push(Side::Buyer);
    }
    if row.acts_as_vendor {
        sides.push(Side::Vendor);
    }
    if row.id == OrganisationId::INSTALLATION.0 {
        sides.push(Side::Installation);
    }
    Ok(sides)
}

/// Adds a member in an action under way: the person is found by address, or made.
pub(super) async fn add_member_in(
    platform: &Platform,
    act: &mut Act<'_>,
    scope: BuyerScope,
    actor: Actor,
    (name, email): (&str, &str),
    roles: &Roles,
) -> Result<Member> {
    if !roles.fit(&sides(act, scope).await?) {
        return Err(Problem::new("roles", "not-here").into());
    }
    let now = act.now;
    let person = match repo::people::by_email(act.tx(), SystemScope, email).await? {
        Some(person) => PersonId(person.id),
        None => {
            let id: PersonId = platform.clock.id();
            repo::people::add_person(act.tx(), SystemScope, id, (name, email), now).await?;
            id
        }
    };
    let id = match repo::people::membership(act.tx(), scope, person).await? {
        // Whoever comes back comes back under the id that old records know.
        Some(row) if row.removed_at.is_some() => {
            let id = MemberId(row.id);
            let revision = row.revision + 1;
            let mut row: entity::member::ActiveModel = row.into();
            row.roles = sea_orm::Set(roles.to_string());
            row.removed_at = sea_orm::Set(None);
            row.managed_by = sea_orm::Set(None);
            row.revision = sea_orm::Set(revision);
            repo::people::update_member(act.tx(), scope, row).await?;
            id
        }
        _ => {
            let id: MemberId = platform.clock.id();
            if let Err(error) = repo::people::add_member(act.tx(), scope, id, (person, roles), now).await {
                return db::duplicate_at(error, "email");
            }
            id
        }
    };
    let details = json!({ "name": name, "email": email, "roles": roles });
    act.record(&scope, actor, "member.added", ("member", id.0), &details).await?;
    repo::people::member(act.tx(), scope, id).await?.ok_or_else(|| AppError::internal("the member just made is gone"))
}

/// What a token is to be.
#[derive(Clone, Debug)]
pub struct TokenInput {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Only these of the role's permissions; none where it may all.
    pub only: Option<Vec<Permission>>,
    /// When it stops working; none where it does not.
    pub expires_at: Option<OffsetDateTime>,
}

/// Makes an API token for an organisation. It is shown once.
///
/// # Errors
/// When the name is not usable, or the role is none of this kind of organisation's.
pub async fn make_token(platform: &Platform, by: &Buyer, input: &TokenInput) -> Result<(TokenId, Token)> {
    let label = name(platform, "name", &input.name)?;
    let mut act = Act::begin(platform).await?;
    let role = input.role;
    if !role.fits_token() || !Roles::from(role).fit(&sides(&act, by.scope).await?) {
        return Err(Problem::new("role", "not-here").into());
    }
    let token = Token::fresh(&platform.clock);
    let id: TokenId = platform.clock.id();
    let made_by = match by.actor {
        Actor::Member(member) => Some(member),
        _ => None,
    };
    let row = NewToken {
        id,
        name: label.clone(),
        role,
        only: input.only.clone(),
        made_by,
        token_hash: token.hash(),
        expires_at: input.expires_at,
    };
    repo::tokens::add_token(act.tx(), by.scope, row, act.now).await?;
    let details = json!({
        "name": label, "role": role, "only": input.only,
        "expires_at": input.expires_at.map(OffsetDateTime::unix_timestamp),
    });
    act.record(&by.scope, by.actor, "token.made", ("token", id.0), &details).await?;
    act.commit().await?;
    Ok((id, token))
}

/// Revokes a token: it stops working at once.
///
/// # Errors
/// [`AppError::NotFound`] when the organisation has no such token that works.
pub async fn revoke_token(platform: &Platform, by: &Buyer, id: TokenId) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    if !repo::tokens::revoke_token(act.tx(), by.scope, id, act.now).await? {
        return Err(AppError::NotFound);
    }
    act.record(&by.scope, by.actor, "token.revoked", ("token", id.0), &json!({})).await?;
    act.commit().await
}
