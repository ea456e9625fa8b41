//! Pages: a typed context and its template, rendered.

use super::actor::Caller;
use super::shell::{Around, Shell};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::response::Html;
use domain::access::Roles;
use serde::Serialize;
use std::fmt::Display;

/// The context of a page or of a part of one: its template, and samples with which a test renders it.
pub trait View: Serialize {
    /// Name of the template: `pages/vendors/list`.
    const TEMPLATE: &'static str;

    /// Contexts to try it with: empty, ordinary, overlong, hostile.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// A view as the test that renders all samples sees it: the template's name, and its samples as JSON.
pub type Sampled = (&'static str, fn() -> Vec<serde_json::Value>);

/// The samples of a view.
pub fn sampled<V: View>() -> Sampled {
    (V::TEMPLATE, || V::samples().iter().map(|sample| serde_json::to_value(sample).unwrap_or_default()).collect())
}

#[derive(Serialize)]
struct Page<'a, V> {
    shell: &'a Shell,
    #[serde(flatten)]
    view: &'a V,
}

/// Renders pages, and finds words.
#[derive(Clone)]
pub struct Renderer {
    /// The parts.
    pub platform: Platform,
}

impl Renderer {
    /// A whole page.
    ///
    /// # Errors
    /// When the template names a value that the context does not have, which the samples' test finds first.
    pub fn page<V: View>(&self, shell: &Shell, view: &V) -> Result<Html<String>> {
        let context = Page { shell, view };
        self.platform.templates.render(V::TEMPLATE, &context).map(Html).map_err(AppError::internal)
    }

    /// What stands around a page of the desk.
    pub fn desk(&self, around: &Around, caller: &Caller, title: impl Into<String>) -> Shell {
        Shell::desk(around, caller, self.roles(&caller.roles), title)
    }

    /// Roles in words.
    pub fn roles(&self, roles: &Roles) -> String {
        let names: Vec<_> = roles.iter().map(|role| self.text(&format!("role.{role}"), &[])).collect();
        names.join(", ")
    }

    /// The words of a key.
    pub fn text(&self, key: &str, values: &[(&str, &dyn Display)]) -> String {
        self.platform.wording.text(crate::platform::wording::ENGLISH, key, values)
    }

    /// The words of a key for a count.
    pub fn counted(&self, key: &str, count: i64) -> String {
        self.platform.wording.counted(crate::platform::wording::ENGLISH, key, count, &[])
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Renderer
where
    Platform: FromRef<S>,
{
    type Rejection = AppError;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self> {
        Ok(Self { platform: Platform::from_ref(state) })
    }
}
