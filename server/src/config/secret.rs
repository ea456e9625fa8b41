//! Secrets among the settings: read from files, and never printed.

use figment::value::{Dict, Map};
use figment::{Error, Metadata, Profile, Provider};
use std::path::PathBuf;

/// What the name of a variable ends in that names a file instead of holding the value itself.
const FILE: &str = "_FILE";
/// The setting whose own name ends so.
const OWN: &str = "CANDOR_SECRET_FILE";

/// An address without what could be a secret in it: the scheme alone.
pub(super) fn redacted(url: &str) -> String {
    url.split_once("://").map_or_else(|| "...".to_owned(), |(scheme, _)| format!("{scheme}://..."))
}

/// Settings whose values stand in files: `CANDOR_DATABASE__URL_FILE` names the file that holds `database.url`, the way
/// containers are given secrets.
pub(super) struct Files(Vec<(String, PathBuf)>);

impl Files {
    /// Those of the environment.
    pub(super) fn of_environment() -> Self {
        Self::of(std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, PathBuf::from(value)))))
    }

    fn of(variables: impl Iterator<Item = (String, PathBuf)>) -> Self {
        let named = variables.filter(|(name, _)| is_one(name));
        let setting = |name: &str| name.trim_start_matches("CANDOR_").trim_end_matches(FILE).to_lowercase();
        Self(named.map(|(name, path)| (setting(&name), path)).collect())
    }
}

/// Whether a setting's name, as the environment gives it without `CANDOR_`, names a file that holds the value.
pub(super) fn names_file(key: &str) -> bool {
    is_one(&format!("CANDOR_{}", key.to_uppercase()))
}

fn is_one(name: &str) -> bool {
    name.starts_with("CANDOR_") && name.ends_with(FILE) && name != OWN
}

impl Provider for Files {
    fn metadata(&self) -> Metadata {
        Metadata::named("files that CANDOR_..._FILE names")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut dict = Dict::new();
        for (setting, path) in &self.0 {
            let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
            let value = text.trim_end_matches(['\r', '\n']);
            let mut names: Vec<&str> = setting.split("__").collect();
            let last = names.pop().unwrap_or_default().to_owned();
            let mut at = &mut dict;
            for name in names {
                let inner = at.entry(name.to_owned()).or_insert_with(|| Dict::new().into());
                let figment::value::Value::Dict(_, inner) = inner else {
                    return Err(format!("{setting} is no group of settings").into());
                };
                at = inner;
            }
            at.insert(last, value.into());
        }
        Ok(Profile::Default.collect(dict))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use figment::Figment;
    use figment::providers::Serialized;

    #[test]
    fn secrets_are_read_from_files_and_never_printed() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("url");
        std::fs::write(&file, "postgres://candor:hunter2@db.example/candor\n").expect("written");
        let variables = [("CANDOR_DATABASE__URL_FILE", &file), ("CANDOR_SECRET_FILE", &file), ("HOME_FILE", &file)];
        let files = Files::of(variables.into_iter().map(|(name, path)| (name.to_owned(), path.clone())));
        assert_eq!(files.0.len(), 1);
        let mut config: Config =
            Figment::from(Serialized::defaults(Config::default())).merge(files).extract().expect("settings");
        assert_eq!(config.database.url.as_deref(), Some("postgres://candor:hunter2@db.example/candor"));
        config.mail.smtp_url = Some("smtps://candor:hunter2@mail.example".to_owned());
        config.search.key = Some("hunter2".to_owned());
        config.search.url = Some("https://candor:hunter2@search.example".to_owned());
        let printed = format!("{config:?} {config:#?}");
        assert!(!printed.contains("hunter2") && printed.contains("postgres://..."), "{printed}");
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let files = Files(vec![("mail__smtp_url".to_owned(), "/nowhere/secret".into())]);
        let error = Figment::from(files).extract::<Config>().expect_err("no such file").to_string();
        assert!(error.contains("/nowhere/secret"), "{error}");
    }
}
