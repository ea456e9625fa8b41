//! What holds whatever is drawn.

mod catalogue;
mod facts;
mod questionnaire;
mod register;
mod scoring;
