//! Outgoing mail: SMTP where configured, otherwise `.eml` files in a folder.

use crate::config::Config;
use crate::error::{AppError, Result};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport, Message, Tokio1Executor};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long a mail server is waited for, at each step.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends mail. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Mailer {
    way: Way,
    from: Mailbox,
    host: Arc<str>,
}

#[derive(Clone, Debug)]
enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

/// One mail, ready to go.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Names the mail for ever: sent twice, it is the same mail to whoever receives it.
    pub id: Uuid,
    /// The person's name.
    pub to_name: String,
    /// The person's address.
    pub to_address: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl Mailer {
    /// Prepares the way out.
    ///
    /// # Errors
    /// When the address of the sender or of the SMTP server does not parse, or the folder cannot be made.
    pub fn open(config: &Config, public_url: &str) -> Result<Self> {
        let from = config.mail.from.parse().map_err(|e| setting("mail.from", &e))?;
        let way = match &config.mail.smtp_url {
            Some(url) => Way::Smtp(
                AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                    .map_err(|e| setting("mail.smtp_url", &e))?
                    .timeout(Some(PATIENCE))
                    .build(),
            ),
            None => {
                let folder = config.data_dir.join("mail");
                std::fs::create_dir_all(&folder)?;
                Way::Folder(folder)
            }
        };
        let host = public_url.split("://").nth(1).unwrap_or(public_url).split([':', '/']).next().unwrap_or("localhost");
        Ok(Self { way, from, host: host.into() })
    }

    /// Whether mail goes to a folder, where nobody but the operator reads it.
    pub fn is_folder(&self) -> bool {
        matches!(self.way, Way::Folder(_))
    }

    /// Sends a mail.
    ///
    /// # Errors
    /// When the server refuses, [`Refused`] inside; the caller tries again later, unless the refusal is for good.
    pub async fn send(&self, mail: &Mail) -> Result<()> {
        let address = mail.to_address.parse().map_err(|error: lettre::address::AddressError| {
            AppError::internal(Refused { for_good: true, code: None, words: error.to_string() })
        })?;
        let message = Message::builder()
            .message_id(Some(format!("<{}@{}>", mail.id, self.host)))
            .from(self.from.clone())
            .to(Mailbox::new(Some(mail.to_name.clone()), address))
            .subject(&mail.subject)
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
            .map_err(AppError::internal)?;
        match &self.way {
            Way::Smtp(transport) => {
                transport.send(message).await.map_err(|error| AppError::internal(Refused::of(&error)))?;
            }
            // Named by its id: a mail that is sent again after a crash replaces itself.
            Way::Folder(folder) => {
                let fresh = folder.join(format!("{}.eml.new", mail.id));
                tokio::fs::write(&fresh, message.formatted()).await?;
                tokio::fs::rename(&fresh, folder.join(format!("{}.eml", mail.id))).await?;
            }
        }
        Ok(())
    }
}

/// A mail that the server did not take.
#[derive(Debug)]
pub struct Refused {
    /// Trying again is of no use.
    pub for_good: bool,
    /// What the server answered, as a number; none where it did not answer.
    code: Option<String>,
    /// In the server's own words, which may name the address: for those who wrote, not for logs.
    pub words: String,
}

impl Refused {
    fn of(error: &lettre::transport::smtp::Error) -> Self {
        let words: String = error.to_string().chars().filter(|c| !c.is_control()).take(500).collect();
        Self { for_good: error.is_permanent(), code: error.status().map(|code| code.to_string()), words }
    }

    /// The refusal inside a failure, where there is one.
    pub fn inside(error: &AppError) -> Option<&Self> {
        if let AppError::Internal(cause) = error { cause.downcast_ref() } else { None }
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.code {
            Some(code) => write!(f, "the mail server refused the mail: {code}"),
            None => f.write_str("the mail server could not be reached, or broke off"),
        }
    }
}

impl std::error::Error for Refused {}

fn setting(name: &str, error: &dyn std::fmt::Display) -> AppError {
    AppError::internal(format!("setting {name}: {error}"))
}

/// Whether a text is a mail address that can be written to.
pub fn is_address(text: &str) -> bool {
    text.len() <= 254 && text.parse::<lettre::Address>().is_ok()
}
