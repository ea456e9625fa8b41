//! Contexts of the sign-in pages.

use crate::web::render::View;
use serde::Serialize;
use serde_json::{Value, json};

/// How one signs in.
#[derive(Debug, Serialize)]
pub struct How {}

impl View for How {
    const TEMPLATE: &'static str = "pages/sign_in/how";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}

/// A sign-in link, before its button is pressed.
#[derive(Debug, Serialize)]
pub struct Link {
    /// It works still.
    pub works: bool,
}

impl View for Link {
    const TEMPLATE: &'static str = "pages/sign_in/link";

    fn samples() -> Vec<Self> {
        vec![Self { works: true }, Self { works: false }]
    }
}

/// The form that makes the first organisation.
#[derive(Debug, Serialize)]
pub struct SetUpPage {
    /// The link works still.
    pub works: bool,
    /// What is wrong, linked to the fields.
    pub errors: Vec<Value>,
    /// The fields by name.
    pub form: Value,
}

impl View for SetUpPage {
    const TEMPLATE: &'static str = "pages/sign_in/set_up";

    fn samples() -> Vec<Self> {
        let field = |name: &str, value: &str| {
            json!({ "id": name, "name": name, "label": name, "hint": null, "error": null, "value": value, "required": true,
                    "type": "text", "autocomplete": "off" })
        };
        let form = |value: &str| json!({ "organisation": field("organisation", value), "name": field("name", value), "email": field("email", value) });
        vec![
            Self { works: true, errors: Vec::new(), form: form("") },
            Self {
                works: true,
                errors: vec![json!({ "href": "#name", "text": "Enter a name" })],
                form: form("\"><script>alert(1)</script>"),
            },
            Self { works: false, errors: Vec::new(), form: form("") },
        ]
    }
}
