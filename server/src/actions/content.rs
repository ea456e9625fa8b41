//! Templates and policies: those that come with the program, and those that an organisation publishes.

use super::{Act, Actor, Buyer};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use domain::catalogue::recognise::Aside;
use domain::catalogue::region::Regions;
use domain::catalogue::{Catalogue, Document};
use domain::classification::Rules;
use domain::crosswalk::Crosswalk;
use domain::ids::{PolicyId, TemplateId, TemplateVersionId};
use domain::judging::rules;
use domain::problem::{Problem, Problems};
use domain::questionnaire::{Authored, check};
use domain::register::ProductTable;
use domain::scoring;
use entity::{policy, template, template_version};
use rust_embed::RustEmbed;
use sea_orm::{ConnectionTrait, Set};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The content that comes with the program.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../fixtures"]
#[include = "templates/*.json"]
#[include = "policies/*.json"]
#[include = "register/*"]
#[include = "bom/own/harbour-1.6.json"]
#[include = "bom/own/reading-room.spdx3.json"]
#[include = "demo/*.json"]
#[include = "crosswalks/*.json"]
#[include = "controls.json"]
#[include = "catalogue/*.json"]
#[include = "classification/*.json"]
#[include = "judging/*.json"]
struct Shipped;

/// A file of the shipped content, by its name below `fixtures/`.
///
/// # Panics
/// When there is none: the names are constants of this program, and a test reads each.
pub fn shipped(name: &str) -> String {
    let file = Shipped::get(name).unwrap_or_else(|| panic!("fixtures/{name} is not in the binary"));
    String::from_utf8_lossy(&file.data).into_owned()
}

/// The bytes of a file of the shipped content.
///
/// # Panics
/// When there is none.
pub fn shipped_bytes(name: &str) -> Vec<u8> {
    Shipped::get(name).unwrap_or_else(|| panic!("fixtures/{name} is not in the binary")).data.into_owned()
}

/// Names of the shipped templates.
pub fn shipped_templates() -> Vec<String> {
    Shipped::iter().filter(|name| name.starts_with("templates/")).map(|name| name.to_string()).collect()
}

/// Names of the shipped crosswalks.
pub fn shipped_crosswalks() -> Vec<String> {
    Shipped::iter().filter(|name| name.starts_with("crosswalks/")).map(|name| name.to_string()).collect()
}

/// The crosswalks, by key.
pub static CROSSWALKS: LazyLock<BTreeMap<String, Crosswalk>> = LazyLock::new(|| {
    let controls = CONTROLS.ids();
    let read = |name: String| {
        let crosswalk =
            Crosswalk::read(&shipped(&name), &controls).expect("the shipped crosswalks are checked by a test");
        (crosswalk.key.clone(), crosswalk)
    };
    shipped_crosswalks().into_iter().map(read).collect()
});

/// Names of the files of the shipped catalogue, one per vendor.
pub fn shipped_catalogue() -> Vec<String> {
    let is_vendor = |name: &String| !["catalogue/regions.json", "catalogue/words.json"].contains(&name.as_str());
    let names = Shipped::iter().filter(|name| name.starts_with("catalogue/")).map(|name| name.to_string());
    names.filter(is_vendor).collect()
}

/// The AI features that stand inside bought software.
pub static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let read =
        |name: String| Document::read(&shipped(&name), &REGIONS).expect("the shipped catalogue is checked by a test");
    Catalogue::join(shipped_catalogue().into_iter().map(read).collect()).expect("a test joins the shipped files")
});

/// The rules by which a use is classified under the EU AI Act.
pub static CLASSIFICATION: LazyLock<Rules> =
    LazyLock::new(|| Rules::read(&shipped(shipped_classification())).expect("the shipped rules are checked by a test"));

/// The name of the shipped rules of classification.
pub const fn shipped_classification() -> &'static str {
    "classification/eu-ai-act.json"
}

/// The numbers among the rules of judging.
pub static JUDGING: LazyLock<rules::Rules> = LazyLock::new(|| {
    rules::Rules::read(&shipped(shipped_judging())).expect("the shipped rules of judging are checked by a test")
});

/// The name of the shipped rules of judging.
pub const fn shipped_judging() -> &'static str {
    "judging/default.json"
}

/// The regions that the catalogue tells facts apart by.
pub static REGIONS: LazyLock<Regions> = LazyLock::new(|| {
    Regions::read(&shipped("catalogue/regions.json")).expect("the shipped regions are checked by a test")
});

/// Words of licence lists that name no product.
pub static ASIDE: LazyLock<Aside> =
    LazyLock::new(|| Aside::read(&shipped("catalogue/words.json")).expect("the shipped words are checked by a test"));

/// The products whose vendor is known.
pub static PRODUCTS: LazyLock<ProductTable> = LazyLock::new(|| {
    ProductTable::from_json(&shipped("register/product-vendors.json"))
        .expect("the shipped product table is checked by a test")
});

/// Plain words for the default policy: questions for its factors, names of its domains, and the reasons for its numbers.
pub static REASONS: LazyLock<Reasons> = LazyLock::new(|| {
    serde_json::from_str(&shipped("policies/default.reasons.json")).expect("the shipped reasons are checked by a test")
});

/// The controls, groups and clauses of ISO/IEC 42001, with topics in our own words.
pub static CONTROLS: LazyLock<Controls> = LazyLock::new(|| {
    serde_json::from_str(&shipped("controls.json")).expect("the shipped controls are checked by a test")
});

/// Plain words for a policy.
#[derive(Debug, Deserialize)]
pub struct Reasons {
    /// The id of the policy that they are about.
    pub policy: String,
    /// Its version.
    pub version: u64,
    /// By factor.
    pub factors: BTreeMap<String, FactorWords>,
    /// By domain.
    pub domains: BTreeMap<String, DomainWords>,
    /// By knock-out.
    pub knock_outs: BTreeMap<String, KnockOutWords>,
    /// By band: what it means.
    pub bands: BTreeMap<String, String>,
    /// Why the assurance factors are what they are.
    pub assurance: String,
    /// Why controls never take all of the risk away.
    pub max_mitigation: String,
}

/// Plain words for a factor of the engagement's profile.
#[derive(Debug, Deserialize)]
pub struct FactorWords {
    /// What procurement is asked.
    pub question: String,
    /// Guidance.
    pub help: String,
    /// By value.
    pub values: BTreeMap<String, ValueWords>,
    /// Why it moves severity or likelihood.
    pub reason: String,
}

/// Plain words for a value of a factor.
#[derive(Debug, Deserialize)]
pub struct ValueWords {
    /// What is chosen.
    pub label: String,
    /// Guidance.
    #[serde(default)]
    pub help: Option<String>,
}

/// Plain words for a domain.
#[derive(Debug, Deserialize)]
pub struct DomainWords {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub summary: String,
    /// By control: why it has its weight.
    pub controls: BTreeMap<String, String>,
}

/// Plain words for a knock-out.
#[derive(Debug, Deserialize)]
pub struct KnockOutWords {
    /// What it is called.
    pub title: String,
    /// Why it sets a floor.
    pub reason: String,
}

/// The controls, groups and clauses of ISO/IEC 42001.
#[derive(Debug, Deserialize)]
pub struct Controls {
    /// The nine groups of Annex A.
    pub groups: Vec<Topic>,
    /// The 38 controls of Annex A.
    pub controls: Vec<Topic>,
    /// Clauses 4 to 10.
    pub clauses: Vec<Topic>,
}

impl Controls {
    /// Ids of all controls and clauses.
    pub fn ids(&self) -> Vec<String> {
        self.controls.iter().chain(&self.clauses).map(|topic| topic.id.clone()).collect()
    }
}

/// A control, group or clause.
#[derive(Debug, Deserialize)]
pub struct Topic {
    /// `A.6.2.4`.
    pub id: String,
    /// In our own words.
    pub topic: String,
}

/// Publishes the shipped templates and policy for a new organisation.
pub(super) async fn install(platform: &Platform, act: &mut Act<'_>, scope: BuyerScope) -> Result<()> {
    for file in shipped_templates() {
        // That the shipped ones are right is for a test to say, once.
        let document: Authored = serde_json::from_str(&shipped(&file))?;
        publish(platform, act, scope, Actor::System, (&document, None), None).await?;
    }
    let text = shipped("policies/default.json");
    let parsed = scoring::Policy::parse(&text).map_err(AppError::internal)?;
    let id: PolicyId = platform.clock.id();
    let row = policy::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(scope.organisation().0),
        name: Set(parsed.id.clone()),
        version: Set(i64::try_from(parsed.version).map_err(AppError::internal)?),
        sha256: Set(hex::encode(Sha256::digest(&text))),
        document: Set(text),
        published_at: Set(act.now),
    };
    repo::policies::add(act.tx(), scope, row).await?;
    let details = json!({ "name": parsed.id, "version": parsed.version });
    act.record(&scope, Actor::System, "policy.published", ("policy", id.0), &details);
    Ok(())
}

/// Publishes a template document as the next version of the organisation's template of that key.
///
/// # Errors
/// Everything that is wrong with the document.
pub async fn import_template(platform: &Platform, by: &Buyer, json: &str) -> Result<TemplateVersionId> {
    let document = check::read(json)?;
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(TemplateVersionId(made));
    }
    let id = publish(platform, &mut act, by.scope, by.actor, (&document, None), Some(by)).await?;
    act.commit().await?;
    Ok(id)
}

/// Publishes a document that was checked, with a note on what is new in it.
pub(super) async fn publish(
    platform: &Platform,
    act: &mut Act<'_>,
    scope: BuyerScope,
    actor: Actor,
    (document, note): (&Authored, Option<String>),
    by: Option<&Buyer>,
) -> Result<TemplateVersionId> {
    let template = match repo::templates::by_name(act.tx(), scope, &document.key).await? {
        Some(template) => TemplateId(template.id),
        None => {
            let id: TemplateId = platform.clock.id();
            let row = template::ActiveModel {
                id: Set(id.0),
                organisation_id: Set(scope.organisation().0),
                name: Set(document.key.clone()),
                created_at: Set(act.now),
                retired_at: Set(None),
            };
            repo::templates::add(act.tx(), scope, row).await?;
            id
        }
    };
    let versions = repo::templates::versions(act.tx(), scope, Some(template)).await?;
    let newest = versions.first().map_or(0, |version| version.number);
    let text = scoring::canonical(&serde_json::to_value(document)?);
    let sha256 = hex::encode(Sha256::digest(&text));
    if let Some(same) = versions.iter().find(|version| version.sha256 == sha256) {
        return Err(Problems::one(Problem::new("", "already-published").with("version", same.number)).into());
    }
    let id: TemplateVersionId = platform.clock.id();
    let row = template_version::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(scope.organisation().0),
        template_id: Set(template.0),
        number: Set(newest + 1),
        title: Set(document.title.read(document.written_in(), document.written_in()).to_owned()),
        question_count: Set(i64::try_from(document.questions().count()).map_err(AppError::internal)?),
        document: Set(text),
        sha256: Set(sha256.clone()),
        note: Set(note.clone()),
        published_at: Set(act.now),
    };
    repo::templates::add_version(act.tx(), scope, row).await?;
    let details = json!({ "key": document.key, "number": newest + 1, "sha256": sha256, "note": note });
    act.record(&scope, actor, "template.published", ("template_version", id.0), &details);
    if let Some(by) = by {
        act.remember(by, id.0).await?;
    }
    Ok(id)
}

/// The policy in force, with its row.
///
/// # Errors
/// When the organisation has none, which set-up prevents.
pub async fn policy_in_force(db: &impl ConnectionTrait, scope: BuyerScope) -> Result<(policy::Model, scoring::Policy)> {
    let row = repo::policies::current(db, scope).await?;
    let row = row.ok_or_else(|| AppError::internal("the organisation has no policy"))?;
    let parsed = scoring::Policy::parse(&row.document).map_err(AppError::internal)?;
    Ok((row, parsed))
}

/// The same, outside of an action.
///
/// # Errors
/// As [`policy_in_force`].
pub async fn current_policy(platform: &Platform, scope: BuyerScope) -> Result<(policy::Model, scoring::Policy)> {
    policy_in_force(platform.db.read(), scope).await
}
