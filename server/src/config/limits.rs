//! Everything that bounds what a stranger, or a mistake, can make the program do.

use serde::{Deserialize, Serialize};

/// Limits, each with its default and the reason for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a request that is not an upload: the largest honest one is a table answer of 100 full rows.
    pub body_bytes: usize,
    /// Bytes of an uploaded workbook or register.
    pub workbook_bytes: usize,
    /// Bytes of a piece of evidence: a scanned policy fits, a film does not.
    pub evidence_bytes: usize,
    /// Pieces of evidence beside one question.
    pub evidence_per_question: usize,
    /// Bytes of all files of the installation; 0 is no bound.
    pub files_bytes: u64,
    /// Characters of a text answer, unless the question says less.
    pub text_characters: usize,
    /// Characters of a comment, a reason or a note.
    pub comment_characters: usize,
    /// Characters of one cell of a table answer.
    pub cell_characters: usize,
    /// Characters of a name or a title.
    pub name_characters: usize,
    /// Contacts in one pasted list.
    pub pasted_contacts: usize,
    /// Rows on a page of a list.
    pub page_rows: u64,
    /// Rows of a page that the API gives at most.
    pub api_page_rows: u64,
    /// Days that a vendor's link lives past the due date: late answers are better than none.
    pub link_days_after_due: i64,
    /// Hours that a sign-in link lives.
    pub sign_in_link_hours: i64,
    /// Hours of idleness after which a session ends.
    pub session_idle_hours: i64,
    /// Hours after which a session ends, used or not.
    pub session_hours: i64,
    /// Requests a second from one address to pages that sign somebody in or take a link's token: far more than a person
    /// makes, far fewer than guessing takes.
    pub token_requests_per_second: u64,
    /// The burst that goes with it.
    pub token_requests_burst: u32,
    /// Uploads a minute from one address: each may cost a process and seconds of work.
    pub uploads_per_minute: u32,
    /// The burst that goes with it: a person who attaches a folder's files at once.
    pub uploads_burst: u32,
    /// Addresses whose rates are remembered at once, for each kind of page; some 100 bytes each.
    pub rate_addresses: usize,
    /// Bytes of a request's line and headers together: cookies and a long search need a few thousand.
    pub header_bytes: usize,
    /// Fresh links that one expired link can ask for in a day.
    pub renewals_per_day: u64,
    /// Seconds that a request may take.
    pub request_seconds: u64,
    /// Times that a job is tried before it is given up.
    pub job_attempts: i64,
    /// Workbooks read at once: each reader may take `workbook.memory_bytes`. More wait for their turn.
    pub workbook_readers: usize,
    /// Reading a workbook.
    pub workbook: super::ReadLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            workbook_bytes: 20 << 20,
            evidence_bytes: 25 << 20,
            evidence_per_question: 20,
            files_bytes: 0,
            text_characters: 10_000,
            comment_characters: 5_000,
            cell_characters: 1_000,
            name_characters: 300,
            pasted_contacts: 500,
            page_rows: 100,
            api_page_rows: 200,
            link_days_after_due: 60,
            sign_in_link_hours: 24,
            session_idle_hours: 12,
            session_hours: 7 * 24,
            token_requests_per_second: 5,
            token_requests_burst: 60,
            uploads_per_minute: 30,
            uploads_burst: 60,
            rate_addresses: 20_000,
            header_bytes: 32 << 10,
            renewals_per_day: 3,
            request_seconds: 60,
            job_attempts: 8,
            workbook_readers: 2,
            workbook: super::ReadLimits::default(),
        }
    }
}

impl Limits {
    /// The limits that concern the texts of an answer.
    pub fn answer(&self) -> domain::answer::Limits {
        domain::answer::Limits {
            text: self.text_characters,
            comment: self.comment_characters,
            cell: self.cell_characters,
        }
    }
}
