//! A scoring policy, read and checked: what counts, how much, and where it becomes serious.

use super::canonical::canonical;
use super::levels::Level;
use super::reading::{Fields, Place, read};
use super::refusal::{Document, Refusal};
use super::{DOMAINS, domain_index};
use std::collections::{BTreeMap, BTreeSet};

const FIELDS: [&str; 12] = [
    "id",
    "version",
    "assurance",
    "evidence_valid_months",
    "max_mitigation",
    "certificate_standards",
    "bands",
    "factors",
    "severity",
    "likelihood",
    "domain_controls",
    "knock_outs",
];
const CONDITIONS: [&str; 5] = ["profile", "tag_below", "coverage_below", "inherent_at_least", "confidence_below"];

/// By domain, factor and value of the factor: what is added to a severity or a likelihood. Whole numbers; what is
/// not named is 0.
pub type Table = BTreeMap<String, BTreeMap<String, BTreeMap<String, f64>>>;

/// One version of a scoring policy. Comes only from [`Policy::parse`], so what it holds is consistent.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// The policy's name among policies.
    pub id: String,
    /// Its version, from 0.
    pub version: u64,
    /// The factor of each level, 0..1, weakest first, never falling.
    pub assurance: [f64; 4],
    /// After how many calendar months evidence falls a level; at least 1.
    pub evidence_valid_months: u64,
    /// The part of a risk that controls can take away at most; 0 or more, below 1.
    pub max_mitigation: f64,
    /// The standards whose certificates count.
    pub certificate_standards: BTreeSet<String>,
    /// The ratings, mildest first; at least one.
    pub bands: Vec<Band>,
    /// What a profile states, and the values that it may state.
    pub factors: BTreeMap<String, Vec<String>>,
    /// What each value of each factor adds to the severity in a domain.
    pub severity: Table,
    /// What each value of each factor adds to the likelihood in a domain.
    pub likelihood: Table,
    /// By domain, the controls that treat it and their weights, 0 or more.
    pub domain_controls: BTreeMap<String, BTreeMap<String, f64>>,
    /// What sets a floor under the rating, in the policy's order.
    pub knock_outs: Vec<KnockOut>,
    canonical: String,
}

/// A rating and the residual risks that it is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// The rating's name.
    pub rating: String,
    /// The residual risk at which the next band starts; none for the last band.
    pub below: Option<f64>,
}

/// A reason to rate no milder than a floor, whatever the number says.
#[derive(Clone, Debug, PartialEq)]
pub struct KnockOut {
    /// Its name among the policy's knock-outs.
    pub id: String,
    /// What must hold for it to fire.
    pub when: When,
    /// The rating that it sets at least; one of the bands'.
    pub floor: String,
}

/// The conditions of a knock-out. Those that are given must all hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct When {
    /// For each factor named, the profile's value is among those listed.
    pub profile: BTreeMap<String, Vec<String>>,
    /// Questions that bear a tag are absent, or answered below what is asked for.
    pub tag_below: Option<TagBelow>,
    /// The driver's coverage is below this.
    pub coverage_below: Option<f64>,
    /// The largest inherent risk is at least this.
    pub inherent_at_least: Option<f64>,
    /// Confidence is below this.
    pub confidence_below: Option<f64>,
}

/// Holds when no applicable question bears the tag, or one that does falls short.
#[derive(Clone, Debug, PartialEq)]
pub struct TagBelow {
    /// The tag.
    pub tag: String,
    /// A value below this falls short; 0..1.
    pub value: f64,
    /// A level below this falls short, a raise through any of the question's controls counting.
    pub assurance: Option<Level>,
}

impl Policy {
    /// Reads and checks a policy document.
    ///
    /// # Errors
    /// The first fault, with its place.
    pub fn parse(json: &str) -> Result<Self, Refusal> {
        let value = read(Document::Policy, json)?;
        let place = Place::whole(Document::Policy, &value);
        let fields = place.object(&FIELDS)?;
        let version = fields.required("version")?;
        let months = fields.required("evidence_valid_months")?;
        let mitigation = fields.required("max_mitigation")?;
        let factors = factors(&fields.required("factors")?)?;
        let bands = bands(&fields.required("bands")?)?;
        Ok(Self {
            id: fields.required("id")?.name()?.to_owned(),
            version: whole_from(&version, 0.0)?,
            assurance: assurance(&fields.required("assurance")?)?,
            evidence_valid_months: whole_from(&months, 1.0)?,
            max_mitigation: match mitigation.within(0.0, 1.0)? {
                1.0 => return Err(mitigation.refuse("must be below 1: controls never take all of the risk away")),
                part => part,
            },
            certificate_standards: names(&fields.required("certificate_standards")?)?.into_iter().collect(),
            severity: table(&fields.required("severity")?, &factors)?,
            likelihood: table(&fields.required("likelihood")?, &factors)?,
            domain_controls: domain_controls(&fields.required("domain_controls")?)?,
            knock_outs: knock_outs(&fields.required("knock_outs")?, &factors, &bands)?,
            factors,
            bands,
            canonical: canonical(&value),
        })
    }

    /// The document's canonical form (RFC 8785).
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The factor of a level, 0..1.
    pub fn assurance_of(&self, level: Level) -> f64 {
        self.assurance[level as usize]
    }

    /// How bad a rating is: its position among the bands, 0 for the mildest.
    pub fn rank(&self, rating: &str) -> Option<usize> {
        self.bands.iter().position(|band| band.rating == rating)
    }
}

/// The policy's factors for which a profile has no value that the policy knows, by code point. While there is one,
/// the engagement is unscored.
pub fn missing_factors(policy: &Policy, profile: &BTreeMap<String, String>) -> Vec<String> {
    let missing = policy
        .factors
        .iter()
        .filter(|(factor, values)| profile.get(*factor).is_none_or(|value| !values.contains(value)));
    missing.map(|(factor, _)| factor.clone()).collect()
}

/// A domain's name, which must be one of the seven.
pub(super) fn known_domain(name: &str, place: &Place<'_>) -> Result<(), Refusal> {
    match domain_index(name) {
        Some(_) => Ok(()),
        None => Err(place.refuse(format!("unknown domain {name:?}; the domains are {}", DOMAINS.join(", ")))),
    }
}

/// A value of a factor, which the policy must declare.
pub(super) fn known_value(factor: &str, values: &[String], value: &str, place: &Place<'_>) -> Result<(), Refusal> {
    if values.iter().any(|known| known == value) {
        Ok(())
    } else {
        Err(place.refuse(format!("unknown value {value:?} of the factor {factor:?}; it may be {}", values.join(", "))))
    }
}

/// The values of a factor, which the policy must declare.
pub(super) fn known_factor<'f>(
    factors: &'f BTreeMap<String, Vec<String>>,
    name: &str,
    place: &Place<'_>,
) -> Result<&'f [String], Refusal> {
    factors
        .get(name)
        .map(Vec::as_slice)
        .ok_or_else(|| place.refuse(format!("unknown factor {name:?}; the policy does not declare it")))
}

/// Non-empty texts.
pub(super) fn names(place: &Place<'_>) -> Result<Vec<String>, Refusal> {
    place.items()?.iter().map(|item| item.name().map(str::to_owned)).collect()
}

fn whole_from(place: &Place<'_>, least: f64) -> Result<u64, Refusal> {
    let number = place.integer()?;
    if number < least {
        return Err(place.refuse(format!("is {number}, must be an integer of at least {least}")));
    }
    // Saturates, which is a longer time than there are dates.
    Ok(number as u64)
}

fn assurance(place: &Place<'_>) -> Result<[f64; 4], Refusal> {
    let fields = place.object(&Level::ALL.map(Level::name))?;
    let mut factors = [0.0; 4];
    let mut least = 0.0;
    for (level, factor) in Level::ALL.into_iter().zip(&mut factors) {
        let member = fields.required(level.name())?;
        *factor = member.within(0.0, 1.0)?;
        if *factor < least {
            return Err(member
                .refuse(format!("is {factor}, lower than the {least} of the level before it; factors must not fall")));
        }
        least = *factor;
    }
    Ok(factors)
}

fn bands(place: &Place<'_>) -> Result<Vec<Band>, Refusal> {
    let items = place.items()?;
    let last = items.len().checked_sub(1).ok_or_else(|| place.refuse("must have at least one band"))?;
    let mut bands: Vec<Band> = Vec::with_capacity(items.len());
    for (n, item) in items.iter().enumerate() {
        let fields = item.object(&["rating", "below"])?;
        let name = fields.required("rating")?;
        let rating = name.name()?.to_owned();
        if bands.iter().any(|band| band.rating == rating) {
            return Err(name.refuse(format!("a second band {rating:?}")));
        }
        let below = fields.given("below");
        let below = match below {
            Some(below) if n == last => {
                return Err(below.refuse("the last band has no upper end; leave this out or add a band after it"));
            }
            Some(below) => {
                let end = below.number()?;
                if let Some(before) = bands.last().and_then(|band| band.below).filter(|before| end <= *before) {
                    return Err(below
                        .refuse(format!("is {end}, not above the {before} of the band before it; bands must ascend")));
                }
                Some(end)
            }
            None if n == last => None,
            None => return Err(item.missing("below", "only the last band may leave out where it ends")),
        };
        bands.push(Band { rating, below });
    }
    Ok(bands)
}

fn factors(place: &Place<'_>) -> Result<BTreeMap<String, Vec<String>>, Refusal> {
    let mut factors = BTreeMap::new();
    for (factor, member) in place.members()? {
        if factor.is_empty() {
            return Err(member.refuse("a factor needs a name"));
        }
        let mut values: Vec<String> = Vec::new();
        for item in member.items()? {
            let value = item.name()?;
            if values.iter().any(|known| known == value) {
                return Err(item.refuse(format!("the value {value:?} stands twice")));
            }
            values.push(value.to_owned());
        }
        if values.is_empty() {
            return Err(member.refuse("a factor needs at least one value"));
        }
        factors.insert(factor.to_owned(), values);
    }
    Ok(factors)
}

fn table(place: &Place<'_>, factors: &BTreeMap<String, Vec<String>>) -> Result<Table, Refusal> {
    let mut table = Table::new();
    for (domain, rows) in place.members()? {
        known_domain(domain, &rows)?;
        let by_factor = table.entry(domain.to_owned()).or_default();
        for (factor, entries) in rows.members()? {
            let values = known_factor(factors, factor, &entries)?;
            let by_value = by_factor.entry(factor.to_owned()).or_default();
            for (value, entry) in entries.members()? {
                known_value(factor, values, value, &entry)?;
                by_value.insert(value.to_owned(), entry.integer()?);
            }
        }
    }
    Ok(table)
}

fn domain_controls(place: &Place<'_>) -> Result<BTreeMap<String, BTreeMap<String, f64>>, Refusal> {
    let mut domains = BTreeMap::new();
    for (domain, controls) in place.members()? {
        known_domain(domain, &controls)?;
        let mut weights = BTreeMap::new();
        for (control, weight) in controls.members()? {
            if control.is_empty() {
                return Err(weight.refuse("a control needs an id"));
            }
            let number = weight.number()?;
            if number < 0.0 {
                return Err(weight.refuse(format!("is {number}, must be at least 0")));
            }
            weights.insert(control.to_owned(), number);
        }
        domains.insert(domain.to_owned(), weights);
    }
    Ok(domains)
}

fn knock_outs(
    place: &Place<'_>,
    factors: &BTreeMap<String, Vec<String>>,
    bands: &[Band],
) -> Result<Vec<KnockOut>, Refusal> {
    let mut knock_outs: Vec<KnockOut> = Vec::new();
    for item in place.items()? {
        let fields = item.object(&["id", "when", "floor"])?;
        let name = fields.required("id")?;
        let id = name.name()?.to_owned();
        if knock_outs.iter().any(|known| known.id == id) {
            return Err(name.refuse(format!("a second knock-out {id:?}")));
        }
        let floor = fields.required("floor")?;
        let rating = floor.text()?.to_owned();
        if bands.iter().all(|band| band.rating != rating) {
            return Err(floor.refuse(format!("names no band: {rating:?}")));
        }
        knock_outs.push(KnockOut { id, when: when(&fields.required("when")?, factors)?, floor: rating });
    }
    Ok(knock_outs)
}

fn when(place: &Place<'_>, factors: &BTreeMap<String, Vec<String>>) -> Result<When, Refusal> {
    let fields = place.object(&CONDITIONS)?;
    let number = |fields: &Fields<'_>, name| fields.given(name).map(|member| member.number()).transpose();
    let when = When {
        profile: fields
            .given("profile")
            .map_or_else(|| Ok(BTreeMap::new()), |member| asked_profile(&member, factors))?,
        tag_below: fields.given("tag_below").map(|member| tag_below(&member)).transpose()?,
        coverage_below: number(&fields, "coverage_below")?,
        inherent_at_least: number(&fields, "inherent_at_least")?,
        confidence_below: number(&fields, "confidence_below")?,
    };
    if when == When::default() {
        return Err(place.refuse(format!("a knock-out needs at least one condition: {}", CONDITIONS.join(", "))));
    }
    Ok(when)
}

fn asked_profile(
    place: &Place<'_>,
    factors: &BTreeMap<String, Vec<String>>,
) -> Result<BTreeMap<String, Vec<String>>, Refusal> {
    let mut asked = BTreeMap::new();
    for (factor, list) in place.members()? {
        let known = known_factor(factors, factor, &list)?;
        let mut values = Vec::new();
        for item in list.items()? {
            known_value(factor, known, item.text()?, &item)?;
            values.push(item.text()?.to_owned());
        }
        asked.insert(factor.to_owned(), values);
    }
    Ok(asked)
}

fn tag_below(place: &Place<'_>) -> Result<TagBelow, Refusal> {
    let fields = place.object(&["tag", "value", "assurance"])?;
    let level = |member: Place<'_>| {
        let name = member.text()?;
        let known = Level::ALL.map(Level::name).join(", ");
        Level::named(name).ok_or_else(|| member.refuse(format!("unknown level {name:?}; the levels are {known}")))
    };
    Ok(TagBelow {
        tag: fields.required("tag")?.name()?.to_owned(),
        value: fields.required("value")?.within(0.0, 1.0)?,
        assurance: fields.given("assurance").map(level).transpose()?,
    })
}
