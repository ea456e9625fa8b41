//! The register by hand and from answers: entries, facts, choices, checks, decisions, uses, and what submissions propose.

mod add;
mod bulk;
mod decide;
mod desk;
mod edit;
mod propose;
mod review;
mod said;
mod uses;

pub use add::{NewEntry, add};
pub use bulk::{BulkEdit, bulk};
pub use decide::{Decision, OURS, THEIRS, decide};
pub use edit::{Edit, Link, check, choose, edit, link};
pub use review::{Verdict, resolve};
pub use uses::{NewUse, add_use};

pub(super) use desk::{Desk, by, show};
pub(super) use propose::propose;
