//! An upload as a person looks it through: row by row, with cells, before and after in words, and what there is to
//! choose from.

use super::choosing::{Chosen, OTHER, named, value};
use super::filter::{Band, Filter, Known};
use super::import_views::{Carried, FilterView, PreviewPage, RowView, TallyEntry};
use super::question::numbers;
use super::views::Crumb;
use super::visit::Visit;
use super::words;
use crate::actions::answers_import::{Candidate, Group, Verdict};
use crate::actions::parties::contact_name;
use crate::error::Result;
use crate::web::actor::may;
use crate::web::form::{Choice, ErrorLink, Field};
use crate::web::paging::Numbered;
use crate::web::reply::in_words;
use crate::web::say;
use axum::response::Html;
use domain::answer::{Reply, iso_date};
use domain::ids::ContactId;
use domain::problem::Problem;
use domain::questionnaire::Question;
use entity::import;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use time::Date;

/// Options of a question that are offered for an answer that fits none of them.
const OPTIONS_SHOWN: usize = 8;
/// Other rows for the same question that are named beside a row.
const RIVALS_SHOWN: usize = 4;
/// Characters of an answer that are shown where another row is named.
const RIVAL_SHOWN: usize = 80;

/// What the page is shown with.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub filter: Filter,
    /// As the address has it.
    pub page: String,
    /// Questions that were answered since the preview was made: nothing was applied.
    pub moved: Vec<String>,
    /// What was chosen, where somebody chose already.
    pub chosen: Option<Chosen>,
    /// What is wrong with the choice; at rows by their ids.
    pub problems: Vec<Problem>,
}

pub(super) async fn page(
    visit: &Visit<may::Answer>,
    import: &import::Model,
    rows: &[Known],
    seen: &Seen,
) -> Result<Html<String>> {
    let base = format!("{}/imports/{}", visit.base(), import.id);
    let waits = visit.opened.state.waits_for_vendor();
    let open = import.state != "undone" && waits;
    let kept = seen.filter.kept(rows, &visit.opened);
    let shown = Numbered::of(&seen.page, visit.renderer.platform.config.limits.import_page_rows);
    let from = usize::try_from(shown.offset()).unwrap_or(usize::MAX);
    let on_page = kept.iter().skip(from).take(usize::try_from(shown.limit()).unwrap_or(usize::MAX));
    let sheet = Sheet { visit, import, open, seen, numbers: numbers(visit), rivals: rivals(rows) };
    let views = on_page.map(|known| sheet.row(known)).collect::<Result<Vec<_>>>()?;
    let count = |group: Group| rows.iter().filter(|known| known.verdict.group() == group).count();
    let left = |group: Group| rows.iter().filter(|known| known.verdict.group() == group && !known.row.applied).count();
    let bulk = matches!(seen.filter.group(), Some(Group::Change | Group::Conflict | Group::Suggestion));
    let applied = rows.iter().filter(|known| known.row.applied).count();
    let moved = seen.moved.iter().filter_map(|id| Some(sheet.numbered(visit.opened.version.document.question(id)?)));
    let by = match import.contact_id {
        Some(contact) => {
            contact_name(visit.renderer.platform.db.read(), visit.scope, ContactId(contact)).await?.unwrap_or_default()
        }
        None => String::new(),
    };
    let names = views.iter().any(|row| row.other_offered);
    let questions =
        visit.opened.version.document.questions().filter(|question| names && visit.opened.accepts(&question.id));
    let view = PreviewPage {
        crumbs: vec![
            Crumb { href: visit.base(), text: visit.text("portal.overview.crumb", &[]) },
            Crumb { href: format!("{}/imports", visit.base()), text: visit.text("portal.imports.crumb", &[]) },
        ],
        file_name: import.file_name.clone(),
        file_href: format!("{base}/file"),
        hash: import.sha256.clone(),
        read_at: words::moment(import.created_at),
        uploaded_by: by,
        file_age: age(visit, import),
        tally: tally(visit, rows.len(), &base, &seen.filter, count),
        filter: filter_view(visit, &base, &seen.filter, &seen.page),
        empty: views.is_empty(),
        rows: views,
        pages: shown.pages(kept.len() as u64, &base, &seen.filter.pairs()),
        open,
        safe: rows.iter().filter(|known| known.is_ready() && known.verdict.group() == Group::Change).count(),
        conflicts: left(Group::Conflict),
        asks: left(Group::Ask),
        suggestions: left(Group::Suggestion),
        skipped: count(Group::Skipped),
        ready: if bulk { kept.iter().filter(|known| known.is_ready()).count() } else { 0 },
        questions: questions.map(|question| Choice { key: sheet.numbered(question), ..Choice::default() }).collect(),
        moved: moved.collect(),
        errors: sheet.errors(rows),
        applied: import.applied_at.filter(|_| import.state == "applied").map(words::moment),
        applied_rows: i64::try_from(applied).unwrap_or(i64::MAX),
        undone: import.undone_at.map(words::moment),
        can_undo: import.state == "applied" && waits,
        overview_href: visit.base(),
        sheets_href: import.settings.get("mapping").is_some().then(|| format!("{base}/sheets")),
        base,
    };
    let title = visit.text("portal.preview.title", &[]);
    visit.page(&title, &view)
}

fn tally(
    visit: &Visit<may::Answer>,
    all: usize,
    base: &str,
    filter: &Filter,
    count: impl Fn(Group) -> usize,
) -> Vec<TallyEntry> {
    let of = |show: &str| Filter { show: show.to_owned(), ..filter.clone() }.address(base);
    let mut tally = vec![TallyEntry {
        href: of(""),
        text: visit.text("portal.preview.all", &[]),
        count: all,
        current: filter.group().is_none(),
    }];
    tally.extend(Group::ALL.into_iter().map(|group| TallyEntry {
        href: of(group.name()),
        text: visit.text(&format!("portal.rows.group.{}", group.name()), &[]),
        count: count(group),
        current: filter.group() == Some(group),
    }));
    tally
}

fn filter_view(visit: &Visit<may::Answer>, base: &str, filter: &Filter, page: &str) -> FilterView {
    let field = |name: &str, value: &str| Field {
        id: format!("filter-{name}"),
        name: name.to_owned(),
        label: visit.text(&format!("portal.rows.filter.{name}"), &[]),
        value: value.to_owned(),
        ..Field::default()
    };
    let any = Some(visit.text("portal.rows.filter.any", &[]));
    let sections = visit.opened.version.document.sections.iter().map(|section| Choice {
        key: section.id.clone(),
        text: section.title.clone(),
        chosen: section.id == filter.section,
        ..Choice::default()
    });
    let bands = Band::ALL.into_iter().map(|band| Choice {
        key: band.name().to_owned(),
        text: visit.text(&format!("portal.rows.sure.{}", band.name()), &[]),
        chosen: band.name() == filter.sure,
        ..Choice::default()
    });
    let carried = filter.pairs().into_iter().chain([("page", page)]).filter(|(_, value)| !value.is_empty());
    let only_group = Filter { show: filter.show.clone(), ..Filter::default() };
    FilterView {
        q: Field { kind: "search", ..field("q", &filter.q) },
        section: Field { blank: any.clone(), options: sections.collect(), ..field("section", &filter.section) },
        sure: Field { blank: any, options: bands.collect(), ..field("sure", &filter.sure) },
        of: Field { checked: filter.of == "surest", ..field("of", "surest") },
        show: filter.show.clone(),
        carried: carried.map(|(name, value)| Carried { name: name.to_owned(), value: value.to_owned() }).collect(),
        narrows: filter.narrows(),
        clear_href: only_group.address(base),
    }
}

/// When the file was saved, as it says itself, or was uploaded; and how long ago that is.
fn age(visit: &Visit<may::Answer>, import: &import::Model) -> String {
    let said = import.settings["saved_on"].as_str().and_then(|day| iso_date::read(day).ok());
    let (key, day) = match said {
        Some(day) => ("portal.rows.saved", day),
        None => ("portal.rows.uploaded", import.created_at.date()),
    };
    let ago = ago(visit, day);
    visit.text(key, &[("date", &iso_date::write(day)), ("ago", &ago)])
}

fn ago(visit: &Visit<may::Answer>, day: Date) -> String {
    let days = (visit.renderer.platform.clock.today() - day).whole_days().max(0);
    match days {
        0 => visit.text("portal.rows.today", &[]),
        1..60 => visit.renderer.counted("portal.rows.days", days),
        60..730 => visit.renderer.counted("portal.rows.months", days / 30),
        _ => visit.renderer.counted("portal.rows.years", days / 365),
    }
}

/// The rows that may answer each question.
fn rivals(rows: &[Known]) -> BTreeMap<&str, Vec<&Known>> {
    let mut of: BTreeMap<&str, Vec<&Known>> = BTreeMap::new();
    let may = |known: &&Known| known.verdict.can_apply() && !known.row.applied;
    for known in rows.iter().filter(may) {
        let others = known.details.candidates.iter().map(|candidate| candidate.question.as_str());
        let questions: BTreeSet<&str> = known.row.question_id.as_deref().into_iter().chain(others).collect();
        for question in questions {
            of.entry(question).or_default().push(known);
        }
    }
    of
}

/// What rows are written out with.
struct Sheet<'a> {
    visit: &'a Visit<may::Answer>,
    import: &'a import::Model,
    open: bool,
    seen: &'a Seen,
    numbers: BTreeMap<&'a str, usize>,
    rivals: BTreeMap<&'a str, Vec<&'a Known>>,
}

impl Sheet<'_> {
    fn numbered(&self, question: &Question) -> String {
        let number = self.numbers.get(question.id.as_str()).copied().unwrap_or_default();
        self.visit.text("portal.preview.question", &[("number", &number), ("text", &question.text)])
    }

    fn question(&self, id: &str) -> Option<&Question> {
        self.visit.opened.version.document.question(id)
    }

    fn say(&self, problem: &Problem) -> String {
        let question = problem.with.get("question").and_then(|id| self.question(id));
        let problem = match question {
            Some(question) => problem.clone().with("question", self.numbered(question)),
            None => problem.clone(),
        };
        say::problem(&self.visit.renderer.platform.wording, &problem)
    }

    /// What is wrong with the choice, linked to the rows.
    fn errors(&self, rows: &[Known]) -> Vec<ErrorLink> {
        let line = |problem: &Problem| {
            let row = rows.iter().find(|known| known.row.id.to_string() == problem.at);
            let words = self.say(problem);
            match row {
                Some(known) => ErrorLink {
                    href: format!("#row-{}", known.row.id),
                    text: self.visit.text("portal.rows.error_at", &[("cell", &known.row.place), ("problem", &words)]),
                },
                None => ErrorLink { href: "#rows".to_owned(), text: words },
            }
        };
        self.seen.problems.iter().map(line).collect()
    }

    fn row(&self, known: &Known) -> Result<RowView> {
        let (row, details) = (&known.row, &known.details);
        let question = row.question_id.as_deref().and_then(|id| self.question(id));
        let problem: Option<Problem> = row.problem.clone().map(serde_json::from_value).transpose()?;
        let open = self.open && !row.applied;
        let error = self.seen.problems.iter().find(|problem| problem.at == row.id.to_string());
        let asked = matches!(known.verdict, Verdict::Ask | Verdict::Invalid)
            || known.verdict == Verdict::Suggestion && row.proposed.is_none();
        let named = self.seen.chosen.as_ref().and_then(|chosen| chosen.named.get(&row.id).cloned());
        let chosen_from = asked || known.verdict == Verdict::Unknown && named.is_some();
        let choices = if open && chosen_from && details.says_something() { self.choices(known) } else { Vec::new() };
        let picked = self.seen.chosen.as_ref().and_then(|chosen| chosen.picked.get(&row.id));
        let may_name = open
            && details.says_something()
            && matches!(known.verdict, Verdict::Ask | Verdict::Invalid | Verdict::Unknown);
        let tickable = open && known.is_ready() && known.verdict != Verdict::Ask;
        let ticked = match &self.seen.chosen {
            Some(chosen) => chosen.ticked.contains(&row.id),
            None => known.verdict.group() == Group::Change,
        };
        let theirs = details.text.clone().filter(|text| question.is_none_or(|question| question.text != *text));
        Ok(RowView {
            key: row.id.to_string(),
            kind: row.verdict.clone(),
            place: row.place.clone(),
            question: question.map_or_else(|| row.label.clone(), |question| self.numbered(question)),
            theirs: theirs.filter(|text| question.is_some() && !text.is_empty()),
            given: details.given.clone().filter(|_| asked || known.verdict == Verdict::Unknown),
            reason: problem.as_ref().map(|problem| self.say(problem)),
            source: (known.verdict == Verdict::Suggestion).then(|| self.source(known)),
            before: self.in_words(question, row.current.as_ref())?,
            after: self.in_words(question, row.proposed.as_ref())?,
            tickable,
            ticked: tickable && ticked,
            applied: row.applied,
            other_offered: may_name,
            other_chosen: may_name && picked.map_or(named.is_some(), |picked| picked == OTHER),
            none_chosen: picked.is_none() && named.is_none(),
            other: named.unwrap_or_default(),
            rivals: if open && known.verdict.can_apply() { self.rivals(known) } else { Vec::new() },
            error: error.map(|problem| self.say(problem)),
            choices,
        })
    }

    fn source(&self, known: &Known) -> String {
        let sure = known.details.certainty.map(percent).unwrap_or_default();
        let age = age(self.visit, self.import);
        let values: [(&str, &dyn std::fmt::Display); 4] =
            [("file", &self.import.file_name), ("cell", &known.row.place), ("age", &age), ("percent", &sure)];
        self.visit.text("portal.rows.source", &values)
    }

    /// The questions that a row may be put to, and where its answer fits none of a question's options, these; after a
    /// refusal also the question that somebody named.
    fn choices(&self, known: &Known) -> Vec<Choice> {
        let (row, details) = (&known.row, &known.details);
        let chosen = self.seen.chosen.as_ref();
        let mut candidates = details.candidates.clone();
        let name = chosen.and_then(|chosen| chosen.named.get(&row.id));
        if let Some(question) = name.and_then(|name| named(&self.visit.opened, name))
            && candidates.iter().all(|known| known.question != question.id)
        {
            let revision = self.visit.opened.answers.get(&question.id).map_or(0, |answer| answer.revision);
            let (question, refused) = (question.id.clone(), Some(String::new()));
            let options = Vec::new();
            candidates.push(Candidate { question, certainty: 0.0, revision, reply: None, refused, options });
        }
        let picked = chosen.and_then(|chosen| chosen.picked.get(&row.id)).map(String::as_str);
        let open = candidates.iter().filter(|candidate| self.visit.opened.accepts(&candidate.question));
        let all = open.enumerate().flat_map(|(n, candidate)| {
            let named = name.is_some() && candidate.certainty <= 0.0;
            let picked = picked.is_some_and(|picked| picked.starts_with(&format!("{}@", candidate.question)));
            self.of_candidate(candidate, details.given.as_deref().unwrap_or_default(), n == 0 || named || picked)
        });
        all.map(|choice| Choice { chosen: picked == Some(choice.key.as_str()), ..choice }).collect()
    }

    /// A question to choose; where the row's answer is none to it, its options instead: the nearest, or `all` that it has.
    fn of_candidate(&self, candidate: &Candidate, given: &str, all: bool) -> Vec<Choice> {
        let Some(question) = self.question(&candidate.question) else { return Vec::new() };
        let text = self.numbered(question);
        let stands = self.visit.opened.answers.get(&question.id).and_then(|answer| {
            let reply = answer.reply.clone().and_then(|reply| serde_json::from_value::<Reply>(reply).ok());
            words::said(&self.visit.renderer, question, reply.as_ref(), answer.comment.as_deref())
        });
        let stands = stands.unwrap_or_else(|| self.visit.text("diff.nothing", &[]));
        let sure = percent(candidate.certainty);
        let sure = match candidate.certainty {
            certainty if certainty > 0.0 => self.visit.text("portal.rows.certainty", &[("percent", &sure)]),
            _ => String::new(),
        };
        let choice = |option: Option<&str>, text: String, key: &str, what: &str| {
            let values: [(&str, &dyn std::fmt::Display); 3] = [("what", &what), ("now", &stands), ("sure", &sure)];
            let key = self.visit.text(key, &values);
            Choice {
                key: value(&question.id, candidate.revision, option),
                text,
                note: Some(key.trim_end().to_owned()),
                chosen: false,
            }
        };
        if let Some(reply) = &candidate.reply {
            let answer = in_words(&self.visit.renderer, question, reply);
            return vec![choice(None, text, "portal.rows.candidate", &answer)];
        }
        if question.options().is_empty() {
            return vec![choice(None, text, "portal.rows.candidate", given)];
        }
        if candidate.options.is_empty() && !all {
            return vec![choice(None, text, "portal.rows.unfit", given)];
        }
        let near = |option: &&domain::questionnaire::Choice| {
            candidate.options.is_empty() || candidate.options.contains(&option.id)
        };
        let options = question.options().iter().filter(near).take(OPTIONS_SHOWN);
        options.map(|option| choice(Some(&option.id), option.label.clone(), "portal.rows.option", &text)).collect()
    }

    /// The other rows that may answer the same question, with their answers.
    fn rivals(&self, known: &Known) -> Vec<String> {
        let Some(rivals) = known.row.question_id.as_deref().and_then(|id| self.rivals.get(id)) else {
            return Vec::new();
        };
        let others = rivals.iter().filter(|other| other.row.id != known.row.id);
        let line = |other: &&Known| {
            let given = other.details.given.as_deref().unwrap_or_default();
            let given: String = given.chars().take(RIVAL_SHOWN).collect();
            self.visit.text("portal.rows.rival", &[("cell", &other.row.place), ("answer", &given)])
        };
        others.take(RIVALS_SHOWN).map(line).collect()
    }

    fn in_words(&self, question: Option<&Question>, said: Option<&Value>) -> Result<Option<String>> {
        let (Some(question), Some(said)) = (question, said) else { return Ok(None) };
        let reply: Option<Reply> = serde_json::from_value(said["reply"].clone())?;
        Ok(words::said(&self.visit.renderer, question, reply.as_ref(), said["comment"].as_str()))
    }
}

/// A certainty as people read it: never more than it is.
pub(super) fn percent(certainty: f64) -> String {
    format!("{}", (certainty * 100.0 + 1e-6).floor())
}
