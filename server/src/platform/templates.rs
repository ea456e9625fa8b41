//! Page and mail templates: handlebars, strict, with wording by key.

use crate::platform::wording::Wording;
use handlebars::{
    Context, Handlebars, Helper, JsonRender, Output, RenderContext, RenderError, RenderErrorReason, no_escape,
};
use rust_embed::RustEmbed;
use serde::Serialize;
use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

/// The files of `web/templates/`, in the binary.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../web/templates"]
#[include = "*.hbs"]
struct Files;

/// Compiled templates.
pub struct Templates {
    pages: Handlebars<'static>,
    mails: Handlebars<'static>,
}

/// A template that does not compile, or does not render.
#[derive(Debug, thiserror::Error)]
pub enum BadTemplate {
    /// It does not compile.
    #[error("template {name}: {reason}")]
    Compile {
        /// Which.
        name: String,
        /// Why.
        reason: String,
    },
    /// It does not render: a value that it names is not in its context, for example.
    #[error("template {name}: {reason}")]
    Render {
        /// Which.
        name: String,
        /// Why.
        reason: String,
    },
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Templates")
    }
}

impl Templates {
    /// Compiles the templates in the binary, then those of the override folder, which win.
    ///
    /// # Errors
    /// When one does not compile.
    pub fn load(overrides: Option<&Path>, wording: &Arc<Wording>) -> Result<Self, BadTemplate> {
        let mut pages = Handlebars::new();
        let mut mails = Handlebars::new();
        mails.register_escape_fn(no_escape);
        for engine in [&mut pages, &mut mails] {
            engine.set_strict_mode(true);
            // Else what somebody typed over several lines gains blanks wherever a partial stands indented.
            engine.set_prevent_indent(true);
            add_helpers(engine, wording);
        }
        let embedded = Files::iter().filter_map(|name| Some((name.to_string(), Files::get(&name)?.data.into_owned())));
        let replaced = overrides.map(|dir| files_below(&dir.join("templates"))).unwrap_or_default();
        for (file, content) in embedded.chain(replaced) {
            let name = file.trim_end_matches(".hbs").to_owned();
            let engine = if name.ends_with(".txt") { &mut mails } else { &mut pages };
            engine
                .register_template_string(&name, String::from_utf8_lossy(&content))
                .map_err(|e| BadTemplate::Compile { name, reason: e.to_string() })?;
        }
        Ok(Self { pages, mails })
    }

    /// Renders a page or a partial as HTML; `*.txt` templates as plain text.
    ///
    /// # Errors
    /// When the template names a value that the context does not have.
    pub fn render(&self, name: &str, context: &impl Serialize) -> Result<String, BadTemplate> {
        let engine = if name.ends_with(".txt") { &self.mails } else { &self.pages };
        engine.render(name, context).map_err(|e| BadTemplate::Render { name: name.to_owned(), reason: e.to_string() })
    }

    /// Names of all templates, `*.txt` ones included.
    pub fn names(&self) -> Vec<String> {
        self.pages.get_templates().keys().chain(self.mails.get_templates().keys()).cloned().collect()
    }
}

/// Relative name and content of every file below a folder; nothing where there is no folder.
pub(crate) fn files_below(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let (Ok(name), Ok(content)) = (path.strip_prefix(folder), std::fs::read(&path)) {
                found.push((name.to_string_lossy().into_owned(), content));
            }
        }
    }
    found.sort();
    found
}

fn add_helpers(engine: &mut Handlebars<'static>, wording: &Arc<Wording>) {
    engine.register_helper("lang", Box::new(lang));
    let words = Arc::clone(wording);
    engine.register_helper(
        "t",
        Box::new(
            move |h: &Helper<'_>,
                  r: &Handlebars<'_>,
                  c: &Context,
                  _: &mut RenderContext<'_, '_>,
                  out: &mut dyn Output| {
                let key = key(h)?;
                let values = values(h);
                let values: Vec<(&str, &dyn Display)> = values.iter().map(|(n, v)| (*n, v as &dyn Display)).collect();
                out.write(&escaped(r, &words.text(language(c), &key, &values)))?;
                Ok(())
            },
        ),
    );
    let words = Arc::clone(wording);
    engine.register_helper(
        "tn",
        Box::new(
            move |h: &Helper<'_>,
                  r: &Handlebars<'_>,
                  c: &Context,
                  _: &mut RenderContext<'_, '_>,
                  out: &mut dyn Output| {
                let key = key(h)?;
                let count = h.param(1).and_then(|p| p.value().as_i64()).ok_or_else(|| missing("tn", 1))?;
                let values = values(h);
                let values: Vec<(&str, &dyn Display)> = values.iter().map(|(n, v)| (*n, v as &dyn Display)).collect();
                out.write(&escaped(r, &words.counted(language(c), &key, count, &values)))?;
                Ok(())
            },
        ),
    );
}

/// ` lang="..."` around the questionnaire's own words, which stand on the page in a language of their own.
fn lang(
    _: &Helper<'_>,
    engine: &Handlebars<'_>,
    context: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> Result<(), RenderError> {
    if let Some(tag) = context.data()["shell"]["content_language"].as_str() {
        out.write(&format!(" lang=\"{}\"", escaped(engine, tag)))?;
    }
    Ok(())
}

fn key(h: &Helper<'_>) -> Result<String, RenderError> {
    h.param(0).and_then(|p| p.value().as_str()).map(str::to_owned).ok_or_else(|| missing("t", 0))
}

fn missing(helper: &str, index: usize) -> RenderError {
    RenderErrorReason::ParamNotFoundForIndex(if helper == "t" { "t" } else { "tn" }, index).into()
}

fn values<'a>(h: &'a Helper<'_>) -> Vec<(&'a str, String)> {
    h.hash().iter().map(|(name, value)| (*name, value.value().render())).collect()
}

fn escaped(engine: &Handlebars<'_>, text: &str) -> String {
    engine.get_escape_fn()(text)
}

/// The language of the page: `shell.language`, or `language` of a mail.
fn language(context: &Context) -> &str {
    let data = context.data();
    data["shell"]["language"].as_str().or_else(|| data["language"].as_str()).unwrap_or(super::wording::ENGLISH)
}
