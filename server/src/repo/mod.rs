//! All SQL: one file per aggregate. The scope comes first in every function, and there is no default one.

pub mod answers;
pub mod assessments;
pub mod attempts;
pub mod audit;
pub mod evidence;
pub mod idempotency;
pub mod imports;
pub mod invitations;
pub mod jobs;
pub mod links;
pub mod messages;
pub mod organisations;
pub mod people;
pub mod policies;
pub mod register;
pub mod scope;
pub mod scores;
pub mod sessions;
pub mod submissions;
pub mod templates;
pub mod tokens;
pub mod vendors;

pub use scope::{BuyerScope, SystemScope, Tenant, VendorScope};
