//! What a policy is applied to: the engagement's profile, the questions with their answers, certificates and
//! overrides.
//!
//! The server builds an [`Input`] and serialises it; scoring reads the document back through [`Input::parse`], the
//! one door. The fields of each type stand in the order of canonical JSON, so that an input is written without sorting them.

use super::levels::Level;
use super::policy::{Policy, known_domain, known_factor, known_value, names};
use super::reading::{Fields, Place, read};
use super::refusal::{Document, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use time::{Date, Month};

time::serde::format_description!(pub(super) day, Date, "[year]-[month]-[day]");

/// Everything that a score depends on beside the policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Input {
    /// The day on which levels and certificates are judged.
    #[serde(with = "day")]
    pub as_of: Date,
    /// The vendor's certificates.
    pub certificates: Vec<Certificate>,
    /// Severities and likelihoods that an analyst has set; at most one for a domain.
    pub overrides: Vec<Override>,
    /// One value for each factor of the policy.
    pub profile: BTreeMap<String, String>,
    /// The questions of the assessment, hidden ones included.
    pub questions: Vec<Question>,
}

/// An analyst's own severity or likelihood in a domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Override {
    /// Who; never empty.
    pub by: String,
    /// One of the seven domains.
    pub domain: String,
    /// 1..5; none keeps the computed value.
    pub likelihood: Option<u8>,
    /// Why; never empty.
    pub reason: String,
    /// 1..5; none keeps the computed value.
    pub severity: Option<u8>,
}

/// How a question stands in the assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It has an answer with a value.
    Answered,
    /// Open: nothing was said.
    Unanswered,
    /// The vendor will not say.
    Declined,
    /// Open: the vendor says that it does not apply, no reviewer has agreed.
    NaClaimed,
    /// A reviewer has agreed that it does not apply.
    NaAccepted,
    /// Its conditions hide it.
    Hidden,
}

impl State {
    /// All states.
    pub const ALL: [Self; 6] =
        [Self::Answered, Self::Unanswered, Self::Declined, Self::NaClaimed, Self::NaAccepted, Self::Hidden];

    /// The state's name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Unanswered => "unanswered",
            Self::Declined => "declined",
            Self::NaClaimed => "na_claimed",
            Self::NaAccepted => "na_accepted",
            Self::Hidden => "hidden",
        }
    }

    /// Whether the vendor, or a reviewer, can still settle it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Unanswered | Self::NaClaimed)
    }
}

/// A question as far as scoring is concerned.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Question {
    /// `Claimed`, `Documented` or `Verified`, as it was when the evidence was attached or accepted.
    pub assurance: Level,
    /// The best value that the question offers, 0..1.
    pub best: f64,
    /// The controls that it is mapped to, each once.
    pub controls: Vec<String>,
    /// From when the evidence is effective, not after `as_of`; needed above `Claimed`, ignored with it.
    #[serde(with = "day::option", skip_serializing_if = "Option::is_none")]
    pub evidence_date: Option<Date>,
    /// Its id; unique in an input.
    pub id: String,
    /// How it stands.
    pub state: State,
    /// What knock-outs find it by.
    pub tags: Vec<String>,
    /// The value of the answer, 0..`best`; given exactly when answered.
    pub value: Option<f64>,
    /// 0..10; 0 is informational.
    pub weight: f64,
}

impl Question {
    /// Whether it counts in the sums: not hidden, no accepted N/A, and of some weight.
    pub fn is_applicable(&self) -> bool {
        self.weight > 0.0 && !matches!(self.state, State::Hidden | State::NaAccepted)
    }
}

/// A vendor's certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Certificate {
    /// Whether the body that issued it is accredited for it.
    pub accredited: bool,
    /// The controls that it lists: its statement of applicability.
    pub controls: Vec<String>,
    /// Whether its scope covers what is bought.
    pub in_scope: bool,
    /// The standard, spelled as in the policy.
    pub standard: String,
    /// The first day on which it is in force.
    #[serde(with = "day")]
    pub valid_from: Date,
    /// The last day on which it is in force.
    #[serde(with = "day")]
    pub valid_to: Date,
}

impl Input {
    /// Reads and checks an input document against the policy that it is to be scored by.
    ///
    /// # Errors
    /// The first fault, with its place.
    pub fn parse(json: &str, policy: &Policy) -> Result<Self, Refusal> {
        Self::checked(&read(Document::Input, json)?, policy)
    }

    /// The document as an input, if it is one.
    pub(super) fn checked(value: &Value, policy: &Policy) -> Result<Self, Refusal> {
        let place = Place::whole(Document::Input, value);
        let fields = place.object(&["as_of", "profile", "overrides", "questions", "certificates"])?;
        let as_of = date(&fields.required("as_of")?)?;
        Ok(Self {
            as_of,
            profile: profile(&fields.required("profile")?, policy)?,
            overrides: overrides(&fields)?,
            questions: questions(&fields.required("questions")?, as_of)?,
            certificates: fields.items_or_none("certificates")?.iter().map(certificate).collect::<Result<_, _>>()?,
        })
    }
}

/// A calendar day, written `2026-11-21` and in no other way.
fn date(place: &Place<'_>) -> Result<Date, Refusal> {
    let text = place.text()?;
    let parsed = || {
        let shaped = text
            .bytes()
            .enumerate()
            .all(|(n, byte)| if n == 4 || n == 7 { byte == b'-' } else { byte.is_ascii_digit() });
        if text.len() != 10 || !shaped {
            return None;
        }
        let month = Month::try_from(text[5..7].parse::<u8>().ok()?).ok()?;
        Date::from_calendar_date(text[..4].parse().ok()?, month, text[8..].parse().ok()?).ok()
    };
    parsed().ok_or_else(|| place.refuse(format!("{text:?} is no date; write it like 2026-11-21")))
}

fn profile(place: &Place<'_>, policy: &Policy) -> Result<BTreeMap<String, String>, Refusal> {
    let mut profile = BTreeMap::new();
    for (factor, member) in place.members()? {
        let values = known_factor(&policy.factors, factor, &member)?;
        let value = member.text()?;
        known_value(factor, values, value, &member)?;
        profile.insert(factor.to_owned(), value.to_owned());
    }
    match policy.factors.iter().find(|(factor, _)| !profile.contains_key(*factor)) {
        Some((factor, values)) => {
            Err(place.missing(factor, format!("the factor {factor:?} is missing; it may be {}", values.join(", "))))
        }
        None => Ok(profile),
    }
}

fn overrides(fields: &Fields<'_>) -> Result<Vec<Override>, Refusal> {
    let mut overrides: Vec<Override> = Vec::new();
    for item in fields.items_or_none("overrides")? {
        let fields = item.object(&["domain", "severity", "likelihood", "reason", "by"])?;
        let place = fields.required("domain")?;
        let domain = place.text()?.to_owned();
        known_domain(&domain, &place)?;
        if overrides.iter().any(|known| known.domain == domain) {
            return Err(place.refuse(format!("a second override for {domain:?}")));
        }
        overrides.push(Override {
            domain,
            severity: fields.not_null("severity").map(|member| one_to_five(&member)).transpose()?,
            likelihood: fields.not_null("likelihood").map(|member| one_to_five(&member)).transpose()?,
            reason: said(&fields.required("reason")?)?,
            by: said(&fields.required("by")?)?,
        });
    }
    Ok(overrides)
}

fn one_to_five(place: &Place<'_>) -> Result<u8, Refusal> {
    place.within(1.0, 5.0)?;
    // In range and whole, so nothing is lost.
    Ok(place.integer()? as u8)
}

/// A text that says something.
fn said(place: &Place<'_>) -> Result<String, Refusal> {
    match place.text()? {
        text if text.trim().is_empty() => Err(place.refuse("must not be empty: an override has a reason and a name")),
        text => Ok(text.to_owned()),
    }
}

fn questions(place: &Place<'_>, as_of: Date) -> Result<Vec<Question>, Refusal> {
    let mut ids = BTreeSet::new();
    let mut questions = Vec::new();
    for item in place.items()? {
        let fields =
            item.object(&["id", "weight", "controls", "tags", "state", "value", "best", "assurance", "evidence_date"])?;
        let id = fields.required("id")?;
        if !ids.insert(id.name()?) {
            return Err(id.refuse(format!("a second question {:?}", id.name()?)));
        }
        questions.push(question(&item, &fields, as_of)?);
    }
    Ok(questions)
}

fn question(item: &Place<'_>, fields: &Fields<'_>, as_of: Date) -> Result<Question, Refusal> {
    let state = state(&fields.required("state")?)?;
    let best = fields.given("best").map_or(Ok(1.0), |member| member.within(0.0, 1.0))?;
    let assurance = fields.given("assurance").map_or(Ok(Level::Claimed), |member| assurance(&member))?;
    Ok(Question {
        id: fields.required("id")?.name()?.to_owned(),
        weight: fields.required("weight")?.within(0.0, 10.0)?,
        controls: controls(fields)?,
        tags: fields.given("tags").map_or_else(|| Ok(Vec::new()), |list| names(&list))?,
        state,
        value: value(item, fields, state, best)?,
        best,
        assurance,
        evidence_date: evidence_date(item, fields, assurance, as_of)?,
    })
}

fn state(place: &Place<'_>) -> Result<State, Refusal> {
    let name = place.text()?;
    let known = State::ALL.map(State::name).join(", ");
    let found = State::ALL.into_iter().find(|state| state.name() == name);
    found.ok_or_else(|| place.refuse(format!("unknown state {name:?}; the states are {known}")))
}

fn assurance(place: &Place<'_>) -> Result<Level, Refusal> {
    let name = place.text()?;
    let level = Level::named(name).filter(|level| *level != Level::Certified);
    level.ok_or_else(|| {
        place.refuse(format!("unknown level {name:?} of an answer; it may be claimed, documented or verified"))
    })
}

fn controls(fields: &Fields<'_>) -> Result<Vec<String>, Refusal> {
    let mut known = BTreeSet::new();
    let mut controls = Vec::new();
    for item in fields.items_or_none("controls")? {
        let control = item.name()?;
        if !known.insert(control) {
            return Err(item.refuse(format!("the control {control:?} stands twice")));
        }
        controls.push(control.to_owned());
    }
    Ok(controls)
}

fn value(item: &Place<'_>, fields: &Fields<'_>, state: State, best: f64) -> Result<Option<f64>, Refusal> {
    let Some(member) = fields.not_null("value") else {
        return match state {
            State::Answered => Err(item.missing("value", "an answer needs its value")),
            _ => Ok(None),
        };
    };
    let value = member.within(0.0, 1.0)?;
    if state != State::Answered {
        return Err(member.refuse(format!("a value without an answer: the state is {}", state.name())));
    }
    if value > best {
        return Err(member.refuse(format!("is {value}, above the {best} that is the best of the question")));
    }
    Ok(Some(value))
}

fn evidence_date(item: &Place<'_>, fields: &Fields<'_>, level: Level, as_of: Date) -> Result<Option<Date>, Refusal> {
    let Some(member) = fields.not_null("evidence_date") else {
        return match level {
            Level::Claimed => Ok(None),
            _ => {
                Err(item
                    .missing("evidence_date", format!("an answer that is {} needs its evidence's date", level.name())))
            }
        };
    };
    let date = date(&member)?;
    if level == Level::Claimed {
        return Ok(None);
    }
    if date > as_of {
        return Err(member.refuse(format!("is {date}, after the {as_of} of the score")));
    }
    Ok(Some(date))
}

fn certificate(place: &Place<'_>) -> Result<Certificate, Refusal> {
    let fields = place.object(&["standard", "accredited", "in_scope", "valid_from", "valid_to", "controls"])?;
    Ok(Certificate {
        standard: fields.required("standard")?.name()?.to_owned(),
        accredited: fields.required("accredited")?.truth()?,
        in_scope: fields.required("in_scope")?.truth()?,
        valid_from: date(&fields.required("valid_from")?)?,
        valid_to: date(&fields.required("valid_to")?)?,
        controls: fields.given("controls").map_or_else(|| Ok(Vec::new()), |list| names(&list))?,
    })
}
