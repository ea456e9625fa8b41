//! The pages of providers: the list with the mail domains, and one provider.

use super::views::{Crumb, DomainRow, ProviderForm, ProviderRow, ProvidersPage, RemovePage, Waiting};
use super::{Keeper, forms};
use crate::actions::oidc::domains::MAILBOXES;
use crate::actions::oidc::{callback, providers};
use crate::actions::{Act, people};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo::{self, SystemScope};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted, refusal};
use crate::web::moment::Moment;
use crate::web::once;
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::{Around, tell};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::access::Side;
use domain::ids::ProviderId;
use entity::identity_provider;
use tower_sessions::Session;
use uuid::Uuid;

/// Where the list is.
pub(super) const LIST: &str = "/providers";

pub(super) async fn list(renderer: Renderer, around: Around, keeper: Keeper) -> Result<Html<String>> {
    listing(&renderer, &around, &keeper, &Posted::default()).await
}

/// The list; `posted` is a domain that was refused.
pub(super) async fn listing(
    renderer: &Renderer,
    around: &Around,
    keeper: &Keeper,
    posted: &Posted,
) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let (db, now) = (platform.db.read(), platform.clock.now());
    let provider = |row: identity_provider::Model| ProviderRow {
        href: format!("{LIST}/{}", row.id),
        name: row.name,
        issuer: row.issuer,
        enabled: row.enabled,
    };
    let providers = repo::providers::list(db, keeper.scope()).await?.into_iter().map(provider).collect();
    let mut domains = Vec::new();
    let mut waiting = Vec::new();
    if keeper.is_operator() {
        for (row, organisation) in repo::domains::unproved(db, SystemScope).await? {
            waiting.push(Waiting {
                confirm_href: format!("/domains/{}/confirm", row.id),
                domain: row.domain,
                organisation: organisation.map(|organisation| organisation.name).unwrap_or_default(),
                since: Moment::from(row.created_at),
            });
        }
    } else {
        for row in repo::domains::list(db, keeper.scope()).await? {
            let asked = row.proof_expires_at.filter(|end| *end > now);
            domains.push(DomainRow {
                proved: row.proved_at.map(Moment::from),
                by_operator: row.proved_by.as_deref() == Some("operator"),
                asked_until: asked.map(Moment::from),
                mail_href: format!("/domains/{}/mail", row.id),
                mailboxes: MAILBOXES
                    .iter()
                    .map(|mailbox| Choice {
                        key: (*mailbox).to_owned(),
                        text: format!("{mailbox}@{}", row.domain),
                        ..Choice::default()
                    })
                    .collect(),
                mailbox_id: format!("mailbox-{}", row.id),
                remove_href: format!("/domains/{}/remove", row.id),
                domain: row.domain,
            });
        }
    }
    let domain = Field {
        hint: Some(renderer.text("providers.hint.domain", &[])),
        required: true,
        ..posted.field("domain", renderer.text("providers.field.domain", &[]))
    };
    let view = ProvidersPage {
        is_operator: keeper.is_operator(),
        has_proof: domains.iter().any(|row| row.proved.is_some()),
        providers,
        domains,
        waiting,
        errors: posted.errors_of(&[&domain]),
        domain,
        once: platform.clock.id::<Uuid>().to_string(),
    };
    renderer.page(&renderer.desk(around, keeper, renderer.text("providers.title", &[])), &view)
}

async fn sides(platform: &Platform, keeper: &Keeper) -> Result<Vec<Side>> {
    let act = Act::begin(platform).await?;
    people::sides(&act, keeper.scope()).await
}

/// Which form is shown, and why.
struct Form<'a> {
    row: Option<&'a identity_provider::Model>,
    posted: Posted,
    theirs: Vec<super::views::Theirs>,
}

async fn form(renderer: &Renderer, around: &Around, keeper: &Keeper, form: Form<'_>) -> Result<Html<String>> {
    let platform = &renderer.platform;
    let Form { row, posted, theirs } = form;
    let sides = sides(platform, keeper).await?;
    let has_secret = row.is_some_and(|row| row.client_secret.is_some());
    let fields = forms::fields(renderer, keeper, &posted, &sides, has_secret);
    let title = row.map_or_else(|| renderer.text("providers.new", &[]), |row| row.name.clone());
    let href = row.map(|row| format!("{LIST}/{}", row.id));
    let known = match row {
        Some(row) => repo::providers::identities(platform.db.read(), keeper.scope(), ProviderId(row.id)).await?,
        None => 0,
    };
    let below = |name: &str| href.as_ref().map(|href| format!("{href}/{name}"));
    let view = ProviderForm {
        crumbs: vec![Crumb { href: LIST.to_owned(), text: renderer.text("providers.title", &[]) }],
        title: title.clone(),
        is_new: row.is_none(),
        is_operator: keeper.is_operator(),
        action: href.clone().unwrap_or_else(|| format!("{LIST}/new")),
        callback: callback(platform),
        errors: posted.errors_of(&fields.all()),
        once: platform.clock.id::<Uuid>().to_string(),
        revision: posted.fields.one("revision").to_owned(),
        known: renderer.counted("providers.known", i64::try_from(known).unwrap_or(i64::MAX)),
        knows_somebody: known > 0,
        test_href: below("test"),
        forget_href: below("forget"),
        remove_href: below("remove"),
        theirs,
        form: fields,
    };
    renderer.page(&renderer.desk(around, keeper, title), &view)
}

pub(super) async fn new(renderer: Renderer, around: Around, keeper: Keeper) -> Result<Html<String>> {
    let posted = Posted::fresh(vec![("enabled".to_owned(), "yes".to_owned())]);
    form(&renderer, &around, &keeper, Form { row: None, posted, theirs: Vec::new() }).await
}

pub(super) async fn add(
    renderer: Renderer,
    around: Around,
    keeper: Keeper,
    session: Session,
    fields: Fields,
) -> Result<Response> {
    let by = keeper.buyer_once(once::of_form(fields.one("once")));
    let outcome = match forms::input(&fields) {
        Ok(input) => providers::add(&renderer.platform, &by, &input).await,
        Err(error) => Err(error),
    };
    match refusal(outcome)? {
        Ok(id) => {
            tell(&session, "success", renderer.text("providers.added", &[])).await?;
            Ok(Redirect::to(&format!("{LIST}/{id}")).into_response())
        }
        Err(problems) => {
            let posted = Posted::refused(&renderer, fields, &problems);
            let page = form(&renderer, &around, &keeper, Form { row: None, posted, theirs: Vec::new() }).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

async fn own(platform: &Platform, keeper: &Keeper, id: ProviderId) -> Result<identity_provider::Model> {
    repo::providers::get(platform.db.read(), keeper.scope(), id).await?.ok_or(AppError::NotFound)
}

pub(super) async fn show(
    renderer: Renderer,
    around: Around,
    keeper: Keeper,
    Id(id): Id<ProviderId>,
) -> Result<Html<String>> {
    let row = own(&renderer.platform, &keeper, id).await?;
    let posted = Posted::fresh(forms::values(&row));
    form(&renderer, &around, &keeper, Form { row: Some(&row), posted, theirs: Vec::new() }).await
}

pub(super) async fn edit(
    renderer: Renderer,
    around: Around,
    keeper: Keeper,
    session: Session,
    Id(id): Id<ProviderId>,
    fields: Fields,
) -> Result<Response> {
    let platform = &renderer.platform;
    let revision = fields.one("revision").parse().ok();
    let outcome = match forms::input(&fields) {
        Ok(input) => providers::edit(platform, &keeper.buyer(), id, revision, &input).await,
        Err(error) => Err(error),
    };
    let (status, posted, theirs) = match outcome {
        Ok(_) => {
            tell(&session, "success", renderer.text("providers.saved", &[])).await?;
            return Ok(Redirect::to(&format!("{LIST}/{id}")).into_response());
        }
        Err(AppError::Invalid(problems)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Posted::refused(&renderer, fields, &problems), Vec::new())
        }
        Err(AppError::Changed(current)) => {
            let theirs = forms::theirs(&renderer, &current, &fields);
            let typed = forms::with_revision(fields, &current);
            (StatusCode::CONFLICT, Posted::fresh(typed.0), theirs)
        }
        Err(error) => return Err(error),
    };
    let row = own(platform, &keeper, id).await?;
    let page = form(&renderer, &around, &keeper, Form { row: Some(&row), posted, theirs }).await?;
    Ok((status, page).into_response())
}

pub(super) async fn test(
    renderer: Renderer,
    keeper: Keeper,
    session: Session,
    Id(id): Id<ProviderId>,
) -> Result<Redirect> {
    match providers::look(&renderer.platform, &keeper.buyer(), id).await? {
        Ok(()) => tell(&session, "success", renderer.text("providers.answers", &[])).await?,
        Err(fault) => {
            let why = renderer.text(&format!("providers.fault.{}", fault.code()), &[]);
            tracing::info!(%fault, provider = %id, "a provider was tried in vain");
            tell(&session, "error", why).await?;
        }
    }
    Ok(Redirect::to(&format!("{LIST}/{id}")))
}

pub(super) async fn forget(
    renderer: Renderer,
    keeper: Keeper,
    session: Session,
    Id(id): Id<ProviderId>,
) -> Result<Redirect> {
    let count = providers::forget(&renderer.platform, &keeper.buyer(), id).await?;
    let said = renderer.counted("providers.forgotten", i64::try_from(count).unwrap_or(i64::MAX));
    tell(&session, "success", said).await?;
    Ok(Redirect::to(&format!("{LIST}/{id}")))
}

pub(super) async fn ask_remove(
    renderer: Renderer,
    around: Around,
    keeper: Keeper,
    Id(id): Id<ProviderId>,
) -> Result<Html<String>> {
    let row = own(&renderer.platform, &keeper, id).await?;
    let view = RemovePage { action: format!("{LIST}/{id}/remove"), back: format!("{LIST}/{id}"), name: row.name };
    renderer.page(&renderer.desk(&around, &keeper, view.name.clone()), &view)
}

pub(super) async fn remove(
    renderer: Renderer,
    keeper: Keeper,
    session: Session,
    Id(id): Id<ProviderId>,
) -> Result<Redirect> {
    let name = providers::remove(&renderer.platform, &keeper.buyer(), id).await?;
    let said = renderer.text("providers.removed", &[("name", &name)]);
    tell(&session, "success", said).await?;
    Ok(Redirect::to(LIST))
}
