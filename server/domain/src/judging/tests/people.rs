//! What concerns more than one engagement, and what an analyst sets beside a computed number.

use super::*;
use crate::ids::EngagementId;
use crate::judging::profile::{Open, Own, VendorTier, in_force, overrides, vendor_tier};
use crate::scoring::{Inherent, inherent};
use uuid::Uuid;

fn computed(tier: &str, data: &str) -> Vec<Inherent> {
    inherent(&policy(), &profile(tier, data), &[]).expect("a profile")
}

fn own(earlier: &[Own], numbers: (Option<u8>, Option<u8>)) -> Result<Own, crate::problem::Problems> {
    Own::of(&computed("high", "sensitive"), earlier, "privacy_security", numbers, ("seen it run", "Ada"))
}

#[test]
fn an_override_stands_beside_the_computed_number_and_can_be_taken_back() {
    let mut all = vec![own(&[], (Some(3), None)).expect("an override")];
    assert_eq!((all[0].beside.severity, all[0].beside.likelihood), (5, 2));
    let counting = overrides(&all);
    let with = inherent(&policy(), &profile("high", "sensitive"), &counting).expect("a profile");
    assert_eq!((with[1].severity, with[1].computed.severity, with[1].inherent), (3, 5, 24));
    assert!(!all[0].is_beside_others(&computed("high", "sensitive")));
    assert!(all[0].is_beside_others(&computed("minimal", "sensitive")), "the profile changed");
    all.push(own(&all, (None, None)).expect("taken back"));
    assert!(in_force(&all).is_empty());
    let codes = |result: Result<Own, crate::problem::Problems>| -> Vec<String> {
        result.expect_err("refused").0.into_iter().map(|problem| format!("{}: {}", problem.at, problem.code)).collect()
    };
    assert_eq!(codes(own(&all, (None, None))), ["severity: required"], "there is nothing to take back");
    assert_eq!(codes(own(&[], (Some(0), Some(6)))), ["severity: out-of-range", "likelihood: out-of-range"]);
    let nowhere = Own::of(&computed("high", "sensitive"), &[], "elsewhere", (Some(1), None), (" ", "Ada"));
    assert_eq!(codes(nowhere), ["domain: unknown", "reason: required"]);
}

#[test]
fn a_vendor_is_in_the_tier_of_its_largest_risk() {
    let id = |n| EngagementId(Uuid::from_u128(n));
    let open = |n, profile| Open { id: id(n), profile, overrides: Vec::new() };
    let policy = policy();
    assert_eq!(vendor_tier(&policy, &[]), VendorTier::NothingOpen);
    // Ordinary data: 4 * 2 * 1 = 8. High-risk over sensitive data: 40.
    let mut engagements = vec![open(1, profile("minimal", "ordinary")), open(2, profile("high", "sensitive"))];
    let tier = |band: &str, inherent, engagement, domain: &str| VendorTier::Tier {
        band: band.to_owned(),
        inherent,
        engagement: id(engagement),
        domain: domain.to_owned(),
    };
    assert_eq!(vendor_tier(&policy, &engagements), tier("high", 40, 2, "privacy_security"));
    assert_eq!(vendor_tier(&policy, &engagements[..1]), tier("low", 8, 1, "privacy_security"));
    let quiet = [open(3, profile("minimal", "none"))];
    assert_eq!(vendor_tier(&policy, &quiet), tier("low", 4, 3, "discrimination_toxicity"), "the first on a tie");
    engagements.push(open(4, BTreeMap::new()));
    let VendorTier::Unscored { missing } = vendor_tier(&policy, &engagements) else { panic!("scored") };
    assert_eq!(missing, BTreeMap::from([(id(4), vec!["ai_act_tier".to_owned(), "data".to_owned()])]));
}
