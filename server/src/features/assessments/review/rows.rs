//! An answer with its evidence, the cycle before and what was found, as a reviewer sees it.

use super::views::{Line, Past, Piece, Row, Since};
use crate::actions::review::{Before, Reading};
use crate::error::Result;
use crate::features::assessments::head::Known;
use crate::features::assessments::views::answers::Given;
use crate::repo::{self, BuyerScope};
use crate::web::fields::Fields;
use crate::web::form::Choice;
use crate::web::moment::minute;
use crate::web::query::address;
use crate::web::render::Renderer;
use crate::web::reply::in_words;
use domain::ids::{AssessmentId, ContactId};
use domain::judging::cycle::{Asked, Since as Compared};
use domain::judging::review::{Support, Verdict, levels, standing};
use domain::questionnaire::Question;
use domain::scoring::Level;
use entity::{answer_review, internal_note, shared_note};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What was typed to one answer and not saved.
#[derive(Debug, Default)]
pub(super) struct Typed {
    /// The question.
    pub question: String,
    /// The form.
    pub fields: Fields,
    /// What is wrong with it.
    pub error: Option<String>,
    /// The field that it is about; empty for the whole.
    pub error_at: &'static str,
    /// Somebody else judged meanwhile: who, and what.
    pub conflict: Option<String>,
}

/// Everything that the rows are made of.
pub(super) struct Rows<'a> {
    pub renderer: &'a Renderer,
    pub known: &'a Known,
    pub reading: &'a Reading,
    pub before: Option<&'a Before>,
    pub names: Names,
    pub internal: BTreeMap<String, Vec<internal_note::Model>>,
    pub shared: BTreeMap<String, Vec<shared_note::Model>>,
    pub can_judge: bool,
    pub show: &'a str,
}

/// Names of whoever judged or wrote.
pub(super) struct Names {
    members: HashMap<Uuid, String>,
    contacts: HashMap<Uuid, String>,
}

impl Names {
    pub(super) fn member(&self, id: Uuid) -> String {
        self.members.get(&id).cloned().unwrap_or_default()
    }

    fn contact(&self, id: Uuid) -> String {
        self.contacts.get(&id).cloned().unwrap_or_default()
    }
}

impl<'a> Rows<'a> {
    /// Reads names and notes.
    pub(super) async fn read(
        renderer: &'a Renderer,
        scope: BuyerScope,
        known: &'a Known,
        (reading, before): (&'a Reading, Option<&'a Before>),
        (can_judge, show): (bool, &'a str),
    ) -> Result<Self> {
        let db = renderer.platform.db.read();
        let members = repo::people::everybody(db, scope).await?;
        let mut internal: BTreeMap<String, Vec<internal_note::Model>> = BTreeMap::new();
        for note in repo::reviews::internal(db, scope, known.id).await? {
            internal.entry(note.question_id.clone().unwrap_or_default()).or_default().push(note);
        }
        let (mut shared, mut contacts): (BTreeMap<String, Vec<shared_note::Model>>, Vec<ContactId>) =
            Default::default();
        for note in repo::reviews::shared(db, &scope, known.id).await? {
            contacts.extend(note.contact_id.map(ContactId));
            shared.entry(note.question_id.clone().unwrap_or_default()).or_default().push(note);
        }
        let contacts = repo::vendors::contacts_by_id(db, scope, &contacts).await?;
        let names = Names {
            members: members.into_iter().map(|member| (member.id.0, member.name)).collect(),
            contacts: contacts.into_iter().map(|(id, contact)| (id, contact.name)).collect(),
        };
        Ok(Self { renderer, known, reading, before, names, internal, shared, can_judge, show })
    }

    /// An answer; what was typed to it stands in its fields.
    pub(super) fn row(&self, question: &Question, mut given: Given, typed: Option<&Typed>) -> Row {
        let id = question.id.as_str();
        let said = self.reading.said(id);
        let newest = self.reading.reviews.get(id);
        let review = standing(&said, newest);
        let typed = typed.filter(|typed| typed.question == id);
        let rows = self.reading.rows.get(id).map(Vec::as_slice).unwrap_or_default();
        let chosen = match typed {
            Some(typed) => typed.fields.one("verdict").to_owned(),
            None => String::new(),
        };
        let files = std::mem::take(&mut given.evidence);
        let pieces = self.reading.snapshot.answers.iter().find(|answer| answer.question == id);
        let pieces = pieces.map(|answer| answer.evidence.as_slice()).unwrap_or_default();
        let piece = |(file, kept): (crate::features::assessments::views::answers::Evidence, &String)| {
            let found = newest.and_then(|review| review.evidence.get(kept)).copied();
            let name = format!("evidence:{kept}");
            let now = match typed {
                Some(typed) => typed.fields.one(&name).to_owned(),
                None => found.map(support_name).unwrap_or_default().to_owned(),
            };
            let option = |key: &str| Choice {
                key: key.to_owned(),
                text: self.text(&format!("review.support.{}", if key.is_empty() { "open" } else { key })),
                chosen: now == key,
                ..Choice::default()
            };
            Piece {
                file: file.file,
                href: file.href,
                about: file.about,
                id: format!("{}-{}", given.anchor, kept.get(..12).unwrap_or(kept)),
                options: ["", "accepted", "refused", "contradicts"].map(option).into(),
                found: found.map(|support| self.text(&format!("review.support.{}", support_name(support)))),
                name,
            }
        };
        let files = files.into_iter().zip(pieces.iter().map(|piece| &piece.sha256)).map(piece).collect();
        let level_choice = |level: &Level| Choice {
            key: level.name().to_owned(),
            text: self.text(&format!("review.set_level.{}", level.name())),
            chosen: typed.is_some_and(|typed| typed.fields.one("level") == level.name()),
            ..Choice::default()
        };
        let possible = verdicts(given.stand);
        let verdict_choice = |verdict: &Verdict| Choice {
            key: verdict.name().to_owned(),
            text: self.text(&format!("review.verdict.{}", verdict.name())),
            chosen: chosen == verdict.name(),
            ..Choice::default()
        };
        let field = |name: &str| typed.map(|typed| typed.fields.one(name).to_owned()).unwrap_or_default();
        Row {
            action: format!("{}/review/{id}", self.known.href()),
            raise_href: address(
                "/findings/new",
                [("assessment", self.known.id.to_string().as_str()), ("question", id)],
            ),
            verdict: review.map(|review| review.verdict.name()),
            verdict_key: review.map(|review| stands_key(review.verdict)),
            overtaken: newest.is_some() && review.is_none() && said.reply.is_some(),
            level: (given.stand == "given" && question.weight > 0.0).then(|| {
                let level = levels(&said, newest).into_iter().map(|(level, _)| level).max().unwrap_or(Level::Claimed);
                self.text(&format!("review.level.{}", level_name(level)))
            }),
            past: rows.iter().map(|row| self.past(row, &said.sha256())).collect(),
            cycle: self.before.and_then(|before| self.since(before, question)),
            levels: [Level::Claimed, Level::Documented, Level::Verified].iter().map(level_choice).collect(),
            files,
            internal: self.internal.get(id).into_iter().flatten().map(|note| self.internal_line(note)).collect(),
            shared: self.shared.get(id).into_iter().flatten().map(|note| self.shared_line(note)).collect(),
            can_judge: self.can_judge,
            verdicts: possible.iter().map(verdict_choice).collect(),
            seen: self.reading.newest(id),
            show: self.show.to_owned(),
            once: self.renderer.platform.clock.id::<Uuid>().to_string(),
            to_vendor: field("to_vendor"),
            to_colleagues: field("to_colleagues"),
            error: typed.and_then(|typed| typed.error.clone()),
            error_at: typed.map_or("", |typed| typed.error_at),
            needs_reason: given.stand == "not_applicable",
            conflict: typed.and_then(|typed| typed.conflict.clone()),
            progress: None,
            given,
        }
    }

    fn text(&self, key: &str) -> String {
        self.renderer.text(key, &[])
    }

    fn past(&self, row: &answer_review::Model, now: &str) -> Past {
        let verdict = Verdict::named(&row.verdict).unwrap_or(Verdict::Accepted);
        Past {
            key: stands_key(verdict),
            by: self.names.member(row.recorded_by),
            when: minute(row.recorded_at),
            note: row.note.clone(),
            is_shared: verdict == Verdict::AskedBack,
            stands: row.answer_sha256 == now,
        }
    }

    fn since(&self, before: &Before, question: &Question) -> Option<Since> {
        let since = before.since.get(&question.id)?;
        let was = before.version.document.question(&question.id).and_then(|old| {
            let said = before.reading.said.get(&question.id)?;
            let reply = said.reply.as_ref().map(|reply| in_words(self.renderer, old, reply));
            let reply = reply.unwrap_or_else(|| self.text("assessments.answers.none"));
            Some(match &said.comment {
                Some(comment) => format!("{reply} ({comment})"),
                None => reply,
            })
        });
        Some(Since {
            changes: changes(since).iter().map(|change| self.text(&format!("review.since.{change}"))).collect(),
            unchanged: since.is_unchanged(),
            was: was.filter(|_| since.reply || since.comment),
            found: before.reading.standing(&question.id).map(|review| stands_key(review.verdict)),
        })
    }

    fn internal_line(&self, note: &internal_note::Model) -> Line {
        Line {
            by: self.names.member(note.written_by),
            when: minute(note.written_at),
            words: note.words.clone(),
            from_vendor: false,
        }
    }

    fn shared_line(&self, note: &shared_note::Model) -> Line {
        let by = match (note.member_id, note.contact_id) {
            (Some(member), _) => self.names.member(member),
            (None, contact) => contact.map(|contact| self.names.contact(contact)).unwrap_or_default(),
        };
        Line { by, when: minute(note.written_at), words: note.words.clone(), from_vendor: note.contact_id.is_some() }
    }
}

/// The key of what a verdict is called where it stands.
fn stands_key(verdict: Verdict) -> String {
    format!("review.stands.{}", verdict.name())
}

/// Verdicts that fit what was said.
fn verdicts(stand: &str) -> &'static [Verdict] {
    match stand {
        "none" => &[Verdict::AskedBack],
        "not_applicable" => &[Verdict::NaAccepted, Verdict::NaRefused, Verdict::AskedBack],
        _ => &[Verdict::Accepted, Verdict::AskedBack],
    }
}

/// What changed of a question, as wording names it.
fn changes(since: &Compared) -> Vec<&'static str> {
    let asked = match since.asked {
        Asked::New => Some("new"),
        Asked::ShownNow => Some("shown_now"),
        _ => None,
    };
    let of_question = since.of_question.iter().map(|aspect| aspect.name());
    let said = [(since.reply, "reply"), (since.comment, "comment"), (since.evidence, "evidence")];
    let said = said.into_iter().filter(|(changed, _)| *changed && asked.is_none()).map(|(_, name)| name);
    asked.into_iter().chain(of_question).chain(said).collect()
}

/// The name of a support in forms and wording.
pub(super) fn support_name(support: Support) -> &'static str {
    match support {
        Support::Accepted => "accepted",
        Support::Refused => "refused",
        Support::Contradicts => "contradicts",
    }
}

/// The name of a level in wording.
fn level_name(level: Level) -> &'static str {
    match level {
        Level::Claimed => "claimed",
        Level::Documented => "documented",
        Level::Verified => "verified",
        Level::Certified => "certified",
    }
}

/// The assessment that an id names, in an address.
pub(super) fn review_href(id: AssessmentId, show: &str) -> String {
    let show = if show.is_empty() { String::new() } else { format!("?show={show}") };
    format!("/assessments/{id}/review{show}")
}
