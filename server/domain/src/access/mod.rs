//! Who may do what: one table of roles and permissions.
//!
//! A permission speaks of the caller's own organisation alone; another organisation's rows are out of reach by scope,
//! before this table is asked.

mod roles;
mod table;

pub use roles::Roles;
pub use table::{Permission, Role, Side};

/// Separation of duties: nobody approves, reviews or verifies what they did themselves.
///
/// `did` is whoever did the thing, `would` whoever would now judge it; none stands for the program, which judges nothing
/// and whose work anybody may judge.
pub fn may_judge<T: PartialEq>(did: Option<T>, would: Option<T>) -> bool {
    match (did, would) {
        (Some(did), Some(would)) => did != would,
        _ => true,
    }
}
