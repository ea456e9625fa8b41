//! ID tokens: checked, then read.

use super::{Fault, Party};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{
    CoreGenderClaim, CoreIdTokenVerifier, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
};
use openidconnect::{ClientId, EmptyAdditionalClaims, IdToken, JsonWebKeySet, Nonce, ProviderMetadataWithLogout};
use serde_json::{Map, Value};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

type Token =
    IdToken<EmptyAdditionalClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// Signatures by a key that the provider alone has. One with our own secret (`HS256`) proves less, and `none` nothing.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// When an ID token may have been made, and must not be over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) now: OffsetDateTime,
    pub(super) began: OffsetDateTime,
    pub(super) leeway: Duration,
}

/// What a provider says of a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    /// The provider's name for the person, for ever.
    pub subject: String,
    /// Everything, as it came.
    pub all: Map<String, Value>,
    /// The ID token itself: signing out at the provider wants it back.
    pub id_token: String,
}

impl Claims {
    /// Adds what the userinfo endpoint says, where it speaks of the same person; the ID token is believed first.
    pub(super) fn complete(&mut self, answer: &[u8]) -> Result<(), Fault> {
        let said: Map<String, Value> = serde_json::from_slice(answer)
            .map_err(|error| Fault::Token(format!("what it says about the person cannot be read: {error}")))?;
        if said.get("sub").and_then(Value::as_str) != Some(self.subject.as_str()) {
            return Err(Fault::Token("it speaks of another person when asked".to_owned()));
        }
        for (name, value) in said {
            self.all.entry(name).or_insert(value);
        }
        Ok(())
    }

    /// A claim by its name; by its place (`/realm_access/roles`) where the name begins with a slash.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match name.strip_prefix('/') {
            Some(place) => {
                let mut parts = place.split('/').map(|part| part.replace("~1", "/").replace("~0", "~"));
                let first = self.all.get(&parts.next()?)?;
                parts.try_fold(first, |value, part| value.get(&part))
            }
            None => self.all.get(name),
        }
        .filter(|value| !value.is_null())
    }

    /// A claim that is one text or several.
    ///
    /// # Errors
    /// When it is something else.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, Fault> {
        let wrong = |found: &Value| Fault::Claim { claim: name.to_owned(), expected: "texts", found: kind(found) };
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Value::String(one)) => Ok(vec![one.clone()]),
            Some(Value::Array(several)) => {
                several.iter().map(|one| one.as_str().map(str::to_owned).ok_or_else(|| wrong(one))).collect()
            }
            Some(other) => Err(wrong(other)),
        }
    }
}

/// A claim that is a text.
///
/// # Errors
/// When it is something else.
pub fn text<'a>(all: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Fault> {
    match all.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(Fault::Claim { claim: name.to_owned(), expected: "text", found: kind(other) }),
    }
}

/// A claim that is true or false.
///
/// # Errors
/// When it is something else.
pub fn flag(all: &Map<String, Value>, name: &str) -> Result<Option<bool>, Fault> {
    match all.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(other) => Err(Fault::Claim { claim: name.to_owned(), expected: "yes-no", found: kind(other) }),
    }
}

/// What a value is, for wording to key on.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "yes-no",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// The claims of a token, unchecked.
fn payload(token: &str) -> Option<Map<String, Value>> {
    let part = token.split('.').nth(1)?;
    let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// A token that cannot be read at all: the claim that is of the wrong type, where that is the reason.
fn unreadable(token: &str, error: &serde_json::Error) -> Fault {
    let Some(all) = payload(token) else { return Fault::Token(error.to_string()) };
    let texts = ["sub", "email", "name", "given_name", "family_name", "preferred_username"];
    let wrong =
        texts.into_iter().find_map(|name| text(&all, name).err()).or_else(|| flag(&all, "email_verified").err());
    wrong.unwrap_or_else(|| Fault::Token(error.to_string()))
}

/// Checks issuer, audience, signature, nonce and time, then reads.
pub(super) fn check(
    id_token: &str,
    party: &Party,
    metadata: &ProviderMetadataWithLogout,
    nonce: &str,
    window: Window,
) -> Result<Claims, Fault> {
    let token: Token = id_token.parse().map_err(|error| unreadable(id_token, &error))?;
    let keys: JsonWebKeySet<CoreJsonWebKey> = metadata.jwks().clone();
    // The library's time type is not ours: a text that both read stands between them.
    let latest_end = (window.now - window.leeway).format(&Rfc3339).map_err(|error| Fault::Token(error.to_string()))?;
    let latest_end = latest_end.parse().map_err(|error| Fault::Token(format!("{error}")))?;
    let verifier =
        CoreIdTokenVerifier::new_public_client(ClientId::new(party.client_id.clone()), metadata.issuer().clone(), keys)
            .set_allowed_algs(SIGNATURES)
            .set_time_fn(move || latest_end)
            .set_issue_time_verifier_fn(|made| {
                let made = made.timestamp();
                let earliest = (window.began - window.leeway).unix_timestamp();
                let latest = (window.now + window.leeway).unix_timestamp();
                if made < earliest {
                    Err(format!("made {} s before this sign-in began", window.began.unix_timestamp() - made))
                } else if made > latest {
                    Err(format!("made {} s in the future", made - window.now.unix_timestamp()))
                } else {
                    Ok(())
                }
            });
    let checked = token.claims(&verifier, &Nonce::new(nonce.to_owned()))?;
    let subject = checked.subject().to_string();
    let all = payload(id_token).ok_or_else(|| Fault::Token("its claims cannot be read".to_owned()))?;
    Ok(Claims { subject, all, id_token: id_token.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claims(all: Value) -> Claims {
        let Value::Object(all) = all else { panic!("an object") };
        Claims { subject: "s".into(), all, id_token: String::new() }
    }

    #[test]
    fn roles_are_one_text_or_several_and_nothing_else() {
        let claims = claims(json!({
            "one": "a", "several": ["a", "b"], "none": null, "number": 7, "mixed": ["a", 7], "yes": true,
            "realm": { "roles": ["deep"], "a/b": "slash" }, "https://example.org/roles": "by address",
        }));
        let texts = |name: &str| claims.texts(name);
        assert_eq!(texts("one").expect("text"), ["a"]);
        assert_eq!(texts("several").expect("texts"), ["a", "b"]);
        assert_eq!(texts("/realm/roles").expect("texts"), ["deep"]);
        assert_eq!(texts("/realm/a~1b").expect("text"), ["slash"]);
        assert_eq!(texts("https://example.org/roles").expect("text"), ["by address"]);
        for absent in ["none", "nowhere", "/realm/nowhere", "/one/roles", "/"] {
            assert_eq!(texts(absent).expect("nothing"), Vec::<String>::new(), "{absent}");
        }
        for (wrong, found) in [("number", "number"), ("mixed", "number"), ("yes", "yes-no"), ("realm", "object")] {
            let refused = texts(wrong).expect_err("the wrong type");
            assert_eq!(refused, Fault::Claim { claim: wrong.into(), expected: "texts", found });
        }
    }

    #[test]
    fn userinfo_about_somebody_else_is_refused_and_the_token_is_believed_first() {
        let mut claims = claims(json!({ "sub": "s", "name": "From the token" }));
        assert!(claims.complete(br#"{"sub": "other", "email": "x@example.org"}"#).is_err());
        assert!(claims.complete(b"[]").is_err());
        claims.complete(br#"{"sub": "s", "email": "x@example.org", "name": "Elsewhere"}"#).expect("the same person");
        assert_eq!(claims.get("email"), Some(&json!("x@example.org")));
        assert_eq!(claims.get("name"), Some(&json!("From the token")));
    }
}
