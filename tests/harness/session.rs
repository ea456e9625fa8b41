//! Whoever talks to a server: a browser with its cookies, or a program with a token.

use reqwest::header::{HeaderMap, LOCATION};
use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};
pub use serde_json::Value;

/// A browser or a program. Redirects are not followed: tests look at them.
#[derive(Clone, Debug)]
pub struct Session {
    client: Client,
    url: String,
    token: Option<String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Session {
    /// Talks to the server at `url`.
    pub fn new(url: &str, token: Option<String>) -> Self {
        let client = Client::builder().cookie_store(true).redirect(Policy::none()).build().expect("a client");
        Self { client, url: url.to_owned(), token }
    }

    /// The same browser, after the server moved to another port.
    #[must_use]
    pub fn at(mut self, url: &str) -> Self {
        url.clone_into(&mut self.url);
        self
    }

    /// Any request: as a page where there is no token, as JSON where there is one.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token).header("accept", "application/json"),
            None => request.header("accept", "text/html,*/*;q=0.8"),
        }
    }

    /// Sends it.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.expect("a body").to_vec();
        Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST of a form.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.request(Method::POST, path).form(fields)).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// PUT of JSON.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    /// PATCH of JSON, of the revision that was seen.
    pub async fn patch(&self, path: &str, revision: i64, body: &Value) -> Answer {
        let request = self.request(Method::PATCH, path).header("if-match", format!("\"{revision}\""));
        self.send(request.json(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// PUT of JSON to a server that may be killed meanwhile: nothing comes back then.
    pub async fn try_put(&self, path: &str, body: &Value) -> Option<Answer> {
        self.try_send(self.request(Method::PUT, path).json(body)).await
    }

    /// POST of JSON to a server that may be killed meanwhile: nothing comes back then.
    pub async fn try_post(&self, path: &str, body: &Value) -> Option<Answer> {
        self.try_send(self.request(Method::POST, path).json(body)).await
    }

    /// POST of a form by somebody who may find nobody there.
    pub async fn try_submit(&self, path: &str, fields: &[(&str, &str)]) -> Option<Answer> {
        self.try_send(self.request(Method::POST, path).form(fields)).await
    }

    async fn try_send(&self, request: RequestBuilder) -> Option<Answer> {
        let response = request.send().await.ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.ok()?.to_vec();
        Some(Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned(), bytes })
    }

    /// POST of a multipart form with one file.
    pub async fn upload(&self, path: &str, fields: &[(&str, &str)], (name, file): (&str, Vec<u8>)) -> Answer {
        let mut form = Form::new();
        for (field, value) in fields {
            form = form.text((*field).to_owned(), (*value).to_owned());
        }
        let form = form.part("file", Part::bytes(file).file_name(name.to_owned()));
        self.send(self.request(Method::POST, path).multipart(form)).await
    }

    /// The same to a server that may be killed meanwhile: nothing comes back then.
    pub async fn try_upload(&self, path: &str, (name, file): (&str, Vec<u8>)) -> Option<Answer> {
        let form = Form::new().part("file", Part::bytes(file).file_name(name.to_owned()));
        self.try_send(self.request(Method::POST, path).multipart(form)).await
    }

    /// GET, which must succeed, as JSON.
    pub async fn read(&self, path: &str) -> Value {
        self.get(path).await.expect(200, path).json()
    }

    /// The items of a list, over all its pages.
    pub async fn items(&self, path: &str) -> Value {
        let mut page = self.read(path).await;
        let mut all = page["items"].as_array().cloned().unwrap_or_else(|| panic!("{path}: no list: {page}"));
        while let Some(next) = page["next"].as_str() {
            let joint = if path.contains('?') { '&' } else { '?' };
            page = self.read(&format!("{path}{joint}cursor={next}")).await;
            all.extend(page["items"].as_array().cloned().unwrap_or_default());
        }
        Value::Array(all)
    }

    /// POST of JSON that makes something; its id.
    pub async fn make(&self, path: &str, body: &Value) -> String {
        let made = self.post(path, body).await.expect(201, path).json();
        made["id"].as_str().unwrap_or_else(|| panic!("{path}: no id in {made}")).to_owned()
    }
}

impl Answer {
    /// The same, when it has this status.
    ///
    /// # Panics
    /// When it has another.
    #[track_caller]
    pub fn expect(self, status: u16, what: &str) -> Self {
        assert_eq!(self.status, status, "{what}: {}", self.text);
        self
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// Where it leads.
    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    /// A header; empty where it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// The codes of a refusal, at their places: `name: required`.
    pub fn refusals(&self) -> Vec<String> {
        let body = self.json();
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|e| format!("{}: {}", e["at"].as_str().unwrap_or_default(), e["code"].as_str().unwrap_or_default()))
            .collect()
    }
}
