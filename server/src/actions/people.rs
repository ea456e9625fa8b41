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
use sea_orm::Set;
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
    Ok(sides_of(&repo::organisations::own(act.tx(), scope).await?.ok_or(AppError::NotFound)?))
}

fn sides_of(row: &entity::organisation::Model) -> Vec<Side> {
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
    sides
}

/// The roles that the organisation's members can have, in their order.
///
/// # Errors
/// When the database fails.
pub async fn roles_here(platform: &Platform, scope: BuyerScope) -> Result<Vec<Role>> {
    let row = repo::organisations::own(platform.db.read(), scope).await?.ok_or(AppError::NotFound)?;
    let sides = sides_of(&row);
    Ok(Role::ALL.iter().copied().filter(|role| sides.contains(&role.side())).collect())
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
            row.roles = Set(roles.to_string());
            row.removed_at = Set(None);
            row.managed_by = Set(None);
            row.revision = Set(revision);
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
    act.record(&scope, actor, "member.added", ("member", id.0), &details);
    repo::people::member(act.tx(), scope, id).await?.ok_or_else(|| AppError::internal("the member just made is gone"))
}

/// The permission whose last holder an organisation keeps: without one, nobody could let anybody in again.
fn kept(organisation: OrganisationId) -> Permission {
    if organisation == OrganisationId::INSTALLATION { Permission::Operate } else { Permission::ManagePeople }
}

/// Holds the organisation's members, and says whether one of them but this one administers it.
async fn others_administer(act: &Act<'_>, scope: BuyerScope, member: MemberId) -> Result<bool> {
    let kept = kept(scope.organisation());
    for row in repo::people::hold_members(act.tx(), scope).await? {
        let roles: Roles = row.roles.parse().map_err(AppError::internal)?;
        if row.id != member.0 && roles.may(kept) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives a member these roles instead of theirs; at once, also for whoever is signed in.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such member; [`AppError::Changed`] when somebody else changed them since
/// `revision`; a problem at `roles` when there is none, one is none of this kind of organisation's, a provider says what
/// they are, or nobody would be left to administer the organisation.
pub async fn set_roles(
    platform: &Platform,
    by: &Buyer,
    id: MemberId,
    roles: &Roles,
    revision: Option<i64>,
) -> Result<Member> {
    let mut act = Act::begin(platform).await?;
    let others = others_administer(&act, by.scope, id).await?;
    let row = repo::people::hold_member(act.tx(), by.scope, id).await?;
    let row = row.filter(|row| row.removed_at.is_none()).ok_or(AppError::NotFound)?;
    if revision.is_some_and(|seen| seen != row.revision) {
        return Err(AppError::Changed(json!({
            "roles": row.roles.split_whitespace().collect::<Vec<_>>(), "revision": row.revision
        })));
    }
    let before: Roles = row.roles.parse().map_err(AppError::internal)?;
    let problem = if row.managed_by.is_some() {
        Some(Problem::new("roles", "provider-says"))
    } else if roles.is_empty() {
        Some(Problem::new("roles", "choose-role"))
    } else if !roles.fit(&sides(&act, by.scope).await?) {
        Some(Problem::new("roles", "not-here"))
    } else {
        let kept = kept(by.scope.organisation());
        let is_last = before.may(kept) && !roles.may(kept) && !others;
        is_last.then(|| Problem::new("roles", "last-administrator"))
    };
    if let Some(problem) = problem {
        return Err(problem.into());
    }
    if before != *roles {
        let next = row.revision + 1;
        let mut row: entity::member::ActiveModel = row.into();
        row.roles = Set(roles.to_string());
        row.revision = Set(next);
        repo::people::update_member(act.tx(), by.scope, row).await?;
        let details = json!({ "before": before, "after": roles });
        act.record(&by.scope, by.actor, "member.roles_changed", ("member", id.0), &details);
    }
    let member = repo::people::member(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    act.commit().await?;
    Ok(member)
}

/// Removes a member: whatever they have open stops working at once. What they did, and the tokens that they made, stay.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such member; [`AppError::Changed`] when somebody else changed them since
/// `revision`; [`AppError::NotNow`] when nobody would be left to administer the organisation.
pub async fn remove_member(platform: &Platform, by: &Buyer, id: MemberId, revision: Option<i64>) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    let others = others_administer(&act, by.scope, id).await?;
    let row = repo::people::hold_member(act.tx(), by.scope, id).await?;
    let row = row.filter(|row| row.removed_at.is_none()).ok_or(AppError::NotFound)?;
    if revision.is_some_and(|seen| seen != row.revision) {
        return Err(AppError::Changed(json!({
            "roles": row.roles.split_whitespace().collect::<Vec<_>>(), "revision": row.revision
        })));
    }
    let before: Roles = row.roles.parse().map_err(AppError::internal)?;
    if before.may(kept(by.scope.organisation())) && !others {
        return Err(AppError::NotNow("last_administrator"));
    }
    let (next, now) = (row.revision + 1, act.now);
    let mut row: entity::member::ActiveModel = row.into();
    row.removed_at = Set(Some(now));
    row.revision = Set(next);
    repo::people::update_member(act.tx(), by.scope, row).await?;
    let details = json!({ "before": before, "after": null });
    act.record(&by.scope, by.actor, "member.removed", ("member", id.0), &details);
    act.commit().await
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
/// When the name is not usable, the role is none of this kind of organisation's, or a permission is none of the role's.
pub async fn make_token(platform: &Platform, by: &Buyer, input: &TokenInput) -> Result<(TokenId, Token)> {
    let label = name(platform, "name", &input.name)?;
    let mut act = Act::begin(platform).await?;
    let role = input.role;
    if !role.fits_token() || !Roles::from(role).fit(&sides(&act, by.scope).await?) {
        return Err(Problem::new("role", "not-here").into());
    }
    if let Some(beyond) = input.only.iter().flatten().find(|permission| !role.may(**permission)) {
        return Err(Problem::new("permissions", "beyond-role").with("given", beyond.name()).into());
    }
    if input.only.as_ref().is_some_and(Vec::is_empty) {
        return Err(Problem::new("permissions", "required").into());
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
    act.record(&by.scope, by.actor, "token.made", ("token", id.0), &details);
    act.commit().await?;
    Ok((id, token))
}

/// Revokes a token: it stops working at once.
///
/// # Errors
/// [`AppError::NotFound`] when the organisation has no such token, [`AppError::NotNow`] when it was revoked already.
pub async fn revoke_token(platform: &Platform, by: &Buyer, id: TokenId) -> Result<()> {
    let mut act = Act::begin(platform).await?;
    let token = repo::tokens::token(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    if !repo::tokens::revoke_token(act.tx(), by.scope, id, act.now).await? {
        return Err(AppError::NotNow("token_revoked"));
    }
    let details = json!({ "name": token.name, "role": token.role, "before": "works", "after": "revoked" });
    act.record(&by.scope, by.actor, "token.revoked", ("token", id.0), &details);
    act.commit().await
}
