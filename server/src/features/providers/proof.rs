//! The page behind the link that was mailed to a domain's own mailbox. GET looks; only the button proves.

use super::views::ProofPage;
use crate::actions::oidc::domains;
use crate::error::{AppError, Result};
use crate::web::render::Renderer;
use crate::web::shell::{Around, Shell};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

pub(super) async fn look(renderer: Renderer, around: Around, Path(secret): Path<String>) -> Result<Response> {
    let (status, stand, proof) = match domains::look_at_proof(&renderer.platform, &secret).await? {
        Some(proof) => (StatusCode::OK, "ready", Some(proof)),
        None => (StatusCode::GONE, "gone", None),
    };
    page(&renderer, &around, status, stand, proof)
}

pub(super) async fn prove(renderer: Renderer, around: Around, Path(secret): Path<String>) -> Result<Response> {
    match domains::prove(&renderer.platform, &secret).await {
        Ok(proof) => page(&renderer, &around, StatusCode::OK, "proved", Some(proof)),
        Err(AppError::NotFound) => page(&renderer, &around, StatusCode::GONE, "gone", None),
        Err(AppError::NotNow("domain_elsewhere")) => {
            let proof = domains::look_at_proof(&renderer.platform, &secret).await?;
            page(&renderer, &around, StatusCode::CONFLICT, "elsewhere", proof)
        }
        Err(error) => Err(error),
    }
}

fn page(
    renderer: &Renderer,
    around: &Around,
    status: StatusCode,
    stand: &'static str,
    proof: Option<domains::Proof>,
) -> Result<Response> {
    let (domain, organisation) = proof.map(|proof| (proof.domain, proof.organisation)).unwrap_or_default();
    let values: [(&str, &dyn std::fmt::Display); 2] = [("domain", &domain), ("organisation", &organisation)];
    let heading = renderer.text(&format!("providers.proof.{stand}.title"), &values);
    let view = ProofPage {
        about: renderer.text(&format!("providers.proof.{stand}.about"), &values),
        is_ready: stand == "ready",
        heading: heading.clone(),
    };
    Ok((status, renderer.page(&Shell::plain(around, heading), &view)?).into_response())
}
