//! `candor demo`: a fresh installation in a temporary folder, with people, assessments in every state and a register.

mod register;
mod script;

use super::serve::interrupted;
use crate::actions::content::shipped_bytes;
use crate::actions::register::bom;
use crate::actions::{Buyer, chase, index, register_import, sign_in, work};
use crate::compose::{self, tell_logs};
use crate::config::Config;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::clock::Clock;
use crate::repo::{self, SystemScope};
use domain::assessment::State;
use domain::ids::{AssessmentId, MemberId, OrganisationId};
use script::Script;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use time::{Duration, OffsetDateTime};

/// The port that is tried first where none is given.
const PORT: u16 = 8080;

/// Serves the demo until interrupted.
pub(super) async fn run(port: Option<u16>) -> Result<ExitCode> {
    let folder = tempfile::Builder::new().prefix("candor-demo-").tempdir()?;
    let mut config = Config { data_dir: folder.path().to_owned(), ..Config::default() };
    config.log_filter = "warn".to_owned();
    config.database.durable = false;
    tell_logs(&config);
    let wanted = SocketAddr::from(([127, 0, 0, 1], port.unwrap_or(PORT)));
    let free = tokio::net::TcpListener::bind(wanted).await.is_ok();
    config.listen = if free || port.is_some() { wanted } else { SocketAddr::from(([127, 0, 0, 1], 0)) };

    let past = Arc::new(AtomicI64::new(0));
    let serving = compose::serve(config, shifted(&past)).await?;
    let platform = serving.platform.clone();
    let script = Script::read()?;
    let organisations = script.play(&platform, &past).await?;
    past.store(0, Ordering::SeqCst);
    fill_register(&platform, organisations[0]).await?;

    println!("\nCandor demo at {}\n", platform.public_url);
    println!("Sign in, once each (press Ctrl-C to end the demo; nothing of it is kept):");
    for (organisation, member, role, name) in first_of_each_role(&platform, &organisations).await? {
        let link = sign_in::make_link(&platform, &Buyer::system(organisation), member).await?;
        println!("  {role:<14} {}/sign-in/{}   {name}", platform.public_url, link.reveal());
    }
    for (state, link) in vendor_links(&platform, &organisations).await? {
        println!("  {:<14} {link}   {state}", "vendor");
    }
    println!("\nMails are written to {}", platform.config.data_dir.join("mail").display());
    serving.until(interrupted()).await?;
    Ok(ExitCode::SUCCESS)
}

/// A clock that the script sets back, so that what it plays has happened over the last months.
fn shifted(seconds: &Arc<AtomicI64>) -> Clock {
    let (seconds, system) = (Arc::clone(seconds), Clock::system());
    Clock::from_fn(move || -> OffsetDateTime { system.now() + Duration::seconds(seconds.load(Ordering::SeqCst)) })
}

/// Loads the public list of commercial AI in US agencies and two bills of materials, as a user's uploads would be, and what
/// is entered by hand.
async fn fill_register(platform: &Platform, organisation: OrganisationId) -> Result<()> {
    let by = Buyer::system(organisation);
    let bytes = shipped_bytes("register/omb-2025-cots.csv");
    let import = register_import::preview(platform, &by, "omb-2025-cots.csv", bytes.into()).await?;
    register_import::apply(platform, &by, import, &register_import::Settings::default()).await?;
    register::fill(platform, &by).await?;
    let applied = ("harbour-desk.cdx.json", shipped_bytes("bom/own/harbour-1.6.json").into());
    let applied = bom::upload(platform, &by, applied, "").await?;
    bom::apply(platform, &by, applied, None).await?;
    let waiting = ("reading-room.spdx3.json", shipped_bytes("bom/own/reading-room.spdx3.json").into());
    bom::upload(platform, &by, waiting, "").await?;
    index::rebuild(platform, |_| {}).await?;
    work::drain(platform).await
}

type Person = (OrganisationId, MemberId, String, String);

async fn first_of_each_role(platform: &Platform, organisations: &[OrganisationId]) -> Result<Vec<Person>> {
    let mut people: Vec<Person> = Vec::new();
    for organisation in organisations.iter().copied().chain([OrganisationId::INSTALLATION]) {
        let scope = SystemScope.acting_for(organisation);
        let name = repo::organisations::own(platform.db.read(), scope).await?.ok_or(AppError::NotFound)?.name;
        for member in repo::people::members(platform.db.read(), scope).await? {
            let roles = member.roles.to_string();
            if !people.iter().any(|(_, _, known, _)| *known == roles) {
                people.push((organisation, member.id, roles, format!("{}, {name}", member.name)));
            }
        }
    }
    let order = ["procurement", "analyst", "approver", "auditor", "business-owner", "administrator", "operator"];
    people.sort_by_key(|(_, _, role, _)| order.iter().position(|known| known == role));
    Ok(people)
}

/// A link for a questionnaire that nobody has answered, and one for a questionnaire that was given back.
async fn vendor_links(platform: &Platform, organisations: &[OrganisationId]) -> Result<Vec<(String, String)>> {
    let mut links = Vec::new();
    for state in [State::Sent, State::Returned] {
        for organisation in organisations {
            let by = Buyer::system(*organisation);
            let filter = repo::assessments::Filter { state: Some(state), ..Default::default() };
            let found = repo::assessments::by_due(platform.db.read(), by.scope, filter, 0, 1).await?;
            if let Some(row) = found.first() {
                let link = chase::copy_link(platform, &by, AssessmentId(row.id)).await?;
                links.push((state.name().to_owned(), link));
                break;
            }
        }
    }
    Ok(links)
}
