//! Synthetic data in bulk, for load tests: the same seed gives the same vendors, components and answers.

use super::issue::{self, NewAssessment};
use super::save_answer::{OneOfMany, Said, save_many};
use super::{Act, Buyer, chase, content, enter, index, organisations, register, vendors};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::answer::Reply;
use domain::ids::{ComponentId, ContactId, OrganisationId, VendorId};
use domain::judging::tier;
use domain::questionnaire::{Choice, Document, FORMAT, Kind, Question, Section};
use domain::register::{By, FIELDS, Fact, KINDS, Source, Statement, settle};
use entity::{ai_use, component};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::IntoActiveModel;
use serde_json::json;
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};

/// Questions of a synthetic assessment.
pub const QUESTIONS: usize = 150;
/// Components that one transaction writes.
const BATCH: u64 = 1_000;

const ADJECTIVES: [&str; 16] = [
    "amber", "brisk", "clear", "distant", "early", "fair", "grey", "hidden", "ivory", "just", "keen", "level", "mild",
    "north", "open", "plain",
];
const NOUNS: [&str; 16] = [
    "harbour", "ledger", "meadow", "orchard", "pilot", "quarry", "river", "signal", "tower", "union", "valley",
    "window", "yard", "beacon", "copper", "delta",
];
const TASKS: [&str; 12] = [
    "summaries",
    "drafting",
    "search",
    "forecast",
    "translation",
    "transcription",
    "triage",
    "recommendation",
    "detection",
    "classification",
    "routing",
    "extraction",
];

/// Words that synthetic texts are made of besides those above. The word of rank r is about as frequent as 1/r, as words of
/// a language are: what is searched for is sometimes rare and sometimes everywhere.
const VOCABULARY: f64 = 5_000.0;
const SYLLABLES: [&str; 17] = [
    "ba", "cor", "del", "fen", "gra", "hol", "jun", "ka", "lim", "mor", "nes", "pol", "ra", "sil", "tan", "ver", "wyn",
];

/// A word of the synthetic vocabulary, by its rank from 0: three to five syllables.
pub fn word(rank: u64) -> String {
    let base = SYLLABLES.len() as u64;
    // Ranks that follow each other should not look alike.
    let mut rest = rank.wrapping_mul(48_271) % 1_419_857;
    let mut word = String::new();
    for _ in 0..3 + rank % 3 {
        word.push_str(SYLLABLES[usize::try_from(rest % base).unwrap_or(0)]);
        rest /= base;
    }
    word
}

fn any_word(random: &mut StdRng) -> String {
    word(VOCABULARY.powf(random.random::<f64>()) as u64 - 1)
}

/// How much of what.
#[derive(Clone, Copy, Debug)]
pub struct Amounts {
    /// Vendors.
    pub vendors: u64,
    /// Register entries.
    pub components: u64,
    /// Assessments.
    pub assessments: u64,
    /// The same number gives the same data.
    pub seed: u64,
}

/// Makes an organisation with that much in it; gives its id.
///
/// # Errors
/// When the database fails, or an organisation of the same seed is there already.
pub async fn seed(platform: &Platform, amounts: Amounts, progress: impl Fn(u64)) -> Result<OrganisationId> {
    let mut random = StdRng::seed_from_u64(amounts.seed);
    let organisation =
        organisations::found_organisation(platform, &format!("Synthetic buyer {}", amounts.seed)).await?;
    let by = Buyer::system(OrganisationId(organisation.id));
    let mut made = Vec::new();
    for n in 0..amounts.vendors.max(u64::from(amounts.assessments > 0)) {
        let name = format!("{} {} {n}", pick(&mut random, &ADJECTIVES), pick(&mut random, &NOUNS));
        let contacts = format!("Contact {n} <contact{n}@vendor{n}.example>");
        let input = vendors::VendorInput { name, contacts, ..Default::default() };
        made.push(vendors::add(platform, &by, &input).await?);
        progress(n);
    }
    components(platform, &by, amounts.components, &mut random, |done| progress(amounts.vendors + done)).await?;
    if amounts.assessments > 0 {
        assessments(platform, &by, &made, amounts.assessments, &mut random).await?;
    }
    index::rebuild(platform, |_| {}).await?;
    Ok(by.scope.organisation())
}

fn pick<'a>(random: &mut StdRng, words: &[&'a str]) -> &'a str {
    words[random.random_range(0..words.len())]
}

async fn components(
    platform: &Platform,
    by: &Buyer,
    count: u64,
    random: &mut StdRng,
    progress: impl Fn(u64),
) -> Result<()> {
    for first in (0..count).step_by(usize::try_from(BATCH).unwrap_or(1)) {
        let act = Act::begin(platform).await?;
        let (mut rows, mut facts, mut uses) = (Vec::new(), Vec::new(), Vec::new());
        for n in first..count.min(first + BATCH) {
            let (row, said) = component(platform, by, n, random, act.now);
            if n.is_multiple_of(2) {
                uses.push(use_of(platform, by, &row, random)?);
            }
            facts.extend(said.into_iter().map(|fact| (ComponentId(row.id), fact)));
            rows.push(row.into_active_model());
        }
        repo::register::add(act.tx(), by.scope, rows).await?;
        repo::register::add_facts(act.tx(), by.scope, facts).await?;
        repo::register::add_uses(act.tx(), by.scope, uses).await?;
        act.commit().await?;
        progress(first);
    }
    Ok(())
}

/// What a synthetic list says of an entry besides its texts: each a choice of the field's values.
const CHOICES: [&str; 4] = ["default_state", "trains_on_customer_data", "decision_role", "tier"];

fn component(
    platform: &Platform,
    by: &Buyer,
    n: u64,
    random: &mut StdRng,
    now: OffsetDateTime,
) -> (component::Model, Vec<Fact>) {
    let vendor = format!("{} {}", pick(random, &ADJECTIVES), pick(random, &NOUNS));
    let product = format!("{} {}", pick(random, &NOUNS), pick(random, &ADJECTIVES));
    let name = format!("{} {} {n}", pick(random, &ADJECTIVES), pick(random, &TASKS));
    let words: Vec<String> = (0..30).map(|_| any_word(random)).collect();
    let mut said = vec![
        ("name", name.clone()),
        ("vendor", vendor),
        ("product", product),
        ("purpose", format!("{} of {}", pick(random, &TASKS), words.join(" "))),
        ("residency", pick(random, &["EU", "US", "HK", "UK", "EU, US"]).to_owned()),
        ("kind", pick(random, &KINDS).to_owned()),
    ];
    for field in FIELDS.iter().filter(|field| CHOICES.contains(&field.id)) {
        said.push((field.id, pick(random, field.values).to_owned()));
    }
    let status = pick(random, &["proposed", "approved", "trial", "restricted"]).to_owned();
    let source = Source::Bom { document: "synthetic".to_owned(), sha256: String::new(), element: n.to_string() };
    let fact = |said, source| Fact {
        id: platform.clock.id(),
        of_use: None,
        said,
        taken_back: false,
        last_seen: now.date(),
        source,
        recorded_at: now,
        recorded_by: By::System,
    };
    let mut facts: Vec<Fact> = said
        .iter()
        .flat_map(|(field, text)| Statement::of_cell(field, text).unwrap_or_default())
        .map(|said| fact(said, source.clone()))
        .collect();
    facts.extend(Statement::new("status", &status).map(|said| fact(said, Source::Person { reason: None })));
    let mut row = component::Model {
        id: platform.clock.id(),
        organisation_id: by.scope.organisation().0,
        vendor_id: None,
        vendor_name: None,
        import_id: None,
        name,
        kind: String::new(),
        status,
        fields: json!({}),
        open: 0,
        withdrawn: false,
        withdrawn_at: None,
        revision: 1,
        visible: true,
        created_at: now,
        changed_at: now,
        back_at: None,
    };
    register::show(&mut row, &settle(&facts, &[], &[]));
    (row, facts)
}

/// What we use an entry for.
fn use_of(
    platform: &Platform,
    by: &Buyer,
    entry: &component::Model,
    random: &mut StdRng,
) -> Result<ai_use::ActiveModel> {
    let unit = format!("{} department", pick(random, &NOUNS));
    let mut row = ai_use::Model {
        id: platform.clock.id(),
        organisation_id: by.scope.organisation().0,
        component_id: Some(entry.id),
        import_id: None,
        place: String::new(),
        unit,
        use_case: format!("{} of {} {}", pick(random, &TASKS), any_word(random), any_word(random)),
        in_use: "yes".to_owned(),
        product: None,
        users: None,
        status: "approved".to_owned(),
        tier: None,
        classification: None,
        proposed_tier: None,
        proposed_by: register::rules_version(),
        fields: json!({}),
        revision: 1,
        visible: true,
    };
    row.proposed_tier = register::proposed_tier(entry, &row)?.map(str::to_owned);
    Ok(row.into_active_model())
}

async fn assessments(
    platform: &Platform,
    by: &Buyer,
    vendors: &[VendorId],
    count: u64,
    random: &mut StdRng,
) -> Result<()> {
    let document = serde_json::to_string(&questionnaire())?;
    let template_version = content::import_template(platform, by, &document).await?;
    for n in 0..count {
        let vendor = vendors[usize::try_from(n).unwrap_or(0) % vendors.len()];
        let (_, policy) = content::current_policy(platform, by.scope).await?;
        let mut drawn = || -> BTreeMap<String, String> {
            let mut of = |values: &Vec<String>| values[random.random_range(0..values.len())].clone();
            policy.factors.iter().map(|(factor, values)| (factor.clone(), of(values))).collect()
        };
        // Nothing is sent for a prohibited use.
        let profile =
            std::iter::repeat_with(&mut drawn).find(|profile| !tier::is_prohibited(profile)).unwrap_or_default();
        let engagement = vendors::EngagementInput {
            name: format!("Engagement {n}"),
            business_function: "Operations".to_owned(),
            owner: "Owner".to_owned(),
            owner_member: None,
            profile,
        };
        let engagement = vendors::add_engagement(platform, by, vendor, &engagement).await?;
        let contacts = repo::vendors::contacts(platform.db.read(), by.scope, vendor).await?;
        let contact = contacts.first().ok_or(AppError::NotFound)?;
        let input = NewAssessment {
            engagement,
            template_version,
            contact: ContactId(contact.id),
            due_on: platform.clock.today() + Duration::days(30),
            message: None,
        };
        let id = issue::draft_and_issue(platform, by, &input).await?;
        let link = chase::copy_link(platform, by, id).await?;
        let scope = enter::enter(platform, link.rsplit('/').next().unwrap_or_default()).await?;
        let answers = (0..QUESTIONS).map(|question| OneOfMany {
            question: format!("Q-{question}"),
            said: Said {
                reply: Some(Reply::Choice { option: pick(random, &["yes", "partial", "no"]).to_owned() }),
                comment: Some(format!("{} {}", pick(random, &ADJECTIVES), pick(random, &NOUNS))),
            },
            expected: None,
        });
        save_many(platform, scope, answers.collect()).await?;
    }
    Ok(())
}

/// A questionnaire of [`QUESTIONS`] single choices in fifteen sections.
fn questionnaire() -> Document {
    let controls = &content::CONTROLS.controls;
    let option = |id: &str, label: &str, value: f64| Choice {
        id: id.into(),
        label: label.into(),
        value: Some(value),
        unscored: false,
        exclusive: false,
        finding: None,
    };
    let question = |n: usize| Question {
        id: format!("Q-{n}"),
        text: format!(
            "Synthetic question {n}: is the {} of the {} written down?",
            TASKS[n % TASKS.len()],
            NOUNS[n % NOUNS.len()]
        ),
        kind: Kind::Single {
            options: vec![option("yes", "Yes", 1.0), option("partial", "Partly", 0.5), option("no", "No", 0.0)],
        },
        required: true,
        why: Some("It shows how pages behave with many questions.".to_owned()),
        help: None,
        weight: 1.0,
        weight_reason: None,
        controls: vec![controls[n % controls.len()].id.clone()],
        clauses: Vec::new(),
        domain: None,
        audience: Vec::new(),
        tags: Vec::new(),
        may_be_na: true,
        may_decline: true,
        evidence: None,
        show_if: None,
        poor_answer: None,
    };
    let section = |s: usize| Section {
        id: format!("S-{s}"),
        title: format!("Section {}", s + 1),
        intro: None,
        questions: (s * 10..(s + 1) * 10).map(question).collect(),
    };
    Document {
        format: FORMAT.to_owned(),
        key: "synthetic".to_owned(),
        version: 1,
        title: "Synthetic questionnaire".to_owned(),
        summary: "Questions for load tests.".to_owned(),
        languages: vec!["en".to_owned()],
        minutes: 60,
        licence: None,
        roles_question: None,
        sections: (0..QUESTIONS / 10).map(section).collect(),
    }
}
