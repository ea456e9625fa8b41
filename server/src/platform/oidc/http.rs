//! Talking to providers: https alone, no redirects, bounded in time and bytes.

use crate::config::Config;
use crate::error::{AppError, Result};
use futures::future::BoxFuture;
use oauth2::reqwest::{Client, Url, redirect};
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse, reqwest};
use std::net::IpAddr;
use std::time::Duration;

/// Why a provider gave no answer that can be used.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// Its address is not https.
    #[error("{0} is not an https address")]
    NotHttps(String),
    /// It does not answer.
    #[error("{0}")]
    Silent(String),
    /// It answers more than is accepted.
    #[error("the answer is larger than {0} bytes")]
    TooLong(usize),
}

/// The client.
#[derive(Debug)]
pub(super) struct Http {
    client: Client,
    most: usize,
    loopback: bool,
}

impl Http {
    /// `loopback`: providers on this machine may be spoken to over plain http.
    pub(super) fn open(config: &Config, loopback: bool) -> Result<Self> {
        let wait = Duration::from_secs(config.limits.provider_seconds);
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(wait)
            .connect_timeout(wait)
            .user_agent("candor")
            .build()
            .map_err(AppError::internal)?;
        Ok(Self { client, most: config.limits.provider_answer_bytes, loopback })
    }

    /// Whether an address may be spoken to, or a browser sent there.
    pub(super) fn allows(&self, address: &str) -> bool {
        let Ok(url) = Url::parse(address) else { return false };
        match (url.scheme(), url.host_str()) {
            ("https", Some(_)) => true,
            ("http", Some(host)) => self.loopback && is_loopback(host),
            _ => false,
        }
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Failed> {
        let address = request.uri().to_string();
        if !self.allows(&address) {
            return Err(Failed::NotHttps(address));
        }
        let request: reqwest::Request = request.try_into().map_err(silent)?;
        let mut response = self.client.execute(request).await.map_err(silent)?;
        let mut answer = HttpResponse::new(Vec::new());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = response.headers().clone();
        while let Some(chunk) = response.chunk().await.map_err(silent)? {
            if answer.body().len() + chunk.len() > self.most {
                return Err(Failed::TooLong(self.most));
            }
            answer.body_mut().extend_from_slice(&chunk);
        }
        Ok(answer)
    }
}

/// Whether a host is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The whole chain of causes: the outermost alone says that sending failed, and not why.
fn silent(error: reqwest::Error) -> Failed {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    Failed::Silent(text)
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Failed;
    type Future = BoxFuture<'c, Result<HttpResponse, Failed>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}
