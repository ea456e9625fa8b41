//! What holds whatever is drawn.

mod register;
mod scoring;
