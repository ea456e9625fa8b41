//! Up to five vendors side by side, on the same questionnaire and by the same policy.

use super::compare_views::{Candidate, Cell, CompareGroup, ComparePage, CompareRow, Side, VersionChoice};
use super::explain::{percent, points};
use super::views::{Crumb, HeatBand};
use crate::actions::content::{CONTROLS, REASONS};
use crate::actions::score::{self, Scored};
use crate::error::Result;
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::response::Html;
use axum_extra::extract::Query;
use domain::answer::iso_date;
use domain::ids::{AssessmentId, EngagementId, TemplateVersionId};
use domain::scoring::{DOMAINS, Group, Output, Policy, groups};
use entity::assessment;
use serde::Deserialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Vendors that are put side by side at most.
pub(super) const MOST: usize = 5;
/// Assessments that are offered at most, the newest ones.
const MOST_OFFERED: u64 = 200;

/// What is to be compared.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// The version of the questionnaire; that of the first assessment where absent.
    pub version: Option<Uuid>,
    /// Assessments on it, each as a `with` of its own.
    #[serde(default)]
    pub with: Vec<Uuid>,
}

/// What a score says of one line: the number, as it is read, and its band where it is a risk.
type Figure<'a> = &'a dyn Fn(&Output) -> (f64, String, Option<String>);

/// One of those compared.
pub(super) struct Compared {
    pub row: assessment::Model,
    /// Its score today; none while it is unscored.
    pub output: Option<Output>,
    /// Factors that its engagement's profile lacks; empty where it is scored.
    pub missing: Vec<String>,
    /// The effectiveness of each group of controls that something was asked about.
    pub by_group: BTreeMap<String, f64>,
}

/// What can be put side by side of what was asked for, and what cannot.
pub(super) struct Chosen {
    /// The version of the questionnaire.
    pub version: Option<Uuid>,
    /// Submitted assessments on it, in the order asked for.
    pub rows: Vec<assessment::Model>,
    /// Submitted assessments on another version.
    pub others: Vec<assessment::Model>,
    /// What is not there, not within reach, or not submitted.
    pub unknown: Vec<Uuid>,
}

impl Chosen {
    /// Reads it.
    pub(super) async fn read(platform: &Platform, scope: BuyerScope, asked: &Asked) -> Result<Self> {
        let db = platform.db.read();
        let (mut chosen, mut unknown): (Vec<assessment::Model>, Vec<Uuid>) = (Vec::new(), Vec::new());
        for id in &asked.with {
            let row = repo::assessments::get(db, &scope, AssessmentId(*id)).await?;
            match row.filter(|row| row.submitted_at.is_some()) {
                Some(row) if chosen.iter().all(|known| known.id != row.id) => chosen.push(row),
                Some(_) => {}
                None => unknown.push(*id),
            }
        }
        let version = match asked.version.or_else(|| chosen.first().map(|row| row.template_version_id)) {
            Some(version) => Some(version),
            None => repo::assessments::version_submitted_last(db, scope).await?,
        };
        let (rows, others) = chosen.into_iter().partition(|row| Some(row.template_version_id) == version);
        Ok(Self { version, rows, others, unknown })
    }

    /// More than are put side by side.
    pub(super) fn too_many(&self) -> bool {
        self.rows.len() > MOST
    }

    /// The scores of the first ones today, as many as are put side by side, and the policy that gave them.
    pub(super) async fn compared(
        &self,
        platform: &Platform,
        scope: BuyerScope,
    ) -> Result<(Vec<Compared>, Option<Policy>)> {
        let (mut compared, mut policy) = (Vec::new(), None);
        for row in self.rows.iter().take(MOST).cloned() {
            match score::compute(platform, scope, AssessmentId(row.id), platform.clock.today()).await? {
                Scored::Unscored { missing } => {
                    let missing = missing.into_iter().collect();
                    compared.push(Compared { row, output: None, missing, by_group: BTreeMap::new() });
                }
                Scored::Yes(computed) => {
                    let found = groups(&computed.parsed, &computed.given, |question| {
                        question.controls.iter().filter_map(|id| group_of(id)).collect()
                    });
                    let by_group =
                        found.into_iter().map(|(id, group): (String, Group)| (id, group.effectiveness)).collect();
                    compared.push(Compared { row, output: Some(computed.output), missing: Vec::new(), by_group });
                    policy = Some(computed.parsed);
                }
            }
        }
        Ok((compared, policy))
    }
}

pub(super) async fn page(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let (db, scope) = (platform.db.read(), caller.scope());
    // What is not there, or not theirs, is left out like a box that was not ticked.
    let chosen = Chosen::read(platform, scope, &asked).await?;
    let version = chosen.version;
    let names = repo::vendors::names(db, scope).await?;
    let vendor = |row: &assessment::Model| names.get(&row.vendor_id).cloned().unwrap_or_default();
    let ids: Vec<Uuid> = chosen.rows.iter().take(MOST).map(|row| row.id).collect();
    let offered = match version {
        Some(version) => repo::assessments::submitted_on(db, scope, TemplateVersionId(version), MOST_OFFERED).await?,
        None => Vec::new(),
    };
    let engagements: Vec<EngagementId> =
        offered.iter().chain(&chosen.rows).map(|row| EngagementId(row.engagement_id)).collect();
    let engagements = repo::vendors::engagements_by_id(db, scope, &engagements).await?;
    let engagement =
        |row: &assessment::Model| engagements.get(&row.engagement_id).map(|row| row.name.clone()).unwrap_or_default();
    let (compared, policy) = chosen.compared(platform, scope).await?;
    let basis = match (version, &policy) {
        (Some(version), Some(policy)) => {
            let version = platform.published.get(db, &scope, TemplateVersionId(version)).await?;
            renderer.text(
                "compare_vendors.basis",
                &[
                    ("title", &version.document.title),
                    ("policy", &policy.id),
                    ("version", &policy.version),
                    ("day", &iso_date::write(platform.clock.today())),
                ],
            )
        }
        _ => String::new(),
    };
    let candidates = offered.iter().map(|row| Candidate {
        id: row.id.to_string(),
        vendor: vendor(row),
        engagement: engagement(row),
        submitted: row.submitted_at.map(|at| iso_date::write(at.date())).unwrap_or_default(),
        chosen: ids.contains(&row.id),
    });
    let view = ComparePage {
        crumbs: vec![Crumb { href: "/vendors".into(), text: renderer.text("vendors.title", &[]) }],
        versions: versions(&renderer, &caller, version).await?,
        candidates: candidates.collect(),
        too_many: chosen.too_many(),
        other_version: chosen.others.iter().map(vendor).collect(),
        basis,
        sides: compared.iter().map(|one| side(&renderer, one, vendor(&one.row), engagement(&one.row))).collect(),
        bands: policy.as_ref().map(bands).unwrap_or_default(),
        groups: if compared.is_empty() { Vec::new() } else { lines(&renderer, &compared) },
    };
    renderer.page(&renderer.desk(&around, &caller, renderer.text("compare_vendors.title", &[])), &view)
}

/// The group of a control: `A.6` of `A.6.2.4`.
fn group_of(control: &str) -> Option<String> {
    let mut parts = control.splitn(3, '.');
    Some(format!("{}.{}", parts.next()?, parts.next()?))
}

async fn versions(
    renderer: &Renderer,
    caller: &crate::web::actor::Caller,
    chosen: Option<Uuid>,
) -> Result<Vec<VersionChoice>> {
    let rows = repo::templates::versions(renderer.platform.db.read(), caller.scope(), None).await?;
    let choice = |row: entity::template_version::Model| VersionChoice {
        chosen: Some(row.id) == chosen,
        text: renderer.text("compare_vendors.version", &[("title", &row.title), ("number", &row.number)]),
        id: row.id.to_string(),
    };
    Ok(rows.into_iter().map(choice).collect())
}

fn bands(policy: &Policy) -> Vec<HeatBand> {
    let mut from = 0.0;
    let band = |band: &domain::scoring::Band| {
        let below = band.below.unwrap_or(100.0);
        let found = HeatBand { band: band.rating.clone(), from, width: below - from };
        from = below;
        found
    };
    policy.bands.iter().map(band).collect()
}

fn side(renderer: &Renderer, one: &Compared, vendor: String, engagement: String) -> Side {
    let (residual, best) = one.output.as_ref().map_or((0.0, 0.0), |output| (output.residual, output.best_case));
    Side {
        label: match &one.output {
            Some(_) => renderer.text(
                "compare_vendors.bar",
                &[("vendor", &vendor), ("best", &points(best)), ("residual", &points(residual))],
            ),
            None => renderer.text("compare_vendors.unscored", &[("vendor", &vendor)]),
        },
        vendor,
        engagement,
        href: format!("/assessments/{}/score", one.row.id),
        rating: one.output.as_ref().map(|output| output.rating.clone()),
        why: one.output.as_ref().map(|output| why(renderer, output)).unwrap_or_default(),
        residual,
        residual_text: one.output.as_ref().map(|_| points(residual)).unwrap_or_default(),
        best,
    }
}

/// Where a rating comes from: the band that the residual risk is in, or the floor of a knock-out, which is named.
fn why(renderer: &Renderer, output: &Output) -> String {
    if output.rating == output.band {
        return renderer.text("compare_vendors.by_band", &[]);
    }
    let setting = output.knock_outs.iter().filter(|fired| fired.floor == output.rating);
    let titles: Vec<&str> = setting
        .map(|fired| REASONS.knock_outs.get(&fired.id).map_or(fired.id.as_str(), |words| words.title.as_str()))
        .collect();
    let key = format!("rating.{}", output.band);
    let known = renderer.platform.wording.knows(&key);
    let band = if known { renderer.text(&key, &[]) } else { output.band.clone() };
    renderer.text("compare_vendors.by_knock_out", &[("band", &band), ("titles", &titles.join("; "))])
}

/// A line; the best of it is marked where there is something to choose.
fn line(
    label: String,
    compared: &[Compared],
    lower_is_better: bool,
    of: impl Fn(&Compared) -> Option<(f64, String, Option<String>)>,
) -> CompareRow {
    let found: Vec<_> = compared.iter().map(of).collect();
    let values: Vec<f64> = found.iter().flatten().map(|(value, _, _)| *value).collect();
    let best = values.iter().copied().reduce(|one, other| if (one < other) == lower_is_better { one } else { other });
    let differ = values.iter().any(|value| Some(*value) != best);
    let cells = found.into_iter().map(|found| match found {
        None => Cell { text: "–".to_owned(), ..Cell::default() },
        Some((value, text, band)) => Cell { text, band, note: None, is_best: differ && Some(value) == best },
    });
    CompareRow { label, cells: cells.collect() }
}

fn lines(renderer: &Renderer, compared: &[Compared]) -> Vec<CompareGroup> {
    let text = |key: &str| renderer.text(key, &[]);
    let share = |share: f64| renderer.text("score.percent", &[("n", &percent(share))]);
    let output = |one: &Compared, of: Figure<'_>| one.output.as_ref().map(of);
    let mut whole = CompareGroup {
        title: text("compare_vendors.whole"),
        rows: vec![
            line(text("compare_vendors.residual"), compared, true, |one| {
                output(one, &|o| (o.residual, points(o.residual), Some(o.band.clone())))
            }),
            line(text("compare_vendors.best_case"), compared, true, |one| {
                output(one, &|o| (o.best_case, points(o.best_case), None))
            }),
            line(text("compare_vendors.knock_outs"), compared, true, |one| {
                output(one, &|o| (o.knock_outs.len() as f64, o.knock_outs.len().to_string(), None))
            }),
            line(text("what_if.completeness"), compared, false, |one| {
                output(one, &|o| (o.completeness, share(o.completeness), None))
            }),
            line(text("what_if.confidence"), compared, false, |one| {
                output(one, &|o| (o.confidence, share(o.confidence), None))
            }),
        ],
    };
    // The rating above is the band of the number, or what a knock-out sets at least.
    for (one, cell) in compared.iter().zip(&mut whole.rows[0].cells) {
        let floored = one.output.as_ref().filter(|output| output.rating != output.band);
        cell.note = floored.map(|_| text("compare_vendors.floored"));
    }
    for (one, cell) in compared.iter().zip(&mut whole.rows[2].cells) {
        let fired = one.output.iter().flat_map(|output| &output.knock_outs);
        let titles = fired.map(|fired| REASONS.knock_outs.get(&fired.id).map_or(&*fired.id, |words| &words.title));
        let titles = titles.collect::<Vec<_>>().join("; ");
        cell.note = (!titles.is_empty()).then_some(titles);
    }
    let domain = |id: &&str| {
        let name = REASONS.domains.get(*id).map_or_else(|| (*id).to_owned(), |words| words.name.clone());
        line(name, compared, true, |one| {
            let found = one.output.as_ref()?.domains.iter().find(|domain| domain.domain == *id)?;
            let text = renderer.text(
                "compare_vendors.from_to",
                &[("inherent", &points(found.inherent)), ("residual", &points(found.residual))],
            );
            Some((found.residual, text, Some(found.band.clone())))
        })
    };
    let group = |group: &crate::actions::content::Topic| {
        line(format!("{} {}", group.id, group.topic), compared, false, |one| {
            one.by_group.get(&group.id).map(|effectiveness| (*effectiveness, share(*effectiveness), None))
        })
    };
    vec![
        whole,
        CompareGroup { title: text("compare_vendors.domains"), rows: DOMAINS.iter().map(domain).collect() },
        CompareGroup { title: text("compare_vendors.groups"), rows: CONTROLS.groups.iter().map(group).collect() },
    ]
}
