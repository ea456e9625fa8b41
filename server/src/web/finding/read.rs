//! Reading a finding for one side.

use super::{ActionLine, FileLink, FindingView, Lived, NoteLine};
use crate::actions::findings::of_row;
use crate::actions::submit::snapshot_of;
use crate::error::Result;
use crate::repo::{self, BuyerScope, SystemScope};
use crate::web::due::Due;
use crate::web::moment::minute;
use crate::web::render::Renderer;
use crate::web::reply::in_words;
use domain::answer::iso_date;
use domain::ids::{AssessmentId, ContactId, FindingId, TemplateVersionId, VendorId};
use domain::judging::finding::{Finding, State, Step};
use domain::judging::party::Party;
use domain::register::By;
use entity::{contact, finding, finding_file};
use std::collections::HashMap;
use uuid::Uuid;

/// Who reads.
#[derive(Clone, Debug)]
pub enum Reads {
    /// The buyer: everything.
    Buyer,
    /// The vendor: what was raised, and nobody of the buyer's by name.
    Vendor {
        /// What the buyer is called.
        buyer: String,
    },
}

/// Names of whoever had a hand in a finding.
#[derive(Debug)]
pub struct Names {
    members: HashMap<Uuid, String>,
    contacts: HashMap<Uuid, String>,
    reads: Reads,
    /// The vendor's people, who can answer for something.
    pub people: Vec<contact::Model>,
}

impl Names {
    /// Reads them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(renderer: &Renderer, scope: BuyerScope, vendor: VendorId, reads: Reads) -> Result<Self> {
        let db = renderer.platform.db.read();
        let everybody = SystemScope.acting_for(scope.organisation());
        let people = repo::vendors::contacts(db, everybody, vendor).await?;
        let members = match reads {
            Reads::Buyer => repo::people::everybody(db, everybody).await?,
            Reads::Vendor { .. } => Vec::new(),
        };
        Ok(Self {
            members: members.into_iter().map(|member| (member.id.0, member.name)).collect(),
            contacts: people.iter().map(|contact| (contact.id, contact.name.clone())).collect(),
            people,
            reads,
        })
    }

    /// What somebody is called.
    pub fn of(&self, renderer: &Renderer, by: By) -> String {
        let known = match (by, &self.reads) {
            (By::Contact(id), _) => self.contacts.get(&id.0).cloned(),
            (_, Reads::Vendor { buyer }) => Some(buyer.clone()),
            (By::Member(id), Reads::Buyer) => self.members.get(&id.0).cloned(),
            (By::Token(_) | By::System, Reads::Buyer) => None,
        };
        known.unwrap_or_else(|| {
            let kind = match by {
                By::Member(_) => "member",
                By::Token(_) => "token",
                By::Contact(_) => "contact",
                By::System => "system",
            };
            renderer.text(&format!("finding.actor.{kind}"), &[])
        })
    }
}

/// Reads a finding that the scope reaches. `files` is the address below which its files are.
///
/// # Errors
/// When the database fails.
pub async fn read(
    renderer: &Renderer,
    scope: BuyerScope,
    row: &finding::Model,
    names: &Names,
    files_at: &str,
) -> Result<(FindingView, Finding)> {
    let (platform, db) = (&renderer.platform, renderer.platform.db.read());
    let id = FindingId(row.id);
    let finding = of_row(row)?;
    let now = platform.clock.now();
    let files = repo::findings::files(db, &scope, id).await?;
    let link =
        |file: &finding_file::Model| FileLink { href: format!("{files_at}/{}", file.id), name: file.file_name.clone() };
    let (question, answer) = answered(renderer, scope, row).await?;
    let plan = finding.plan.clone().unwrap_or_default();
    let actions = plan.actions.iter().enumerate().map(|(position, action)| {
        let done = finding.done.get(&position);
        let of_action = done.iter().flat_map(|done| &done.evidence);
        ActionLine {
            what: action.what.clone(),
            owner: names.of(renderer, action.owner.by),
            due: Due::of(renderer, action.due_on, now, done.is_none() && finding.state.is_live()),
            done: done.map(|done| {
                let by = names.of(renderer, done.by.by);
                renderer.text("finding.done_by", &[("by", &by), ("on", &iso_date::write(done.on))])
            }),
            note: done.map(|done| done.note.clone()),
            files: of_action.filter_map(|sha256| files.iter().find(|file| file.sha256 == *sha256)).map(link).collect(),
        }
    });
    let notes = repo::findings::shared_notes(db, &scope, id).await?;
    let shared = notes.into_iter().map(|note| NoteLine {
        by: match (note.contact_id, note.member_id) {
            (Some(contact), _) => names.of(renderer, By::Contact(ContactId(contact))),
            (None, member) => names.of(renderer, member.map_or(By::System, |member| By::Member(member.into()))),
        },
        when: minute(note.written_at),
        words: note.words,
    });
    let view = FindingView {
        title: row.title.clone(),
        description: row.description.clone(),
        state: row.state.clone(),
        state_key: format!("finding.state.{}", row.state),
        severity: row.severity.clone(),
        severity_key: format!("finding.severity.{}", row.severity),
        effort_key: row.effort.as_ref().map(|effort| format!("finding.effort.{effort}")),
        due: row.due_on.map(|due_on| Due::of(renderer, due_on, now, finding.state.is_live())),
        owner: finding.terms.owner.map(|owner| names.of(renderer, owner.by)),
        question,
        answer,
        controls: serde_json::from_value(row.controls.clone())?,
        correction: Some(plan.correction.clone()).filter(|text| !text.is_empty()),
        actions: actions.collect(),
        whys: plan.whys,
        files: files.iter().map(link).collect(),
        history: history(renderer, scope, id, names).await?,
        shared: shared.collect(),
    };
    Ok((view, finding))
}

/// The question that a finding is about, and what was answered last.
async fn answered(
    renderer: &Renderer,
    scope: BuyerScope,
    row: &finding::Model,
) -> Result<(Option<String>, Option<String>)> {
    let (platform, db) = (&renderer.platform, renderer.platform.db.read());
    let (Some(assessment), Some(id)) = (row.assessment_id.map(AssessmentId), &row.question_id) else {
        return Ok((None, None));
    };
    let Some(assessment) = repo::assessments::get(db, &scope, assessment).await? else { return Ok((None, None)) };
    let version = TemplateVersionId(assessment.template_version_id);
    let version = platform.published.get(db, &scope, version).await?;
    let Some(question) = version.document.question(id) else { return Ok((None, None)) };
    let newest = repo::submissions::newest(db, &scope, AssessmentId(assessment.id)).await?;
    let snapshot = newest.as_ref().map(snapshot_of).transpose()?;
    let said = snapshot.and_then(|snapshot| snapshot.answers.into_iter().find(|answer| answer.question == *id));
    let words = said.and_then(|said| Some((in_words(renderer, question, &said.reply?), said.comment)));
    let words = words.map(|(words, comment)| match comment {
        Some(comment) => format!("{words} ({comment})"),
        None => words,
    });
    Ok((Some(question.text.clone()), words))
}

/// Its life, the newest step first. The vendor reads nothing of what was before it was raised, nor why it was dismissed or
/// settled anew.
async fn history(renderer: &Renderer, scope: BuyerScope, id: FindingId, names: &Names) -> Result<Vec<Lived>> {
    let rows = repo::findings::steps(renderer.platform.db.read(), &scope, id).await?;
    let is_vendor = matches!(names.reads, Reads::Vendor { .. });
    let (mut lived, mut is_raised) = (Vec::new(), false);
    for row in rows {
        let step: Step = serde_json::from_value(row.step)?;
        let by: Party = serde_json::from_value(row.recorded_by)?;
        is_raised |= row.state.parse::<State>().is_ok_and(State::is_raised);
        if is_vendor && !is_raised {
            continue;
        }
        let note = match &step {
            Step::Dismiss { reason } | Step::Settle { reason, .. } => Some(reason).filter(|_| !is_vendor),
            Step::SendBack { reason } | Step::NotEffective { reason } | Step::Reopen { reason } => Some(reason),
            Step::Act { note, .. } | Step::Report { note } | Step::Verify { note } | Step::Close { note } => Some(note),
            Step::Raise | Step::Plan { .. } | Step::Agree => None,
        };
        lived.push(Lived {
            key: format!("finding.did.{}", step.name()),
            by: names.of(renderer, by.by),
            when: minute(row.recorded_at),
            note: note.filter(|note| !note.is_empty()).cloned(),
        });
    }
    lived.reverse();
    Ok(lived)
}
