//! The outside world behind narrow doors: database, clock, keys, files, mail, sign-in providers, jobs, search,
//! workbooks, bills of materials.

pub mod at_most;
pub mod blobs;
pub mod bom;
pub mod clock;
mod confined;
pub mod db;
pub mod heads;
pub mod jobs;
pub mod mail;
pub mod oidc;
pub mod origin;
pub mod published;
pub mod sealing;
pub mod search;
pub mod signing;
pub mod templates;
pub mod wording;
pub mod workbook;

use crate::config::Config;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// The parts that actions work with. Cloning is cheap.
#[derive(Clone)]
pub struct Platform {
    /// Settings.
    pub config: Arc<Config>,
    /// The address that links in mails begin with, without a slash at the end.
    pub public_url: Arc<str>,
    /// The database.
    pub db: db::Db,
    /// Time, ids and secrets.
    pub clock: clock::Clock,
    /// The installation key.
    pub signer: Arc<signing::Signer>,
    /// The newest audit entries, written down outside the database.
    pub heads: Arc<heads::Heads>,
    /// Uploaded files.
    pub blobs: blobs::Blobs,
    /// Outgoing mail.
    pub mail: mail::Mailer,
    /// OpenID providers.
    pub oidc: Arc<oidc::Oidc>,
    /// The search indexes.
    pub search: search::Indexes,
    /// Why an index could not be kept when they were last looked after; none where all could.
    pub index_trouble: Arc<Mutex<Option<String>>>,
    /// This very program: started again, it reads workbooks in a process of its own.
    pub exe: Arc<Path>,
    /// Turns at reading a workbook.
    pub readers: Arc<Semaphore>,
    /// Turns at checking a password.
    pub password_checks: Arc<Semaphore>,
    /// Sign-ins of nobody known that are written down.
    pub unknown_sign_ins: Arc<at_most::AtMost>,
    /// Questionnaires that were read already.
    pub published: Arc<published::Published>,
    /// Wording.
    pub wording: Arc<wording::Wording>,
    /// Page and mail templates.
    pub templates: Arc<templates::Templates>,
    /// Tells the job runner that there is something to do.
    pub jobs: jobs::Bell,
}
