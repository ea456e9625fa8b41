//! In which language a questionnaire is read: as chosen on a page and kept in the session, else as the browser asks for.

use super::session::LANGUAGE;
use crate::actions::questionnaire::Opened;
use crate::error::{AppError, Result};
use crate::platform::published::Version;
use crate::platform::wording::{ENGLISH, Wording};
use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use serde::Serialize;
use std::sync::Arc;
use tower_sessions::Session;

/// Languages that a browser may list; what it lists behind these is not looked at.
const MOST_ACCEPTED: usize = 16;
/// Characters of a language tag (RFC 5646 asks for room for 35).
const LONGEST_TAG: usize = 35;

/// What somebody reads, best first.
#[derive(Clone, Debug, Default)]
pub struct Reads {
    /// Chosen on a page.
    chosen: Option<String>,
    /// As the browser or program asks for.
    accepted: Vec<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Reads {
    type Rejection = AppError;

    /// `?language=` chooses, and is kept in the session of whoever has one: an address that anybody may ask for starts none.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        // A tag holds nothing that an address would write otherwise.
        let query = parts.uri.query().unwrap_or_default();
        let asked = query.split('&').find_map(|pair| pair.strip_prefix("language="));
        let asked = asked.filter(|tag| is_tag(tag)).map(str::to_owned);
        let mut chosen = asked.clone();
        if let Ok(session) = Session::from_request_parts(parts, state).await {
            match asked {
                Some(tag) if !session.is_empty().await => keep(&session, &tag).await?,
                Some(_) => {}
                None => chosen = session.get(LANGUAGE).await.map_err(AppError::internal)?,
            }
        }
        let header = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Self { chosen, accepted: accepted(header) })
    }
}

async fn keep(session: &Session, tag: &str) -> Result<()> {
    session.insert(LANGUAGE, tag).await.map_err(AppError::internal)
}

impl Reads {
    /// Keeps what was chosen in a session that has just begun.
    ///
    /// # Errors
    /// When the session cannot be written.
    pub async fn keep(&self, session: &Session) -> Result<()> {
        match &self.chosen {
            Some(tag) => keep(session, tag).await,
            None => Ok(()),
        }
    }

    /// What an address ends in that carries the choice along; nothing where nobody chose.
    pub fn query(&self) -> String {
        self.chosen.as_ref().map(|tag| format!("?language={tag}")).unwrap_or_default()
    }

    /// The version in the best of its languages for this reader.
    pub fn edition(&self, version: &Version) -> Arc<Version> {
        let known = version.languages();
        let wanted = self.chosen.iter().chain(&self.accepted);
        let best = wanted.into_iter().find_map(|tag| matching(tag, &known));
        Arc::new(version.edition(best.unwrap_or_else(|| version.language())))
    }

    /// An assessment's questionnaire in the best of its languages for this reader.
    pub fn open(&self, opened: &mut Opened) {
        opened.version = self.edition(&opened.version);
        opened.whole = self.edition(&opened.whole);
    }
}

/// A language that a questionnaire can be read in, on the switch.
#[derive(Clone, Debug, Serialize)]
pub struct Edition {
    /// Its tag.
    pub language: String,
    /// Its name, in that language.
    pub name: String,
    /// The page in this language.
    pub href: String,
    /// It is the one that is read.
    pub current: bool,
}

/// The languages to choose from, for a page at this address; none where there is no choice.
pub fn editions(wording: &Wording, version: &Version, address: &str) -> Vec<Edition> {
    let known = version.languages();
    let edition = |tag: &&str| Edition {
        language: (*tag).to_owned(),
        name: name(wording, tag),
        href: format!("{address}?language={tag}"),
        current: *tag == version.language(),
    };
    if known.len() < 2 { Vec::new() } else { known.iter().map(edition).collect() }
}

/// What a language calls itself; its tag where the wording does not say.
fn name(wording: &Wording, tag: &str) -> String {
    let key = format!("language.{tag}");
    if wording.knows(&key) { wording.text(ENGLISH, &key, &[]) } else { tag.to_owned() }
}

fn is_tag(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST_TAG
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Tags of an `Accept-Language` header, best first (RFC 9110, 12.5.4); those of quality 0 are not wanted.
fn accepted(header: &str) -> Vec<String> {
    let mut ranges: Vec<(f64, String)> = header
        .split(',')
        .take(MOST_ACCEPTED)
        .filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().filter(|tag| is_tag(tag))?;
            let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok())?;
            (quality > 0.0).then(|| (quality, tag.to_owned()))
        })
        .collect();
    ranges.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranges.into_iter().map(|(_, tag)| tag).collect()
}

/// The known language that serves somebody who reads `tag`. Chinese is told apart by script, which regions imply:
/// Hong Kong, Macao and Taiwan write the traditional one.
fn matching<'a>(tag: &str, known: &[&'a str]) -> Option<&'a str> {
    let tag = tag.to_ascii_lowercase();
    let same = known.iter().find(|language| language.to_ascii_lowercase() == tag);
    let wanted = written(&tag);
    same.or_else(|| known.iter().find(|language| written(&language.to_ascii_lowercase()) == wanted)).copied()
}

/// Language and script of a tag in lower case.
fn written(tag: &str) -> (&str, &str) {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    let script = match language {
        "zh" if rest.iter().any(|part| ["hant", "hk", "mo", "tw"].contains(part)) => "hant",
        "zh" => "hans",
        _ => "",
    };
    (language, script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_read_by_quality() {
        assert_eq!(accepted("en;q=0.5, zh-HK, fr;q=0, *;q=0.1"), ["zh-HK", "en"]);
        assert_eq!(accepted("").len(), 0);
        assert_eq!(accepted("<script>,en;q=x,,de").first().map(String::as_str), Some("de"));
    }

    #[test]
    fn regions_imply_the_script() {
        let known = ["en", "zh-Hant"];
        assert_eq!(matching("zh-HK", &known), Some("zh-Hant"));
        assert_eq!(matching("zh-Hant-TW", &known), Some("zh-Hant"));
        assert_eq!(matching("zh-CN", &known), None);
        assert_eq!(matching("en-GB", &known), Some("en"));
        assert_eq!(matching("de", &known), None);
    }
}
