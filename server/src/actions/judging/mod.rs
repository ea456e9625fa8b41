//! Judging a vendor: profile and tier of an engagement, risk acceptance, impact assessment, decision.

pub mod acceptance;
pub mod case;
pub mod decision;
pub mod impact;
pub mod inherent;
pub mod overall;
pub mod profile;
pub mod record;
pub mod standing;
pub mod tier;
pub mod waiting;
pub mod what_if;
pub mod world;

pub use case::Judged;

use super::{Actor, register};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope, SystemScope};
use domain::judging::party::Party;
use domain::problem::Problem;
use domain::register::By;
use sea_orm::ConnectionTrait;

/// Who acts, with the person behind the account: a contact may be a member too, under the same address.
///
/// # Errors
/// When the database fails.
pub async fn party(db: &impl ConnectionTrait, scope: BuyerScope, actor: Actor) -> Result<Party> {
    party_of(db, scope, register::by(actor)).await
}

/// The same of an account that was written down.
///
/// # Errors
/// When the database fails.
pub async fn party_of(db: &impl ConnectionTrait, scope: BuyerScope, by: By) -> Result<Party> {
    let everybody = SystemScope.acting_for(scope.organisation());
    let person = match by {
        By::Member(id) => repo::people::member(db, everybody, id).await?.map(|member| member.person),
        By::Contact(id) => match repo::vendors::contact(db, everybody, id).await? {
            Some(contact) => match contact.person_id {
                Some(person) => Some(person.into()),
                None => repo::people::by_email(db, SystemScope, &contact.email).await?.map(|row| row.id.into()),
            },
            None => None,
        },
        By::Token(_) | By::System => None,
    };
    Ok(Party { by, person })
}

/// What whoever acts is called.
///
/// # Errors
/// [`AppError::Forbidden`] where there is no such account any more.
pub async fn name_of(db: &impl ConnectionTrait, scope: BuyerScope, actor: Actor) -> Result<String> {
    let name = match actor {
        Actor::Member(id) => repo::people::member(db, scope, id).await?.map(|member| member.name),
        Actor::Token(id) => repo::tokens::token(db, scope, id).await?.map(|token| token.name),
        Actor::Contact(id) => repo::vendors::contact(db, scope, id).await?.map(|contact| contact.name),
        Actor::System => Some("Candor".to_owned()),
    };
    name.filter(|name| !name.trim().is_empty()).ok_or(AppError::Forbidden)
}

/// What somebody wrote, without the blanks around it.
///
/// # Errors
/// At `at`: `too-long`; `control-character` for what no page shows and PostgreSQL does not keep.
pub fn said(platform: &Platform, at: &str, text: &str) -> Result<String, Problem> {
    let (text, most) = (text.trim(), platform.config.limits.comment_characters);
    if text.chars().count() > most {
        return Err(Problem::new(at, "too-long").with("most", most));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\r' && c != '\t') {
        return Err(Problem::new(at, "control-character"));
    }
    Ok(text.to_owned())
}
