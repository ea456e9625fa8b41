//! The page of the portfolio.

use super::read::{Read, Row, filter, order, read, shares};
use super::views::{Chosen, PortfolioPage, Tally, VendorRow};
use crate::error::Result;
use crate::platform::Platform;
use crate::repo::standings::Share;
use crate::web::actor::{May, may};
use crate::web::engagement::{overtaken_words, tier_badges};
use crate::web::fields::Fields;
use crate::web::query::address;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::extract::State;
use axum::response::Html;
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::answer::iso_date;
use time::Date;

/// Vendors on a page.
const ROWS: u64 = 50;
/// What a list can be ordered by.
const ORDERS: [&str; 4] = ["rating", "findings", "trend", "name"];
/// What narrows and orders the list.
const ASKED: [&str; 3] = ["q", "rating", "sort"];

pub(super) async fn list(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::ReadOwn>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Html<String>> {
    let asked = Fields(query);
    let (scope, today) = (caller.scope(), platform.clock.today());
    let filter = filter(asked.one("rating"), asked.one("q"));
    let Read { rows, next, ratings } =
        read(&platform, scope, (&filter, order(asked.one("sort"))), asked.one("after"), ROWS).await?;
    let shares = shares(&platform, scope, &ratings, &filter).await?;
    let sort = ORDERS.into_iter().find(|name| *name == asked.one("sort")).unwrap_or("rating");
    let view = PortfolioPage {
        tally: tally(&renderer, &asked, &ratings, &shares),
        q: asked.one("q").trim().to_owned(),
        rating: asked.one("rating").to_owned(),
        is_narrowed: asked.has("q") || asked.has("rating"),
        sort: sort.to_owned(),
        orders: ORDERS
            .map(|name| Chosen {
                key: name.to_owned(),
                text: renderer.text(&format!("portfolio.sort.{name}"), &[]),
                chosen: name == sort,
            })
            .into(),
        may_add: caller.may(Permission::EditVendors),
        first: asked.has("after").then(|| href(&asked, &[])),
        next: next.map(|next| href(&asked, &[("after", &next)])),
        rows: rows.into_iter().map(|row| vendor(&renderer, today, row)).collect(),
    };
    renderer.page(&renderer.desk(&around, &caller, renderer.text("portfolio.title", &[])), &view)
}

/// The address of the list with something else.
fn href(asked: &Fields, with: &[(&str, &str)]) -> String {
    let kept = ASKED.into_iter().filter(|name| with.iter().all(|(other, _)| other != name));
    let kept = kept.map(|name| (name, asked.one(name)));
    address("/portfolio", kept.chain(with.iter().copied()).filter(|(_, value)| !value.is_empty()))
}

/// How many vendors are rated how, the worst first; those without a rating last.
fn tally(renderer: &Renderer, asked: &Fields, ratings: &[String], shares: &[Share]) -> Vec<Tally> {
    let count = |place: i64| shares.iter().filter(|share| share.rank == place).map(|share| share.vendors).sum();
    let all = Tally {
        href: href(asked, &[("rating", "")]),
        text: renderer.text("portfolio.all", &[]),
        count: shares.iter().map(|share| share.vendors).sum(),
        current: !asked.has("rating"),
    };
    let one = |(place, rating): (i64, &str)| {
        let key = format!("rating.{rating}");
        let known = renderer.platform.wording.knows(&key);
        Tally {
            href: href(asked, &[("rating", rating)]),
            text: if known { renderer.text(&key, &[]) } else { rating.to_owned() },
            count: count(place),
            current: asked.one("rating") == rating,
        }
    };
    let rated = (1..).zip(ratings.iter().map(String::as_str)).collect::<Vec<_>>();
    let rated = rated.into_iter().rev().chain([(0, "unscored")]).map(one);
    std::iter::once(all).chain(rated).collect()
}

fn vendor(renderer: &Renderer, today: Date, Row { vendor, worst, proposed, tiers }: Row) -> VendorRow {
    let is_scored = vendor.scored > 0;
    let worst = worst.as_ref();
    let moved = worst.and_then(|row| Some(row.residual? - row.previous_residual?));
    let (trend, trend_text) = match moved {
        _ if !is_scored => ("none", String::new()),
        None => ("first", renderer.text("portfolio.trend.first", &[])),
        Some(moved) if moved >= LEAST => ("up", renderer.text("portfolio.trend.up", &[("points", &points(moved))])),
        Some(moved) if moved <= -LEAST => {
            ("down", renderer.text("portfolio.trend.down", &[("points", &points(-moved))]))
        }
        Some(_) => ("same", renderer.text("portfolio.trend.same", &[])),
    };
    let kinds = [("major", vendor.major), ("minor", vendor.minor), ("observations", vendor.observations)];
    let open = kinds.into_iter().filter(|(_, count)| *count > 0);
    let id = vendor.vendor_id.to_string();
    VendorRow {
        href: format!("/vendors/{id}"),
        tier_badges: tier_badges(renderer, tiers.0, tiers.1),
        rating: worst.and_then(|row| row.rating.clone()),
        residual: is_scored.then(|| points(vendor.residual)),
        trend: trend.to_owned(),
        trend_text,
        findings: open.map(|(kind, count)| renderer.counted(&format!("portfolio.open.{kind}"), count)).collect(),
        proposed: (proposed > 0).then(|| renderer.counted("portfolio.proposed", proposed)),
        proposed_href: address("/findings", [("vendor", id.as_str()), ("group", "proposed")]),
        findings_href: address("/findings", [("vendor", id.as_str())]),
        scored: renderer
            .text("portfolio.scored_of", &[("scored", &vendor.scored), ("engagements", &vendor.engagements)]),
        has_engagements: vendor.engagements > 0,
        is_partly_scored: is_scored && vendor.scored < vendor.engagements,
        decision: worst
            .and_then(|row| row.decision.as_ref())
            .map(|kind| renderer.text(&format!("portfolio.decision.{kind}"), &[])),
        decision_href: worst.map(|row| format!("/engagements/{}/decision", row.engagement_id)),
        overtaken_by: worst.map(|row| overtaken_words(renderer, &row.overtaken_by)).unwrap_or_default(),
        review: worst.and_then(|row| row.next_review_on).map(iso_date::write),
        is_due: worst.and_then(|row| row.next_review_on).is_some_and(|day| day <= today),
        name: vendor.name,
    }
}

/// Points below which a residual risk has not moved: what the page would round to nothing.
const LEAST: f64 = 0.05;

fn points(number: f64) -> String {
    format!("{number:.1}")
}
