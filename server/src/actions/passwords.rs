//! Passwords, where they are switched on: Argon2id, with the memory and time that OWASP recommends.

use super::Act;
use super::attempts::{self, Account};
use super::sign_in::{self, SignedIn};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::attempts::Way;
use crate::repo::{self, SystemScope};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::ids::PersonId;
use domain::problem::Problem;
use sea_orm::Set;
use serde_json::json;

/// Kibibytes that a hash takes.
const MEMORY: u32 = 19_456;
/// Times that it passes over them.
const PASSES: u32 = 2;
/// Characters of a password at most: hashing must not be made long by what is hashed.
const LONGEST: usize = 256;
/// Stands for the password of nobody: checking it takes as long as checking somebody's, and no password fits.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y2FuZG9yLW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY, PASSES, 1, None).map_err(|e| AppError::internal(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn in_turn<T: Send + 'static>(
    platform: &Platform,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let turn = platform.password_checks.clone().acquire_owned().await.map_err(AppError::internal)?;
    tokio::task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    })
    .await
    .map_err(AppError::internal)?
}

async fn fits(platform: &Platform, password: &str, hash: Option<String>) -> Result<bool> {
    let (password, hash) = (password.to_owned(), hash.unwrap_or_else(|| NOBODY.to_owned()));
    in_turn(platform, move || {
        let known = PasswordHash::new(&hash).map_err(|e| AppError::internal(e.to_string()))?;
        // Compares in constant time.
        Ok(PasswordVerifier::<PasswordHash>::verify_password(&argon2()?, password.as_bytes(), &known).is_ok())
    })
    .await
}

/// Signs in with a password. An address that nobody has, a person without a password and a wrong password are told apart
/// by nothing: not by the answer, and not by how long it takes.
///
/// # Errors
/// [`AppError::NotFound`] where passwords are off; [`AppError::Unauthenticated`] when it does not fit;
/// [`AppError::TooMany`] when the account was tried too often.
pub async fn sign_in(platform: &Platform, email: &str, password: &str) -> Result<SignedIn> {
    if !platform.config.sign_in.passwords {
        return Err(AppError::NotFound);
    }
    let email = email.trim().to_lowercase();
    let account = Account::of(platform, &email);
    let attempt = attempts::try_account(platform, &account, Way::Password).await?;
    let person = repo::people::by_email(platform.db.read(), SystemScope, &email).await?;
    let hash = person.as_ref().and_then(|person| person.password_hash.clone());
    let has_password = hash.is_some();
    let given: String = password.chars().take(LONGEST + 1).collect();
    let fits = fits(platform, &given, hash).await? && has_password;
    let Some(person) = person.as_ref().filter(|_| fits) else {
        let person = person.map(|person| PersonId(person.id));
        attempts::failed(platform, person, "password", "wrong").await?;
        return Err(AppError::Unauthenticated);
    };
    let mut act = Act::begin(platform).await?;
    repo::attempts::succeeded(act.tx(), SystemScope, attempt).await?;
    let signed_in = SignedIn { person: PersonId(person.id), only_member: None };
    sign_in::record(&mut act, signed_in, "password").await?;
    act.commit().await?;
    Ok(signed_in)
}

/// Sets a person's password, and ends their other sessions. `current` is the one before, which is asked for unless the
/// person has just proved who they are in another way.
///
/// # Errors
/// [`AppError::NotFound`] where passwords are off; a problem at `current` or `password` when one is not usable.
pub async fn set(
    platform: &Platform,
    id: PersonId,
    (current, is_proved): (&str, bool),
    password: &str,
    session: &str,
) -> Result<()> {
    if !platform.config.sign_in.passwords {
        return Err(AppError::NotFound);
    }
    let person = repo::people::person(platform.db.read(), SystemScope, id).await?.ok_or(AppError::NotFound)?;
    let (given, least) = (password.chars().count(), platform.config.limits.password_least_characters);
    if given < least {
        return Err(Problem::new("password", "too-short").with("least", least).into());
    }
    if given > LONGEST {
        return Err(Problem::new("password", "too-long").with("most", LONGEST).into());
    }
    if password.to_lowercase().contains(&person.email) {
        return Err(Problem::new("password", "holds-address").into());
    }
    if let Some(hash) = person.password_hash.clone().filter(|_| !is_proved) {
        let account = Account::of(platform, &person.email);
        let attempt = attempts::try_account(platform, &account, Way::Password).await?;
        if !fits(platform, current, Some(hash)).await? {
            attempts::failed(platform, Some(id), "password", "wrong").await?;
            return Err(Problem::new("current", "wrong-password").into());
        }
        let act = Act::begin(platform).await?;
        repo::attempts::succeeded(act.tx(), SystemScope, attempt).await?;
        act.commit().await?;
    }
    let secret = password.to_owned();
    let salt = platform.clock.secret::<16>();
    let hash = in_turn(platform, move || {
        let hash: PasswordHash = argon2()?
            .hash_password_with_salt(secret.as_bytes(), &salt)
            .map_err(|e| AppError::internal(e.to_string()))?;
        Ok(hash.to_string())
    })
    .await?;
    let mut act = Act::begin(platform).await?;
    let had_one = person.password_hash.is_some();
    let mut row: entity::person::ActiveModel = person.into();
    row.password_hash = Set(Some(hash));
    repo::people::update_person(act.tx(), SystemScope, row).await?;
    let ended = repo::sessions::remove_of_person(act.tx(), SystemScope, id, Some(session)).await?;
    let details = json!({ "before": had_one, "after": true, "sessions_ended": ended });
    sign_in::tell_chains(&mut act, SignedIn { person: id, only_member: None }, "member.password_set", &details).await?;
    act.commit().await
}
