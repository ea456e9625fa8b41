//! The catalogue of AI features that stand inside bought software, as data (`fixtures/catalogue/*.json`): which vendor,
//! product and feature; what is known of it per plan, region and date; who says so.
//!
//! Nothing in it is the buyer's own knowledge. A fact names where it was read and when; a feature stays unverified until
//! a person looks at his own contract and settings.

mod adopt;
mod check;
mod compare;

pub mod recognise;
pub mod region;
mod standing;
#[cfg(test)]
mod tests;

pub use adopt::Adopted;
pub use compare::{Change, ChangedFeature, Comparison, FactKey, compare};
pub use standing::{Answer, Condition, MayBeOn, Place, Standing, Use, may_be_on};

use crate::problem::{Problem, Problems};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The value of [`Document::format`] that this program reads.
pub const FORMAT: &str = "candor-catalogue/1";

/// One file: the products of one vendor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Always [`FORMAT`].
    pub format: String,
    /// A stable name: `slack`. No other file has it.
    pub key: String,
    /// Counted up by whoever changes the file.
    pub version: u32,
    /// When this version was written, `YYYY-MM-DD`.
    pub date: String,
    /// Under which terms the file can be used.
    pub licence: String,
    /// The vendor, as the register shows it.
    pub vendor: String,
    /// What else the vendor is called, in any script.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vendor_names: Vec<String>,
    /// Where the facts were read.
    pub sources: Vec<Source>,
    /// What the vendor sells.
    pub products: Vec<Product>,
}

/// A page that says something about a feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// A name within the file.
    pub id: String,
    /// What the page is, in our own words.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Whose page it is.
    pub kind: SourceKind,
    /// When it was read, as it was stored then.
    pub read: String,
    /// The date that the page itself carries; a page without one may be older than the day on which it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated: Option<String>,
    /// What to mind about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Whose page a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// The vendor's own.
    Vendor,
    /// Somebody else's, who may be wrong about the vendor.
    ThirdParty,
}

/// A product, and the AI features in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Stable, unique in the whole catalogue.
    pub id: String,
    /// Its name today.
    pub name: String,
    /// Names that can only mean this product, as people write them in lists; compared without case, width, accents,
    /// blanks and punctuation.
    pub names: Vec<String>,
    /// Names that may mean it: common words, and names that several products share. Whoever writes them is asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ask: Vec<String>,
    /// Names that look like it and are something else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<String>,
    /// Its plans and editions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<Plan>,
    /// Never empty.
    pub features: Vec<Feature>,
}

/// A plan or edition of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Unique within the product.
    pub id: String,
    /// As the vendor calls it.
    pub name: String,
    /// What else it is called beside the product's name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

/// An AI feature of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// Stable, unique in the whole catalogue.
    pub id: String,
    /// What the vendor calls it.
    pub name: String,
    /// One of [`crate::register::KINDS`].
    pub kind: String,
    /// Whether somebody has held it against a contract and settings.
    pub status: Status,
    /// When, if somebody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_on: Option<String>,
    /// Where its facts were read unless a fact says otherwise.
    pub source: String,
    /// What is said of it.
    pub facts: Vec<Fact>,
    /// What a reader should look into, in our own words; no fact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Whether a feature's facts were verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Read in public pages only. Everything that is shipped is this.
    Unverified,
    /// Held against a contract and settings by whoever keeps the file, on the day that it says.
    Verified,
}

/// One statement about a feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// A field of the register: [`crate::register::FIELDS`].
    pub field: String,
    /// What is said.
    pub value: Value,
    /// Ids of the plans in which it holds; every plan where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<String>,
    /// Ids of the regions in which it holds; every region where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// Since when it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Until when it held, that day included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Where it was read, if elsewhere than the rest of the feature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// As of when, if not as of the source's date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// On what ground it stands.
    #[serde(default, skip_serializing_if = "is_stated")]
    pub basis: Basis,
    /// What else belongs to it: conditions, exceptions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// On what ground a fact stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The source says so.
    #[default]
    Stated,
    /// The source passes on what others say.
    Reported,
    /// Our own judgement from what the source says.
    Judged,
}

fn is_stated(basis: &Basis) -> bool {
    *basis == Basis::Stated
}

/// What a fact says: one thing or several (model vendors, sub-processors, kinds of data).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// One text.
    One(String),
    /// Several, in the source's order.
    Many(Vec<String>),
}

impl Value {
    /// The texts that it holds.
    pub fn texts(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }

    /// As one text, the way a register field shows it.
    pub fn joined(&self) -> String {
        self.texts().join("; ")
    }
}

impl Document {
    /// Reads a file and checks it by itself.
    ///
    /// # Errors
    /// Everything that is wrong with it: the place in the text where it is no catalogue at all (`not-a-catalogue`), else
    /// JSON Pointers.
    pub fn read(json: &str, regions: &region::Regions) -> Result<Self, Problems> {
        let document: Self =
            serde_json::from_str(json).map_err(|wrong| Problems::of_json("not-a-catalogue", &wrong))?;
        Problems::none_or(document.check(regions), document)
    }

    /// The source of that name.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == id)
    }

    /// Where a fact of a feature was read.
    pub fn source_of(&self, feature: &Feature, fact: &Fact) -> Option<&Source> {
        self.source(fact.source.as_deref().unwrap_or(&feature.source))
    }

    /// As of when a fact holds: what it says itself, else the date of its source, else the day on which that was read.
    pub fn as_of<'a>(&'a self, feature: &'a Feature, fact: &'a Fact) -> Option<&'a str> {
        let source = self.source_of(feature, fact)?;
        Some(fact.as_of.as_deref().or(source.dated.as_deref()).unwrap_or(&source.read))
    }
}

/// All files together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    documents: Vec<Document>,
}

/// A feature with what it belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Its file.
    pub document: &'a Document,
    /// Its product.
    pub product: &'a Product,
    /// The feature.
    pub feature: &'a Feature,
}

impl Catalogue {
    /// Joins files that were checked by themselves.
    ///
    /// # Errors
    /// `twice` where two files claim a key, a product or a feature, at `key` and the pointer within that file.
    pub fn join(documents: Vec<Document>) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut seen: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        for document in &documents {
            let products = document.products.iter().enumerate();
            let features = products.clone().flat_map(|(p, product)| {
                product.features.iter().enumerate().map(move |(f, feature)| (p, f, feature.id.as_str()))
            });
            let claims = std::iter::once(("key", document.key.as_str(), "/key".to_owned()))
                .chain(products.map(|(p, product)| ("id", product.id.as_str(), format!("/products/{p}/id"))))
                .chain(features.map(|(p, f, id)| ("id", id, format!("/products/{p}/features/{f}/id"))));
            for (what, id, at) in claims {
                if let Some(by) = seen.insert((what, id), &document.key) {
                    let at = format!("{}{at}", document.key);
                    problems.push(Problem::new(at, "twice").with("given", id).with("other", by));
                }
            }
        }
        Problems::none_or(problems, ()).map(|()| Self { documents })
    }

    /// Its files.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// Every product with its file.
    pub fn products(&self) -> impl Iterator<Item = (&Document, &Product)> {
        self.documents.iter().flat_map(|document| document.products.iter().map(move |product| (document, product)))
    }

    /// Every feature.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.products().flat_map(|(document, product)| {
            product.features.iter().map(move |feature| Entry { document, product, feature })
        })
    }

    /// The product of that id.
    pub fn product(&self, id: &str) -> Option<(&Document, &Product)> {
        self.products().find(|(_, product)| product.id == id)
    }

    /// The feature of that id.
    pub fn entry(&self, id: &str) -> Option<Entry<'_>> {
        self.entries().find(|entry| entry.feature.id == id)
    }
}
