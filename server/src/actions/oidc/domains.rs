//! Mail domains of an organisation: claimed, proved by mail or confirmed by an operator, given up.

use crate::actions::note::{self, Note};
use crate::actions::{Act, Actor, Buyer, Job, Token, token_hash, work};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::db::{Db, duplicate_at};
use crate::repo::{self, BuyerScope, SystemScope};
use domain::ids::{DomainId, OrganisationId};
use domain::problem::Problem;
use entity::email_domain;
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use time::Duration;
use uuid::Uuid;

/// Mailboxes that only whoever runs a domain reads (RFC 2142, and what certificate authorities use).
pub const MAILBOXES: [&str; 3] = ["postmaster", "hostmaster", "admin"];

/// Characters of a label of a domain name (RFC 1035).
const LABEL: usize = 63;
/// Characters of a domain name.
const NAME: usize = 253;

/// A domain name, in lower case: labels of letters, digits and hyphens, at least two.
///
/// # Errors
/// The problem, at the field.
pub fn name(at: &str, text: &str) -> Result<String, Problem> {
    let text = text.trim().trim_start_matches('@').trim_end_matches('.').to_lowercase();
    if text.is_empty() {
        return Err(Problem::new(at, "required"));
    }
    let label = |label: &str| {
        (1..=LABEL).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let labels: Vec<&str> = text.split('.').collect();
    let top_is_number = labels.last().is_some_and(|top| top.bytes().all(|byte| byte.is_ascii_digit()));
    if text.len() > NAME || labels.len() < 2 || top_is_number || !labels.iter().all(|one| label(one)) {
        return Err(Problem::new(at, "not-a-domain").with("given", text.chars().take(80).collect::<String>()));
    }
    Ok(text)
}

/// Says that a domain is the organisation's. That is worth nothing until it is proved.
///
/// # Errors
/// When the text is no domain, or the organisation has it already, or has too many.
pub async fn claim(platform: &Platform, by: &Buyer, text: &str) -> Result<DomainId> {
    let domain = name("domain", text)?;
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(DomainId(made));
    }
    let most = platform.config.limits.mail_domains;
    if repo::domains::count(act.tx(), by.scope).await? >= most {
        return Err(Problem::new("domain", "too-many-domains").with("most", most).into());
    }
    let id: DomainId = platform.clock.id();
    let row = email_domain::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(by.scope.organisation().0),
        domain: Set(domain.clone()),
        proof_hash: Set(None),
        proof_expires_at: Set(None),
        created_at: Set(act.now),
        proved_at: Set(None),
        proved_by: Set(None),
    };
    if let Err(error) = repo::domains::add(act.tx(), by.scope, row).await {
        return duplicate_at(error, "domain");
    }
    act.record(&by.scope, by.actor, "domain.claimed", ("domain", id.0), &json!({ "domain": domain }));
    act.remember(by, id.0).await?;
    act.commit().await?;
    Ok(id)
}

/// Gives a domain up: providers of the organisation speak for its addresses no more, and another may prove it.
///
/// # Errors
/// [`AppError::NotFound`] when the organisation has no such domain.
pub async fn remove(platform: &Platform, by: &Buyer, id: DomainId) -> Result<String> {
    let mut act = Act::begin(platform).await?;
    let row = repo::domains::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    repo::domains::remove(act.tx(), by.scope, id).await?;
    let details = json!({ "before": { "domain": row.domain, "proved_by": row.proved_by }, "after": null });
    act.record(&by.scope, by.actor, "domain.removed", ("domain", id.0), &details);
    act.commit().await?;
    Ok(row.domain)
}

/// What the job that mails a proof link works on.
#[derive(Debug, Deserialize, Serialize)]
pub(in crate::actions) struct ProofMail {
    domain: DomainId,
    mailbox: String,
    note: Uuid,
}

/// Asks for a mail with a proof link to one of the domain's own mailboxes.
///
/// # Errors
/// When the mailbox is none of [`MAILBOXES`], the domain is proved already, or a mail was sent a moment ago.
pub async fn send_proof(platform: &Platform, by: &Buyer, id: DomainId, mailbox: &str) -> Result<String> {
    if !MAILBOXES.contains(&mailbox) {
        return Err(Problem::new("mailbox", "unknown").into());
    }
    let limits = &platform.config.limits;
    let mut act = Act::begin(platform).await?;
    let row = repo::domains::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    if row.proved_at.is_some() {
        return Err(AppError::NotNow("domain_proved"));
    }
    let life = Duration::hours(limits.domain_proof_hours);
    let pause = Duration::minutes(limits.domain_mail_pause_minutes);
    if let Some(asked) = row.proof_expires_at.map(|end| end - life).filter(|asked| act.now - *asked < pause) {
        let wait = (asked + pause - act.now).whole_seconds();
        return Err(AppError::TooMany { retry_after: u64::try_from(wait).unwrap_or(0).max(1) });
    }
    let address = format!("{mailbox}@{}", row.domain);
    let mut row = row.into_active_model();
    row.proof_expires_at = Set(Some(act.now + life));
    repo::domains::update(act.tx(), by.scope, row).await?;
    let payload = ProofMail { domain: id, mailbox: mailbox.to_owned(), note: platform.clock.id() };
    let job = Job { kind: work::PROVE_DOMAIN, payload: serde_json::to_value(payload)?, dedupe_key: None };
    act.enqueue(job).await?;
    let details = json!({ "to": address });
    act.record(&by.scope, by.actor, "domain.proof_asked", ("domain", id.0), &details);
    act.commit().await?;
    Ok(address)
}

/// Mails the link; one that was mailed before stops working.
pub(in crate::actions) async fn mail_proof(platform: &Platform, asked: ProofMail) -> Result<()> {
    let act = Act::begin(platform).await?;
    let row = repo::domains::hold_any(act.tx(), SystemScope, asked.domain).await?;
    let Some(row) = row.filter(|row| row.proved_at.is_none()) else { return Ok(()) };
    let token = Token::fresh(&platform.clock);
    let (domain, scope) = (row.domain.clone(), SystemScope.acting_for(OrganisationId(row.organisation_id)));
    let mut row = row.into_active_model();
    row.proof_hash = Set(Some(token.hash()));
    repo::domains::update(act.tx(), scope, row).await?;
    let organisation = repo::organisations::own(act.tx(), scope).await?.ok_or(AppError::NotFound)?.name;
    act.commit().await?;
    let hours = platform.config.limits.domain_proof_hours.to_string();
    let note = Note {
        id: asked.note,
        purpose: "domain_proof",
        to_name: asked.mailbox.clone(),
        to_address: format!("{}@{domain}", asked.mailbox),
        values: BTreeMap::from([("organisation", organisation), ("domain", domain), ("hours", hours)]),
        link: format!("{}/domains/prove/{}", platform.public_url, token.reveal()),
    };
    note::send(platform, &note).await
}

/// What a proof link would prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The domain.
    pub domain: String,
    /// The organisation that says it is its own.
    pub organisation: String,
}

/// What a proof link would prove; none where it does not work. Looking uses nothing up.
///
/// # Errors
/// When the database fails.
pub async fn look_at_proof(platform: &Platform, secret: &str) -> Result<Option<Proof>> {
    let (db, now) = (platform.db.read(), platform.clock.now());
    let found = repo::domains::by_proof(db, SystemScope, &token_hash(secret), now).await?;
    Ok(found.and_then(|(row, organisation)| Some(Proof { domain: row.domain, organisation: organisation?.name })))
}

/// Proves the domain of a proof link.
///
/// # Errors
/// [`AppError::NotFound`] when the link does not work; [`AppError::NotNow`] when another organisation has proved it.
pub async fn prove(platform: &Platform, secret: &str) -> Result<Proof> {
    let mut act = Act::begin(platform).await?;
    let found = repo::domains::by_proof(act.tx(), SystemScope, &token_hash(secret), act.now).await?;
    let (row, organisation) = found.ok_or(AppError::NotFound)?;
    let proof = Proof {
        domain: row.domain.clone(),
        organisation: organisation.map(|organisation| organisation.name).unwrap_or_default(),
    };
    set_proved(&mut act, row, "mail", Actor::System).await?;
    act.commit().await?;
    Ok(proof)
}

/// An operator confirms that a domain is the organisation's, having found that out in some other way.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such domain; [`AppError::NotNow`] when it is proved already, by this or
/// another organisation.
pub async fn confirm(platform: &Platform, operator: &Buyer, id: DomainId) -> Result<String> {
    let mut act = Act::begin(platform).await?;
    let row = repo::domains::hold_any(act.tx(), SystemScope, id).await?.ok_or(AppError::NotFound)?;
    if row.proved_at.is_some() {
        return Err(AppError::NotNow("domain_proved"));
    }
    let (domain, organisation) = (row.domain.clone(), row.organisation_id);
    let details = json!({ "domain": domain, "organisation": organisation });
    act.record(&operator.scope, operator.actor, "domain.confirmed", ("domain", id.0), &details);
    set_proved(&mut act, row, "operator", Actor::System).await?;
    act.commit().await?;
    Ok(domain)
}

async fn set_proved(act: &mut Act<'_>, row: email_domain::Model, way: &str, actor: Actor) -> Result<()> {
    let scope: BuyerScope = SystemScope.acting_for(OrganisationId(row.organisation_id));
    let (id, domain) = (row.id, row.domain.clone());
    // Asked first, for PostgreSQL ends a transaction in which an index refuses; the index is for the race.
    if repo::domains::owner(act.tx(), SystemScope, &domain).await?.is_some() {
        return Err(AppError::NotNow("domain_elsewhere"));
    }
    let mut row = row.into_active_model();
    row.proof_hash = Set(None);
    row.proof_expires_at = Set(None);
    row.proved_at = Set(Some(act.now));
    row.proved_by = Set(Some(way.to_owned()));
    if let Err(error) = repo::domains::update(act.tx(), scope, row).await {
        return Err(if Db::is_duplicate(&error) { AppError::NotNow("domain_elsewhere") } else { error.into() });
    }
    let details = json!({ "domain": domain, "before": { "proved_by": null }, "after": { "proved_by": way } });
    act.record(&scope, actor, "domain.proved", ("domain", id), &details);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_domain_is_labels_and_nothing_else() {
        for (typed, read) in [
            ("example.org", "example.org"),
            (" @Example.ORG. ", "example.org"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("a.b.c.example", "a.b.c.example"),
        ] {
            assert_eq!(name("domain", typed).as_deref(), Ok(read));
        }
        let label = "a".repeat(64);
        let long = format!("{}example", "abcdefg.".repeat(40));
        for typed in [
            "",
            "example",
            "exa mple.org",
            "-a.org",
            "a-.org",
            "a..org",
            "127.0.0.1",
            "a@b.org",
            "http://a.org",
            "a.org/x",
            "bücher.example",
            "a.org\u{0}",
            "*.org",
            &format!("{label}.org"),
            &long,
        ] {
            assert!(name("domain", typed).is_err(), "{typed:?}");
        }
    }
}
