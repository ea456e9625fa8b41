//! The tier of the EU AI Act that a use of an AI system falls into, proposed by rules that are data
//! (`fixtures/classification/*.json`), each with its reason and article.
//!
//! Never final: a proposal says what it rests on, how sure that is and what one would have to know, and a person confirms
//! it. A use that an entry of Annex III names is proposed as high-risk until the documented ground of Art. 6(3) is there,
//! and always where people are profiled.

mod check;
mod condition;
#[cfg(test)]
mod tests;
mod words;

pub use condition::{Condition, Truth};
pub use words::Words;

use self::condition::{Reader, Weighed};
use crate::problem::Problems;
use crate::questionnaire::Text;
use crate::register::Certainty;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The value of [`Rules::format`] that this program reads.
pub const FORMAT: &str = "candor-classification/1";

/// What is known of an entry and of its use: the id of a fact to what is said. Lists are one text each, joined or apart.
pub type Facts = BTreeMap<String, Vec<String>>;

/// A tier. The order is from the strictest down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// A practice that Art. 5 prohibits.
    Prohibited,
    /// High-risk by Art. 6.
    High,
    /// Duties to tell people, Art. 50.
    Limited,
    /// No duty but AI literacy.
    Minimal,
    /// The Act does not apply.
    OutOfScope,
    /// Too little is known.
    Unknown,
}

impl Tier {
    /// Its value in the register's field `tier`; what the Act does not reach has none of its own there.
    pub fn register_value(self) -> &'static str {
        match self {
            Self::Prohibited => "unacceptable",
            Self::High => "high",
            Self::Limited => "limited",
            Self::Minimal => "minimal",
            Self::OutOfScope | Self::Unknown => "unknown",
        }
    }

    /// The tier of that value in the register.
    pub fn of_register(value: &str) -> Self {
        let known = [Self::Prohibited, Self::High, Self::Limited, Self::Minimal];
        known.into_iter().find(|tier| tier.register_value() == value).unwrap_or(Self::Unknown)
    }
}

/// A file of rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Always [`FORMAT`].
    pub format: String,
    /// A stable name: `eu-ai-act`.
    pub key: String,
    /// Counted up by whoever changes the file.
    pub version: u32,
    /// When this version was written.
    pub date: String,
    /// What is classified by.
    pub title: Text,
    /// Which edition of it, and where it was read.
    pub source: String,
    /// Under which terms the file can be used, and what it does not claim.
    pub licence_note: String,
    /// Facts in whose text words are looked for.
    pub texts: Vec<String>,
    /// What can be asked about, beside the register's fields.
    pub facts: Vec<Question>,
    /// Words that stand for a fact.
    pub words: Vec<Words>,
    /// What takes a use out of the Act altogether; only what a person states, never words.
    pub out_of_scope: Vec<Exit>,
    /// In the order in which they are read.
    pub rules: Vec<Rule>,
    /// What shows that people are touched: then silence of the rules does not mean that nothing is at stake.
    pub people: Condition,
    /// The four grounds of Art. 6(3).
    pub ways_out: Vec<Ground>,
    /// When what applies.
    pub dates: Vec<Applies>,
}

/// A yes-or-no fact that the register has no field for, as a person is asked about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its id.
    pub id: String,
    /// The question.
    pub question: Text,
}

/// A reason for which the Act does not apply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exit {
    /// The fact.
    pub fact: String,
    /// What it has to be: `yes` or `no`.
    pub is: String,
    /// The article.
    pub article: String,
    /// In our own words.
    pub reason: Text,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Unique in the file.
    pub id: String,
    /// What it proposes; nothing where it only adds duties.
    pub tier: Option<Tier>,
    /// The point of Annex III, or the product law of Annex I.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// The article that it rests on.
    pub article: String,
    /// What is classified so.
    pub title: Text,
    /// Why.
    pub reason: Text,
    /// What has to be there for the rule to be thought of.
    pub trigger: Condition,
    /// What has to hold beside it; what is not known is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// What takes it away again; what is not known is asked for, and takes nothing away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<Unless>,
    /// Whether Art. 6(3) can take it out.
    #[serde(default)]
    pub way_out: bool,
    /// A key of [`Rules::dates`].
    pub applies: String,
}

/// An exception to a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unless {
    /// When.
    pub is: Condition,
    /// Why.
    pub reason: Text,
}

/// A ground of Art. 6(3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// `6(3)(a)`.
    pub id: String,
    /// What shows it.
    pub is: Condition,
    /// In our own words.
    pub title: Text,
}

/// When something applies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applies {
    /// What rules name it by.
    pub key: String,
    /// Since when, for what is new.
    pub from: String,
    /// Since when for what was there before, if later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub existing_from: Option<String>,
    /// The article or act that says so.
    pub basis: String,
    /// Where that was read.
    pub source: String,
    /// As of when.
    pub as_of: String,
    /// What is disputed or else to be minded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a person is shown, to confirm or to correct.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Classification<'a> {
    /// The strictest tier that is proposed.
    pub tier: Tier,
    /// How sure that is.
    pub certainty: Certainty,
    /// All that is proposed, the strictest first.
    pub proposals: Vec<Proposal<'a>>,
    /// What was thought of and is not proposed, with the reason.
    pub set_aside: Vec<SetAside<'a>>,
    /// Facts that would settle what is open; ids of [`Rules::facts`] or of fields of the register.
    pub missing: BTreeSet<&'a str>,
    /// Why the Act does not apply, where somebody stated so.
    pub exit: Option<&'a Exit>,
}

/// A rule that speaks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proposal<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Its tier, or what Art. 6(3) leaves of it; none for a rule that only adds duties.
    pub tier: Option<Tier>,
    /// Certain where people stated all of it, likely where words say it, uncertain where something is open.
    pub certainty: Certainty,
    /// What it rests on.
    pub evidence: Vec<Evidence<'a>>,
    /// What is open.
    pub missing: BTreeSet<&'a str>,
    /// What Art. 6(3) has to do with it.
    pub way_out: Option<WayOut<'a>>,
    /// When it applies.
    pub applies: Option<&'a Applies>,
}

/// A fact, or words in one, that a proposal rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Evidence<'a> {
    /// The fact's id.
    pub fact: &'a str,
    /// What it says, or the words found in it.
    pub says: String,
    /// Whether somebody stated just that, or words stand for it.
    pub is_stated: bool,
}

/// What Art. 6(3) has to do with a high-risk proposal.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WayOut<'a> {
    /// It profiles people: no way out.
    Barred,
    /// A ground may be there; the assessment has to be written and what is missing be known. High-risk until then.
    Possible {
        /// Which.
        grounds: Vec<&'a Ground>,
        /// What has to be known, or be done.
        missing: BTreeSet<&'a str>,
    },
    /// It is documented: not high-risk, and to be registered (Art. 6(4), 49(2)).
    Taken {
        /// Which.
        grounds: Vec<&'a Ground>,
    },
}

/// A rule that was thought of and does not speak.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SetAside<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// The exception; none where what it asks for is not there.
    pub because: Option<&'a Text>,
}

/// Whether it profiles people.
const PROFILING: &str = "profiling";
/// Whether it materially influences the decision.
const INFLUENCE: &str = "materially_influences";
/// Whether the assessment of Art. 6(4) is written.
const DOCUMENTED: &str = "derogation_documented";
/// Whether it judges people in any way.
const EVALUATES: &str = "evaluates_people";
/// The register's field for its part in decisions.
const DECISION: &str = "decision_role";
/// What a text about the use is.
const PURPOSE: &str = "purpose";
/// Words that a description has at least, so that their silence says something.
const ENOUGH: usize = 3;

impl Rules {
    /// Reads a file and checks it.
    ///
    /// # Errors
    /// Everything that is wrong: the place in the text where it is no file of rules (`not-rules`), else JSON Pointers.
    pub fn read(json: &str) -> Result<Self, Problems> {
        let rules: Self = serde_json::from_str(json).map_err(|wrong| Problems::of_json("not-rules", &wrong))?;
        Problems::none_or(rules.check(), rules)
    }

    /// Proposes tiers for a use, from what is known of it.
    pub fn classify<'a>(&'a self, facts: &'a Facts) -> Classification<'a> {
        let reader = Reader::new(self, facts);
        let exit = self.out_of_scope.iter().find(|exit| reader.stated(&exit.fact) == Some(exit.is.as_str()));
        let (mut proposals, mut set_aside) = (Vec::new(), Vec::new());
        for rule in &self.rules {
            match self.weigh(rule, &reader) {
                Some(Ok(proposal)) => proposals.push(proposal),
                Some(Err(aside)) => set_aside.push(aside),
                None => {}
            }
        }
        proposals.sort_by_key(|proposal| proposal.tier.unwrap_or(Tier::Unknown));
        let strictest = proposals.iter().filter_map(|proposal| Some((proposal.tier?, proposal.certainty)));
        let tier = strictest.clone().map(|(tier, _)| tier).min();
        let of_tier = |tier| strictest.clone().filter(|(of, _)| *of == tier).map(|(_, certainty)| certainty).max();
        let mut missing: BTreeSet<&str> =
            proposals.iter().flat_map(|proposal| proposal.missing.iter().copied()).collect();
        let (tier, certainty) = match (exit, tier) {
            (Some(_), _) => (Tier::OutOfScope, Certainty::Certain),
            (None, Some(tier)) => (tier, of_tier(tier).unwrap_or_default()),
            (None, None) => {
                let (tier, certainty, open) =
                    self.silence(&reader, set_aside.iter().any(|aside| aside.because.is_some()));
                missing.extend(open);
                (tier, certainty)
            }
        };
        Classification { tier, certainty, proposals, set_aside, missing, exit }
    }

    /// What it means that no rule speaks. Words are easily missed: where people are touched, that is no answer until
    /// somebody says that it does not judge them, or an exception was what silenced a rule.
    fn silence<'a>(&'a self, reader: &Reader<'a>, is_excepted: bool) -> (Tier, Certainty, Vec<&'a str>) {
        if reader.described() < ENOUGH {
            return (Tier::Unknown, Certainty::Uncertain, vec![PURPOSE]);
        }
        let is_said = |id: &&str| !matches!(reader.stated(id), None | Some("unknown"));
        let open: Vec<&str> = [EVALUATES, DECISION].into_iter().filter(|id| !is_said(id)).collect();
        let judges_nobody = reader.stated(EVALUATES) == Some("no");
        let touches = reader.weigh(&self.people).truth == Truth::Yes || reader.stated("affected_people").is_some();
        match reader.stated(DECISION) {
            _ if touches && !judges_nobody && !is_excepted => (Tier::Unknown, Certainty::Uncertain, open),
            Some("informs") => (Tier::Minimal, Certainty::Likely, open),
            _ if judges_nobody => (Tier::Minimal, Certainty::Likely, open),
            _ => (Tier::Minimal, Certainty::Uncertain, open),
        }
    }

    fn weigh<'a>(&'a self, rule: &'a Rule, reader: &Reader<'a>) -> Option<Result<Proposal<'a>, SetAside<'a>>> {
        let trigger = reader.weigh(&rule.trigger);
        if trigger.truth != Truth::Yes {
            return None;
        }
        let mut all = trigger;
        let aside = |because| Some(Err(SetAside { rule, because }));
        if let Some(when) = &rule.when {
            let when = reader.weigh(when);
            if when.truth == Truth::No {
                return aside(None);
            }
            all = all.and(when);
        }
        for unless in &rule.unless {
            let exception = reader.weigh(&unless.is);
            match exception.truth {
                Truth::Yes => return aside(Some(&unless.reason)),
                Truth::Unknown => all = all.and(Weighed { evidence: BTreeSet::new(), ..exception }),
                Truth::No => {}
            }
        }
        let way_out = if rule.way_out { self.way_out(reader) } else { None };
        let mut missing = all.missing;
        let tier = match &way_out {
            Some(WayOut::Taken { .. }) => Some(Tier::Minimal),
            Some(WayOut::Possible { missing: open, .. }) => {
                missing.extend(open.iter().copied());
                rule.tier
            }
            _ => rule.tier,
        };
        let certainty = match all.truth {
            Truth::Yes if all.evidence.iter().all(|evidence| evidence.is_stated) => Certainty::Certain,
            Truth::Yes => Certainty::Likely,
            _ => Certainty::Uncertain,
        };
        let applies = self.dates.iter().find(|date| date.key == rule.applies);
        let evidence = all.evidence.into_iter().collect();
        Some(Ok(Proposal { rule, tier, certainty, evidence, missing, way_out, applies }))
    }

    /// Art. 6(3): no material influence **and** one of four grounds, written down, and never where it profiles people.
    fn way_out<'a>(&'a self, reader: &Reader<'a>) -> Option<WayOut<'a>> {
        let profiling = reader.yes_or_no(PROFILING);
        if profiling.truth == Truth::Yes {
            return Some(WayOut::Barred);
        }
        let influences = match (reader.yes_or_no(INFLUENCE).truth, reader.stated(DECISION)) {
            (Truth::Unknown, Some("decides" | "recommends")) => Truth::Yes,
            (known, _) => known,
        };
        let grounds: Vec<&Ground> =
            self.ways_out.iter().filter(|ground| reader.weigh(&ground.is).truth == Truth::Yes).collect();
        if grounds.is_empty() || influences == Truth::Yes {
            return None;
        }
        // Words may suggest a way out; only what somebody stated takes it.
        let is_stated = grounds.iter().any(|ground| reader.weigh(&ground.is).evidence.iter().any(|e| e.is_stated));
        let known = [
            (PROFILING, profiling.truth == Truth::No && reader.stated(PROFILING).is_some()),
            (INFLUENCE, influences == Truth::No),
            (DOCUMENTED, reader.stated(DOCUMENTED) == Some("yes")),
        ];
        let missing: BTreeSet<&str> = known.into_iter().filter(|(_, is_known)| !is_known).map(|(id, _)| id).collect();
        if missing.is_empty() && is_stated {
            return Some(WayOut::Taken { grounds });
        }
        Some(WayOut::Possible { grounds, missing })
    }
}
