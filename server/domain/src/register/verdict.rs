//! Who sets where an entry or a use stands, and how long an approver's word holds.

use super::fact::Fact;
use crate::ids::UseId;

/// What whoever keeps the register can set.
pub const OURS: [&str; 4] = ["proposed", "trial", "reassessment", "retired"];
/// What only an approver decides.
pub const THEIRS: [&str; 3] = ["approved", "restricted", "prohibited"];
/// What lifts what an approver decided.
const LIFTING: [&str; 2] = ["proposed", "trial"];

/// What an approver decided on an entry, or on a use of it, as long as it is not lifted: looking at it again and retiring it
/// lift nothing.
pub fn verdict(facts: &[Fact], of_use: Option<UseId>) -> Option<&Fact> {
    let of_slot = facts.iter().filter(|fact| fact.of_use == of_use && fact.said.field.id == "status");
    let newest = of_slot
        .filter(|fact| !matches!(fact.said.value.as_str(), "reassessment" | "retired"))
        .max_by_key(|fact| (fact.last_seen, fact.recorded_at, fact.id))?;
    THEIRS.contains(&newest.said.value.as_str()).then_some(newest)
}

/// The statuses that an approver, or whoever keeps the register, can set. What an approver decided is lifted by an approver
/// alone.
pub fn settable(as_approver: bool, is_decided: bool) -> Vec<&'static str> {
    let lifting = LIFTING.iter().filter(|_| is_decided);
    match as_approver {
        true => THEIRS.iter().chain(lifting).copied().collect(),
        false => OURS.into_iter().filter(|status| !(is_decided && LIFTING.contains(status))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::MemberId;
    use crate::register::{By, Source, Statement};
    use time::macros::datetime;
    use uuid::Uuid;

    fn set(statuses: &[&str]) -> Vec<Fact> {
        let at = datetime!(2026-03-01 12:00 UTC);
        let fact = |(n, status): (u128, &&str)| Fact {
            id: Uuid::from_u128(n),
            of_use: None,
            said: Statement::new("status", status).expect("a status"),
            taken_back: false,
            last_seen: at.date(),
            source: Source::Person { reason: None },
            recorded_at: at,
            recorded_by: By::Member(MemberId(Uuid::from_u128(1))),
        };
        (0..).zip(statuses).map(fact).collect()
    }

    #[test]
    fn a_verdict_stands_until_it_is_lifted() {
        let stands = |statuses: &[&str]| verdict(&set(statuses), None).map(|fact| fact.said.value.clone());
        assert_eq!(stands(&[]), None);
        assert_eq!(stands(&["trial", "reassessment"]), None);
        assert_eq!(stands(&["trial", "prohibited"]).as_deref(), Some("prohibited"));
        assert_eq!(stands(&["prohibited", "reassessment", "retired"]).as_deref(), Some("prohibited"));
        assert_eq!(stands(&["prohibited", "reassessment", "approved"]).as_deref(), Some("approved"));
        assert_eq!(stands(&["prohibited", "trial", "reassessment"]), None);
        assert_eq!(verdict(&set(&["approved"]), Some(UseId(Uuid::nil()))), None, "of the entry, not of a use");
    }

    #[test]
    fn an_approver_alone_lifts_it() {
        assert_eq!(settable(false, false), OURS);
        assert_eq!(settable(true, false), THEIRS);
        assert_eq!(settable(false, true), ["reassessment", "retired"]);
        assert_eq!(settable(true, true), ["approved", "restricted", "prohibited", "proposed", "trial"]);
    }
}
