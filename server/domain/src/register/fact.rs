//! What a source says of an entry: statements, facts, and what people recorded about them.

use super::field::{Field, MAX_ELEMENT, elements};
use super::fold::folded;
use crate::answer::iso_date;
use crate::ids::{AssessmentId, ContactId, EngagementId, EvidenceId, ImportId, MemberId, TokenId, UseId};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// How sure the source is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Guessed, derived, or told by a third party.
    Uncertain,
    /// Stated with reserve.
    Likely,
    /// Stated plainly.
    #[default]
    Certain,
}

impl Certainty {
    /// All of them, the surest first.
    pub const ALL: [Self; 3] = [Self::Certain, Self::Likely, Self::Uncertain];

    /// Its name in the database, the API and wording.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Uncertain => "uncertain",
        }
    }

    /// The certainty of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

/// Where a statement comes from, exactly enough to look it up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// A person who acts for the organisation, by hand.
    Person {
        /// Why, or how they know.
        reason: Option<String>,
    },
    /// A file beside an answer, or one that a person names.
    Evidence {
        /// The file, where we hold it.
        evidence: Option<EvidenceId>,
        /// What it is called.
        title: String,
        /// Page, section or address within it.
        place: Option<String>,
    },
    /// A vendor's answer.
    Answer {
        /// What the vendor is engaged for: a later assessment of the same engagement speaks for the same source.
        engagement: EngagementId,
        /// The assessment.
        assessment: AssessmentId,
        /// The question's id.
        question: String,
        /// Which submission, from 1.
        round: i64,
        /// The row of the answered table, from 1.
        row: Option<usize>,
    },
    /// A bill of materials.
    Bom {
        /// What the document is known by in all its versions: its serial number, or its name.
        document: String,
        /// SHA-256 of the file that was read.
        sha256: String,
        /// The element: its `bom-ref`, `spdxId` or JSON Pointer.
        element: String,
    },
    /// A cell of an imported list.
    Import {
        /// The import.
        import: ImportId,
        /// What the list is known by when it is imported again: its name.
        list: String,
        /// `Sheet!B17`.
        cell: String,
    },
    /// The catalogue of embedded features that comes with the program.
    Catalogue {
        /// The entry's id.
        entry: String,
        /// The page that says so.
        url: Option<String>,
    },
}

/// What the table of products is called as the source of a vendor's name.
pub const PRODUCT_TABLE: &str = "table-of-products";

impl Source {
    /// Its kind's name in the database, the API and wording.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Person { .. } => "person",
            Self::Evidence { .. } => "evidence",
            Self::Answer { .. } => "answer",
            Self::Bom { .. } => "bom",
            Self::Import { .. } => "import",
            Self::Catalogue { .. } => "catalogue",
        }
    }

    /// Whether it is the table of products.
    pub(super) fn is_product_table(&self) -> bool {
        matches!(self, Self::Catalogue { entry, .. } if entry == PRODUCT_TABLE)
    }

    /// What makes two sources the same: a newer statement of one replaces its older one. All persons are one source, for
    /// whoever edits by hand sees what stands and means to replace it.
    pub fn key(&self) -> String {
        match self {
            Self::Person { .. } => "person".to_owned(),
            Self::Evidence { evidence: Some(evidence), .. } => format!("evidence:{evidence}"),
            Self::Evidence { title, .. } => format!("evidence:{}", folded(title)),
            Self::Answer { engagement, question, .. } => format!("answer:{engagement}:{question}"),
            Self::Bom { document, .. } => format!("bom:{document}"),
            Self::Import { list, .. } => format!("import:{}", folded(list)),
            Self::Catalogue { entry, .. } => format!("catalogue:{entry}"),
        }
    }

    /// Who speaks, as an entry is left out by one: its key, but that all pages about a feature of the catalogue are one.
    pub fn speaker(&self) -> String {
        match self {
            Self::Catalogue { entry, .. } => format!("catalogue:{}", entry.split('/').next().unwrap_or(entry)),
            other => other.key(),
        }
    }

    /// Which kind is believed when nothing else decides; higher is believed.
    pub(super) const fn weight(&self) -> u8 {
        match self {
            Self::Person { .. } => 5,
            Self::Evidence { .. } => 4,
            Self::Answer { .. } => 3,
            Self::Bom { .. } => 2,
            Self::Import { .. } => 1,
            Self::Catalogue { .. } => 0,
        }
    }
}

/// Who recorded something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum By {
    /// A person of the organisation.
    Member(MemberId),
    /// A program with a token of the organisation.
    Token(TokenId),
    /// A person at a vendor.
    Contact(ContactId),
    /// The program itself.
    System,
}

/// What a source says: a value of a field, perhaps for one plan or one region only. Read a document into these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Of what.
    pub field: &'static Field,
    /// For this plan only; for all where none is named.
    pub plan: Option<String>,
    /// For this region only; for all where none is named.
    pub region: Option<String>,
    /// One value, or one element of a list, as [`Field::read`] gives it.
    pub value: String,
    /// From when on it is so, as far as the source says.
    pub as_of: Option<Date>,
    /// How sure the source is.
    pub certainty: Certainty,
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Field {}

impl Statement {
    /// That a field has one value (a list: that it has this element), for all plans and regions, plainly stated.
    ///
    /// # Errors
    /// `not-a-register-field` at `field`; or what [`Field::read`] refuses.
    pub fn new(field: &str, value: &str) -> Result<Self, Problem> {
        let field = Field::named(field).ok_or_else(|| Problem::new(field, "not-a-register-field"))?;
        let value = field.read(value)?;
        Ok(Self { field, plan: None, region: None, value, as_of: None, certainty: Certainty::Certain })
    }

    /// What a cell says: one statement, or, for a list, one per element ([`elements`]).
    ///
    /// # Errors
    /// As [`Statement::new`].
    pub fn of_cell(field: &str, cell: &str) -> Result<Vec<Self>, Problem> {
        match Field::named(field) {
            Some(list) if list.several => elements(cell).iter().map(|element| Self::new(field, element)).collect(),
            _ => Ok(vec![Self::new(field, cell)?]),
        }
    }

    /// The same, for one plan and one region only; blanks name none.
    ///
    /// # Errors
    /// `does-not-vary` at the field when it is one that does not differ by plan and region; `too-long` at `plan` or
    /// `region`.
    pub fn only_for(mut self, plan: &str, region: &str) -> Result<Self, Problem> {
        let read = |at: &str, text: &str| -> Result<Option<String>, Problem> {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if text.chars().count() > MAX_ELEMENT {
                return Err(Problem::new(at, "too-long").with("most", MAX_ELEMENT));
            }
            Ok((!text.is_empty()).then_some(text))
        };
        self.plan = read("plan", plan)?;
        self.region = read("region", region)?;
        if !self.field.varies && (self.plan.is_some() || self.region.is_some()) {
            return Err(Problem::new(self.field.id, "does-not-vary"));
        }
        Ok(self)
    }

    /// The same, so from that day on.
    #[must_use]
    pub fn as_of(mut self, day: Date) -> Self {
        self.as_of = Some(day);
        self
    }

    /// The same, as sure as that.
    #[must_use]
    pub fn with_certainty(mut self, certainty: Certainty) -> Self {
        self.certainty = certainty;
        self
    }

    /// What it speaks of.
    pub fn slot(&self, of_use: Option<UseId>) -> Slot {
        Slot {
            of_use,
            field: self.field.id,
            plan: self.plan.as_deref().map(folded),
            region: self.region.as_deref().map(folded),
            element: self.field.several.then(|| self.field.compared(&self.value)),
        }
    }
}

/// What statements compete for: a field of an entry or of a use, for a plan and a region; for a list, one element.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// The use that is spoken of; the entry itself where none.
    pub of_use: Option<UseId>,
    /// The field's id.
    pub field: &'static str,
    /// Folded.
    pub plan: Option<String>,
    /// Folded.
    pub region: Option<String>,
    /// Of a list: the element, as [`Field::compared`] gives it.
    pub element: Option<String>,
}

impl Slot {
    /// The same without the element: the whole list.
    pub fn whole(&self) -> Self {
        Self { element: None, ..self.clone() }
    }
}

/// A statement as it was recorded. Facts are never changed and never removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its id.
    pub id: Uuid,
    /// The use that it speaks of; the entry itself where none.
    pub of_use: Option<UseId>,
    /// What is said.
    pub said: Statement,
    /// The source no longer says so: from here on it says nothing about the slot.
    pub taken_back: bool,
    /// When the source was last seen saying so: the day of the document or of the answer.
    pub last_seen: Date,
    /// Where it comes from.
    pub source: Source,
    /// When it was recorded.
    pub recorded_at: OffsetDateTime,
    /// Who recorded it.
    pub recorded_by: By,
}

impl Fact {
    /// What it speaks of.
    pub fn slot(&self) -> Slot {
        self.said.slot(self.of_use)
    }

    /// From when on it is so; the day it was seen where the source names no other.
    pub fn as_of(&self) -> Date {
        self.said.as_of.unwrap_or(self.last_seen)
    }
}

/// A person chose between statements. Never changed and never removed; a newer choice replaces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its id.
    pub id: Uuid,
    /// What was chosen for.
    pub slot: Slot,
    /// The fact that holds; none of them where absent.
    pub fact: Option<Uuid>,
    /// The facts that stood then, the chosen one included: the choice was made with these in view.
    pub facing: Vec<Uuid>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: OffsetDateTime,
    /// Who.
    pub by: By,
}

/// A person checked a fact against something. Never changed and never removed; a newer check replaces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its id.
    pub id: Uuid,
    /// The fact.
    pub fact: Uuid,
    /// It was found to hold; `false` takes an earlier check back.
    pub holds: bool,
    /// Against what.
    pub note: String,
    /// When.
    pub at: OffsetDateTime,
    /// Who.
    pub by: By,
}

/// A day as facts keep it.
///
/// # Errors
/// `not-a-date` at `at`, `in-the-future` when it is after today.
pub fn day(at: &str, text: &str, today: Date) -> Result<Date, Problem> {
    let day = iso_date::read(text.trim()).map_err(|_| Problem::new(at, "not-a-date"))?;
    if day > today { Err(Problem::new(at, "in-the-future")) } else { Ok(day) }
}
