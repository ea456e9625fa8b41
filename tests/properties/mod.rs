//! What holds whatever is drawn.

mod facts;
mod questionnaire;
mod register;
mod scoring;
