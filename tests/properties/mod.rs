//! What holds whatever is drawn.

mod questionnaire;
mod register;
mod scoring;
