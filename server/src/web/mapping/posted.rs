//! What happens when the mapping form is posted: the same wherever the screen is shown.

use super::{Asked, Refused, address_of, asked};
use crate::actions::mapping::Mapped;
use crate::error::Result;
use crate::web::fields::Fields;
use crate::web::form::refusal;
use crate::web::render::Renderer;
use crate::web::shell::tell;
use axum::response::Redirect;
use domain::sheet::Corrections;
use entity::import;
use tower_sessions::Session;

/// Reads the form and has `correct` say it of the workbook: leads back to the screen at `address`, or gives what was typed
/// back, to be shown again with what is wrong.
///
/// # Errors
/// Any failure that is no refusal of what was typed.
pub async fn posted<F>(
    (renderer, session): (&Renderer, &Session),
    address: &str,
    fields: &Fields,
    import: &import::Model,
    correct: impl FnOnce(Corrections) -> F,
) -> Result<std::result::Result<Redirect, Box<Refused>>>
where
    F: Future<Output = Result<()>>,
{
    let before = Mapped::of(import)?.unwrap_or_default().corrections;
    let Asked { corrections, wish } = match asked(fields, &before) {
        Ok(asked) => asked,
        Err(refused) => return Ok(Err(refused)),
    };
    match refusal(correct(corrections.clone()).await)? {
        Ok(()) => {
            tell(session, "success", renderer.text("mapping.read", &[])).await?;
            Ok(Ok(Redirect::to(&address_of(address, wish))))
        }
        Err(problems) => Ok(Err(Box::new(Refused { corrections, wish, problems }))),
    }
}
