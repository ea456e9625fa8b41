//! What the list of accepted risks is asked for, and its rows.

use crate::web::moment::rfc3339;
use domain::answer::iso_date;
use entity::{acceptance_standing, risk_acceptance};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Which acceptances.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedAcceptances {
    /// Of this engagement.
    pub engagement: Option<Uuid>,
    /// That stand so: `waiting`, `in_force`, `stale`, `expired`, `nothing_left`, `refused`, `withdrawn`, `unscored`.
    pub standing: Option<String>,
    /// How many items at most.
    pub limit: Option<u64>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

/// An acceptance in a list. With its causes and what was said of it, it stands with its engagement.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedAcceptance {
    /// Its id.
    id: Uuid,
    /// What the vendor is used for.
    engagement: Uuid,
    /// `residual` or `findings`.
    scope: String,
    /// Why it was asked for.
    reason: String,
    /// The rating that was accepted.
    rating: String,
    /// The residual risk that was accepted, 0 to 100.
    residual: f64,
    /// When it was asked for, RFC 3339.
    asked_at: String,
    /// The last day on which it holds.
    expires_on: String,
    /// How it stood when it was looked at last, which is after each change of its engagement and once a day; `unscored` where
    /// there was no score to hold it against.
    standing: String,
    /// When that was, RFC 3339.
    looked_at: String,
}

impl From<(risk_acceptance::Model, acceptance_standing::Model)> for ListedAcceptance {
    fn from((row, stood): (risk_acceptance::Model, acceptance_standing::Model)) -> Self {
        Self {
            id: row.id,
            engagement: row.engagement_id,
            scope: row.scope,
            reason: row.reason,
            rating: row.rating,
            residual: row.residual,
            asked_at: rfc3339(row.asked_at),
            expires_on: iso_date::write(row.expires_on),
            standing: stood.standing,
            looked_at: rfc3339(stood.looked_at),
        }
    }
}
