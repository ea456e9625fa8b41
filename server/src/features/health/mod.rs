//! Whether the program lives, whether what it needs answers, and its counters.

use crate::actions::index;
use crate::actions::work::INDEX;
use crate::error::Result;
use crate::platform::Platform;
use crate::repo::{self, SystemScope};
use crate::state::AppState;
use crate::web::routes::Pages;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;

/// The routes.
pub fn routes() -> Pages<AppState> {
    Pages::new().get("/healthz", async || "alive\n").get("/readyz", ready).get("/metrics", read_out)
}

async fn ready(State(platform): State<Platform>) -> Response {
    let database = platform.db.ping().await.is_ok();
    let (search, why) = match index::condition(&platform).await {
        Ok(condition) => (condition.engine.is_ok(), condition.why),
        Err(_) => (platform.search.health().await.is_ok(), None),
    };
    // Without search the register and everything else is served: that is no reason to take the server away.
    let status = if database { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut said = json!({ "database": database, "search": search });
    if let Some(why) = why {
        said["search_waits"] = json!(to_strangers(&why));
    }
    (status, Json(said)).into_response()
}

/// The reason without addresses, paths and what others said: anybody may ask here. The operator's page says it all.
fn to_strangers(why: &str) -> String {
    let why = why.split(" (").next().unwrap_or(why);
    let mut told: Vec<&str> = Vec::new();
    for word in why.split(' ') {
        if told.last() == Some(&"at") && word.contains(['.', ':', '/']) {
            told.pop();
        } else {
            told.push(word);
        }
    }
    told.join(" ")
}

async fn read_out(State(platform): State<Platform>, State(metrics): State<PrometheusHandle>) -> Result<String> {
    let (open, failed) = repo::jobs::counts(platform.db.read(), SystemScope).await?;
    let waiting = repo::jobs::waiting(platform.db.read(), SystemScope, INDEX).await?;
    let lag = waiting.since.map_or(0.0, |oldest| (platform.clock.now() - oldest).as_seconds_f64().max(0.0));
    metrics::gauge!("candor_search_changes_waiting").set(waiting.count as f64);
    metrics::gauge!("candor_search_lag_seconds").set(lag);
    metrics::gauge!("candor_jobs_open").set(open as f64);
    metrics::gauge!("candor_jobs_given_up").set(failed as f64);
    metrics::counter!("candor_commits_total").absolute(platform.db.commits());
    let (requests, others) = platform.db.statements();
    metrics::counter!("candor_db_statements_total", "for" => "requests").absolute(requests);
    metrics::counter!("candor_db_statements_total", "for" => "others").absolute(others);
    Ok(metrics.render())
}
