//! The register's fields and values in words.

use crate::actions;
use crate::web::render::Renderer;
use crate::web::say::not_now;
use domain::register::{BY_PLAN, Field, PROPOSED_TIER, Topic};
use entity::import;

/// What a field is called.
pub(super) fn field(renderer: &Renderer, id: &str) -> String {
    known(renderer, format!("register.field.{id}")).unwrap_or_else(|| id.to_owned())
}

/// A value as it is read: words for the values that the register knows, the text itself for all others.
pub(super) fn value(renderer: &Renderer, field: &str, value: &str) -> String {
    // The ways of training have the same values, and so has what is proposed.
    let named = match field {
        PROPOSED_TIER => "tier",
        field if field.starts_with("trains_") => "trains_on_customer_data",
        field => field,
    };
    let own = [field, named].into_iter().find_map(|id| known(renderer, format!("register.value.{id}.{value}")));
    if let Some(words) = own {
        return words;
    }
    // "Yes" and "high" mean the same in every field of choices; what no field says, and what differs by plan, in all.
    let is_choice = Field::named(field).is_some_and(|field| field.values.contains(&value));
    let is_common = is_choice || value == BY_PLAN || value == "unknown";
    is_common.then(|| known(renderer, format!("register.value.{value}"))).flatten().unwrap_or_else(|| value.to_owned())
}

/// A facet's value as it is read.
pub(super) fn facet_value(renderer: &Renderer, facet: Topic, text: &str) -> String {
    value(renderer, facet.id(), text)
}

fn known(renderer: &Renderer, key: String) -> Option<String> {
    renderer.platform.wording.knows(&key).then(|| renderer.text(&key, &[]))
}

/// Why work on an import was not finished that nobody waited for.
pub(super) fn failed(renderer: &Renderer, import: &import::Model) -> Option<String> {
    let code = actions::failed(import)?;
    known(renderer, format!("register.import.failed.{code}"))
        .or_else(|| Some(not_now(&renderer.platform.wording, code)))
}
