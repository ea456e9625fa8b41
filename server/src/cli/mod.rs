//! The command line: one file per command.

mod args;
mod audit;
mod bom;
mod content;
mod decision;
mod demo;
pub mod inspect;
mod matching;
mod migrate;
mod policy;
mod reindex;
mod run;
mod score;
mod seed;
mod serve;
mod token;

pub use args::Arguments;
pub use run::run;
