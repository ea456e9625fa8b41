//! The use cases: each takes who is asking and a parsed input, and does the whole thing in one transaction, with its
//! audit entry and its jobs, or does nothing. Pages, the API, the command line, jobs and tests call the same ones.

pub mod account;
pub mod answers_import;
pub mod answers_mapping;
mod attempts;
pub mod audit;
pub mod chase;
pub mod claim;
pub mod compare;
pub mod content;
pub mod deliver;
pub mod drafts;
pub mod enter;
pub mod evidence;
pub mod findings;
pub mod handover;
pub mod index;
pub mod invitations;
pub mod issue;
pub mod judging;
pub mod mapping;
pub mod merge;
pub mod note;
pub mod oidc;
pub mod organisations;
pub mod parties;
pub mod passwords;
mod patience;
pub mod people;
pub mod policies;
pub mod product_list;
pub mod questionnaire;
pub mod register;
pub mod register_import;
pub mod register_mapping;
pub mod rescore;
pub mod review;
pub mod save_answer;
pub mod saved_searches;
pub mod score;
pub mod seed;
pub mod sign_in;
pub mod submit;
pub mod template_workbook;
pub mod threads;
mod tokens;
mod unit;
pub mod vendors;
pub mod work;

pub use patience::{Progress, failed};
pub use tokens::{Token, token_hash};
pub use unit::{Act, Actor, Buyer, Job, Once, Vendor};

use tokio::runtime::{Handle, RuntimeFlavor};

/// Computes for longer than others should wait: meanwhile the runtime's other threads go on with what this one had to do.
fn at_length<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}
