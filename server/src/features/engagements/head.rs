//! What every page about an engagement begins with, and names of who did something.

use crate::error::{AppError, Result};
use crate::repo::{self, BuyerScope};
use crate::web::engagement::{OvertakenDecision, TierBadge, engagement_tabs, overtaken_decision, tier_badges_of};
use crate::web::render::Renderer;
use crate::web::tabs::Tab;
use domain::ids::{ContactId, EngagementId, MemberId, TokenId, VendorId};
use domain::judging::party::Party;
use domain::register::By;
use entity::engagement;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A place above the page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Crumb {
    /// Its address.
    pub href: String,
    /// Its name.
    pub text: String,
}

/// The head of a page about an engagement.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Head {
    /// What it is called.
    pub name: String,
    /// The vendor.
    pub vendor: String,
    /// The part of the business that uses it.
    pub business_function: String,
    /// Its address.
    pub href: String,
    /// Its decision was overtaken; none on the page that says all of it.
    pub overtaken: Option<OvertakenDecision>,
    /// That it is prohibited or high-risk, or may be.
    pub tier_badges: Vec<TierBadge>,
}

/// Reads the head, the places above, and the tabs.
pub(super) async fn head(
    renderer: &Renderer,
    scope: BuyerScope,
    row: &engagement::Model,
    here: &str,
) -> Result<(Head, Vec<Crumb>, Vec<Tab>)> {
    let vendor = repo::vendors::get(renderer.platform.db.read(), scope, VendorId(row.vendor_id)).await?;
    let vendor = vendor.ok_or(AppError::NotFound)?;
    let crumbs = vec![
        Crumb { href: "/vendors".into(), text: renderer.text("vendors.title", &[]) },
        Crumb { href: format!("/vendors/{}", vendor.id), text: vendor.name.clone() },
    ];
    let id = EngagementId(row.id);
    let head = Head {
        name: row.name.clone(),
        vendor: vendor.name,
        business_function: row.business_function.clone(),
        href: format!("/engagements/{id}"),
        overtaken: if here == "/decision" { None } else { overtaken_decision(renderer, scope, id).await? },
        tier_badges: tier_badges_of(renderer, scope, &[row.id]).await?.remove(&row.id).unwrap_or_default(),
    };
    Ok((head, crumbs, engagement_tabs(renderer, id, here)))
}

/// Names of everybody who can have done something in an engagement.
pub(super) struct Names {
    members: BTreeMap<MemberId, String>,
    tokens: BTreeMap<TokenId, String>,
    contacts: BTreeMap<ContactId, String>,
    program: String,
    former: String,
}

impl Names {
    /// Reads them.
    pub(super) async fn read(renderer: &Renderer, scope: BuyerScope, vendor: VendorId) -> Result<Self> {
        let db = renderer.platform.db.read();
        let members = repo::people::everybody(db, scope).await?;
        let tokens = repo::tokens::tokens(db, scope).await?;
        let contacts = repo::vendors::contacts(db, scope, vendor).await?;
        Ok(Self {
            members: members.into_iter().map(|row| (row.id, row.name)).collect(),
            tokens: tokens.into_iter().map(|row| (TokenId(row.id), row.name)).collect(),
            contacts: contacts.into_iter().map(|row| (ContactId(row.id), row.name)).collect(),
            program: renderer.text("engagements.program", &[]),
            former: renderer.text("engagements.former", &[]),
        })
    }

    /// The name of an account.
    pub(super) fn of(&self, by: By) -> String {
        let name = match by {
            By::Member(id) => self.members.get(&id),
            By::Token(id) => self.tokens.get(&id),
            By::Contact(id) => self.contacts.get(&id),
            By::System => Some(&self.program),
        };
        name.unwrap_or(&self.former).clone()
    }

    /// The name of whoever a row says.
    pub(super) fn of_row(&self, recorded_by: &Value) -> String {
        serde_json::from_value::<Party>(recorded_by.clone())
            .map_or_else(|_| self.former.clone(), |party| self.of(party.by))
    }
}

/// The texts with which pages are tried.
pub(super) fn texts() -> [String; 3] {
    ["Ordinary".to_owned(), "人工智能供應商問卷".repeat(40), "\"><script>alert(1)</script>".to_owned()]
}
