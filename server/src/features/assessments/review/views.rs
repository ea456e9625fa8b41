//! Contexts of the pages of reviewing.

use crate::features::assessments::views::answers::{Given, Hidden};
use crate::features::assessments::views::{HOSTILE, Head, overlong};
use crate::web::engagement::TierBadge;
use crate::web::form::{Choice, ErrorLink, Field};
use crate::web::paging::Pages;
use crate::web::render::View;
use serde::Serialize;

/// An assessment, answer by answer.
#[derive(Debug, Serialize)]
pub struct ReviewPage {
    /// What stands on top.
    pub head: Head,
    /// Which submission is reviewed, and when it came.
    pub round: i64,
    /// When it was submitted.
    pub submitted: String,
    /// The cycle before, and its answers.
    pub cycle: Option<Link>,
    /// Questions that were in the cycle before and are asked no more.
    pub gone: Vec<String>,
    /// How far answering and reviewing have come.
    pub progress: Progress,
    /// Which answers are shown.
    pub shows: Vec<Show>,
    /// It waits to be taken in review, and the caller may.
    pub can_take: bool,
    /// The caller may judge now.
    pub can_judge: bool,
    /// Why the caller may not, though their role does.
    pub own_work: bool,
    /// Sections with the answers to show.
    pub sections: Vec<Section>,
    /// Questions that were not asked.
    pub hidden: Vec<Hidden>,
    /// What goes back to the vendor.
    pub back: Vec<Back>,
    /// What speaks against finishing.
    pub unfinished: Option<String>,
    /// A new due date.
    pub due_on: Field,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
}

/// A page and what it is called.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// Its address.
    pub href: String,
    /// What it is called.
    pub text: String,
}

/// Figures of answering and of reviewing.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Progress {
    /// Questions that are asked.
    pub asked: usize,
    /// Those answered.
    pub answered: usize,
    /// Those of them that were reviewed.
    pub reviewed: usize,
    /// Of the reviewed ones, those asked back.
    pub asked_back: usize,
    /// Those whose answer changed since they were reviewed.
    pub overtaken: usize,
}

/// A choice of answers to show.
#[derive(Clone, Debug, Serialize)]
pub struct Show {
    /// The page with them.
    pub href: String,
    /// Which.
    pub text: String,
    /// How many.
    pub count: usize,
    /// These are shown.
    pub current: bool,
}

/// A section.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// Its answers.
    pub answers: Vec<Row>,
}

/// An answer with what was found of it.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What was said.
    #[serde(flatten)]
    pub given: Given,
    /// Where a finding is posted.
    pub action: String,
    /// Where a finding about it is raised.
    pub raise_href: String,
    /// The verdict that stands: its name.
    pub verdict: Option<&'static str>,
    /// Key of its wording.
    pub verdict_key: Option<String>,
    /// The newest review was of another answer.
    pub overtaken: bool,
    /// The level that counts now, in words.
    pub level: Option<String>,
    /// Every review, the newest first.
    pub past: Vec<Past>,
    /// What changed since the cycle before.
    pub cycle: Option<Since>,
    /// Files to be judged.
    pub files: Vec<Piece>,
    /// Levels at which the answer can be set, all files judged alike.
    pub levels: Vec<Choice>,
    /// Notes for colleagues.
    pub internal: Vec<Line>,
    /// Notes of both sides.
    pub shared: Vec<Line>,
    /// The caller may judge now.
    pub can_judge: bool,
    /// Choices of a verdict.
    pub verdicts: Vec<Choice>,
    /// The number of the newest review when the form was made.
    pub seen: i64,
    /// Which answers the page shows, to come back to.
    pub show: String,
    /// A key for each form.
    pub once: String,
    /// What was typed to the vendor.
    pub to_vendor: String,
    /// What was typed for colleagues.
    pub to_colleagues: String,
    /// What is wrong.
    pub error: Option<String>,
    /// The field that it is about; empty for the whole.
    pub error_at: &'static str,
    /// Why an answer that says it does not apply is refused is written down.
    pub needs_reason: bool,
    /// Somebody else judged meanwhile.
    pub conflict: Option<String>,
    /// Figures after this one was judged, where it stands alone.
    pub progress: Option<Progress>,
}

/// A review that was made.
#[derive(Clone, Debug, Serialize)]
pub struct Past {
    /// Key of the wording of its verdict.
    pub key: String,
    /// Who judged.
    pub by: String,
    /// When.
    pub when: String,
    /// What was written with it.
    pub note: Option<String>,
    /// The vendor reads the note.
    pub is_shared: bool,
    /// It is about what is said now.
    pub stands: bool,
}

/// What changed since the cycle before.
#[derive(Clone, Debug, Serialize)]
pub struct Since {
    /// In words, one for each thing that changed.
    pub changes: Vec<String>,
    /// Nothing did.
    pub unchanged: bool,
    /// What was said then.
    pub was: Option<String>,
    /// Key of the wording of what was found then.
    pub found: Option<String>,
}

/// A file to be judged.
#[derive(Clone, Debug, Serialize)]
pub struct Piece {
    /// Its name.
    pub file: String,
    /// Its address.
    pub href: Option<String>,
    /// From when it is in force, and its size.
    pub about: String,
    /// The element's id.
    pub id: String,
    /// The name of its field.
    pub name: String,
    /// What it may do for the answer.
    pub options: Vec<Choice>,
    /// What was found of it, in words, for whoever only reads.
    pub found: Option<String>,
}

/// Something written.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// Who wrote it.
    pub by: String,
    /// When.
    pub when: String,
    /// What.
    pub words: String,
    /// It came from the vendor.
    pub from_vendor: bool,
}

/// A question that goes back.
#[derive(Clone, Debug, Serialize)]
pub struct Back {
    /// Its place.
    pub href: String,
    /// Its number and text.
    pub text: String,
    /// What the vendor reads beside it.
    pub note: String,
}

impl Row {
    fn sample(number: usize, text: &str, can_judge: bool) -> Self {
        let line = |from_vendor: bool| Line {
            by: text.into(),
            when: "2026-11-21 10:42".into(),
            words: text.into(),
            from_vendor,
        };
        let choice = |key: &str| Choice { key: key.into(), text: text.into(), ..Choice::default() };
        Self {
            given: Given::sample(number, text),
            action: "/assessments/1/review/Q.1".into(),
            raise_href: "/findings/new?assessment=1&question=Q.1".into(),
            verdict: Some("accepted"),
            verdict_key: Some("review.stands.accepted".into()),
            overtaken: number == 2,
            level: Some(text.into()),
            past: vec![Past {
                key: "review.stands.asked_back".into(),
                by: text.into(),
                when: "2026-11-21 10:42".into(),
                note: Some(text.into()),
                is_shared: true,
                stands: false,
            }],
            cycle: Some(Since {
                changes: vec![text.into()],
                unchanged: false,
                was: Some(text.into()),
                found: Some("review.stands.accepted".into()),
            }),
            files: vec![Piece {
                file: text.into(),
                href: Some("/assessments/1/evidence/1".into()),
                about: text.into(),
                id: format!("q-{number}-aa"),
                name: "evidence:aa".into(),
                options: vec![choice(""), choice("accepted"), choice("refused")],
                found: Some(text.into()),
            }],
            levels: vec![choice("claimed"), choice("verified")],
            internal: vec![line(false)],
            shared: vec![line(false), line(true)],
            can_judge,
            verdicts: vec![choice("accepted"), choice("asked_back")],
            seen: 1,
            show: "open".into(),
            once: "1".into(),
            to_vendor: text.into(),
            to_colleagues: text.into(),
            error: (number == 2).then(|| text.into()),
            error_at: if number == 2 { "to_vendor" } else { "" },
            needs_reason: number == 2,
            conflict: (number == 2).then(|| text.into()),
            progress: None,
        }
    }
}

impl View for ReviewPage {
    const TEMPLATE: &'static str = "pages/assessments/review";

    fn samples() -> Vec<Self> {
        let page = |text: &str, can_judge: bool| Self {
            head: Head::sample(text),
            round: 2,
            submitted: "2026-11-21 10:42".into(),
            cycle: Some(Link { href: "/assessments/2/review".into(), text: text.into() }),
            gone: vec![text.into()],
            progress: Progress { asked: 5, answered: 4, reviewed: 2, asked_back: 1, overtaken: 1 },
            shows: vec![Show { href: "?show=open".into(), text: text.into(), count: 2, current: true }],
            can_take: !can_judge,
            can_judge,
            own_work: !can_judge,
            sections: vec![Section {
                title: text.into(),
                answers: vec![Row::sample(1, text, can_judge), Row::sample(2, text, can_judge)],
            }],
            hidden: vec![Hidden { number: 3, text: text.into(), because: text.into() }],
            back: vec![Back { href: "#q-1".into(), text: text.into(), note: text.into() }],
            unfinished: Some(text.into()),
            due_on: Field { id: "due_on".into(), name: "due_on".into(), ..Field::default() },
            errors: vec![ErrorLink { href: "#due_on".into(), text: text.into() }],
        };
        let bare = Self {
            cycle: None,
            gone: Vec::new(),
            progress: Progress::default(),
            sections: Vec::new(),
            hidden: Vec::new(),
            back: Vec::new(),
            unfinished: None,
            errors: Vec::new(),
            ..page("Northwind", false)
        };
        vec![bare, page("Northwind", true), page(&overlong(), true), page(HOSTILE, false)]
    }
}

/// One answer on its own, after it was judged.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct OneAnswer(pub Row);

impl View for OneAnswer {
    const TEMPLATE: &'static str = "pages/assessments/review_answer";

    fn samples() -> Vec<Self> {
        let progress = Some(Progress { asked: 5, answered: 4, reviewed: 2, asked_back: 1, overtaken: 1 });
        let one = |text: &str| Self(Row { progress, ..Row::sample(1, text, true) });
        vec![one("Northwind"), one(&overlong()), one(HOSTILE)]
    }
}

/// What waits to be reviewed.
#[derive(Debug, Serialize)]
pub struct Queue {
    /// Orders of the list.
    pub orders: Vec<Show>,
    /// What waits.
    pub rows: Vec<Waiting>,
    /// Where the page stands.
    pub pages: Pages,
}

/// A submission that waits to be reviewed.
#[derive(Clone, Debug, Serialize)]
pub struct Waiting {
    /// Its review.
    pub href: String,
    /// Who answered.
    pub vendor: String,
    /// What for.
    pub engagement: String,
    /// That this is prohibited or high-risk, or may be.
    pub tier_badges: Vec<TierBadge>,
    /// What was asked.
    pub questionnaire: String,
    /// Where it stands.
    pub state: String,
    /// Until when the answers were due from the vendor.
    pub due: String,
    /// When it came.
    pub submitted: Option<String>,
    /// Since how many days it waits, in words.
    pub waits: Option<String>,
    /// The band of the engagement's largest inherent risk; none where its profile is not complete.
    pub band: Option<String>,
    /// That risk.
    pub risk: Option<u8>,
    /// Questions that are asked.
    pub asked: usize,
    /// Those answered.
    pub answered: usize,
    /// Those of them reviewed.
    pub reviewed: usize,
}

impl View for Queue {
    const TEMPLATE: &'static str = "pages/assessments/review_queue";

    fn samples() -> Vec<Self> {
        let row = |text: &str, band: Option<&str>| Waiting {
            href: "/assessments/1/review".into(),
            vendor: text.into(),
            engagement: text.into(),
            tier_badges: TierBadge::samples(text),
            questionnaire: text.into(),
            state: "submitted".into(),
            due: "2026-11-20".into(),
            submitted: Some("2026-11-21 10:42".into()),
            waits: Some(text.into()),
            band: band.map(str::to_owned),
            risk: band.map(|_| 80),
            asked: 150,
            answered: 140,
            reviewed: 20,
        };
        let queue = |text: &str, rows: Vec<Waiting>| Self {
            orders: vec![Show { href: "/review".into(), text: text.into(), count: 2, current: true }],
            rows,
            pages: Pages::default(),
        };
        vec![
            queue("Due", Vec::new()),
            queue("Due", vec![row("Northwind", Some("high")), row("Contoso", None)]),
            queue(&overlong(), vec![row(&overlong(), Some("critical"))]),
            queue(HOSTILE, vec![row(HOSTILE, None)]),
        ]
    }
}
