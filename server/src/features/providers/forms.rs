//! The form of a provider: its fields, and what was posted as the action takes it.

use super::Keeper;
use super::views::{FormFields, Theirs};
use crate::actions::oidc::providers::{ProviderInput, read_role_map, role_map_lines};
use crate::error::Result;
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted};
use crate::web::render::Renderer;
use domain::access::{Role, Roles, Side};
use domain::problem::{Problem, Problems};
use entity::identity_provider;
use serde_json::Value;

/// What was posted.
///
/// # Errors
/// Lines of the role map, and roles, that cannot be read.
pub(super) fn input(fields: &Fields) -> Result<ProviderInput> {
    let mut problems = Vec::new();
    let role_map = read_role_map(fields.one("role_map")).unwrap_or_else(|found| {
        problems.extend(found.0);
        Vec::new()
    });
    let mut default_roles = Roles::default();
    for role in fields.all("default_roles").filter(|role| !role.is_empty()) {
        match role.parse::<Role>() {
            Ok(role) => default_roles = default_roles.with(role),
            Err(_) => problems.push(Problem::new("default_roles", "unknown")),
        }
    }
    let one = |name: &str| fields.one(name).to_owned();
    let input = ProviderInput {
        name: one("name"),
        issuer: one("issuer"),
        client_id: one("client_id"),
        client_secret: one("client_secret"),
        scopes: one("scopes"),
        roles_claim: one("roles_claim"),
        role_map,
        default_roles,
        enabled: fields.has("enabled"),
    };
    // What else is wrong is told with it, so the required fields are looked at here too.
    if !problems.is_empty() {
        for name in ["name", "issuer", "client_id"] {
            if !fields.has(name) {
                problems.push(Problem::new(name, "required"));
            }
        }
    }
    Ok(Problems::none_or(problems, input)?)
}

/// What stands there.
pub(super) fn values(row: &identity_provider::Model) -> Vec<(String, String)> {
    let some = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut values = vec![
        ("name".to_owned(), row.name.clone()),
        ("issuer".to_owned(), row.issuer.clone()),
        ("client_id".to_owned(), row.client_id.clone()),
        ("scopes".to_owned(), some(&row.scopes)),
        ("roles_claim".to_owned(), some(&row.roles_claim)),
        ("role_map".to_owned(), role_map_lines(&row.role_map)),
        ("revision".to_owned(), row.revision.to_string()),
    ];
    for role in some(&row.default_roles).split_whitespace() {
        values.push(("default_roles".to_owned(), role.to_owned()));
    }
    if row.enabled {
        values.push(("enabled".to_owned(), "yes".to_owned()));
    }
    values
}

/// The roles that members here can have.
pub(super) fn roles_of(sides: &[Side]) -> Vec<Role> {
    Role::ALL.iter().copied().filter(|role| sides.contains(&role.side())).collect()
}

pub(super) fn fields(
    renderer: &Renderer,
    keeper: &Keeper,
    posted: &Posted,
    sides: &[Side],
    has_secret: bool,
) -> FormFields {
    let label = |name: &str| renderer.text(&format!("providers.field.{name}"), &[]);
    let hint = |name: &str| Some(renderer.text(&format!("providers.hint.{name}"), &[]));
    let plain = |name: &str| Field { hint: hint(name), ..posted.field(name, label(name)) };
    let known: Vec<_> = roles_of(sides).iter().map(|role| role.name()).collect();
    let choice = |role: &Role| Choice {
        key: role.name().to_owned(),
        text: renderer.text(&format!("role.{role}"), &[]),
        note: None,
        chosen: posted.fields.all("default_roles").any(|chosen| chosen == role.name()),
    };
    FormFields {
        name: Field {
            required: true,
            max_length: Some(renderer.platform.config.limits.name_characters),
            ..plain("name")
        },
        issuer: Field { required: true, kind: "url", ..plain("issuer") },
        client_id: Field { required: true, autocomplete: Some("off"), ..plain("client_id") },
        client_secret: Field {
            kind: "password",
            autocomplete: Some("new-password"),
            value: String::new(),
            hint: hint(if has_secret { "client_secret_kept" } else { "client_secret" }),
            ..posted.field("client_secret", label("client_secret"))
        },
        scopes: plain("scopes"),
        roles_claim: plain("roles_claim"),
        role_map: Field {
            rows: Some(4),
            hint: Some(renderer.text("providers.hint.role_map", &[("roles", &known.join(", "))])),
            ..posted.field("role_map", label("role_map"))
        },
        default_roles: (!keeper.is_operator())
            .then(|| Field { options: roles_of(sides).iter().map(choice).collect(), ..plain("default_roles") }),
        enabled: Field { checked: posted.fields.has("enabled"), ..plain("enabled") },
    }
}

/// What somebody else wrote meanwhile, where it differs from what was typed.
pub(super) fn theirs(renderer: &Renderer, current: &Value, typed: &Fields) -> Vec<Theirs> {
    let mut found = Vec::new();
    for name in ["name", "issuer", "client_id", "scopes", "roles_claim", "role_map", "default_roles", "enabled"] {
        let stands = match (name, current.get(name)) {
            ("role_map", Some(map)) => role_map_lines(map),
            (_, Some(Value::Bool(on))) => renderer.text(if *on { "providers.on" } else { "providers.off" }, &[]),
            (_, Some(Value::String(text))) => text.clone(),
            _ => String::new(),
        };
        let said = match name {
            "enabled" => renderer.text(if typed.has("enabled") { "providers.on" } else { "providers.off" }, &[]),
            "default_roles" => typed.all(name).collect::<Vec<_>>().join(" "),
            _ => typed.one(name).to_owned(),
        };
        if stands.split_whitespace().ne(said.split_whitespace()) {
            let stands = if stands.is_empty() { renderer.text("providers.nothing", &[]) } else { stands };
            found.push(Theirs { label: renderer.text(&format!("providers.field.{name}"), &[]), stands });
        }
    }
    found
}

/// What was posted, with the revision that stands now: sending it again writes it over what stands there.
pub(super) fn with_revision(mut typed: Fields, current: &Value) -> Fields {
    let revision = current.get("revision").and_then(Value::as_i64).unwrap_or_default().to_string();
    typed.0.retain(|(name, _)| name != "revision");
    typed.0.push(("revision".to_owned(), revision));
    typed
}
