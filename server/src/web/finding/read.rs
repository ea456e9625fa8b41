//! Reading a finding for one side.

use super::{ActionLine, AnswerGiven, EvidenceLine, FileLink, FindingView, Lived, NoteLine};
use crate::actions::findings::{Answered, answers, of_row};
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
use entity::{contact, evidence, finding, finding_file};
use std::collections::{BTreeSet, HashMap};
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
        /// The assessment that they answer. Of another one about the same engagement they read the answer that a finding is
        /// about, since that is what was raised with them, and neither its files nor what was answered since.
        assessment: AssessmentId,
    },
}

impl Reads {
    /// Whether answers of an assessment, and the files beside them, are theirs to open.
    fn reaches(&self, id: AssessmentId) -> bool {
        match self {
            Self::Buyer => true,
            Self::Vendor { assessment, .. } => *assessment == id,
        }
    }
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
            (_, Reads::Vendor { buyer, .. }) => Some(buyer.clone()),
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
    let question = question(renderer, scope, row).await?;
    let answers = answers(platform, db, scope, row).await?;
    let since = answers.since.filter(|since| names.reads.reaches(since.assessment));
    let answer = match &answers.own {
        Some(own) => Some(given(renderer, scope, &names.reads, own).await?),
        None => None,
    };
    let since = match &since {
        Some(since) => Some(given(renderer, scope, &names.reads, since).await?),
        None => None,
    };
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
    let named: BTreeSet<&str> = finding.done.values().flat_map(|done| &done.evidence).map(String::as_str).collect();
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
        since,
        controls: serde_json::from_value(row.controls.clone())?,
        correction: Some(plan.correction.clone()).filter(|text| !text.is_empty()),
        actions: actions.collect(),
        whys: plan.whys,
        files: files.iter().filter(|file| !named.contains(file.sha256.as_str())).map(link).collect(),
        history: history(renderer, scope, id, names).await?,
        shared: shared.collect(),
    };
    Ok((view, finding))
}

/// The question that a finding is about, in the words in which it was asked.
async fn question(renderer: &Renderer, scope: BuyerScope, row: &finding::Model) -> Result<Option<String>> {
    let (platform, db) = (&renderer.platform, renderer.platform.db.read());
    let (Some(assessment), Some(id)) = (row.assessment_id.map(AssessmentId), &row.question_id) else {
        return Ok(None);
    };
    let Some(assessment) = repo::assessments::get(db, &scope, assessment).await? else { return Ok(None) };
    let version = TemplateVersionId(assessment.template_version_id);
    let version = platform.published.get(db, &scope, version).await?;
    Ok(version.document.question(id).map(|question| question.text.clone()))
}

/// An answer in words, with its evidence as far as the reader may open it.
async fn given(renderer: &Renderer, scope: BuyerScope, reads: &Reads, from: &Answered) -> Result<AnswerGiven> {
    let (answer, id) = (&from.answer, from.assessment);
    let question = from.version.document.question(&answer.question);
    let words = match question.zip(answer.reply.as_ref()) {
        Some((question, reply)) => in_words(renderer, question, reply),
        None => renderer.text("assessments.answers.none", &[]),
    };
    let mut evidence = Vec::new();
    if reads.reaches(id) && !answer.evidence.is_empty() {
        let kept = repo::evidence::ever(renderer.platform.db.read(), scope, id).await?;
        let href = |row: &evidence::Model| match reads {
            Reads::Buyer => Some(format!("/assessments/{id}/evidence/{}", row.id)),
            // Whoever took a file away opens it no more.
            Reads::Vendor { .. } => row.removed_at.is_none().then(|| format!("/portal/{id}/evidence/{}", row.id)),
        };
        for file in &answer.evidence {
            let row = kept.iter().find(|row| {
                row.question_id == answer.question && row.sha256 == file.sha256 && row.file_name == file.file_name
            });
            evidence.push(EvidenceLine {
                href: row.and_then(href),
                name: file.file_name.clone(),
                from: iso_date::write(file.effective_on),
            });
        }
    }
    Ok(AnswerGiven {
        text: match &answer.comment {
            Some(comment) => format!("{words} ({comment})"),
            None => words,
        },
        submitted: minute(from.submitted_at),
        evidence,
    })
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
