//! Pages that belong together, as tabs.

use super::render::Renderer;
use serde::Serialize;

/// A tab, as `partials/tabs` reads it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Tab {
    /// Where it leads.
    pub href: String,
    /// What it is called.
    pub text: String,
    /// One is there.
    pub current: bool,
    /// How much is there.
    pub count: Option<u64>,
}

/// The pages about who may do what, and how their names are worded.
pub const PEOPLE: &[(&str, &str)] = &[
    ("/people", "people.members"),
    ("/people/invitations", "people.invitations"),
    ("/people/tokens", "people.tokens"),
    ("/people/roles", "people.roles"),
];

/// The pages about the installation.
pub const INSTALLATION: &[(&str, &str)] = &[
    ("/installation", "installation.health"),
    ("/installation/organisations", "installation.organisations"),
    ("/installation/operators", "installation.operators"),
];

/// The tabs, one of them current.
pub fn tabs(renderer: &Renderer, pages: &[(&str, &str)], here: &str) -> Vec<Tab> {
    let tab = |(href, key): &(&str, &str)| Tab {
        href: (*href).to_owned(),
        text: renderer.text(key, &[]),
        current: *href == here,
        count: None,
    };
    pages.iter().map(tab).collect()
}
