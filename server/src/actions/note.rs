//! Short mails about an account: one paragraph, one link. What is in the link is made when the mail is sent, so no
//! secret waits in the database.

use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::mail::Mail;
use crate::platform::wording::ENGLISH;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Display;
use uuid::Uuid;

/// A short mail. Its wording stands under `mail.{purpose}.subject`, `.opening`, `.open` and `.closing`, each given
/// `values`.
#[derive(Clone, Debug)]
pub struct Note {
    /// Names the mail for ever: sent twice, it is the same mail to whoever receives it.
    pub id: Uuid,
    /// Which wording.
    pub purpose: &'static str,
    /// The person's name.
    pub to_name: String,
    /// The person's address.
    pub to_address: String,
    /// What the wording refers to.
    pub values: BTreeMap<&'static str, String>,
    /// Where it leads.
    pub link: String,
}

#[derive(Serialize)]
struct Letter<'a> {
    language: &'a str,
    name: &'a str,
    subject: String,
    opening: String,
    open: String,
    closing: String,
    link: &'a str,
    site: &'a str,
}

/// Sends it.
///
/// # Errors
/// When the mail server refuses.
pub async fn send(platform: &Platform, note: &Note) -> Result<()> {
    let mail = mail(platform, note)?;
    platform.mail.send(&mail).await
}

fn mail(platform: &Platform, note: &Note) -> Result<Mail> {
    let values: Vec<(&str, &dyn Display)> =
        note.values.iter().map(|(key, value)| (*key, value as &dyn Display)).collect();
    let words = |part: &str| platform.wording.text(ENGLISH, &format!("mail.{}.{part}", note.purpose), &values);
    let letter = Letter {
        language: ENGLISH,
        name: &note.to_name,
        subject: words("subject"),
        opening: words("opening"),
        open: words("open"),
        closing: words("closing"),
        link: &note.link,
        site: &platform.public_url,
    };
    Ok(Mail {
        id: note.id,
        to_name: note.to_name.clone(),
        to_address: note.to_address.clone(),
        subject: letter.subject.clone(),
        text: platform.templates.render("emails/note.txt", &letter).map_err(AppError::internal)?,
        html: platform.templates.render("emails/note", &letter).map_err(AppError::internal)?,
    })
}
