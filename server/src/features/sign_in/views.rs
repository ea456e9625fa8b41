//! Contexts of the sign-in pages.

use crate::actions::oidc::Choice;
use crate::web::form::{ErrorLink, Field};
use crate::web::render::View;
use serde::Serialize;

/// A provider that anybody may sign in with.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProviderLink {
    /// What it is called.
    pub name: String,
    /// Where signing in with it begins.
    pub href: String,
}

impl From<Choice> for ProviderLink {
    fn from(provider: Choice) -> Self {
        Self { href: provider.href(), name: provider.name }
    }
}

/// How one signs in.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SignInPage {
    /// A path of ours, where one goes then; empty where to one's start.
    pub return_to: String,
    /// The address that a link is mailed to.
    pub email: Field,
    /// What is wrong with it.
    pub errors: Vec<ErrorLink>,
    /// Passwords are on.
    pub passwords: bool,
    /// The address that goes with a password.
    pub password_email: Field,
    /// The password.
    pub password: Field,
    /// What is wrong with these.
    pub password_errors: Vec<ErrorLink>,
    /// The installation's providers.
    pub providers: Vec<ProviderLink>,
}

impl View for SignInPage {
    const TEMPLATE: &'static str = "pages/sign_in/sign_in";

    fn samples() -> Vec<Self> {
        let page = |text: &str| {
            let field = |id: &str, name: &str| Field {
                id: id.into(),
                name: name.into(),
                label: text.into(),
                value: text.into(),
                kind: "text",
                ..Field::default()
            };
            Self {
                return_to: text.into(),
                email: field("email", "email"),
                errors: Vec::new(),
                passwords: true,
                password_email: field("password-email", "email"),
                password: field("password", "password"),
                password_errors: Vec::new(),
                providers: vec![ProviderLink { name: text.into(), href: "/sign-in/provider/1".into() }; 2],
            }
        };
        let error = |href: &str| vec![ErrorLink { href: href.into(), text: "Wrong".into() }];
        let texts = ["Ordinary".to_owned(), "陳大文".repeat(100), "\"><script>alert(1)</script>".to_owned()];
        let off = Self { passwords: false, providers: Vec::new(), ..page("") };
        let wrong_mail = Self { errors: error("#email"), ..page("x") };
        let wrong_password = Self { password_errors: error("#password"), ..page("x") };
        texts.iter().map(|text| page(text)).chain([off, wrong_mail, wrong_password]).collect()
    }
}

/// A mail is on its way, if somebody has the address.
#[derive(Debug, Serialize)]
pub struct Sent {
    /// How long its link works.
    pub minutes: i64,
}

impl View for Sent {
    const TEMPLATE: &'static str = "pages/sign_in/sent";

    fn samples() -> Vec<Self> {
        vec![Self { minutes: 15 }]
    }
}

/// A sign-in link, before its button is pressed.
#[derive(Debug, Serialize)]
pub struct Link {
    /// It works here.
    pub works: bool,
    /// It works in another browser.
    pub elsewhere: bool,
    /// It came by mail, and its time is over.
    pub late: bool,
    /// Where a fresh one is asked for.
    pub again: String,
    /// How long that one works.
    pub minutes: i64,
}

impl View for Link {
    const TEMPLATE: &'static str = "pages/sign_in/link";

    fn samples() -> Vec<Self> {
        let link =
            |works, elsewhere, late| Self { works, elsewhere, late, again: "/sign-in/x/again".into(), minutes: 15 };
        vec![link(true, false, false), link(false, true, false), link(false, false, true), link(false, false, false)]
    }
}

/// The form that makes the first organisation.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SetUpPage {
    /// The link works still.
    pub works: bool,
    /// What is wrong, linked to the fields.
    pub errors: Vec<ErrorLink>,
    /// What the organisation is called.
    pub organisation: Field,
    /// Its first administrator's name.
    pub name: Field,
    /// Their address.
    pub email: Field,
}

impl View for SetUpPage {
    const TEMPLATE: &'static str = "pages/sign_in/set_up";

    fn samples() -> Vec<Self> {
        let page = |text: &str| {
            let field = |name: &str| Field {
                id: name.into(),
                name: name.into(),
                label: name.into(),
                value: text.into(),
                kind: "text",
                ..Field::default()
            };
            Self {
                works: true,
                errors: Vec::new(),
                organisation: field("organisation"),
                name: field("name"),
                email: field("email"),
            }
        };
        let errors = vec![ErrorLink { href: "#name".into(), text: "Enter a name".into() }];
        vec![
            page(""),
            Self { errors, ..page("\"><script>alert(1)</script>") },
            page(&"陳大文".repeat(100)),
            Self { works: false, ..page("") },
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

/// Something to do next.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Step {
    /// What.
    pub text: String,
    /// Why, or how.
    pub note: String,
    /// Where.
    pub href: String,
    /// `open`.
    pub status: &'static str,
}

/// What the first administrator finds.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Welcome {
    /// The organisation.
    pub organisation: String,
    /// Where mails are written to while no server takes them.
    pub mail_folder: Option<String>,
    /// What to do next.
    pub tasks: Vec<Step>,
}

impl View for Welcome {
    const TEMPLATE: &'static str = "pages/sign_in/welcome";

    fn samples() -> Vec<Self> {
        let page = |text: &str| Self {
            organisation: text.into(),
            mail_folder: Some(text.into()),
            tasks: vec![Step { text: text.into(), note: text.into(), href: "/people".into(), status: "open" }; 3],
        };
        let texts = ["Ordinary".to_owned(), "陳大文".repeat(100), "\"><script>alert(1)</script>".to_owned()];
        let bare = Self { mail_folder: None, ..page("x") };
        texts.iter().map(|text| page(text)).chain([bare]).collect()
    }
}
