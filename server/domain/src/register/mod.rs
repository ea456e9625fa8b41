//! The supplier AI register: what can be said of an entry, which of it holds, and how rows become entries.

pub mod columns;
pub mod declared;
mod desk_topics;
pub mod fact;
pub mod field;
pub mod fold;
pub mod import;
pub mod list;
pub mod products;
pub mod query;
pub mod reconcile;
pub mod rejoin;
pub mod restate;
pub mod settle;
mod similar;
pub mod topic;
mod verdict;

pub use declared::{Declaration, Declared, Key, Stated, declared};
pub use desk_topics::{ORIGINS, OWNED_BY, RATING, STANDS};
pub use fact::{By, Certainty, Check, Choice, Fact, PRODUCT_TABLE, Slot, Source, Statement};
pub use field::{BY_PLAN, FIELDS, Field, Group, RELATIONS, STATUSES, Shape, elements};
pub use import::{InUse, Use, UseColumn, UseColumns, recognise_columns, recognise_columns_with, use_row};
pub use list::{LIST_COLUMNS, Line, ListColumns, ListRow, list_row, recognise_list};
pub use products::{Identity, Naming, Product, ProductTable, Proposal, Separator, separators, split};
pub use query::{Bounds, Item, Query, Sort, Term};
pub use reconcile::{Changed, Standing, Step, reconcile};
pub use rejoin::{Face, rejoin};
pub use restate::{Restated, is_named_by_others, restate, says};
pub use settle::{Current, Difference, Ground, Settled, Summed, difference, open, references, settle, summary, until};
pub use topic::{PROPOSED_TIER, Scale, Subject, Topic, Weight};
pub use verdict::{OURS, THEIRS, settable, verdict};

/// What a component is.
pub const KINDS: [&str; 6] = ["ai_system", "model", "embedded_feature", "agent", "ai_api", "dataset"];
