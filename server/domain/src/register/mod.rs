//! The supplier AI register: what an entry can say, and how declared rows become entries.

pub mod declared;
pub mod fold;
pub mod import;
pub mod products;
pub mod query;
pub mod reconcile;
mod similar;

pub use declared::{Declaration, Declared, Key, Stated, declared};
pub use import::{InUse, Use, UseColumn, UseColumns, recognise_columns, recognise_columns_with, use_row};
pub use products::{Identity, Naming, Product, ProductTable, Proposal, Separator, separators, split};
pub use query::{Facet, Query, Sort};
pub use reconcile::{Changed, Standing, Step, reconcile};

/// What a component is.
pub const KINDS: [&str; 6] = ["ai_system", "model", "embedded_feature", "agent", "ai_api", "dataset"];

/// A field of a register entry.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name in templates, imports, the API and the search index.
    pub id: &'static str,
    /// The values it can have; free text where empty.
    pub values: &'static [&'static str],
}

const fn free(id: &'static str) -> Field {
    Field { id, values: &[] }
}

/// Every field that a vendor can declare, an import can fill and a person can enter.
///
/// The groups follow what a certification auditor asks an AI inventory for; available, enabled and used are kept
/// apart, and so are the three ways in which a vendor can train on customer data.
pub const FIELDS: [Field; 22] = [
    free("name"),
    Field { id: "kind", values: &KINDS },
    free("product"),
    free("plan"),
    free("purpose"),
    free("model"),
    free("model_provider"),
    free("sub_processors"),
    Field { id: "default_state", values: &["on", "off", "opt_in", "by_plan", "unknown"] },
    Field { id: "availability", values: &["announced", "available", "enabled", "used", "unknown"] },
    free("who_can_switch_off"),
    Field { id: "trains_on_customer_data", values: &["no", "opt_in", "opt_out", "always", "unknown"] },
    Field { id: "trains_own_models", values: &["no", "opt_in", "opt_out", "always", "unknown"] },
    Field { id: "trains_shared_models", values: &["no", "opt_in", "opt_out", "always", "unknown"] },
    Field { id: "trains_third_party_models", values: &["no", "opt_in", "opt_out", "always", "unknown"] },
    free("data_categories"),
    free("residency"),
    free("retention"),
    Field { id: "decision_role", values: &["informs", "recommends", "decides", "unknown"] },
    Field { id: "tier", values: &["minimal", "limited", "high", "unacceptable", "unknown"] },
    free("oversight"),
    free("limitations"),
];
