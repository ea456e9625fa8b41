//! Findings as the index holds them, in whatever state: what the desk lists is found. Nothing that is written for
//! colleagues is in it.

use super::desk::{Made, by_organisation, version_of};
use crate::actions::findings::of_row;
use crate::error::Result;
use crate::platform::Platform;
use crate::platform::search::Document;
use crate::repo;
use domain::ids::{AssessmentId, ContactId, EngagementId, VendorId};
use domain::register::{ORIGINS, Subject};
use entity::{assessment, contact, finding, vendor};
use std::collections::{BTreeSet, HashMap};
use time::OffsetDateTime;
use uuid::Uuid;

/// Findings as documents.
pub(super) async fn findings(platform: &Platform, rows: &[finding::Model]) -> Result<Vec<Document>> {
    let db = platform.db.read();
    let mut made = Vec::with_capacity(rows.len());
    for (scope, rows) in by_organisation(rows, |row| row.organisation_id) {
        let each =
            |id: fn(&finding::Model) -> Option<Uuid>| rows.iter().filter_map(|row| id(row)).collect::<BTreeSet<_>>();
        let vendors: Vec<VendorId> = each(|row| Some(row.vendor_id)).into_iter().map(VendorId).collect();
        let engagements: Vec<EngagementId> =
            each(|row| Some(row.engagement_id)).into_iter().map(EngagementId).collect();
        let owners: Vec<ContactId> = each(|row| row.owner_contact_id).into_iter().map(ContactId).collect();
        let assessments: Vec<AssessmentId> = each(|row| row.assessment_id).into_iter().map(AssessmentId).collect();
        let vendors = repo::vendors::of_ids(db, scope, &vendors).await?;
        let vendors: HashMap<Uuid, vendor::Model> = vendors.into_iter().map(|row| (row.id, row)).collect();
        let engagements = repo::vendors::engagements_by_id(db, scope, &engagements).await?;
        let owners: HashMap<Uuid, contact::Model> = repo::vendors::contacts_by_id(db, scope, &owners).await?;
        let assessments = repo::assessments::of_ids(db, scope, &assessments).await?;
        let assessments: HashMap<Uuid, assessment::Model> = assessments.into_iter().map(|row| (row.id, row)).collect();
        for row in rows {
            let mut one = Made::new(Subject::Findings, row.organisation_id, row.id, row.changed_at);
            one.say("title", &row.title);
            one.say("description", &row.description);
            let engagement = engagements.get(&row.engagement_id);
            one.say("vendor", vendors.get(&row.vendor_id).map_or("", |vendor| &vendor.name));
            one.say("engagement", engagement.map_or("", |engagement| &engagement.name));
            one.owned_by(engagement);
            if let Some(owner) = row.owner_contact_id.and_then(|id| owners.get(&id)) {
                one.say("owner", &owner.name);
            }
            if let Some(question) = &row.question_id {
                one.say("question", question);
                let assessment = row.assessment_id.and_then(|id| assessments.get(&id));
                let version = match assessment {
                    Some(assessment) => version_of(platform, scope, assessment).await?,
                    None => None,
                };
                for edition in version.iter().flat_map(|version| version.editions()) {
                    one.say("question", edition.question(question).map_or("", |question| &question.text));
                }
            }
            if let Some(plan) = of_row(row)?.plan {
                one.say("plan", &plan.correction);
                for said in plan.whys.iter().chain(plan.actions.iter().map(|action| &action.what)) {
                    one.say("plan", said);
                }
            }
            for control in serde_json::from_value::<Vec<String>>(row.controls.clone())? {
                one.say("control", &control);
            }
            let [rule, person] = ORIGINS;
            one.say("origin", if row.by_rule { rule } else { person });
            one.say("severity", &row.severity);
            one.say("state", &row.state);
            one.say("effort", row.effort.as_deref().unwrap_or_default());
            one.on("due", row.due_on);
            one.on("raised", row.raised_at.map(OffsetDateTime::date));
            one.on("closed", row.closed_at.map(OffsetDateTime::date));
            one.on("since", Some(row.created_at.date()));
            made.push(one.done());
        }
    }
    Ok(made)
}
