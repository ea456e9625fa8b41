//! The whole suite, in one binary. `tests/run` runs it on SQLite and on PostgreSQL.

mod access;
mod architecture;
mod boms;
mod contracts;
mod harness;
mod journeys;
mod licences;
mod properties;
mod workbooks;
