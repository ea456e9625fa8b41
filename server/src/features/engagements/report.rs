//! The report on a vendor: one page made for print, and as a workbook.

use super::blocks::blocks;
use super::decision::overtaken_words;
use super::decision_views::Block;
use super::head::Crumb;
use super::history::domain_words;
use super::profile::tier_words;
use super::report_views::{ReportFinding, ReportPage, ReportUse};
use crate::actions::audit::disclosed;
use crate::actions::content::REASONS;
use crate::actions::findings::asked;
use crate::actions::judging::decision::followed;
use crate::actions::judging::inherent::tier_of_vendor;
use crate::actions::judging::record::overtaken_by;
use crate::actions::judging::tier::named;
use crate::actions::judging::world::World;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{Caller, May, may};
use crate::web::attachment::attachment;
use crate::web::classification;
use crate::web::engagement::tier_badges;
use crate::web::export::in_cell;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::response::{Html, Response};
use domain::answer::iso_date;
use domain::classification::Tier;
use domain::ids::{EngagementId, VendorId};
use domain::judging::decision::{ConditionState, Overtaken};
use domain::judging::profile::in_force;
use domain::scoring::Policy;
use entity::decision;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// What a workbook is.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub(super) async fn page(
    caller: May<may::ReadOwn>,
    renderer: Renderer,
    around: Around,
    Id(id): Id<VendorId>,
) -> Result<Html<String>> {
    let (view, _) = read(&renderer, &caller, id).await?;
    let title = renderer.text("report.title", &[("vendor", &view.vendor)]);
    renderer.page(&renderer.desk(&around, &caller, title), &view)
}

pub(super) async fn export(caller: May<may::ReadOwn>, renderer: Renderer, Id(id): Id<VendorId>) -> Result<Response> {
    let (report, _) = read(&renderer, &caller, id).await?;
    let bytes = workbook(&renderer, &report).map_err(AppError::internal)?;
    let (scope, subject) = (caller.scope(), ("vendor", id.0));
    disclosed(&renderer.platform, &scope, caller.actor, "report.exported", subject, &Value::Null).await?;
    Ok(attachment(&format!("report-{}.xlsx", report.day), XLSX, bytes))
}

/// What the report says of a use, before it is put into words.
pub(super) struct Reported {
    pub world: World,
    /// A prohibited or high tier that is proposed and that nobody confirmed.
    pub unconfirmed: Option<Tier>,
    /// Findings that rules propose and nobody has raised or dismissed.
    pub proposed: i64,
    /// The newest decision.
    pub decision: Option<decision::Model>,
    /// What overtook it.
    pub overtaken: Vec<Overtaken>,
    /// By finding: the question that it is about.
    pub asked: HashMap<Uuid, String>,
}

/// The page, and what it is made of by use, in the page's order.
pub(super) async fn read(renderer: &Renderer, caller: &Caller, id: VendorId) -> Result<(ReportPage, Vec<Reported>)> {
    let platform = &renderer.platform;
    let (db, scope) = (platform.db.read(), caller.scope());
    let vendor = repo::vendors::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let policy = repo::policies::current(db, scope).await?.ok_or(AppError::NotFound)?;
    let policy = Policy::parse(&policy.document).map_err(AppError::internal)?;
    let tier = tier_of_vendor(db, scope, &policy, id).await?;
    let (mut uses, mut reported) = (Vec::new(), Vec::new());
    for row in repo::vendors::engagements(db, scope, Some(id)).await? {
        let world = World::read(platform, db, scope, EngagementId(row.id)).await?;
        if !world.stakes.has_ended {
            let one = gathered(platform, scope, world).await?;
            uses.push(used(renderer, caller, &one).await?);
            reported.push(one);
        }
    }
    let page = ReportPage {
        crumbs: vec![
            Crumb { href: "/vendors".into(), text: renderer.text("vendors.title", &[]) },
            Crumb { href: format!("/vendors/{id}"), text: vendor.name.clone() },
        ],
        day: iso_date::write(platform.clock.today()),
        tier: tier.map(|tier| tier_words(renderer, &tier)),
        export_href: format!("/vendors/{id}/report/export"),
        uses,
        vendor: vendor.name,
    };
    Ok((page, reported))
}

async fn gathered(platform: &Platform, scope: BuyerScope, world: World) -> Result<Reported> {
    let db = platform.db.read();
    let id = world.stakes.engagement.id;
    let standing = repo::standings::of_engagements(db, scope, &[id]).await?;
    let standing = standing.first();
    let decision = repo::decisions::decisions(db, scope, EngagementId(id)).await?.pop();
    Ok(Reported {
        unconfirmed: standing.and_then(|row| row.unconfirmed_tier.as_deref()).and_then(named),
        proposed: standing.map_or(0, |row| row.proposed_findings),
        overtaken: match &decision {
            Some(row) => overtaken_by(&world, row)?,
            None => Vec::new(),
        },
        asked: asked(platform, scope, &world.findings).await?,
        decision,
        world,
    })
}

/// A sheet with a row for each use, and one with a row for each finding that is not closed.
fn workbook(renderer: &Renderer, report: &ReportPage) -> Result<Vec<u8>, XlsxError> {
    let text = |key: &str| renderer.text(key, &[]);
    let rating = |band: &Option<String>| text(&format!("rating.{}", band.as_deref().unwrap_or("unscored")));
    let (bold, wrap) = (Format::new().set_bold(), Format::new().set_text_wrap());
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(text("report.sheet"))?;
    sheet.write_string(0, 0, renderer.text("report.title", &[("vendor", &report.vendor)]))?;
    sheet.write_string(1, 0, renderer.text("report.as_of", &[("day", &report.day)]))?;
    sheet.write_string(2, 0, report.tier.as_deref().unwrap_or_default())?;
    let headings = [
        ("report.use", 40),
        ("report.function", 24),
        ("report.inherent", 12),
        ("report.inherent_number", 12),
        ("report.rating", 12),
        ("report.residual", 12),
        ("report.how", 60),
        ("report.decided", 40),
        ("report.next", 70),
        ("report.proposed_number", 12),
        ("report.act", 40),
    ];
    for (column, (key, width)) in (0..).zip(headings) {
        sheet.write_string_with_format(4, column, text(key), &bold)?;
        sheet.set_column_width(column, width)?;
    }
    for (n, one) in (5..).zip(&report.uses) {
        sheet.write_string_with_format(n, 0, &one.name, &wrap)?;
        sheet.write_string_with_format(n, 1, &one.business_function, &wrap)?;
        sheet.write_string(n, 2, rating(&one.inherent))?;
        sheet.write_string(n, 4, rating(&one.rating))?;
        for (column, number) in [(3, &one.inherent_number), (5, &one.residual)] {
            if let Ok(number) = number.parse::<f64>() {
                sheet.write_number(n, column, number)?;
            }
        }
        let decision = one.decision.clone().unwrap_or_else(|| text("decision.none"));
        let how: Vec<&str> = one.set.iter().chain(&one.how).map(String::as_str).collect();
        sheet.write_string_with_format(n, 6, in_cell(&how.join("\n")), &wrap)?;
        sheet.write_string_with_format(n, 7, decision, &wrap)?;
        let next: Vec<&str> = one.next.iter().map(|next| next.text.as_str()).collect();
        sheet.write_string_with_format(n, 8, in_cell(&next.join("\n")), &wrap)?;
        sheet.write_number(n, 9, one.proposed_number as f64)?;
        sheet.write_string_with_format(n, 10, &one.act, &wrap)?;
    }
    sheet.set_freeze_panes(5, 1)?;
    let sheet = workbook.add_worksheet();
    sheet.set_name(text("report.findings"))?;
    for (column, (key, width)) in
        (0..).zip([("report.use", 40), ("report.severity", 22), ("report.finding", 70), ("report.due_on", 12)])
    {
        sheet.write_string_with_format(0, column, text(key), &bold)?;
        sheet.set_column_width(column, width)?;
    }
    let findings = report.uses.iter().flat_map(|one| one.findings.iter().map(|finding| (&one.name, finding)));
    for (n, (name, finding)) in (1..).zip(findings) {
        sheet.write_string_with_format(n, 0, name, &wrap)?;
        sheet.write_string(n, 1, &finding.severity)?;
        let named = match &finding.question {
            Some(question) => format!("{}\n{question}", finding.title),
            None => finding.title.clone(),
        };
        sheet.write_string_with_format(n, 2, named, &wrap)?;
        sheet.write_string(n, 3, finding.due_on.as_deref().unwrap_or_default())?;
    }
    sheet.set_freeze_panes(1, 0)?;
    workbook.save_to_buffer()
}

async fn used(renderer: &Renderer, caller: &Caller, one: &Reported) -> Result<ReportUse> {
    let Reported { world, unconfirmed, proposed, asked, .. } = one;
    let (unconfirmed, proposed) = (*unconfirmed, *proposed);
    let (db, scope) = (renderer.platform.db.read(), caller.scope());
    let engagement = &world.stakes.engagement;
    let id = EngagementId(engagement.id);
    let worst = world.stakes.domains.iter().max_by_key(|domain| domain.inherent);
    let output = world.computed.as_ref().map(|computed| &computed.output);
    let mut how = Vec::new();
    if let Some(output) = output {
        how.push(renderer.text("report.driver", &[("domain", &domain_words(&output.driver))]));
        for fired in &output.knock_outs {
            let title = REASONS.knock_outs.get(&fired.id).map_or(&fired.id, |words| &words.title);
            how.push(renderer.text("report.knock_out", &[("title", title)]));
        }
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        how.push(renderer.text(
            "report.figures",
            &[("completeness", &percent(output.completeness)), ("confidence", &percent(output.confidence))],
        ));
    }
    let finding = |row: &entity::finding::Model| ReportFinding {
        title: row.title.clone(),
        question: asked.get(&row.id).cloned(),
        severity: renderer.text(&format!("report.severity.{}", row.severity), &[]),
        due_on: row.due_on.map(iso_date::write),
    };
    let set = in_force(&world.stakes.owns).into_iter().map(|own| {
        // As the profile gives them today; while it is not complete, as it gave them when the analyst set their own.
        let today = world.stakes.domains.iter().find(|domain| domain.domain == own.domain);
        let computed = today.map_or(own.beside, |domain| domain.computed);
        let values: [(&str, &dyn std::fmt::Display); 7] = [
            ("domain", &domain_words(&own.domain)),
            ("severity", &own.severity.unwrap_or(computed.severity)),
            ("likelihood", &own.likelihood.unwrap_or(computed.likelihood)),
            ("computed_severity", &computed.severity),
            ("computed_likelihood", &computed.likelihood),
            ("by", &own.by),
            ("reason", &own.reason),
        ];
        renderer.text("report.set", &values)
    });
    let is_set = |domain: &str| in_force(&world.stakes.owns).iter().any(|own| own.domain == domain);
    let plain = |text: String| Block { text, ..Block::default() };
    let (mut decision, mut next): (_, Vec<Block>) = (None, Vec::new());
    match &one.decision {
        None => next.extend(blocks(renderer, caller, world).await?),
        Some(row) => {
            let kind = renderer.text(&format!("decision.kind.{}", row.kind), &[]);
            let day = iso_date::write(row.decided_at.date());
            let review = row.next_review_on.map(iso_date::write).unwrap_or_else(|| "–".to_owned());
            decision = Some(renderer.text("report.decision", &[("kind", &kind), ("day", &day), ("review", &review)]));
            next.extend(one.overtaken.iter().map(|what| plain(overtaken_words(renderer, what))));
            for one in followed(db, scope, &[row.id]).await? {
                if one.state == ConditionState::Open {
                    let due = one.row.due_on.map(iso_date::write).unwrap_or_else(|| "–".to_owned());
                    next.push(plain(renderer.text("report.condition", &[("what", &one.row.what), ("due", &due)])));
                }
            }
        }
    }
    if let (Some(output), Some(judged)) = (output, &world.judged) {
        let document = &judged.opened.version.document;
        for opportunity in output.opportunities.iter().take(3) {
            let text = document.question(&opportunity.question).map_or(&*opportunity.question, |known| &known.text);
            let points = format!("{:.1}", opportunity.reduction);
            next.push(plain(renderer.text("report.opportunity", &[("question", &text), ("points", &points)])));
        }
    }
    Ok(ReportUse {
        name: engagement.name.clone(),
        business_function: engagement.business_function.clone(),
        act: act_words(renderer, world, unconfirmed),
        tier_badges: tier_badges(renderer, world.tier.as_ref().map(|tier| tier.confirmed.tier), unconfirmed),
        inherent: worst.map(|domain| domain.band.clone()),
        inherent_number: worst.map(|domain| format!("{:.1}", domain.inherent)).unwrap_or_default(),
        inherent_is_set: worst.is_some_and(|domain| is_set(&domain.domain)),
        rating: output.map(|output| output.rating.clone()),
        residual_is_set: output.is_some_and(|output| is_set(&output.driver)),
        residual: output.map(|output| format!("{:.1}", output.residual)).unwrap_or_default(),
        how,
        set: set.collect(),
        findings: world.findings.iter().map(finding).collect(),
        proposed: (proposed > 0).then(|| renderer.counted("report.proposed", proposed)),
        proposed_number: proposed,
        proposed_href: format!("/findings?engagement={id}&group=proposed"),
        plan_href: (!world.findings.is_empty()).then(|| format!("/findings/plan?engagement={id}")),
        decision,
        next,
        href: format!("/engagements/{id}/decision"),
        score_href: world.judged.as_ref().map(|judged| format!("/assessments/{}/score", judged.opened.assessment.id)),
    })
}

/// The tier of the EU AI Act, confirmed or not, and one that is proposed beside it.
fn act_words(renderer: &Renderer, world: &World, unconfirmed: Option<Tier>) -> String {
    let confirmed = world.tier.as_ref().map(|known| {
        let tier = classification::tier_words(renderer, known.confirmed.tier);
        let areas: Vec<String> = known.confirmed.areas.iter().cloned().collect();
        match areas.is_empty() {
            true => renderer.text("report.act.confirmed", &[("tier", &tier)]),
            false => {
                let areas = classification::area_words(renderer, &areas);
                renderer.text("report.act.confirmed_for", &[("tier", &tier), ("areas", &areas)])
            }
        }
    });
    let confirmed = confirmed.unwrap_or_else(|| renderer.text("report.act.none", &[]));
    match unconfirmed {
        Some(tier) => {
            let tier = classification::tier_words(renderer, tier);
            format!("{confirmed}. {}", renderer.text("classification.to_confirm", &[("tier", &tier)]))
        }
        None => confirmed,
    }
}
