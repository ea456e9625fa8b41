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

/// On the way to a provider.
#[derive(Debug, Serialize)]
pub struct Onward {
    /// The provider's name.
    pub provider: String,
    /// Its address.
    pub href: String,
}

impl View for Onward {
    const TEMPLATE: &'static str = "pages/sign_in/onward";

    fn samples() -> Vec<Self> {
        let page =
            |provider: &str| Self { provider: provider.into(), href: "https://id.example/?state=x&nonce=y".into() };
        vec![page("Contoso"), page(&"登入".repeat(150)), page("<script>alert(1)</script>")]
    }
}

/// A provider did not vouch for somebody, or it was not enough.
#[derive(Debug, Serialize)]
pub struct ProviderRefused {
    /// What happened.
    pub heading: String,
    /// What to do.
    pub advice: String,
    /// Where to try again; none where nobody knows where they tried.
    pub again: Option<String>,
}

impl View for ProviderRefused {
    const TEMPLATE: &'static str = "pages/sign_in/refused";

    fn samples() -> Vec<Self> {
        let page = |text: &str, again: Option<&str>| Self {
            heading: text.into(),
            advice: text.into(),
            again: again.map(str::to_owned),
        };
        vec![
            page("Refused", None),
            page("Refused", Some("/sign-in/provider/1")),
            page(&"登入".repeat(150), None),
            page("<script>alert(1)</script>", Some("/sign-in/provider/1")),
        ]
    }
}

/// The session is over here.
#[derive(Debug, Serialize)]
pub struct SignedOut {
    /// The provider where it is not over; none where there is none, or it offers no sign-out.
    pub provider: Option<String>,
    /// Where one signs out there.
    pub href: Option<String>,
}

impl View for SignedOut {
    const TEMPLATE: &'static str = "pages/sign_in/signed_out";

    fn samples() -> Vec<Self> {
        let page =
            |name: &str| Self { provider: Some(name.into()), href: Some("https://id.example/end?a=b&c=d".into()) };
        vec![
            Self { provider: None, href: None },
            page("Contoso"),
            page(&"登入".repeat(150)),
            page("<script>alert(1)</script>"),
        ]
    }
}
