//! How the residual risk of an engagement moved from score to score, as a line and as a table.

use super::explain::points;
use super::read::Read;
use super::trend_views::{TrendRow, TrendView};
use super::views::HeatBand;
use crate::error::Result;
use crate::repo::{self, BuyerScope};
use crate::web::render::Renderer;
use domain::answer::iso_date;
use domain::ids::{AssessmentId, EngagementId, TemplateVersionId};
use domain::scoring::Output;
use std::collections::HashMap;
use std::fmt::Write;

/// Scores that the line has at most, the newest ones.
const MOST: usize = 24;
/// The chart's width in its own units; its height is the scale of 0 to 100.
const WIDTH: f64 = 640.0;

/// The trend over an engagement's stored scores; none where there are fewer than two.
pub(super) async fn trend(
    renderer: &Renderer,
    scope: BuyerScope,
    read: &Read,
    bands: &[HeatBand],
) -> Result<Option<TrendView>> {
    let db = renderer.platform.db.read();
    let engagement = EngagementId(read.about.engagement.id);
    let mut rows = repo::scores::of_engagement(db, scope, engagement).await?;
    if rows.len() < 2 {
        return Ok(None);
    }
    let left_out = rows.len().saturating_sub(MOST);
    rows.drain(..left_out);
    let filter = repo::assessments::Filter { engagement: Some(engagement), ..Default::default() };
    let most = renderer.platform.config.limits.api_page_rows;
    let assessments = repo::assessments::page(db, scope, filter, None, most).await?;
    let versions: HashMap<_, _> = assessments.iter().map(|row| (row.id, row.template_version_id)).collect();
    let (mut line, mut table, mut earlier) = (String::new(), Vec::new(), None);
    let step = WIDTH / (rows.len() - 1) as f64;
    for (n, row) in rows.iter().enumerate() {
        let output: Output = serde_json::from_str(&row.output)?;
        let (x, y) = (step * n as f64, 100.0 - row.residual);
        // Writing to a string cannot fail.
        let _ = write!(line, "{}{x:.1} {y:.1}", if n == 0 { "M" } else { "L" });
        let version = versions.get(&row.assessment_id).copied();
        let policy = (output.policy.id.clone(), output.policy.version);
        let now = (version, policy);
        let mut notes = Vec::new();
        if let Some((version_before, policy_before)) = &earlier {
            if *version_before != now.0 {
                notes.push(renderer.text("trend.other_version", &[]));
            }
            if *policy_before != now.1 {
                notes.push(renderer.text("trend.other_policy", &[]));
            }
        }
        earlier = Some(now);
        table.push(TrendRow {
            href: format!("/assessments/{}/score?score={}", AssessmentId(row.assessment_id), row.id),
            as_of: iso_date::write(row.as_of),
            questionnaire: match version {
                Some(version) => {
                    let version = renderer.platform.published.get(db, &scope, TemplateVersionId(version)).await?;
                    version.document.title.clone()
                }
                None => String::new(),
            },
            rating: row.rating.clone(),
            residual: points(row.residual),
            x,
            y,
            is_break: !notes.is_empty(),
            note: notes.join(" "),
        });
    }
    let (first, last) = (&table[0], &table[table.len() - 1]);
    let label = renderer.text(
        "trend.label",
        &[
            ("count", &table.len()),
            ("from", &first.residual),
            ("since", &first.as_of),
            ("to", &last.residual),
            ("until", &last.as_of),
        ],
    );
    // The scale runs upwards.
    let turned = |band: &HeatBand| HeatBand { from: 100.0 - band.from - band.width, ..band.clone() };
    table.reverse();
    Ok(Some(TrendView { label, line, bands: bands.iter().map(turned).collect(), rows: table }))
}
