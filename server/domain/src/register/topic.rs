//! What can be searched, and what each can be asked about: the fields of the register as the search knows them, and what
//! is known of vendors, assessments, answers and findings.
//!
//! The register's are built from the catalogue of fields, so that a new field can be searched, filtered by and counted
//! without new code.

use super::desk_topics;
use super::{BY_PLAN, FIELDS, Field, Shape};
use serde::{Serialize, Serializer};
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

/// What is searched: each has an index of its own, and topics of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The entries of the register.
    #[default]
    Entries,
    /// Vendors, with their contacts.
    Vendors,
    /// Assessments.
    Assessments,
    /// What vendors submitted, question by question.
    Answers,
    /// What is not as it should be, and what is done about it.
    Findings,
}

/// Something that can be asked about, by its place in the list of all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic(u16);

/// What is counted from: numbers or days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scale {
    /// Numbers as they are.
    Number,
    /// Days since 1970-01-01.
    Day,
}

/// What is known of a topic.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Its name in addresses, the query language, the API and the index.
    pub id: &'static str,
    /// Other names for it in the query language.
    pub aliases: &'static [&'static str],
    /// The values it can have, [`UNKNOWN`] among them; free text where empty.
    pub values: Vec<&'static str>,
    /// Its words are searched and highlighted.
    pub text: bool,
    /// It is counted and filtered by value.
    pub facet: bool,
    /// It is filtered by range.
    pub scale: Option<Scale>,
    /// How much a match in its words says.
    pub weight: Weight,
    /// Results are ordered by its words where they are equally good.
    pub names: bool,
    /// It is a condition of the program's own: nobody asks for it by name or sees it counted.
    pub is_hidden: bool,
    /// It adds up what hangs on all engagements of a vendor: not for whoever reads their own alone.
    pub adds_up: bool,
}

/// How much a match says, the most first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It is what one looks for.
    Most,
    /// It belongs to what one looks for.
    More,
    /// It is said somewhere.
    #[default]
    Some,
}

/// What a topic is asked by when nobody said anything of it.
pub const UNKNOWN: &str = "unknown";
/// The topics whose match says most, in this order: before all fields of the catalogue.
const FIRST: [&str; 3] = ["name", "vendor", "product"];
/// Free texts that are counted by value all the same: few values, many entries each.
const COUNTED_TEXTS: [&str; 9] =
    ["vendor", "product", "model", "model_provider", "residency", "owner", "unit", "business_function", "annex_iii"];
/// The field of a use that is called [`USES`] here: what vendors say of use cases is another one.
const USE_CASE: &str = "use_case";
/// What we use an entry for.
const USES: &str = "uses";

/// The tier that rules propose for a use and nobody confirmed.
pub const PROPOSED_TIER: &str = "proposed_tier";

const ALIASES: [(&str, &[&str]); 30] = [
    ("vendor", &["supplier"]),
    ("plan", &["edition"]),
    ("model_provider", &["provider"]),
    ("sub_processors", &["subprocessor", "subprocessors", "processor"]),
    ("sub_processor_regions", &["subprocessor_regions", "processor_region"]),
    ("default_state", &["default"]),
    ("who_can_switch_off", &["switch_off"]),
    ("trains_on_customer_data", &["trains", "training"]),
    ("trains_own_models", &["trains_own"]),
    ("trains_shared_models", &["trains_shared"]),
    ("trains_third_party_models", &["trains_third_party"]),
    ("data_categories", &["data"]),
    ("residency", &["region", "regions", "country"]),
    ("decision_role", &["role"]),
    (PROPOSED_TIER, &["proposed"]),
    ("tier", &["risk_tier", "eu_tier"]),
    ("limitations", &["limits", "limitation"]),
    ("failure_modes", &["failures", "failure_mode"]),
    ("bias_indicators", &["bias"]),
    ("deployment_boundary", &["boundary", "deployment"]),
    ("evidence_confidence", &["confidence"]),
    ("vendor_changed_on", &["vendor_changed"]),
    (USES, &["use", "used_for", USE_CASE]),
    ("unit", &["department"]),
    ("licence", &["license"]),
    ("open", &["contradictions"]),
    ("changed", &["updated"]),
    ("since", &["added", "created"]),
    ("use_count", &["uses_count"]),
    ("next_review", &["review"]),
];

/// The topics of every subject, one subject after the other.
static ALL: LazyLock<Vec<About>> = LazyLock::new(|| Subject::ALL.into_iter().flat_map(of_subject).collect());

/// Where the topics of each subject stand among all.
static PLACES: LazyLock<[Range<u16>; 5]> = LazyLock::new(|| {
    let mut from = 0;
    Subject::ALL.map(|subject| {
        let count = u16::try_from(of_subject(subject).len()).unwrap_or_default();
        from += count;
        from - count..from
    })
});

/// By subject and id.
static BY_ID: LazyLock<[HashMap<&str, Topic>; 5]> =
    LazyLock::new(|| Subject::ALL.map(|subject| subject.topics().map(|topic| (topic.id(), topic)).collect()));

fn of_subject(subject: Subject) -> Vec<About> {
    match subject {
        Subject::Entries => of_entries(),
        Subject::Vendors => desk_topics::of_vendors(),
        Subject::Assessments => desk_topics::of_assessments(),
        Subject::Answers => desk_topics::of_answers(),
        Subject::Findings => desk_topics::of_findings(),
    }
}

fn of_entries() -> Vec<About> {
    let text = |id| About {
        id,
        text: true,
        facet: COUNTED_TEXTS.contains(&id),
        weight: match id {
            "name" => Weight::Most,
            "vendor" | "product" => Weight::More,
            _ => Weight::Some,
        },
        names: id == "name",
        ..About::default()
    };
    let scaled = |id, scale| About { id, scale: Some(scale), ..About::default() };
    let of_field = |field: &Field| match field.shape {
        Shape::Text => Some(text(field.id)),
        Shape::Date => Some(scaled(field.id, Scale::Day)),
        Shape::Choice => {
            let mut values = field.values.to_vec();
            let more = [(BY_PLAN, field.varies), (UNKNOWN, true)];
            values.extend(
                more.into_iter().filter(|(more, may)| *may && !field.values.contains(more)).map(|(more, _)| more),
            );
            Some(About { id: field.id, values, facet: true, ..About::default() })
        }
        // The name of another entry is found where that entry is.
        Shape::Reference => None,
    };
    let of_catalogue = FIELDS.iter().filter(|field| !FIRST.contains(&field.id) && field.id != USE_CASE);
    let mut all: Vec<About> = FIRST.map(text).into_iter().chain(of_catalogue.filter_map(of_field)).collect();
    // What is known of an entry beside its fields.
    all.push(text(USES));
    let values = vec!["unacceptable", "high", "limited", "minimal", UNKNOWN];
    all.push(About { id: PROPOSED_TIER, values, facet: true, ..About::default() });
    all.extend(["use_count", "open"].map(|id| scaled(id, Scale::Number)));
    all.extend(["changed", "since"].map(|id| scaled(id, Scale::Day)));
    for about in &mut all {
        about.aliases = ALIASES.iter().find(|(id, _)| *id == about.id).map_or(&[], |(_, aliases)| *aliases);
    }
    all
}

impl Subject {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Entries, Self::Vendors, Self::Assessments, Self::Answers, Self::Findings];

    /// Its name in addresses and in the names of indexes.
    pub fn id(self) -> &'static str {
        match self {
            Self::Entries => "register",
            Self::Vendors => "vendors",
            Self::Assessments => "assessments",
            Self::Answers => "answers",
            Self::Findings => "findings",
        }
    }

    /// What is found is a part of a thing, not the whole: an answer of an assessment.
    pub fn has_parts(self) -> bool {
        self == Self::Answers
    }

    /// All its topics, those whose match says most first.
    pub fn topics(self) -> impl ExactSizeIterator<Item = Topic> + Clone {
        PLACES[self as usize].clone().map(Topic)
    }

    /// The topics that it is counted by, in the order in which they are shown; hidden ones too.
    pub fn facets(self) -> impl Iterator<Item = Topic> + Clone {
        self.topics().filter(|topic| topic.about().facet)
    }

    /// The topic of that id.
    pub fn topic(self, id: &str) -> Option<Topic> {
        BY_ID[self as usize].get(id).copied()
    }

    /// The topic that a query calls so: by id or another name, case, hyphens and underscores aside.
    pub fn called(self, name: &str) -> Option<Topic> {
        let plain = |name: &str| name.to_lowercase().replace(['-', '_'], "");
        let name = plain(name);
        let is_called = |topic: &Topic| {
            let about = topic.about();
            // Values that are counted, and neither words nor fixed, are chosen from a list.
            let is_asked = about.text || about.scale.is_some() || !about.values.is_empty();
            is_asked && (plain(about.id) == name || about.aliases.iter().any(|alias| plain(alias) == name))
        };
        self.topics().find(is_called)
    }
}

/// Those of the register's entries, where nothing else is said.
impl Topic {
    /// What the component is called.
    pub const NAME: Self = Self(0);
    /// Who supplies it.
    pub const VENDOR: Self = Self(1);
    /// The product it is part of.
    pub const PRODUCT: Self = Self(2);

    /// All topics of an entry, those whose match says most first.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        Subject::Entries.topics()
    }

    /// The topics that entries are counted by, in the order in which they are shown.
    pub fn facets() -> impl Iterator<Item = Self> + Clone {
        Subject::Entries.facets()
    }

    /// The topic of an entry of that id.
    pub fn of(id: &str) -> Option<Self> {
        Subject::Entries.topic(id)
    }

    /// The topic of an entry that a query calls so.
    pub fn called(name: &str) -> Option<Self> {
        Subject::Entries.called(name)
    }

    /// What is known of it.
    pub fn about(self) -> &'static About {
        &ALL[usize::from(self.0)]
    }

    /// Its id.
    pub fn id(self) -> &'static str {
        self.about().id
    }

    /// Its place among the topics of all subjects; entries come first.
    pub fn place(self) -> usize {
        usize::from(self.0)
    }
}

impl fmt::Debug for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for Topic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}
