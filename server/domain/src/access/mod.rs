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

/// Who attests: whoever the vendor has named, and nobody else once somebody is; before that, whoever's role allows it.
pub fn may_attest<T: PartialEq>(role: Role, named: Option<T>, would: T) -> bool {
    role.may(Permission::Attest) && named.is_none_or(|named| named == would)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_signatory_attests() {
        assert!(may_attest(Role::Responder, None, 1));
        assert!(!may_attest(Role::Responder, Some(2), 1));
        assert!(may_attest(Role::Signatory, Some(2), 2));
        assert!(!may_attest(Role::Contributor, None, 1));
        assert!(!may_attest(Role::Contributor, Some(1), 1));
    }

    #[test]
    fn nobody_judges_what_they_did() {
        assert!(!may_judge(Some(1), Some(1)));
        assert!(may_judge(Some(1), Some(2)));
        assert!(may_judge(None, Some(1)));
    }
}
