//! Every route, every view.

use super::layers;
use crate::features;
use crate::platform::Platform;
use crate::state::AppState;
use crate::web::render::{Sampled, sampled};
use crate::web::routes::{Pages, Served};
use crate::web::{assets, failure};
use axum::Router;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;

/// The description of the API, to which the routes add their operations.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Candor",
        description = "Everything that the pages do, as JSON. Errors are application/problem+json (RFC 9457).",
        license(name = "Apache-2.0 OR MIT")
    ),
    components(schemas(failure::ProblemDocument, failure::FieldProblem))
)]
struct Described;

fn api(platform: &Platform) -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Described::openapi())
        .merge(features::vendors::api(platform))
        .merge(features::templates::api(platform))
        .merge(features::crosswalks::api(platform))
        .merge(features::assessments::api(platform))
        .merge(features::findings::api(platform))
        .merge(features::portal::api(platform))
        .merge(features::answering::api(platform))
        .merge(features::scoring::api(platform))
        .merge(features::portfolio::api(platform))
        .merge(features::policy::api(platform))
        .merge(features::engagements::api(platform))
        .merge(features::waiting::api(platform))
        .merge(features::register::api(platform))
        .merge(features::search::api(platform))
        .merge(features::audit::api(platform))
        .merge(features::people::api(platform))
        .merge(features::providers::api(platform))
        .merge(features::invitations::api(platform))
        .merge(features::installation::api(platform))
}

/// The description of the API.
pub fn api_document(platform: &Platform) -> Document {
    let (_, mut document) = OpenApiRouter::new().nest("/api/v1", api(platform)).split_for_parts();
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    name_operations(&mut document);
    document
}

/// Names each operation by its method and path: handlers of different features may be called alike.
fn name_operations(document: &mut Document) {
    for (path, item) in &mut document.paths.paths {
        let place = path.trim_start_matches("/api/v1/").replace(['{', '}'], "").replace(['/', '-'], "_");
        let operations = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{place}"));
            }
        }
    }
}

/// Everything but the API's operations.
fn pages(platform: &Platform) -> Pages<AppState> {
    let document = api_document(platform);
    Pages::new()
        .get("/api/openapi.json", async move || axum::Json(document))
        .get("/assets/{*name}", assets::serve)
        .merge(features::health::routes())
        .merge(features::sign_in::routes(platform))
        .merge(features::vendors::routes(platform))
        .merge(features::templates::routes(platform))
        .merge(features::crosswalks::routes(platform))
        .merge(features::assessments::routes(platform))
        .merge(features::findings::routes(platform))
        .merge(features::portal::routes(platform))
        .merge(features::answering::routes(platform))
        .merge(features::scoring::routes(platform))
        .merge(features::portfolio::routes(platform))
        .merge(features::policy::routes(platform))
        .merge(features::engagements::routes(platform))
        .merge(features::waiting::routes(platform))
        .merge(features::register::routes(platform))
        .merge(features::search::routes(platform))
        .merge(features::audit::routes(platform))
        .merge(features::account::routes(platform))
        .merge(features::people::routes(platform))
        .merge(features::providers::routes(platform))
        .merge(features::invitations::routes(platform))
        .merge(features::installation::routes(platform))
}

/// Every method and path that [`router`] serves, sorted: those of pages as they were registered, those of the API as
/// its description lists them.
pub fn routes(platform: &Platform) -> Vec<Served> {
    let (_, mut served) = pages(platform).into_parts();
    for (path, item) in api_document(platform).paths.paths {
        let operations =
            [("GET", item.get), ("POST", item.post), ("PUT", item.put), ("PATCH", item.patch), ("DELETE", item.delete)];
        let given = operations.into_iter().filter(|(_, operation)| operation.is_some());
        served.extend(given.map(|(method, _)| Served { path: path.clone(), method }));
    }
    served.sort();
    served
}

/// The whole program as a service.
pub fn router(state: AppState) -> Router {
    let platform = &state.platform;
    let (api, _) = OpenApiRouter::new().nest("/api/v1", api(platform)).split_for_parts();
    let (pages, _) = pages(platform).into_parts();
    layers::around(pages.merge(api), platform).with_state(state)
}

/// Every view with its samples: a test renders them all.
pub fn views() -> Vec<Sampled> {
    let mut all = vec![sampled::<failure::FailurePage>()];
    all.extend(features::sign_in::views());
    all.extend(features::vendors::views());
    all.extend(features::templates::views());
    all.extend(features::crosswalks::views());
    all.extend(features::assessments::views());
    all.extend(features::findings::views());
    all.extend(features::portal::views());
    all.extend(features::answering::views());
    all.extend(features::scoring::views());
    all.extend(features::portfolio::views());
    all.extend(features::policy::views());
    all.extend(features::engagements::views());
    all.extend(features::waiting::views());
    all.extend(features::register::views());
    all.extend(features::search::views());
    all.extend(features::audit::views());
    all.extend(features::account::views());
    all.extend(features::people::views());
    all.extend(features::providers::views());
    all.extend(features::invitations::views());
    all.extend(features::installation::views());
    all
}
