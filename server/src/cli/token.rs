//! `candor token create`: an API token, printed once.

use super::run::bad;
use crate::actions::Buyer;
use crate::actions::people::{self, TokenInput};
use crate::compose;
use crate::config::Config;
use crate::error::Result;
use crate::platform::Platform;
use crate::platform::clock::Clock;
use crate::repo::{self, SystemScope};
use domain::access::{Role, Side};
use domain::ids::OrganisationId;
use std::process::ExitCode;
use time::Duration;

/// Makes a token for an organisation, by name or id.
pub(super) async fn create(config: Config, org: String, role: Role, ttl: Option<String>) -> Result<ExitCode> {
    let lifetime = match ttl.as_deref().map(duration) {
        Some(None) => {
            return Ok(bad(format_args!("--ttl {}: a number and d, h or m, such as 90d", ttl.unwrap_or_default())));
        }
        given => given.flatten(),
    };
    let platform = compose::open_without_search(config, Clock::system()).await?;
    let organisation = match organisation(&platform, &org).await? {
        Ok(organisation) => organisation,
        Err(reason) => return Ok(bad(reason)),
    };
    // Whoever runs the installation belongs to it, and to none of its tenants.
    let owner = if role.side() == Side::Installation { OrganisationId::INSTALLATION } else { organisation };
    let expires_at = lifetime.map(|lifetime| platform.clock.now() + lifetime);
    let input = TokenInput { name: "command line".to_owned(), role, only: None, expires_at };
    let (_, token) = people::make_token(&platform, &Buyer::system(owner), &input).await?;
    println!("{}", token.reveal());
    platform.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// The organisation of that name or id; why there is none.
pub(super) async fn organisation(
    platform: &Platform,
    org: &str,
) -> Result<std::result::Result<OrganisationId, String>> {
    let known = repo::organisations::all(platform.db.read(), SystemScope).await?;
    let mut found = known.iter().filter(|row| row.id.to_string() == org || row.name == org);
    let Some(organisation) = found.next() else {
        let names: Vec<_> = known.iter().map(|row| row.name.as_str()).collect();
        return Ok(Err(format!("--org {org}: no such organisation; there is: {}", names.join(", "))));
    };
    if found.next().is_some() {
        return Ok(Err(format!("--org {org}: several organisations are called so; give the id")));
    }
    Ok(Ok(OrganisationId(organisation.id)))
}

fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: i64 = number.parse().ok().filter(|number| (1..=100_000).contains(number))?;
    match unit {
        "d" => Some(Duration::days(number)),
        "h" => Some(Duration::hours(number)),
        "m" => Some(Duration::minutes(number)),
        _ => None,
    }
}
