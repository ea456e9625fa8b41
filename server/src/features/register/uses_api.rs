//! Our uses of entries, as JSON.

use crate::actions::register::{self, NewUse};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use crate::web::actor::{May, may};
use crate::web::api::{Body, Made};
use crate::web::failure::ProblemDocument;
use crate::web::paging::{Cursor, Items};
use crate::web::path::Id;
use axum::Json;
use axum::extract::State;
use axum_extra::extract::Query;
use domain::ids::ComponentId;
use entity::ai_use;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// One of our uses of an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Use {
    /// Its id.
    id: Uuid,
    /// What it is used for.
    use_case: String,
    /// Which part of the organisation.
    unit: String,
    /// Who uses it, or how many.
    users: Option<String>,
    /// Where it stands.
    status: String,
    /// The tier that rules propose and nobody confirmed: `unacceptable`, `high`, `limited` or `minimal`. It follows a change
    /// within a second or so.
    proposed_tier: Option<String>,
    /// By field, what is shown.
    #[schema(value_type = std::collections::BTreeMap<String, Object>)]
    fields: Value,
    /// The import that brought it.
    import: Option<Uuid>,
    /// The cell that states it.
    place: Option<String>,
}

fn used(row: ai_use::Model) -> Use {
    Use {
        id: row.id,
        use_case: row.use_case,
        unit: row.unit,
        users: row.users,
        status: row.status,
        proposed_tier: row.proposed_tier,
        fields: row.fields,
        import: row.import_id,
        place: (!row.place.is_empty()).then_some(row.place),
    }
}

/// Our uses of an entry, in the order in which they were recorded.
#[utoipa::path(get, path = "/components/{component}/uses", tag = "register", params(("component" = Uuid, Path), Cursor),
    responses((status = 200, body = Items<Use>), (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn uses(
    may: May<may::Read>,
    State(platform): State<Platform>,
    Id(id): Id<ComponentId>,
    Query(cursor): Query<Cursor>,
) -> Result<Json<Items<Use>>> {
    let (db, scope) = (platform.db.read(), may.scope());
    repo::register::get(db, scope, id).await?.ok_or(AppError::NotFound)?;
    let limit = cursor.limit(platform.config.limits.api_page_rows);
    let rows = repo::register::uses_after(db, scope, id, cursor.after::<Uuid>()?, limit + 1).await?;
    Ok(Json(Items::of(rows, limit, |row| row.id, used)))
}

/// A new use: what for, and what else is known.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUseBody {
    /// What it is used for.
    use_case: String,
    /// The function of the organisation that uses it.
    business_function: Option<String>,
    /// Who answers for the use.
    owner: Option<String>,
    /// Which part of the organisation.
    unit: Option<String>,
    /// `informs`, `recommends`, `decides` or `unknown`.
    decision_role: Option<String>,
    /// Who is affected, several separated by semicolons.
    affected_people: Option<String>,
    /// What data goes in, several separated by semicolons.
    data_categories: Option<String>,
    /// What it is connected to, several separated by semicolons.
    integrations: Option<String>,
    /// Why it is entered, or how one knows of it.
    reason: Option<String>,
}

/// Records a use. It stands as proposed until it is decided on.
#[utoipa::path(post, path = "/components/{component}/uses", tag = "register", request_body = NewUseBody,
    params(("component" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Use), (status = 404, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
pub(super) async fn add_use(
    may: May<may::EditRegister>,
    State(platform): State<Platform>,
    Id(id): Id<ComponentId>,
    Body(body): Body<NewUseBody>,
) -> Result<Made<Use>> {
    let new = NewUse {
        use_case: body.use_case,
        business_function: body.business_function.unwrap_or_default(),
        owner: body.owner.unwrap_or_default(),
        unit: body.unit.unwrap_or_default(),
        decision_role: body.decision_role.unwrap_or_default(),
        affected_people: body.affected_people.unwrap_or_default(),
        data_categories: body.data_categories.unwrap_or_default(),
        integrations: body.integrations.unwrap_or_default(),
        reason: body.reason.unwrap_or_default(),
    };
    let made = register::add_use(&platform, &may.buyer(), id, &new).await?;
    let row = repo::register::one_use(platform.db.read(), may.scope(), made).await?.ok_or(AppError::NotFound)?;
    Ok(Made(format!("/api/v1/components/{id}/uses"), used(row)))
}
