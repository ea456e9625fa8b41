//! Where a visit begins: who asks what, what is done and what is missing; and all questions to be read at once.

use super::question::numbers;
use super::section::asks_anything;
use super::views::{Asked, Given, Overview, Progress, Task};
use super::visit::Visit;
use super::words;
use crate::actions::claim;
use crate::actions::submit::missing;
use crate::error::Result;
use crate::web::outline::{self, Detail};
use crate::web::session::who;
use axum::response::Html;
use domain::access::Permission;
use domain::assessment::State;
use domain::questionnaire::Section;
use tower_sessions::Session;

pub(super) async fn show(visit: Visit, session: Session) -> Result<Html<String>> {
    let who = who(&session).await?;
    let offer = claim::offer(&visit.renderer.platform, visit.scope, who.as_ref()).await?;
    let (opened, base) = (&visit.opened, visit.base());
    let document = &opened.version.document;
    let (answered, of) = opened.progress();
    let missing = missing(opened).len();
    let numbers = numbers(&visit);
    let given_back = opened.reopened.iter().filter_map(|(id, note)| {
        let section = document.sections.iter().find(|section| section.questions.iter().any(|q| q.id == *id))?;
        let question = section.questions.iter().find(|question| question.id == *id)?;
        let number = numbers.get(id.as_str()).copied().unwrap_or_default();
        Some(Given {
            number,
            href: format!("{base}/sections/{}#q-{id}", section.id),
            text: question.text.clone(),
            note: note.clone(),
            changed: was_changed(&visit, id),
        })
    });
    let mut given_back: Vec<Given> = given_back.collect();
    given_back.sort_by_key(|given| given.number);
    let turn = opened.state.waits_for_vendor();
    let first = document.sections.iter().find(|section| asks_anything(opened, section) && !is_done(&visit, section));
    let next = first.or_else(|| document.sections.iter().find(|section| asks_anything(opened, section)));
    let all_done = turn && missing == 0 && first.is_none();
    let view = Overview {
        title: document.title.clone(),
        summary: document.summary.clone(),
        buyer: visit.parties.buyer.clone(),
        vendor: visit.parties.vendor.clone(),
        contact: visit.parties.contact.clone(),
        message: opened.assessment.message.clone(),
        due: visit.due(),
        questions: document.questions().count(),
        minutes: document.minutes,
        state: opened.state.name(),
        turn,
        fresh: opened.state == State::Sent,
        returned: opened.state == State::Returned,
        given_back,
        progress: Progress { answered, of },
        missing: i64::try_from(missing).unwrap_or(i64::MAX),
        all_done,
        continue_href: next.filter(|_| turn).map(|section| format!("{base}/sections/{}", section.id)),
        tasks: document.sections.iter().map(|section| task(&visit, section)).collect(),
        submitted: opened.assessment.submitted_at.map(words::moment),
        whole: visit.scope.may(Permission::Answer),
        submits: visit.scope.may(Permission::Submit),
        hands_over: visit.scope.may(Permission::HandOver),
        account: offer.is_some(),
        findings: visit.findings,
        base,
    };
    visit.page(&document.title, &view)
}

/// Whether an answer that was given back was changed, or got a file, since the submission before.
fn was_changed(visit: &Visit, question: &str) -> bool {
    let Some(submitted) = visit.opened.assessment.submitted_at else { return false };
    visit.opened.answers.get(question).is_some_and(|row| row.changed_at > submitted)
        || visit.opened.evidence.get(question).is_some_and(|files| files.iter().any(|file| file.added_at > submitted))
}

/// Questions of a section that are the vendor's to answer now, how many of them have an answer, and how many required
/// ones have none.
fn count(visit: &Visit, section: &Section) -> (usize, usize, usize) {
    let opened = &visit.opened;
    let mine = section.questions.iter().filter(|question| {
        opened.visibility.shows(&question.id) && (!opened.state.waits_for_vendor() || opened.accepts(&question.id))
    });
    mine.fold((0, 0, 0), |(asked, answered, missing), question| {
        let has = opened.replies.contains_key(&question.id)
            && (opened.state != State::Returned || was_changed(visit, &question.id));
        (asked + 1, answered + usize::from(has), missing + usize::from(!has && question.required))
    })
}

fn is_done(visit: &Visit, section: &Section) -> bool {
    let (asked, answered, missing) = count(visit, section);
    missing == 0 && (answered > 0 || asked == 0)
}

fn task(visit: &Visit, section: &Section) -> Task {
    let (asked, answered, missing) = count(visit, section);
    let returned = visit.opened.state == State::Returned;
    let status = match (asked, answered, missing) {
        (0, ..) => "done",
        (_, answered, missing) if returned => {
            if missing == 0 && answered == asked {
                "done"
            } else {
                "attention"
            }
        }
        (_, 0, _) => "open",
        (_, _, 0) => "done",
        _ => "started",
    };
    let values: [(&str, &dyn std::fmt::Display); 2] = [("answered", &answered), ("of", &asked)];
    let note = match (asked, returned) {
        (0, true) => visit.text("portal.task.not_given_back", &[]),
        (0, false) => visit.text("portal.task.nothing_asked", &[]),
        (_, true) => visit.text("portal.task.changed", &values),
        (_, false) => visit.text("portal.task.answered", &values),
    };
    Task {
        text: section.title.clone(),
        href: Some(format!("{}/sections/{}", visit.base(), section.id)),
        note: Some(note),
        status,
    }
}

/// All questions on one page, conditional ones too: to be read, printed and passed round before anybody begins.
pub(super) async fn questions(visit: Visit) -> Result<Html<String>> {
    let document = &visit.opened.version.document;
    let numbers = numbers(&visit);
    let mut sections = outline::sections(&visit.renderer, &visit.opened.whole.document, Detail::AsAsked);
    if let Some(assigned) = &visit.opened.assigned {
        let assigned: Vec<usize> = assigned.iter().filter_map(|id| numbers.get(id.as_str()).copied()).collect();
        for section in &mut sections {
            section.questions.retain(|question| assigned.contains(&question.number));
            // A condition speaks of other people's questions.
            section.questions.iter_mut().for_each(|question| question.condition = None);
        }
        sections.retain(|section| !section.questions.is_empty());
    }
    let view = Asked {
        title: document.title.clone(),
        count: document.questions().count(),
        minutes: document.minutes,
        sections,
        whole: visit.scope.may(Permission::Answer),
        base: visit.base(),
    };
    visit.page(&visit.text("portal.questions.title", &[]), &view)
}
