//! The log, newest first, and walking its chain.

use super::views::{AuditPage, EntryView, VerifiedView};
use crate::actions::audit::verify_chain;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{Caller, May, may};
use crate::web::moment::Moment;
use crate::web::query::address;
use crate::web::render::Renderer;
use crate::web::shell::{Around, Shell};
use axum::response::Html;
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::audit::Broken;
use domain::ids::{AssessmentId, ContactId, ImportId, MemberId, VendorId};
use entity::audit_entry;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Entries on a page.
const ROWS: u64 = 50;
/// Characters of a hash that are shown.
const HASH: usize = 12;

/// Which part of the log.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// Entries before that sequence.
    before: Option<i64>,
    /// About one thing.
    subject: Option<Uuid>,
}

pub(super) async fn list(
    may: May<may::ReadAudit>,
    renderer: Renderer,
    around: Around,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    page(&may, &renderer, &around, &asked, None).await
}

pub(super) async fn verify(may: May<may::ReadAudit>, renderer: Renderer, around: Around) -> Result<Html<String>> {
    let outcome = match verify_chain(&renderer.platform, may.organisation).await {
        Ok(Ok(entries)) => VerifiedView { kind: "success", text: renderer.counted("audit.whole", entries), href: None },
        Ok(Err(broken)) => {
            let (sequence, key) = match &broken {
                Broken::Missing { sequence } => (*sequence, "audit.missing"),
                Broken::Changed { sequence, .. } => (*sequence, "audit.changed"),
            };
            let what = if let Broken::Changed { what, .. } = &broken { *what } else { "" };
            VerifiedView {
                kind: "error",
                text: renderer.text(key, &[("sequence", &sequence), ("what", &what)]),
                href: Some(address("/audit", [("before", (sequence + 1).to_string().as_str())])),
            }
        }
        // The head that was written down outside the database is part of the proof: without it nothing is proved.
        Err(AppError::Internal(reason)) => {
            VerifiedView { kind: "error", text: renderer.text("audit.unreadable", &[("reason", &reason)]), href: None }
        }
        Err(error) => return Err(error),
    };
    page(&may, &renderer, &around, &Asked::default(), Some(outcome)).await
}

async fn page(
    caller: &Caller,
    renderer: &Renderer,
    around: &Around,
    asked: &Asked,
    verified: Option<VerifiedView>,
) -> Result<Html<String>> {
    let (db, scope) = (renderer.platform.db.read(), caller.scope());
    let mut rows = repo::audit::newest(db, scope, asked.before, asked.subject, ROWS + 1).await?;
    let more = rows.len() as u64 > ROWS;
    rows.truncate(usize::try_from(ROWS).unwrap_or(usize::MAX));
    let total = repo::audit::count(db, scope).await?;
    let names = Names::read(&renderer.platform, scope, rows.iter().map(|(entry, _)| entry)).await?;
    let subject = asked.subject.map(|subject| subject.to_string());
    let older = rows.last().filter(|_| more).map(|(entry, _)| {
        let before = entry.sequence.to_string();
        let pairs = [Some(("before", before.as_str())), subject.as_deref().map(|subject| ("subject", subject))];
        address("/audit", pairs.into_iter().flatten())
    });
    let entries = rows.into_iter().map(|(entry, detail)| {
        let key = format!("audit.action.{}", entry.action);
        let said = detail.map(|detail| detail.details);
        let pretty = said.as_deref().and_then(|said| serde_json::from_str::<serde_json::Value>(said).ok());
        let is_bare = pretty
            .as_ref()
            .is_some_and(|value| value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty));
        EntryView {
            sequence: entry.sequence,
            moment: Moment::from(entry.at),
            actor: names.actor(renderer, &entry),
            action: if renderer.platform.wording.knows(&key) { renderer.text(&key, &[]) } else { entry.action.clone() },
            subject: names.subject(renderer, &entry),
            href: subject_href(caller, &entry),
            only_href: entry.subject_id.map(|id| address("/audit", [("subject", id.to_string().as_str())])),
            hash: hex::encode(&entry.hash).chars().take(HASH).collect(),
            full_hash: hex::encode(&entry.hash),
            erased: said.is_none(),
            has_details: said.is_some() && !is_bare,
            details: match pretty {
                Some(value) => serde_json::to_string_pretty(&value).unwrap_or_default(),
                None => said.unwrap_or_default(),
            },
        }
    });
    let view = AuditPage {
        verified,
        total,
        about: asked.subject.is_some(),
        entries: entries.collect(),
        newest_href: (asked.before.is_some())
            .then(|| address("/audit", subject.as_deref().map(|subject| ("subject", subject)))),
        older,
    };
    let role = renderer.roles(&caller.roles);
    let mut shell = Shell::desk(around, caller, role, renderer.text("audit.title", &[]));
    for place in &mut shell.nav {
        place.current = place.href == "/audit";
    }
    renderer.page(&shell, &view)
}

/// Where the thing that was acted on stands, when it has a page that the caller may see.
fn subject_href(caller: &Caller, entry: &audit_entry::Model) -> Option<String> {
    let id = entry.subject_id?;
    let folder = match entry.subject_kind.as_str() {
        "assessment" => "assessments",
        "vendor" => "vendors",
        "engagement" => "engagements",
        "template" => "templates",
        "component" => "register",
        "import" if entry.action.starts_with("register_import.") => "register/imports",
        _ => return None,
    };
    caller.may(Permission::Read).then(|| format!("/{folder}/{id}"))
}

/// Names of whoever acted and of what was acted on.
#[derive(Default)]
struct Names {
    actors: BTreeMap<Uuid, String>,
    subjects: BTreeMap<Uuid, String>,
}

impl Names {
    async fn read(
        platform: &Platform,
        scope: BuyerScope,
        entries: impl Iterator<Item = &audit_entry::Model>,
    ) -> Result<Self> {
        let db = platform.db.read();
        let mut wanted: BTreeMap<&str, BTreeSet<Uuid>> = BTreeMap::new();
        for entry in entries {
            wanted.entry(entry.actor_kind.as_str()).or_default().extend(entry.actor_id);
            wanted.entry(entry.subject_kind.as_str()).or_default().extend(entry.subject_id);
        }
        let of = |kind: &str| wanted.get(kind).into_iter().flatten().copied().collect::<Vec<_>>();
        let mut names = Self::default();
        let members = repo::people::everybody(db, scope).await?;
        for id in of("member").into_iter().map(MemberId) {
            let name = members.iter().find(|member| member.id == id).map(|member| member.name.clone());
            names.both(id.0, name);
        }
        let tokens = if wanted.contains_key("token") { repo::tokens::tokens(db, scope).await? } else { Vec::new() };
        for token in tokens {
            names.both(token.id, Some(token.name));
        }
        for id in of("contact") {
            names.both(id, repo::vendors::contact(db, scope, ContactId(id)).await?.map(|contact| contact.name));
        }
        let vendors = repo::vendors::names(db, scope).await?;
        for id in of("vendor").into_iter().map(VendorId) {
            names.both(id.0, vendors.get(&id.0).cloned());
        }
        for id in of("assessment") {
            let assessment = repo::assessments::get(db, &scope, AssessmentId(id)).await?;
            names.both(id, assessment.and_then(|row| vendors.get(&row.vendor_id).cloned()));
        }
        for id in of("engagement") {
            names.both(id, repo::vendors::engagement(db, scope, id.into()).await?.map(|row| row.name));
        }
        for id in of("import") {
            names.both(id, repo::imports::get(db, &scope, ImportId(id)).await?.map(|row| row.file_name));
        }
        Ok(names)
    }

    fn both(&mut self, id: Uuid, name: Option<String>) {
        if let Some(name) = name {
            self.actors.insert(id, name.clone());
            self.subjects.insert(id, name);
        }
    }

    fn actor(&self, renderer: &Renderer, entry: &audit_entry::Model) -> String {
        let name = entry.actor_id.and_then(|id| self.actors.get(&id));
        match name {
            Some(name) => renderer.text(&format!("audit.actor.{}", entry.actor_kind), &[("name", name)]),
            None => renderer.text(&format!("audit.actor.{}.unnamed", entry.actor_kind), &[]),
        }
    }

    fn subject(&self, renderer: &Renderer, entry: &audit_entry::Model) -> String {
        let kind = renderer.text(&format!("audit.subject.{}", entry.subject_kind), &[]);
        match entry.subject_id.and_then(|id| self.subjects.get(&id)) {
            Some(name) => format!("{kind}: {name}"),
            None => kind,
        }
    }
}
