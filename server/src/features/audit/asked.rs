//! Which part of the log is asked for: by whom, what, about what, from which day to which, whence.

use crate::platform::Platform;
use crate::repo::audit::Filter;
use crate::repo::{self, BuyerScope};
use crate::web::address::truncated;
use crate::web::form::{Choice, Field, Posted};
use crate::web::query::address;
use crate::web::render::Renderer;
use domain::answer::iso_date;
use domain::problem::{Problem, Problems};
use serde::Deserialize;
use std::net::IpAddr;
use time::{Date, OffsetDateTime, Time};
use utoipa::IntoParams;
use uuid::Uuid;

/// Kinds of actors.
const ACTOR_KINDS: [&str; 4] = ["member", "contact", "token", "system"];
/// What stands before the wording of an action, and of a kind of subject.
const ACTION: &str = "audit.action.";
const SUBJECT: &str = "audit.subject.";

/// Which entries, as an address says it.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// By whom: `member`, `contact`, `token`, `system`, or the id of one of them.
    who: String,
    /// What was done: `assessment.issued`.
    what: String,
    /// To what kind of thing: `assessment`.
    kind: String,
    /// To which thing.
    subject: String,
    /// From this day on: `2026-11-21`, in UTC.
    from: String,
    /// Up to this day, itself included.
    to: String,
    /// From this address; entries hold it truncated, and so it is compared.
    address: String,
}

impl Asked {
    /// As the log is read.
    ///
    /// # Errors
    /// What cannot be meant, at its field.
    pub(super) fn filter(&self) -> Result<Filter, Problems> {
        let mut problems = Vec::new();
        let mut filter = Filter::default();
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        match text(&self.who) {
            Some(kind) if ACTOR_KINDS.contains(&kind.as_str()) => filter.actor_kind = Some(kind),
            Some(id) => match id.parse::<Uuid>() {
                Ok(id) => filter.actor = Some(id),
                Err(_) => problems.push(Problem::new("who", "unknown")),
            },
            None => {}
        }
        match text(&self.subject).map(|id| id.parse::<Uuid>()) {
            Some(Ok(id)) => filter.subject = Some(id),
            Some(Err(_)) => problems.push(Problem::new("subject", "unknown")),
            None => {}
        }
        filter.action = text(&self.what);
        filter.subject_kind = text(&self.kind);
        let mut day = |name: &str, given: &str| -> Option<Date> {
            let given = text(given)?;
            let read = iso_date::read(&given);
            read.map_err(|_| problems.push(Problem::new(name, "not-a-date").with("given", &given))).ok()
        };
        let at = |day: Date| OffsetDateTime::new_utc(day, Time::MIDNIGHT);
        filter.from = day("from", &self.from).map(at);
        filter.until = day("to", &self.to).and_then(Date::next_day).map(at);
        match text(&self.address).map(|given| as_kept(&given).ok_or(given)) {
            Some(Ok(kept)) => filter.address = Some(kept),
            Some(Err(given)) => {
                let given: String = given.chars().take(80).collect();
                problems.push(Problem::new("address", "not-an-ip-address").with("given", given));
            }
            None => {}
        }
        if problems.is_empty() { Ok(filter) } else { Err(Problems(problems)) }
    }

    /// Only entries about one thing.
    pub(super) fn about(subject: Uuid) -> Self {
        Self { subject: subject.to_string(), ..Self::default() }
    }

    /// The address of this part of the log, before a sequence where one is given.
    pub(super) fn href(&self, before: Option<i64>) -> String {
        let before = before.map(|before| before.to_string()).unwrap_or_default();
        let pairs = self.pairs().into_iter().chain([("before", before.as_str())]);
        address("/audit", pairs.filter(|(_, value)| !value.is_empty()))
    }

    fn pairs(&self) -> [(&'static str, &str); 7] {
        [
            ("who", &self.who),
            ("what", &self.what),
            ("kind", &self.kind),
            ("subject", &self.subject),
            ("from", &self.from),
            ("to", &self.to),
            ("address", &self.address),
        ]
    }

    /// The fields of the form, with what was asked and what is wrong with it.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn fields(
        &self,
        renderer: &Renderer,
        scope: BuyerScope,
        problems: Option<&Problems>,
    ) -> crate::error::Result<Fields> {
        let values = self.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let posted = match problems {
            Some(problems) => Posted::refused(renderer, Posted::fresh(values).fields, problems),
            None => Posted::fresh(values),
        };
        let field = |name: &str, kind: &'static str| Field {
            kind,
            required: true,
            ..posted.field(name, renderer.text(&format!("audit.filter.{name}"), &[]))
        };
        let choices = |name: &str, options: Vec<Choice>| Field {
            blank: Some(renderer.text(&format!("audit.filter.{name}.any"), &[])),
            options,
            ..field(name, "text")
        };
        Ok(Fields {
            who: choices("who", self.actors(&renderer.platform, renderer, scope).await?),
            what: choices("what", worded(renderer, ACTION, &self.what)),
            kind: choices("kind", worded(renderer, SUBJECT, &self.kind)),
            from: field("from", "date"),
            to: field("to", "date"),
            address: Field { hint: Some(renderer.text("audit.filter.address.hint", &[])), ..field("address", "text") },
            subject: self.subject.clone(),
        })
    }

    async fn actors(
        &self,
        platform: &Platform,
        renderer: &Renderer,
        scope: BuyerScope,
    ) -> crate::error::Result<Vec<Choice>> {
        let mut choices: Vec<Choice> = ACTOR_KINDS
            .iter()
            .map(|kind| self.choice(kind, renderer.text(&format!("audit.filter.who.{kind}"), &[])))
            .collect();
        let mut people: Vec<Choice> = repo::people::everybody(platform.db.read(), scope)
            .await?
            .into_iter()
            .map(|member| {
                self.choice(&member.id.to_string(), renderer.text("audit.actor.member", &[("name", &member.name)]))
            })
            .collect();
        people.sort_by(|a, b| a.text.cmp(&b.text));
        let tokens = repo::tokens::tokens(platform.db.read(), scope).await?.into_iter();
        choices.extend(people);
        choices.extend(tokens.map(|token| {
            self.choice(&token.id.to_string(), renderer.text("audit.actor.token", &[("name", &token.name)]))
        }));
        // Somebody else, a contact at a vendor for example, who was followed by a link.
        if !self.who.is_empty() && choices.iter().all(|choice| !choice.chosen) {
            choices.push(self.choice(&self.who, renderer.text("audit.filter.who.this", &[])));
        }
        Ok(choices)
    }

    fn choice(&self, key: &str, text: String) -> Choice {
        Choice { key: key.to_owned(), text, note: None, chosen: self.who == key }
    }
}

/// The fields of the form.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(super) struct Fields {
    pub who: Field,
    pub what: Field,
    pub kind: Field,
    pub from: Field,
    pub to: Field,
    pub address: Field,
    pub subject: String,
}

/// Everything that has wording below a key, as choices.
fn worded(renderer: &Renderer, below: &str, chosen: &str) -> Vec<Choice> {
    let names = renderer.platform.wording.keys().filter_map(|key| key.strip_prefix(below));
    let mut choices: Vec<Choice> = names
        .map(|name| Choice {
            key: name.to_owned(),
            text: renderer.text(&format!("{below}{name}"), &[]),
            note: None,
            chosen: name == chosen,
        })
        .collect();
    choices.sort_by(|a, b| (&a.text, &a.key).cmp(&(&b.text, &b.key)));
    choices
}

/// An address as entries hold it: truncated, or typed as they show it.
fn as_kept(given: &str) -> Option<String> {
    if let Ok(address) = given.parse::<IpAddr>() {
        return Some(truncated(address));
    }
    let (address, _) = given.split_once('/')?;
    Some(truncated(address.parse().ok()?)).filter(|kept| kept == given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_as_they_are_kept() {
        assert_eq!(as_kept("203.0.113.77").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(as_kept("203.0.113.0/24").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(as_kept("2001:db8:1:2::3").as_deref(), Some("2001:db8:1::/48"));
        for given in ["203.0.113.0/8", "%", "\"", "203.0.113"] {
            assert_eq!(as_kept(given), None, "{given}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_said_at_its_field() {
        let asked = Asked {
            who: "everybody".into(),
            subject: "1".into(),
            from: "2026-02-30".into(),
            to: "soon".into(),
            address: "here".into(),
            ..Asked::default()
        };
        let problems = asked.filter().expect_err("problems").0;
        let at: Vec<&str> = problems.iter().map(|problem| problem.at.as_str()).collect();
        assert_eq!(at, ["who", "subject", "from", "to", "address"]);
    }
}
