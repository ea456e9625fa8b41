//! Contexts of the portal's pages. Their samples stand in [`samples`].

mod samples;

use super::import_views::{ImportsPage, PreviewPage};
use crate::web::due::Due;
use crate::web::form::{ErrorLink, Field};
use crate::web::outline;
use crate::web::question::QuestionView;
use crate::web::render::{Sampled, View, sampled};
use serde::Serialize;

macro_rules! views {
    ($($view:ident $template:literal $samples:ident;)+) => {
        $(impl View for $view {
            const TEMPLATE: &'static str = $template;

            fn samples() -> Vec<Self> {
                samples::$samples()
            }
        })+

        /// Every view of the portal.
        pub(super) fn all() -> Vec<Sampled> {
            let imports = [sampled::<ImportsPage>(), sampled::<PreviewPage>()];
            [$(sampled::<$view>()),+].into_iter().chain(imports).collect()
        }
    };
}

views! {
    Door "pages/portal/door" doors;
    RenewalAsked "pages/portal/renewal_asked" renewals;
    NoDoor "pages/portal/no_door" no_doors;
    Overview "pages/portal/overview" overviews;
    Asked "pages/portal/questions" questions;
    SectionPage "pages/portal/section" sections;
    SubmitPage "pages/portal/submit" submits;
    ReceiptPage "pages/portal/receipt" receipts;
    AnswersPage "pages/portal/answers" answers;
    ColleaguesPage "pages/portal/colleagues" colleagues;
    LinkPage "pages/portal/link" links;
    AccountPage "pages/portal/account" accounts;
}

/// The page behind a link.
#[derive(Debug, Serialize)]
pub(super) struct Door {
    /// `works`, `expired` or `gone`.
    pub standing: &'static str,
    pub enter_url: Option<String>,
    pub renew_url: Option<String>,
    pub facts: Option<DoorFacts>,
}

/// Who asks whom what.
#[derive(Debug, Serialize)]
pub(super) struct DoorFacts {
    pub title: String,
    pub summary: String,
    pub buyer: String,
    pub vendor: String,
    pub contact: String,
    pub message: Option<String>,
    pub due: Due,
    pub questions: usize,
    pub minutes: u32,
    pub answered: i64,
    /// The vendor is expected to act.
    pub turn: bool,
    /// Where links of this installation begin.
    pub site: String,
}

/// A fresh link was asked for.
#[derive(Debug, Serialize)]
pub(super) struct RenewalAsked {}

/// Nobody came in through a link.
#[derive(Debug, Serialize)]
pub(super) struct NoDoor {}

/// A step of the way to a page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Crumb {
    pub href: String,
    pub text: String,
}

/// How many questions are answered, and asked.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Progress {
    pub answered: i64,
    pub of: i64,
}

/// Where a visit begins.
#[derive(Debug, Serialize)]
pub(super) struct Overview {
    pub base: String,
    pub title: String,
    pub summary: String,
    pub buyer: String,
    pub vendor: String,
    pub contact: String,
    pub message: Option<String>,
    pub due: Due,
    pub questions: usize,
    pub minutes: u32,
    pub state: &'static str,
    pub turn: bool,
    pub fresh: bool,
    pub returned: bool,
    pub given_back: Vec<Given>,
    pub progress: Progress,
    pub missing: i64,
    pub all_done: bool,
    pub continue_href: Option<String>,
    pub tasks: Vec<Task>,
    pub submitted: Option<String>,
    /// They may answer every question, read the receipt and use the workbook.
    pub whole: bool,
    /// They may submit.
    pub submits: bool,
    /// They may ask colleagues in.
    pub hands_over: bool,
    /// An account is offered.
    pub account: bool,
    /// Findings that were raised.
    pub findings: usize,
}

/// A question that was given back.
#[derive(Debug, Serialize)]
pub(super) struct Given {
    pub number: usize,
    pub href: String,
    pub text: String,
    pub note: Option<String>,
    pub changed: bool,
}

/// A section in the task list.
#[derive(Debug, Serialize)]
pub(super) struct Task {
    pub text: String,
    pub href: Option<String>,
    pub note: Option<String>,
    pub status: &'static str,
}

/// All questions, to be read.
#[derive(Debug, Serialize)]
pub(super) struct Asked {
    pub base: String,
    pub title: String,
    pub count: usize,
    pub minutes: u32,
    pub sections: Vec<outline::Section>,
    /// They may use the workbook.
    pub whole: bool,
}

/// A page of questions.
#[derive(Debug, Serialize)]
pub(super) struct SectionPage {
    pub place: String,
    pub title: String,
    pub intro: Option<String>,
    pub progress: Progress,
    pub saved_notice: Option<String>,
    pub errors: Vec<ErrorLink>,
    pub nothing_asked: bool,
    /// Why some of it, or all, can only be read.
    pub closed: Option<String>,
    pub editable: bool,
    pub last: bool,
    /// They may submit.
    pub submits: bool,
    /// Where the section is handed to a colleague.
    pub hand_over_href: Option<String>,
    pub action: String,
    pub overview_href: String,
    pub questions: Vec<QuestionView>,
}

/// Attesting.
#[derive(Debug, Serialize)]
pub(super) struct SubmitPage {
    pub buyer: String,
    pub missing: Vec<Missing>,
    /// Questions without an answer, optional ones included.
    pub unanswered: i64,
    pub progress: Progress,
    pub errors: Vec<ErrorLink>,
    pub name: Field,
    pub title_field: Field,
    pub confirmed: Field,
    pub again: bool,
    /// Somebody else was named to sign.
    pub signatory: Option<String>,
    /// They may ask for the signature.
    pub asks: bool,
    pub once: String,
    pub base: String,
}

/// A required question without an answer.
#[derive(Debug, Serialize)]
pub(super) struct Missing {
    pub href: String,
    pub number: usize,
    pub text: String,
    pub section: String,
}

/// What was submitted.
#[derive(Debug, Serialize)]
pub(super) struct ReceiptPage {
    pub base: String,
    pub buyer: String,
    pub vendor: String,
    pub questionnaire: String,
    pub hash: String,
    pub round: i64,
    pub name: String,
    pub title: String,
    pub at: String,
    pub answers: usize,
    pub earlier: Vec<Earlier>,
    /// It was given back meanwhile.
    pub turn: bool,
}

/// An earlier submission.
#[derive(Debug, Serialize)]
pub(super) struct Earlier {
    pub round: i64,
    pub at: String,
    pub hash: String,
}

/// One's own answers.
#[derive(Debug, Serialize)]
pub(super) struct AnswersPage {
    pub base: String,
    pub vendor: String,
    pub submitted: Option<String>,
    pub turn: bool,
    /// They may use the workbook and read the receipt.
    pub whole: bool,
    pub sections: Vec<AnswersSection>,
}

/// Colleagues.
#[derive(Debug, Serialize)]
pub(super) struct ColleaguesPage {
    pub base: String,
    /// It is the vendor's turn.
    pub open: bool,
    pub asked_in: Vec<AskedInRow>,
    pub signatory: Option<String>,
    pub signatory_href: Option<String>,
    pub errors: Vec<ErrorLink>,
    pub questions_error: Option<String>,
    pub picks: Vec<PickSection>,
    pub once: String,
    pub name: Field,
    pub email: Field,
    pub part: Field,
    pub way: Field,
    /// Signatories of the vendor's own organisation.
    pub sign_member: Option<Field>,
    pub sign_name: Field,
    pub sign_email: Field,
}

/// A colleague who was asked in.
#[derive(Debug, Serialize)]
pub(super) struct AskedInRow {
    pub name: String,
    pub email: String,
    pub what: String,
    pub since: String,
    pub state: String,
    /// Their mail could not be delivered.
    pub failed: bool,
    pub take_back: String,
}

/// A section that can be handed over.
#[derive(Debug, Serialize)]
pub(super) struct PickSection {
    pub id: String,
    pub title: String,
    pub chosen: bool,
    /// Single questions of it are chosen.
    pub open: bool,
    pub questions: Vec<Pick>,
}

/// A question that can be handed over.
#[derive(Debug, Serialize)]
pub(super) struct Pick {
    pub id: String,
    pub number: usize,
    pub text: String,
    pub chosen: bool,
}

/// A link, shown once.
#[derive(Debug, Serialize)]
pub(super) struct LinkPage {
    pub name: String,
    pub link: String,
    pub back: String,
}

/// What is offered beside the questionnaire.
#[derive(Debug, Serialize)]
pub(super) struct AccountPage {
    /// `keep`, `join`, `asked` or `sign_in`.
    pub kind: &'static str,
    /// The organisation that has claimed the vendor.
    pub organisation: Option<String>,
    pub buyer: String,
    /// Organisations that they administer.
    pub administered: Vec<Administered>,
    pub errors: Vec<ErrorLink>,
    pub name: Field,
    pub action: String,
    pub base: String,
}

/// An organisation that somebody administers.
#[derive(Debug, Serialize)]
pub(super) struct Administered {
    pub id: String,
    pub label: String,
}

/// A section of one's own answers.
#[derive(Debug, Serialize)]
pub(super) struct AnswersSection {
    pub title: String,
    pub questions: Vec<QuestionView>,
}
