//! Whole ways through the running server, and what stands in the way of those that must not be taken.

mod audit;
mod claim;
mod handover;
mod kills;
mod limits;
mod merge;
mod owners;
mod providers;
mod invitations;
mod kills;
mod limits;
mod people;
mod refusals;
mod scene;
mod sign_in;
mod score_cli;
mod way_through;
mod workbook;
