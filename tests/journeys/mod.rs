//! Whole ways through the running server, and what stands in the way of those that must not be taken.

mod audit;
mod audit_file;
mod buyers_workbook;
mod claim;
mod compare;
mod crosswalks;
mod editor;
mod editor_api;
mod fields;
mod handover;
mod invitations;
mod kills;
mod languages;
mod limits;
mod mapping;
mod merge;
mod owners;
mod people;
mod providers;
mod refusals;
mod scene;
mod score_cli;
mod sign_in;
mod two_roles;
mod way_through;
mod workbook;
