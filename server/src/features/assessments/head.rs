//! What the pages about one assessment have in common: whose it is, and what stands on top.

use super::views::{Crumb, Head, Tab};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::published::Version;
use crate::repo::{self, BuyerScope};
use crate::web::render::Renderer;
use domain::assessment::State;
use domain::ids::{AssessmentId, ContactId, EngagementId, TemplateVersionId, VendorId};
use entity::{assessment, contact, engagement, vendor};
use std::sync::Arc;

/// An assessment and what it points at.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) id: AssessmentId,
    pub(super) row: assessment::Model,
    pub(super) state: State,
    pub(super) vendor: vendor::Model,
    pub(super) engagement: engagement::Model,
    pub(super) contact: contact::Model,
    pub(super) version: Arc<Version>,
}

/// The pages about one assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Overview,
    Answers,
    Review,
    /// A step under way: no tab is the current one.
    Step,
}

impl Known {
    /// Reads it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the organisation has no such assessment.
    pub(super) async fn read(platform: &Platform, scope: BuyerScope, id: AssessmentId) -> Result<Self> {
        let db = platform.db.read();
        let row = repo::assessments::get(db, &scope, id).await?.ok_or(AppError::NotFound)?;
        let vendor = repo::vendors::get(db, scope, VendorId(row.vendor_id)).await?.ok_or(AppError::NotFound)?;
        let engagement = EngagementId(row.engagement_id);
        let engagement = repo::vendors::engagement(db, scope, engagement).await?.ok_or(AppError::NotFound)?;
        let contact = ContactId(row.contact_id);
        let contact = repo::vendors::contact(db, scope, contact).await?.ok_or(AppError::NotFound)?;
        let version = platform.published.get(db, &scope, TemplateVersionId(row.template_version_id)).await?;
        let state = row.state.parse().map_err(AppError::internal)?;
        Ok(Self { id, row, state, vendor, engagement, contact, version })
    }

    /// Its page.
    pub(super) fn href(&self) -> String {
        format!("/assessments/{}", self.id)
    }

    /// What a browser calls it.
    pub(super) fn title(&self) -> String {
        format!("{} · {}", self.vendor.name, self.version.document.title)
    }

    /// What stands on top of its pages.
    pub(super) fn head(&self, renderer: &Renderer, place: Place) -> Head {
        let href = self.href();
        let tab = |here: Place, key: &str, path: &str| Tab {
            href: format!("{href}{path}"),
            text: renderer.text(key, &[]),
            current: here == place,
            count: None,
        };
        let mut crumbs = vec![
            Crumb { href: "/assessments".into(), text: renderer.text("assessments.title", &[]) },
            Crumb { href: format!("/vendors/{}", self.vendor.id), text: self.vendor.name.clone() },
        ];
        if place == Place::Step {
            crumbs.push(Crumb { href: href.clone(), text: self.version.document.title.clone() });
        }
        let mut tabs = vec![tab(Place::Overview, "assessments.tab.overview", "")];
        if self.row.round > 0 {
            tabs.push(tab(Place::Answers, "assessments.tab.answers", "/answers"));
            tabs.push(tab(Place::Review, "review.tab", "/review"));
            tabs.push(Tab {
                href: format!("{href}/score"),
                text: renderer.text("assessments.tab.score", &[]),
                current: false,
                count: None,
            });
        }
        Head {
            crumbs,
            tabs: if place == Place::Step { Vec::new() } else { tabs },
            href,
            vendor: self.vendor.name.clone(),
            questionnaire: self.version.document.title.clone(),
            engagement: self.engagement.name.clone(),
            contact: self.contact.name.clone(),
            state: self.state.name().to_owned(),
        }
    }
}
