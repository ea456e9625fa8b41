//! What was found, as rows of a page.

use super::found::{Answer, Finding, Scored, Vendor};
use super::views::{Cell, Row};
use crate::actions::findings::of_row;
use crate::error::{AppError, Result};
use crate::platform::search::{Highlight, Hit, Piece};
use crate::web::due::Due;
use crate::web::found::Match;
use crate::web::language::Reads;
use crate::web::question::answer_href;
use crate::web::render::Renderer;
use crate::web::reply::in_words;
use domain::answer::{Reply, iso_date};
use domain::assessment::State;
use domain::register::RATING;

/// Matches shown under a name.
const MATCHES: usize = 3;
/// Characters of an answer that a row shows; the whole stands where the row leads.
const ANSWER: usize = 240;

fn plain(text: impl Into<String>) -> Vec<Piece> {
    vec![Piece { text: text.into(), hit: false }]
}

fn cell(label: &str, pieces: Vec<Piece>) -> Cell {
    Cell { label: label.to_owned(), pieces, ..Cell::default() }
}

/// The places of a hit: each is shown once, marked where its text stands in full, else in a line of its own.
struct Places(Vec<Highlight>);

impl Places {
    /// This text with its matches marked, where it is what was found.
    fn marked(&mut self, topic: &str, text: &str) -> Vec<Piece> {
        let is_it = |place: &Highlight| place.topic.id() == topic && place.fragment == text.trim();
        match self.0.iter().position(is_it) {
            Some(at) => self.0.remove(at).pieces(),
            None => plain(text),
        }
    }

    /// The first place in the words of a topic, where there is one.
    fn first(&mut self, topic: &str) -> Option<Vec<Piece>> {
        let at = self.0.iter().position(|place| place.topic.id() == topic)?;
        let place = self.0.remove(at);
        let more = |is_cut: bool, text: &str| is_cut.then(|| Piece { text: text.to_owned(), hit: false });
        let (before, after) = (more(place.cut_before, "… "), more(place.cut_after, " …"));
        Some(before.into_iter().chain(place.pieces()).chain(after).collect())
    }

    /// What is left, in words: one place of each topic, for a text in two languages says the same twice.
    fn others(mut self, renderer: &Renderer) -> Vec<Match> {
        self.0.dedup_by_key(|place| place.topic);
        let told = |place: Highlight| Match {
            label: renderer.text(&format!("search.field.{}", place.topic.id()), &[]),
            ..Match::from(place)
        };
        self.0.into_iter().take(MATCHES).map(told).collect()
    }
}

pub(super) fn vendor(renderer: &Renderer, columns: &[String], hit: Hit, found: Vendor) -> Row {
    let mut places = Places(hit.highlights);
    let name = places.marked("name", &found.row.name);
    Row {
        href: format!("/vendors/{}", found.row.id),
        name,
        sub: found.row.website.unwrap_or_default(),
        matches: places.others(renderer),
        cells: vec![
            rated(
                &columns[1],
                found.stands.as_ref().and_then(|stands| stands.heaviest.rating.clone()),
                found.stands.as_ref().and_then(|stands| stands.residual),
            ),
            cell(&columns[2], plain(found.contacts.to_string())),
            Cell { is_whole: true, ..cell(&columns[3], plain(iso_date::write(found.row.created_at.date()))) },
        ],
    }
}

pub(super) fn assessment(renderer: &Renderer, columns: &[String], hit: Hit, found: Scored) -> Result<Row> {
    let mut places = Places(hit.highlights);
    // The rating stands in a column of its own.
    places.0.retain(|place| place.topic.id() != RATING);
    let Scored { of: found, score } = found;
    let state: State = found.row.state.parse().map_err(AppError::internal)?;
    let name = places.marked("vendor", &found.vendor);
    let questionnaire = places.marked("questionnaire", &found.questionnaire);
    let due = Due::of(renderer, found.row.due_on, renderer.platform.clock.now(), state.waits_for_vendor());
    Ok(Row {
        href: format!("/assessments/{}", found.row.id),
        name,
        sub: found.engagement,
        matches: places.others(renderer),
        cells: vec![
            cell(&columns[1], questionnaire),
            Cell { state: Some(found.row.state), ..cell(&columns[2], Vec::new()) },
            Cell { due: Some(due), ..cell(&columns[3], Vec::new()) },
            rated(&columns[4], score.as_ref().map(|score| score.rating.clone()), score.map(|score| score.residual)),
        ],
    })
}

/// A rating with the residual risk behind it.
fn rated(label: &str, rating: Option<String>, residual: Option<f64>) -> Cell {
    let points = residual.map(|residual| format!("{residual:.1}")).unwrap_or_default();
    Cell { is_rating: true, rating, is_whole: true, ..cell(label, plain(points)) }
}

pub(super) fn answer(renderer: &Renderer, reads: &Reads, columns: &[String], hit: Hit, found: Answer) -> Option<Row> {
    let version = reads.edition(&found.version);
    let question = version.document.question(&found.said.question)?;
    let mut places = Places(hit.highlights);
    let name = places.marked("question", &question.text);
    let words = match &found.said.reply {
        Some(Reply::NotApplicable { reason }) => reason.clone(),
        Some(Reply::Declined { reason }) => reason.clone().unwrap_or_default(),
        Some(reply) => in_words(renderer, question, reply),
        None => String::new(),
    };
    let answer = places.first("answer").unwrap_or_else(|| plain(shortened(&words)));
    places.0.retain(|place| place.topic.id() != "answer");
    let vendor = places.marked("vendor", &found.of.vendor);
    // The question in another of the questionnaire's languages, or by its id, which stands below.
    places.0.retain(|place| place.topic.id() != "question" || place.fragment != question.id);
    let stand = |key: &str| Some(renderer.text(key, &[]));
    let (stand, tone) = match &found.said.reply {
        Some(Reply::Declined { .. }) => (stand("assessments.answers.declined"), "danger"),
        Some(Reply::NotApplicable { .. }) => (stand("assessments.answers.not_applicable"), "warn"),
        None => (stand("assessments.answers.none"), "calm"),
        Some(_) => (None, ""),
    };
    Some(Row {
        href: answer_href(found.of.row.id, &question.id),
        name,
        sub: question.id.clone(),
        matches: places.others(renderer),
        cells: vec![
            Cell { stand, tone, ..cell(&columns[1], answer) },
            cell(&columns[2], vendor),
            cell(&columns[3], plain(found.of.engagement)),
            Cell { is_whole: true, ..cell(&columns[4], plain(iso_date::write(found.submitted_at.date()))) },
        ],
    })
}

pub(super) fn finding(renderer: &Renderer, columns: &[String], hit: Hit, found: Finding) -> Result<Row> {
    let mut places = Places(hit.highlights);
    let is_live = of_row(&found.row)?.state.is_live();
    let name = places.marked("title", &found.row.title);
    let vendor = places.marked("vendor", &found.vendor);
    let question = found.row.question_id.as_deref().unwrap_or_default();
    places.0.retain(|place| place.topic.id() != "question" || place.fragment != question);
    let tone = match found.row.severity.as_str() {
        "major" => "danger",
        "minor" => "warn",
        _ => "calm",
    };
    let severity = renderer.text(&format!("finding.severity.{}", found.row.severity), &[]);
    let state = renderer.text(&format!("finding.state.{}", found.row.state), &[]);
    let now = renderer.platform.clock.now();
    let due = found.row.due_on.map(|due_on| Due::of(renderer, due_on, now, is_live));
    Ok(Row {
        href: format!("/findings/{}", found.row.id),
        name,
        sub: [question, &found.engagement].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        matches: places.others(renderer),
        cells: vec![
            cell(&columns[1], vendor),
            Cell { stand: Some(severity), tone, ..cell(&columns[2], Vec::new()) },
            cell(&columns[3], plain(state)),
            Cell { due, ..cell(&columns[4], Vec::new()) },
        ],
    })
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(ANSWER) {
        Some((end, _)) => format!("{} …", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
