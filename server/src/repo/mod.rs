//! All SQL: one file per aggregate. The scope comes first in every function, and there is no default one.

pub mod answers;
pub mod assessments;
pub mod attempts;
pub mod audit;
pub mod claims;
pub mod domains;
pub mod drafts;
pub mod evidence;
pub mod handovers;
pub mod idempotency;
pub mod imports;
pub mod invitations;
pub mod jobs;
pub mod links;
pub mod mappings;
pub mod merges;
pub mod messages;
pub mod organisations;
pub mod people;
pub mod policies;
mod reach;
pub mod providers;
pub mod register;
pub mod saved_searches;
pub mod scope;
pub mod scores;
pub mod sessions;
pub mod submissions;
pub mod templates;
pub mod tokens;
pub mod vendors;

pub use scope::{BuyerScope, ClaimantScope, SystemScope, Tenant, VendorScope};
