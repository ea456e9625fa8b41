//! The rows of the database, one entity per table; no behaviour.
#![allow(missing_docs, reason = "an entity mirrors its table, whose columns the migrations state")]

pub mod ai_use;
pub mod answer;
pub mod api_token;
pub mod assessment;
pub mod audit_detail;
pub mod audit_entry;
pub mod audit_head;
pub mod component;
pub mod component_fact;
pub mod contact;
pub mod engagement;
pub mod evidence;
pub mod idempotent_request;
pub mod import;
pub mod import_row;
pub mod job;
pub mod member;
pub mod message;
pub mod organisation;
pub mod policy;
pub mod reopened_question;
pub mod score;
pub mod session;
pub mod setup_link;
pub mod sign_in_link;
pub mod submission;
pub mod template;
pub mod template_version;
pub mod vendor;
pub mod vendor_link;
