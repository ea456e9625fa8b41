//! What holds whatever is drawn.

mod catalogue;
mod classification;
mod facts;
mod questionnaire;
mod register;
mod scoring;
