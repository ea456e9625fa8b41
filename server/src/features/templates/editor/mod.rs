//! The editor of questionnaires: drafts, their outline, their questions, how they look to a vendor, publishing.

mod about;
mod begin;
mod conflict;
mod form;
mod in_place;
mod outline;
mod places;
mod preview;
mod publish;
mod question;
mod question_view;
mod removal;
mod section;
mod translate;
mod views;

use crate::state::AppState;
use crate::web::render::{Sampled, sampled};
use crate::web::routes::Pages;

/// The pages.
pub(super) fn routes() -> Pages<AppState> {
    Pages::new()
        .get("/templates/new", begin::form)
        .post("/templates/new", begin::begin)
        .post("/templates/{template}/draft", begin::next)
        .post("/templates/{template}/retire", publish::retire)
        .post("/templates/{template}/bring-back", publish::bring_back)
        .get("/templates/drafts/{draft}", outline::page)
        .post("/templates/drafts/{draft}", outline::step)
        .get("/templates/drafts/{draft}/about", about::about)
        .post("/templates/drafts/{draft}/about", about::put_about)
        .post("/templates/drafts/{draft}/sections", section::add)
        .get("/templates/drafts/{draft}/sections/{section}", section::page)
        .post("/templates/drafts/{draft}/sections/{section}", section::put)
        .get("/templates/drafts/{draft}/sections/{section}/remove", removal::section_form)
        .post("/templates/drafts/{draft}/sections/{section}/remove", removal::section)
        .get("/templates/drafts/{draft}/sections/{section}/translate", translate::page)
        .post("/templates/drafts/{draft}/sections/{section}/translate", translate::put)
        .post("/templates/drafts/{draft}/questions", question::add)
        .get("/templates/drafts/{draft}/questions/{question}", question::page)
        .post("/templates/drafts/{draft}/questions/{question}", question::put)
        .post("/templates/drafts/{draft}/questions/{question}/check", question::check)
        .post("/templates/drafts/{draft}/questions/{question}/wording", in_place::put)
        .get("/templates/drafts/{draft}/questions/{question}/remove", removal::question_form)
        .post("/templates/drafts/{draft}/questions/{question}/remove", removal::question)
        .get("/templates/drafts/{draft}/preview", preview::page)
        .post("/templates/drafts/{draft}/preview", preview::answered)
        .get("/templates/drafts/{draft}/publish", publish::form)
        .post("/templates/drafts/{draft}/publish", publish::publish)
        .get("/templates/drafts/{draft}/discard", publish::discard_form)
        .post("/templates/drafts/{draft}/discard", publish::discard)
}

/// The views.
pub(super) fn views() -> Vec<Sampled> {
    vec![
        sampled::<views::Begin>(),
        sampled::<views::Outline>(),
        sampled::<views::Words>(),
        sampled::<translate::Translate>(),
        sampled::<views::Removal>(),
        sampled::<views::Publish>(),
        sampled::<question_view::QuestionPage>(),
        sampled::<question_view::Findings>(),
        sampled::<preview::Preview>(),
    ]
}
