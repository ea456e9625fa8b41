//! Candor's pure core: the words of the product as types, and the rules between them.
//!
//! Values in, values out. Nothing here awaits, talks to a database, reads a file, or knows what
//! time it is: dates, random bytes and seeds arrive as arguments.

pub mod access;
pub mod answer;
pub mod assessment;
pub mod audit;
pub mod bom;
pub mod catalogue;
pub mod classification;
pub mod crosswalk;
pub mod ids;
pub mod judging;
pub mod problem;
pub mod questionnaire;
pub mod register;
pub mod scoring;
pub mod sheet;
