//! Names of whoever acted, of whom they acted for, and of what was acted on.

use crate::error::Result;
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use crate::web::render::Renderer;
use domain::ids::{AssessmentId, ContactId, FindingId, ImportId, MemberId, VendorId};
use entity::audit_entry;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Names of whoever acted and of what was acted on.
#[derive(Default)]
pub(super) struct Names {
    actors: BTreeMap<Uuid, String>,
    behalves: BTreeMap<Uuid, String>,
    subjects: BTreeMap<Uuid, String>,
}

impl Names {
    /// Reads those that entries need.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn read(
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
            let maker = members.iter().find(|member| Some(member.id.0) == token.made_by);
            names.behalves.extend(maker.map(|maker| (token.id, maker.name.clone())));
            names.both(token.id, Some(token.name));
        }
        let vendors = repo::vendors::names(db, scope).await?;
        for id in of("contact") {
            let contact = repo::vendors::contact(db, scope, ContactId(id)).await?;
            let vendor = contact.as_ref().and_then(|contact| vendors.get(&contact.vendor_id));
            names.behalves.extend(vendor.map(|vendor| (id, vendor.clone())));
            names.both(id, contact.map(|contact| contact.name));
        }
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
        for id in of("finding").into_iter().map(FindingId) {
            names.both(id.0, repo::findings::get(db, scope, id).await?.map(|row| row.title));
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

    /// Who did it.
    pub(super) fn actor(&self, renderer: &Renderer, entry: &audit_entry::Model) -> String {
        let name = entry.actor_id.and_then(|id| self.actors.get(&id));
        match name {
            Some(name) => renderer.text(&format!("audit.actor.{}", entry.actor_kind), &[("name", name)]),
            None => renderer.text(&format!("audit.actor.{}.unnamed", entry.actor_kind), &[]),
        }
    }

    /// Whom they did it for: a program for whoever made its token, a contact for their vendor.
    pub(super) fn behalf(&self, renderer: &Renderer, entry: &audit_entry::Model) -> Option<String> {
        let name = entry.actor_id.and_then(|id| self.behalves.get(&id))?;
        Some(renderer.text("audit.on_behalf", &[("name", name)]))
    }

    /// What it was done to.
    pub(super) fn subject(&self, renderer: &Renderer, entry: &audit_entry::Model) -> String {
        let kind = renderer.text(&format!("audit.subject.{}", entry.subject_kind), &[]);
        match entry.subject_id.and_then(|id| self.subjects.get(&id)) {
            Some(name) => format!("{kind}: {name}"),
            None => kind,
        }
    }
}
