//! Who had a part in something, so that nobody judges their own work under another account.

use crate::ids::PersonId;
use crate::register::By;
use serde::{Deserialize, Serialize};

/// Somebody, or a program, that did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Party {
    /// The account that acted.
    #[serde(flatten)]
    pub by: By,
    /// The person behind it, where that is known: a contact may be a member somewhere too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
}

impl Party {
    /// An account of nobody known.
    pub fn of(by: By) -> Self {
        Self { by, person: None }
    }

    /// Whether it is a person, on whichever side.
    pub fn is_person(&self) -> bool {
        matches!(self.by, By::Member(_) | By::Contact(_))
    }

    /// Whether it acts for the organisation that asked. In its books a vendor's people are contacts.
    pub fn is_buyer(&self) -> bool {
        matches!(self.by, By::Member(_) | By::Token(_))
    }

    /// Whether both are the same account or the same person. The program is nobody, not even itself.
    pub fn is(&self, other: &Self) -> bool {
        let same_account = self.by == other.by && self.by != By::System;
        same_account || (self.person.is_some() && self.person == other.person)
    }

    /// Whether it may judge what these did: a person on the buyer's side, and none of them.
    pub fn may_judge<'a>(&self, did: impl IntoIterator<Item = &'a Self>) -> bool {
        self.is_person() && self.is_buyer() && !did.into_iter().any(|other| self.is(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ContactId, MemberId, TokenId};
    use uuid::Uuid;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn the_same_person_under_two_accounts_is_one() {
        let person = Some(PersonId(id(9)));
        let member = Party { by: By::Member(MemberId(id(1))), person };
        let contact = Party { by: By::Contact(ContactId(id(2))), person };
        let other = Party { by: By::Member(MemberId(id(3))), person: Some(PersonId(id(8))) };
        assert!(member.is(&contact));
        assert!(!member.may_judge([&contact]));
        assert!(other.may_judge([&contact, &member]));
        assert!(!contact.may_judge([]), "a vendor judges nothing");
        assert!(!Party::of(By::Token(TokenId(id(4)))).may_judge([]), "a program judges nothing");
        assert!(!Party::of(By::System).is(&Party::of(By::System)));
        assert!(member.may_judge([&Party::of(By::System)]));
    }

    #[test]
    fn each_is_kept_as_it_was() {
        let person = Some(PersonId(id(9)));
        for by in [By::Member(MemberId(id(1))), By::Contact(ContactId(id(2))), By::Token(TokenId(id(4))), By::System] {
            for party in [Party::of(by), Party { by, person }] {
                let json = serde_json::to_string(&party).expect("JSON");
                assert_eq!(serde_json::from_str::<Party>(&json).expect("a party"), party, "{json}");
            }
        }
    }
}
