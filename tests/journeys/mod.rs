//! Whole ways through the running server, and what stands in the way of those that must not be taken.

mod audit;
mod audit_file;
mod kills;
mod limits;
mod refusals;
mod scene;
mod score_cli;
mod two_roles;
mod way_through;
mod workbook;
