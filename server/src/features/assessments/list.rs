//! The list of what was sent.

use super::views::list::{Delivery, List, Row};
use super::views::{Chip, Tally};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::assessments::Filter;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{May, may};
use crate::web::due::Due;
use crate::web::form::{Choice, Field};
use crate::web::moment::minute;
use crate::web::paging::Numbered;
use crate::web::query::address;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use crate::web::standing_out::standing_out;
use axum::extract::State;
use axum::response::Html;
use axum_extra::extract::Query;
use domain::access::Permission;
use domain::assessment::State as Stand;
use domain::ids::{AssessmentId, ContactId, EngagementId, TemplateVersionId, VendorId};
use domain::judging::due::earliest_running;
use entity::{assessment, message};
use serde::Deserialize;
use std::collections::HashMap;
use uuid::Uuid;

/// What the list's address says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    state: String,
    vendor: String,
    late: String,
    page: String,
}

impl Asked {
    fn filter(&self, platform: &Platform) -> Filter {
        Filter {
            state: self.state.parse().ok(),
            vendor: self.vendor.parse().ok(),
            due_before: (!self.late.is_empty()).then(|| earliest_running(platform.clock.now())),
            ..Filter::default()
        }
    }

    fn href(&self) -> String {
        address("/assessments", self.query().into_iter().filter(|(_, value)| !value.is_empty()))
    }

    fn query(&self) -> [(&str, &str); 3] {
        [("state", &self.state), ("late", &self.late), ("vendor", &self.vendor)]
    }
}

pub(super) async fn list(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::ReadOwn>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>> {
    let (db, scope) = (platform.db.read(), caller.scope());
    let filter = asked.filter(&platform);
    let page = Numbered::of(&asked.page, platform.config.limits.page_rows);
    let total = repo::assessments::count(db, scope, filter).await?;
    let found = repo::assessments::by_due(db, scope, filter, page.offset(), page.limit()).await?;
    let vendors = repo::vendors::names(db, scope).await?;
    let view = List {
        tally: tally(&platform, &renderer, scope, &asked).await?,
        chips: chips(&renderer, &asked, filter, &vendors),
        clear_href: "/assessments".into(),
        state: asked.state.clone(),
        late: asked.late.clone(),
        vendor: vendor_field(&renderer, filter, &vendors),
        rows: rows(&platform, &renderer, scope, found, &vendors).await?,
        pages: page.pages(total, "/assessments", &asked.query()),
        may_issue: caller.may(Permission::Issue),
        standing_out: if caller.may(Permission::Read) { standing_out(&renderer, scope).await? } else { Vec::new() },
    };
    renderer.page(&renderer.desk(&around, &caller, renderer.text("assessments.title", &[])), &view)
}

/// Counts that filter the list: all, late, and each state that something is in.
async fn tally(platform: &Platform, renderer: &Renderer, scope: BuyerScope, asked: &Asked) -> Result<Vec<Tally>> {
    let db = platform.db.read();
    let of_vendor = Filter { state: None, due_before: None, ..asked.filter(platform) };
    let counts = repo::assessments::count_by_state(db, scope, of_vendor).await?;
    let late = Filter { due_before: Some(earliest_running(platform.clock.now())), ..of_vendor };
    let late = i64::try_from(repo::assessments::count(db, scope, late).await?).unwrap_or(i64::MAX);
    let base = Asked { vendor: asked.vendor.clone(), ..Asked::default() };
    let is_all = asked.state.is_empty() && asked.late.is_empty();
    let mut tally = vec![
        Tally {
            href: base.href(),
            text: renderer.text("assessments.tally.all", &[]),
            count: counts.values().sum(),
            current: is_all,
        },
        Tally {
            href: Asked { late: "yes".into(), ..base.clone() }.href(),
            text: renderer.text("assessments.tally.late", &[]),
            count: late,
            current: !asked.late.is_empty(),
        },
    ];
    // States that nothing is in would only take room.
    let counted = |state: &Stand| counts.contains_key(state.name()) || asked.state == state.name();
    for state in Stand::ALL.into_iter().filter(counted) {
        tally.push(Tally {
            href: Asked { state: state.name().into(), ..base.clone() }.href(),
            text: renderer.text(&format!("state.{}", state.name()), &[]),
            count: counts.get(state.name()).copied().unwrap_or_default(),
            current: asked.state == state.name(),
        });
    }
    Ok(tally)
}

fn chips(renderer: &Renderer, asked: &Asked, filter: Filter, vendors: &HashMap<Uuid, String>) -> Vec<Chip> {
    let mut chips = Vec::new();
    let mut chip = |key: &str, text: String, rest: Asked| {
        chips.push(Chip { field: renderer.text(key, &[]), text, remove: rest.href() });
    };
    if let Some(state) = filter.state {
        let rest = Asked { state: String::new(), ..asked.clone() };
        chip("assessments.col.state", renderer.text(&format!("state.{}", state.name()), &[]), rest);
    }
    if filter.due_before.is_some() {
        let rest = Asked { late: String::new(), ..asked.clone() };
        chip("assessments.col.due", renderer.text("assessments.tally.late", &[]), rest);
    }
    if let Some(vendor) = filter.vendor {
        let rest = Asked { vendor: String::new(), ..asked.clone() };
        chip("assessments.col.vendor", vendors.get(&vendor.0).cloned().unwrap_or_default(), rest);
    }
    chips
}

fn vendor_field(renderer: &Renderer, filter: Filter, vendors: &HashMap<Uuid, String>) -> Field {
    let mut options: Vec<Choice> = vendors
        .iter()
        .map(|(id, name)| Choice {
            key: id.to_string(),
            text: name.clone(),
            note: None,
            chosen: filter.vendor == Some(VendorId(*id)),
        })
        .collect();
    options.sort_by(|a, b| a.text.cmp(&b.text));
    Field {
        id: "filter-vendor".into(),
        name: "vendor".into(),
        label: renderer.text("assessments.col.vendor", &[]),
        blank: Some(renderer.text("assessments.every_vendor", &[])),
        options,
        ..Field::default()
    }
}

async fn rows(
    platform: &Platform,
    renderer: &Renderer,
    scope: BuyerScope,
    found: Vec<assessment::Model>,
    vendors: &HashMap<Uuid, String>,
) -> Result<Vec<Row>> {
    let db = platform.db.read();
    let ids: Vec<AssessmentId> = found.iter().map(|row| AssessmentId(row.id)).collect();
    let contacts: Vec<ContactId> = found.iter().map(|row| ContactId(row.contact_id)).collect();
    let contacts = repo::vendors::contacts_by_id(db, scope, &contacts).await?;
    let engagements: Vec<EngagementId> = found.iter().map(|row| EngagementId(row.engagement_id)).collect();
    let engagements = repo::vendors::engagements_by_id(db, scope, &engagements).await?;
    let messages = repo::messages::of_assessments(db, scope, &ids).await?;
    let mut rows = Vec::new();
    for row in found {
        let version = TemplateVersionId(row.template_version_id);
        let state: Stand = row.state.parse().map_err(AppError::internal)?;
        let own = messages.iter().filter(|message| message.assessment_id == row.id);
        let contact = contacts.get(&row.contact_id);
        rows.push(Row {
            href: format!("/assessments/{}", row.id),
            vendor: vendors.get(&row.vendor_id).cloned().unwrap_or_default(),
            engagement: engagements.get(&row.engagement_id).map(|e| e.name.clone()).unwrap_or_default(),
            questionnaire: platform.published.title(db, &scope, version).await?,
            contact: contact.map(|contact| contact.name.clone()).unwrap_or_default(),
            state: row.state,
            delivery: delivery(renderer, own),
            opened: row.opened_at.map(minute),
            is_sent: state != Stand::Draft,
            answered: row.answered,
            asked: row.asked,
            due: Due::of(renderer, row.due_on, platform.clock.now(), state.waits_for_vendor()),
        });
    }
    Ok(rows)
}

/// What became of the newest message that asks for something; messages come newest first.
pub(super) fn delivery<'a>(
    renderer: &Renderer,
    mut messages: impl Iterator<Item = &'a message::Model>,
) -> Option<Delivery> {
    let newest = messages.find(|message| message.purpose != "receipt")?;
    Some(of_message(renderer, newest))
}

/// What became of a message.
pub(super) fn of_message(renderer: &Renderer, message: &message::Model) -> Delivery {
    let failure = message.failure.as_ref().map(|reason| {
        let key = format!("assessments.failure.{reason}");
        if renderer.platform.wording.knows(&key) { renderer.text(&key, &[]) } else { reason.clone() }
    });
    Delivery {
        tone: match message.state.as_str() {
            "delivered" => "ok",
            "failed" => "danger",
            _ => "info",
        },
        text: renderer.text(&format!("assessments.delivery.{}", message.state), &[]),
        purpose: renderer.text(&format!("assessments.purpose.{}", message.purpose), &[]),
        at: message.delivered_at.map(minute),
        failure,
    }
}
