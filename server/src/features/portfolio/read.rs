//! What a page of the portfolio is made of: vendors over all their open engagements, and the one that weighs most.

use crate::actions::judging::overall::{overall, ratings};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::standings::{Filter, Order, Place, Share, Together};
use crate::repo::{self, BuyerScope};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::classification::Tier;
use domain::ids::VendorId;
use domain::problem::Problem;
use entity::engagement_standing;
use uuid::Uuid;

/// The order that an address names.
pub(super) fn order(name: &str) -> Order {
    match name {
        "findings" => Order::Findings,
        "trend" => Order::Trend,
        "name" => Order::Name,
        _ => Order::Rating,
    }
}

/// Which rating an address asks for: one of its name, or none where it says `unscored`.
pub(super) fn filter(rating: &str, text: &str) -> Filter {
    let rating = match rating {
        "" => None,
        "unscored" => Some(String::new()),
        rating => Some(rating.to_owned()),
    };
    Filter { rating, text: text.chars().take(200).collect() }
}

/// A vendor with the engagement that weighs most.
pub(super) struct Row {
    pub vendor: Together,
    pub worst: Option<engagement_standing::Model>,
    /// Findings that rules propose and nobody has raised or dismissed.
    pub proposed: i64,
    /// The strictest tier of the EU AI Act that was confirmed for an open engagement, and a stricter one that is proposed.
    pub tiers: (Option<Tier>, Option<Tier>),
}

/// A page of the portfolio.
pub(super) struct Read {
    pub rows: Vec<Row>,
    /// Where it goes on; none on the last page.
    pub next: Option<String>,
    /// The ratings of the policy in force, mildest first.
    pub ratings: Vec<String>,
}

/// Reads a page.
pub(super) async fn read(
    platform: &Platform,
    scope: BuyerScope,
    (filter, order): (&Filter, Order),
    cursor: &str,
    limit: u64,
) -> Result<Read> {
    let db = platform.db.read();
    let ratings = ratings(platform, scope).await?;
    let names: Vec<&str> = ratings.iter().map(String::as_str).collect();
    let after = if cursor.is_empty() { None } else { Some(placed(cursor)?) };
    let asked = (names.as_slice(), filter, order);
    let mut vendors = repo::standings::portfolio(db, scope, asked, after.as_ref(), limit + 1).await?;
    let more = vendors.len() as u64 > limit;
    vendors.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = vendors.last().filter(|_| more).map(|last| cursor_of(&last.place(order)));
    let ids: Vec<VendorId> = vendors.iter().map(|row| VendorId(row.vendor_id)).collect();
    let mut overall = overall(platform, scope, &ratings, &ids).await?;
    let rows = vendors.into_iter().map(|vendor| {
        let stands = overall.remove(&vendor.vendor_id);
        let proposed = stands.as_ref().map_or(0, |stands| stands.proposed);
        let tiers = stands.as_ref().map(|stands| (stands.tier, stands.unconfirmed)).unwrap_or_default();
        Row { worst: stands.map(|stands| stands.heaviest), proposed, tiers, vendor }
    });
    Ok(Read { rows: rows.collect(), next, ratings })
}

/// How many vendors are rated how.
pub(super) async fn shares(
    platform: &Platform,
    scope: BuyerScope,
    ratings: &[String],
    filter: &Filter,
) -> Result<Vec<Share>> {
    let names: Vec<&str> = ratings.iter().map(String::as_str).collect();
    Ok(repo::standings::shares(platform.db.read(), scope, &names, filter).await?)
}

type Written = (f64, f64, String, Uuid);

fn cursor_of(place: &Place) -> String {
    let (one, two) = place.numbers;
    let written: Written = (one, two, place.name.clone(), place.vendor.0);
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&written).unwrap_or_default())
}

fn placed(cursor: &str) -> Result<Place> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let written: Option<Written> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let (one, two, name, vendor) = written.ok_or_else(|| AppError::invalid(Problem::new("cursor", "not-a-cursor")))?;
    Ok(Place { numbers: (one, two), name, vendor: VendorId(vendor) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_its_cursor() {
        let place = Place { numbers: (4.0, 1.0 / 3.0), name: "供應商 \"A\"".into(), vendor: VendorId(Uuid::nil()) };
        assert_eq!(placed(&cursor_of(&place)).ok(), Some(place));
        assert!(placed("AAAA").is_err());
    }
}
