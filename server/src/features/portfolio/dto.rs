//! What programs ask of the portfolio.

use serde::Deserialize;
use utoipa::IntoParams;

/// Which vendors, in which order.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct WantedVendors {
    /// With this in the name.
    pub q: Option<String>,
    /// Rated so by the policy in force; `unscored` for those that are not.
    pub rating: Option<String>,
    /// `rating`, the worst first; `findings`, most first; `trend`, what has risen most first; `name`. By rating where absent.
    pub sort: Option<String>,
    /// How many items at most.
    pub limit: Option<u64>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}
