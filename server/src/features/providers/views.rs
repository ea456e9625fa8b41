//! Contexts of the pages of providers and mail domains.

use crate::web::form::{Choice, ErrorLink, Field};
use crate::web::moment::Moment;
use crate::web::render::View;
use serde::Serialize;

/// A step back to where one came from.
#[derive(Clone, Debug, Serialize)]
pub struct Crumb {
    /// Where it leads.
    pub href: String,
    /// What is there.
    pub text: String,
}

/// The providers, and the mail domains that they may speak for.
#[derive(Debug, Serialize)]
pub struct ProvidersPage {
    /// These are the installation's.
    pub is_operator: bool,
    /// Providers by name.
    pub providers: Vec<ProviderRow>,
    /// The organisation's domains by name.
    pub domains: Vec<DomainRow>,
    /// A domain is proved.
    pub has_proof: bool,
    /// For operators: domains of all organisations that wait to be proved.
    pub waiting: Vec<Waiting>,
    /// What is wrong with the domain that was typed.
    pub errors: Vec<ErrorLink>,
    /// A domain to be claimed.
    pub domain: Field,
    /// So that a second click claims nothing more.
    pub once: String,
}

/// A provider of the list.
#[derive(Clone, Debug, Serialize)]
pub struct ProviderRow {
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub issuer: String,
    /// People can sign in there.
    pub enabled: bool,
}

/// A mail domain of the organisation.
#[derive(Clone, Debug, Serialize)]
pub struct DomainRow {
    /// The domain.
    pub domain: String,
    /// Since when it is proved.
    pub proved: Option<Moment>,
    /// An operator confirmed it; otherwise a mail did.
    pub by_operator: bool,
    /// A proof link was mailed and works until then.
    pub asked_until: Option<Moment>,
    /// Where a mail is asked for.
    pub mail_href: String,
    /// Where it can go.
    pub mailboxes: Vec<Choice>,
    /// The id of that choice.
    pub mailbox_id: String,
    /// Where it is given up.
    pub remove_href: String,
}

/// A domain that an operator may confirm.
#[derive(Clone, Debug, Serialize)]
pub struct Waiting {
    /// The domain.
    pub domain: String,
    /// Whose it is said to be.
    pub organisation: String,
    /// Since when.
    pub since: Moment,
    /// Where it is confirmed.
    pub confirm_href: String,
}

const HOSTILE: &str = "\"><script>alert(1)</script>";

fn overlong() -> String {
    "登入服務供應商 ".repeat(40)
}

fn field(name: &str, value: &str) -> Field {
    let option = Choice { key: "analyst".into(), text: value.into(), note: None, chosen: true };
    Field {
        id: name.into(),
        name: name.into(),
        label: name.into(),
        value: value.into(),
        kind: "text",
        options: vec![option],
        ..Field::default()
    }
}

fn errors(text: &str) -> Vec<ErrorLink> {
    vec![ErrorLink { href: "#name".into(), text: text.into() }]
}

impl View for ProvidersPage {
    const TEMPLATE: &'static str = "pages/providers/list";

    fn samples() -> Vec<Self> {
        let when = || Moment { at: "2026-11-21T10:42:00Z".into(), when: "2026-11-21 10:42".into() };
        let domain = |n: u8, text: &str, proved: Option<Moment>, asked: Option<Moment>| DomainRow {
            domain: text.into(),
            by_operator: text.len() > 20,
            proved,
            asked_until: asked,
            mail_href: "/domains/1/mail".into(),
            mailboxes: vec![Choice {
                key: "postmaster".into(),
                text: format!("postmaster@{text}"),
                ..Choice::default()
            }],
            mailbox_id: format!("mailbox-{n}"),
            remove_href: "/domains/1/remove".into(),
        };
        let page = |text: &str, is_operator: bool| Self {
            is_operator,
            providers: [true, false]
                .map(|enabled| ProviderRow {
                    href: "/providers/1".into(),
                    name: text.into(),
                    issuer: text.into(),
                    enabled,
                })
                .to_vec(),
            domains: vec![
                domain(1, text, None, None),
                domain(2, text, None, Some(when())),
                domain(3, text, Some(when()), None),
                domain(4, "example.org", Some(when()), None),
            ],
            has_proof: true,
            waiting: vec![Waiting {
                domain: text.into(),
                organisation: text.into(),
                since: when(),
                confirm_href: "/domains/1/confirm".into(),
            }],
            errors: errors(text),
            domain: field("domain", text),
            once: "k".into(),
        };
        let empty = |is_operator| Self {
            is_operator,
            providers: Vec::new(),
            domains: Vec::new(),
            has_proof: false,
            waiting: Vec::new(),
            errors: Vec::new(),
            domain: field("domain", ""),
            once: "k".into(),
        };
        let mut pages = vec![empty(false), empty(true)];
        for text in ["contoso.example", &overlong(), HOSTILE] {
            pages.extend([page(text, false), page(text, true)]);
        }
        pages
    }
}

/// What somebody else wrote meanwhile.
#[derive(Clone, Debug, Serialize)]
pub struct Theirs {
    /// The field.
    pub label: String,
    /// What stands there.
    pub stands: String,
}

/// The fields of a provider.
#[derive(Clone, Debug, Serialize)]
pub struct FormFields {
    /// What people know it by.
    pub name: Field,
    /// Its address.
    pub issuer: Field,
    /// Its name for us.
    pub client_id: Field,
    /// What proves that we are that.
    pub client_secret: Field,
    /// What is asked for beside the usual.
    pub scopes: Field,
    /// Which claim says what somebody is there for.
    pub roles_claim: Field,
    /// What its values mean.
    pub role_map: Field,
    /// What is everybody there for; none for the installation's.
    pub default_roles: Option<Field>,
    /// People can sign in there.
    pub enabled: Field,
}

impl FormFields {
    /// All of them.
    pub fn all(&self) -> Vec<&Field> {
        let mut all = vec![
            &self.name,
            &self.issuer,
            &self.client_id,
            &self.client_secret,
            &self.scopes,
            &self.roles_claim,
            &self.role_map,
        ];
        all.extend(&self.default_roles);
        all.push(&self.enabled);
        all
    }
}

/// A provider: new, or as it stands.
#[derive(Debug, Serialize)]
pub struct ProviderForm {
    /// Back to the list.
    pub crumbs: Vec<Crumb>,
    /// The provider's name.
    pub title: String,
    /// It is not there yet.
    pub is_new: bool,
    /// It is the installation's.
    pub is_operator: bool,
    /// Where the form is sent.
    pub action: String,
    /// What is registered at the provider.
    pub callback: String,
    /// What is wrong.
    pub errors: Vec<ErrorLink>,
    /// So that a second click adds nothing more.
    pub once: String,
    /// The revision that was seen.
    pub revision: String,
    /// How many people it knows, in words.
    pub known: String,
    /// It knows somebody.
    pub knows_somebody: bool,
    /// Where it is tried; none for a new one, here and below.
    pub test_href: Option<String>,
    /// Where it is made to forget.
    pub forget_href: Option<String>,
    /// Where it is taken away.
    pub remove_href: Option<String>,
    /// What somebody else wrote meanwhile.
    pub theirs: Vec<Theirs>,
    /// The fields.
    pub form: FormFields,
}

impl View for ProviderForm {
    const TEMPLATE: &'static str = "pages/providers/form";

    fn samples() -> Vec<Self> {
        let page = |text: &str, is_new: bool, is_operator: bool| {
            let href = |name: &str| (!is_new).then(|| format!("/providers/1/{name}"));
            Self {
                crumbs: vec![Crumb { href: "/providers".into(), text: text.into() }],
                title: text.into(),
                is_new,
                is_operator,
                action: "/providers/new".into(),
                callback: "https://candor.example/sign-in/callback".into(),
                errors: if text.is_empty() { Vec::new() } else { errors(text) },
                once: "k".into(),
                revision: "1".into(),
                known: "3 people".into(),
                knows_somebody: !is_new,
                test_href: href("test"),
                forget_href: href("forget"),
                remove_href: href("remove"),
                theirs: vec![Theirs { label: text.into(), stands: text.into() }],
                form: FormFields {
                    name: field("name", text),
                    issuer: field("issuer", text),
                    client_id: field("client_id", text),
                    client_secret: field("client_secret", ""),
                    scopes: field("scopes", text),
                    roles_claim: field("roles_claim", text),
                    role_map: Field { rows: Some(4), ..field("role_map", text) },
                    default_roles: (!is_operator).then(|| field("default_roles", text)),
                    enabled: field("enabled", "yes"),
                },
            }
        };
        let texts = [String::new(), "Contoso".to_owned(), overlong(), HOSTILE.to_owned()];
        texts
            .iter()
            .flat_map(|text| [page(text, true, false), page(text, false, false), page(text, false, true)])
            .collect()
    }
}

/// Asks before a provider is taken away.
#[derive(Debug, Serialize)]
pub struct RemovePage {
    /// Its name.
    pub name: String,
    /// Where it is taken away.
    pub action: String,
    /// Back to it.
    pub back: String,
}

impl View for RemovePage {
    const TEMPLATE: &'static str = "pages/providers/remove";

    fn samples() -> Vec<Self> {
        let page =
            |name: &str| Self { name: name.into(), action: "/providers/1/remove".into(), back: "/providers/1".into() };
        vec![page("Contoso"), page(&overlong()), page(HOSTILE)]
    }
}

/// The page behind a mailed proof link.
#[derive(Debug, Serialize)]
pub struct ProofPage {
    /// What it is about.
    pub heading: String,
    /// What it means.
    pub about: String,
    /// The button is there.
    pub is_ready: bool,
}

impl View for ProofPage {
    const TEMPLATE: &'static str = "pages/providers/proof";

    fn samples() -> Vec<Self> {
        let page = |text: &str, is_ready| Self { heading: text.into(), about: text.into(), is_ready };
        vec![page("example.org", true), page("example.org", false), page(&overlong(), true), page(HOSTILE, true)]
    }
}
