//! Judging a vendor: inherent risk, review, findings, acceptance, decision. What each object says and what makes it out of
//! date: `docs/judging.md`.
//!
//! A judgement is a value that carries what it was about; whether it still stands is computed from what is so on the day.

pub mod acceptance;
pub mod applicability;
pub mod case;
pub mod cycle;
pub mod decision;
pub mod due;
pub mod finding;
pub mod impact;
pub mod moves;
pub mod party;
pub mod profile;
pub mod review;
pub mod rules;
pub mod said;
#[cfg(test)]
mod tests;
pub mod tier;
pub mod turn;
pub mod what_if;
