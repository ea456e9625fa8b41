//! How the residual risk of an engagement moved from score to score, as a line and as a table.

use super::explain::points;
use super::read::Read;
use super::trend_views::{TrendRow, TrendView};
use super::views::HeatBand;
use crate::actions::content::REASONS;
use crate::error::Result;
use crate::repo::scores::Bare;
use crate::repo::{self, BuyerScope};
use crate::web::render::Renderer;
use domain::answer::iso_date;
use domain::ids::{AssessmentId, EngagementId, TemplateVersionId};
use domain::judging::moves::moves;
use domain::scoring::with_day;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

/// Scores that the line has at most, the newest ones.
const MOST: u64 = 24;
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
    let mut rows = repo::scores::newest_bare(db, scope, engagement, MOST + 1).await?;
    if rows.len() < 2 {
        return Ok(None);
    }
    rows.reverse();
    // One further that the line does not show: what the oldest one that it shows moved from.
    let hidden = rows.len().saturating_sub(MOST as usize);
    let assessments: BTreeSet<AssessmentId> = rows.iter().map(|row| AssessmentId(row.assessment_id)).collect();
    let assessments: Vec<AssessmentId> = assessments.into_iter().collect();
    let assessments = repo::assessments::of_ids(db, scope, &assessments).await?;
    let versions: HashMap<_, _> = assessments.iter().map(|row| (row.id, row.template_version_id)).collect();
    let hashes: BTreeSet<String> = rows.iter().map(|row| row.input_sha256.clone()).collect();
    let hashes: Vec<String> = hashes.into_iter().collect();
    let inputs = repo::scores::inputs(db, scope, &hashes).await?;
    let (mut line, mut table) = (String::new(), Vec::new());
    let step = WIDTH / (rows.len() - hidden - 1) as f64;
    for (n, row) in rows.iter().enumerate().skip(hidden) {
        let (x, y) = (step * (n - hidden) as f64, 100.0 - row.residual);
        // Writing to a string cannot fail.
        let _ = write!(line, "{}{x:.1} {y:.1}", if n == hidden { "M" } else { "L" });
        let version = versions.get(&row.assessment_id).copied();
        let mut notes = Vec::new();
        let mut is_break = false;
        if let Some(before) = n.checked_sub(1).map(|n| &rows[n]) {
            if versions.get(&before.assessment_id).copied() != version {
                notes.push(renderer.text("trend.other_version", &[]));
            }
            if before.policy_id != row.policy_id {
                notes.push(renderer.text("trend.other_policy", &[]));
            }
            is_break = !notes.is_empty();
            notes.extend(causes(renderer, before, row, &inputs));
        }
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
            is_break,
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

/// What is other in what the later score was computed from, in words.
fn causes(renderer: &Renderer, before: &Bare, now: &Bare, inputs: &HashMap<String, String>) -> Vec<String> {
    let kept = |row: &Bare| Some(with_day(row.as_of, inputs.get(&row.input_sha256)?));
    let moves = kept(before).zip(kept(now)).and_then(|(before, now)| moves(&before, &now));
    let Some(moves) = moves else { return Vec::new() };
    if moves.is_none() {
        let is_other_day = before.as_of != now.as_of;
        return is_other_day.then(|| renderer.text("trend.only_day", &[])).into_iter().collect();
    }
    let factors = moves
        .factors
        .iter()
        .map(|factor| REASONS.factors.get(factor).map_or_else(|| factor.clone(), |words| words.question.clone()));
    let factors = factors.collect::<Vec<_>>().join(" ");
    let counted = |key: &str, count: usize| renderer.counted(key, i64::try_from(count).unwrap_or(i64::MAX));
    let told = [
        (!factors.is_empty()).then(|| renderer.text("trend.profile", &[("factors", &factors)])),
        moves.overrides.then(|| renderer.text("trend.overrides", &[])),
        moves.questions.then(|| renderer.text("trend.questions", &[])),
        (moves.answers > 0).then(|| counted("trend.answers", moves.answers)),
        (moves.evidence > 0).then(|| counted("trend.evidence", moves.evidence)),
        moves.certificates.then(|| renderer.text("trend.certificates", &[])),
    ];
    told.into_iter().flatten().collect()
}
