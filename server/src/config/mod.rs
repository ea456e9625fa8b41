//! Settings: compiled-in defaults, then a TOML file, then `CANDOR_...` from the environment, then flags.
//!
//! A nested setting is written `database.url` in the file and `CANDOR_DATABASE__URL` in the environment; what is secret
//! may stand in a file of its own, which `CANDOR_DATABASE__URL_FILE` names.

mod bom;
mod database;
mod limits;
mod mail;
mod search;
mod secret;
mod sign_in;
mod workbook;

pub use bom::BomLimits;
pub use database::Database;
pub use limits::Limits;
pub use mail::Mail;
pub use search::Search;
pub use sign_in::SignIn;
pub use workbook::ReadLimits;

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use secret::{Files, names_file};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// Everything that an operator can set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address that people type, scheme included; links in mails begin with it. Absent: the address listened on.
    pub public_url: Option<String>,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Where the embedded database, files, mails and the search index live.
    pub data_dir: PathBuf,
    /// The installation key, which signs the audit log; made on first start. Absent: `installation.key` in `data_dir`.
    /// Keep a copy outside the machine.
    pub secret_file: Option<PathBuf>,
    /// A folder whose `templates/`, `locales/` and `assets/` stand before those in the binary.
    pub overrides_dir: Option<PathBuf>,
    /// Migrate the schema when starting.
    pub migrate_on_start: bool,
    /// Log lines as JSON instead of text.
    pub log_json: bool,
    /// What is logged, as in `RUST_LOG`.
    pub log_filter: String,
    /// The database.
    pub database: Database,
    /// Outgoing mail.
    pub mail: Mail,
    /// The search engine.
    pub search: Search,
    /// How people may sign in.
    pub sign_in: SignIn,
    /// Everything that bounds what a stranger can make the program do.
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            trusted_proxies: Vec::new(),
            data_dir: PathBuf::from("data"),
            secret_file: None,
            overrides_dir: None,
            migrate_on_start: true,
            log_json: false,
            log_filter: "info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn,tantivy=warn".to_owned(),
            database: Database::default(),
            mail: Mail::default(),
            search: Search::default(),
            sign_in: SignIn::default(),
            limits: Limits::default(),
        }
    }
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The file or the environment does not parse.
    #[error("settings: {0}")]
    Read(Box<figment::Error>),
    /// Sign-in cookies and answers would cross a network in the clear.
    #[error(
        "public_url is {0}: plain http is refused beyond loopback. Set public_url (CANDOR_PUBLIC_URL) to the https \
         address that your proxy serves, or listen on a loopback address"
    )]
    PlainHttp(String),
    /// `public_url` is no web address.
    #[error("public_url is {0:?}: it must be http:// or https:// with a host and no path")]
    PublicUrl(String),
}

impl Config {
    /// Reads the settings; `file` must exist when given.
    ///
    /// # Errors
    /// When a setting is unknown, misspelt, or of the wrong kind: the message names it.
    pub fn read(file: Option<&Path>) -> Result<Self, Unusable> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        figment = match file {
            Some(file) => figment.merge(Toml::file_exact(file)),
            None => figment.merge(Toml::file("candor.toml")),
        };
        figment
            // CANDOR_CONFIG names the file; it is no setting.
            .merge(Env::prefixed("CANDOR_").filter(|key| key != "config" && !names_file(key.as_str())).split("__"))
            .merge(Files::of_environment())
            .extract()
            .map_err(|e| Unusable::Read(Box::new(e)))
    }

    /// The address that people type, without a slash at the end.
    ///
    /// # Errors
    /// When it is no web address, or plain http beyond loopback.
    pub fn public_url(&self) -> Result<String, Unusable> {
        let url = match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listen),
        };
        let uri: http::Uri = url.parse().map_err(|_| Unusable::PublicUrl(url.clone()))?;
        let host = uri.host().unwrap_or_default();
        if host.is_empty() || !matches!(uri.path(), "" | "/") {
            return Err(Unusable::PublicUrl(url));
        }
        let loopback =
            host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        match uri.scheme_str() {
            Some("https") => Ok(url),
            Some("http") if loopback && (self.public_url.is_some() || self.listen.ip().is_loopback()) => Ok(url),
            Some("http") => Err(Unusable::PlainHttp(url)),
            _ => Err(Unusable::PublicUrl(url)),
        }
    }

    /// Where the installation key is.
    pub fn secret_file(&self) -> PathBuf {
        self.secret_file.clone().unwrap_or_else(|| self.data_dir.join("installation.key"))
    }
}
