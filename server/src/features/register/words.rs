//! The register's fields and values in words.

use crate::web::render::Renderer;
use domain::register::Facet;

/// What a field is called.
pub(super) fn field(renderer: &Renderer, id: &str) -> String {
    known(renderer, format!("register.field.{id}")).unwrap_or_else(|| id.to_owned())
}

/// A value as it is read: words for the values that the register knows, the text itself for all others.
pub(super) fn value(renderer: &Renderer, field: &str, value: &str) -> String {
    // The ways of training have the same values; so have all fields that nobody stated.
    let named = if field.starts_with("trains_") { "trains_on_customer_data" } else { field };
    let of_field = known(renderer, format!("register.value.{named}.{value}"));
    of_field
        .or_else(|| (value == "unknown").then(|| renderer.text("register.value.unknown", &[])))
        .unwrap_or_else(|| value.to_owned())
}

/// A facet's value as it is read.
pub(super) fn facet_value(renderer: &Renderer, facet: Facet, text: &str) -> String {
    value(renderer, facet.name(), text)
}

fn known(renderer: &Renderer, key: String) -> Option<String> {
    renderer.platform.wording.knows(&key).then(|| renderer.text(&key, &[]))
}
