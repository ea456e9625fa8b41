//! Everything that bounds what a stranger, or a mistake, can make the program do.

use serde::{Deserialize, Serialize};

/// Limits, each with its default and the reason for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a request that is not an upload: the largest honest one is a table answer of 100 full rows.
    pub body_bytes: usize,
    /// Bytes that are still taken, and forgotten, of a request that was refused as too large: whoever sends it sees why,
    /// and not a connection that breaks off.
    pub refused_bytes: u64,
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
    /// Questionnaires that an organisation writes at once: each is up to `draft_bytes` large.
    pub drafts: u64,
    /// Bytes of a questionnaire that is being written; the largest known ones have a quarter of it.
    pub draft_bytes: usize,
    /// Conditions of a decision, and of an acceptance: each is followed by somebody.
    pub conditions: usize,
    /// Contacts in one pasted list.
    pub pasted_contacts: usize,
    /// Rows on a page of a list.
    pub page_rows: u64,
    /// Rows of an uploaded workbook on a page: each may show several questions to choose from.
    pub import_page_rows: u64,
    /// Rows of a page that the API gives at most.
    pub api_page_rows: u64,
    /// Entries of the register that are changed together: one transaction, which nobody waits for noticeably.
    pub bulk_entries: usize,
    /// Lines of a list of products that is looked through at once: large organisations license some hundreds.
    pub product_lines: usize,
    /// Characters of one of its lines: what is longer is a description, and takes long to look through.
    pub product_line_characters: usize,
    /// Searches of the register that a person keeps at most: a list that is read at a glance.
    pub saved_searches: usize,
    /// Searches that an organisation's people share at most.
    pub shared_searches: usize,
    /// Characters of a kept search, as an address says it: longer ones are cut by what stands between browser and server.
    pub saved_search_characters: usize,
    /// Columns of the register's list beside the name: more cannot be compared, nor shown.
    pub register_columns: usize,
    /// Days that a vendor's link lives past the due date: late answers are better than none.
    pub link_days_after_due: i64,
    /// Hours that a sign-in link lives which an administrator, the command line or a set-up made.
    pub sign_in_link_hours: i64,
    /// Minutes that a mailed sign-in link lives: as long as somebody waits for a mail.
    pub mail_link_minutes: i64,
    /// Mails with a sign-in link to one address in an hour.
    pub sign_in_mails_per_hour: u64,
    /// Failed sign-ins of one account, after which it is not tried again before the time below is over.
    pub sign_in_failures: u64,
    /// Minutes over which failed sign-ins are counted.
    pub sign_in_failure_minutes: i64,
    /// Sign-ins of nobody known in a minute that are written into the installation's audit log, by each server; all of
    /// them are counted in the metrics.
    pub unknown_sign_ins_per_minute: u32,
    /// Characters of a password at least.
    pub password_least_characters: usize,
    /// Passwords checked at once: each check takes 19 MiB and a processor. More wait for their turn.
    pub password_checks: usize,
    /// Days that an invitation lives.
    pub invitation_days: i64,
    /// Mails with one invitation in a day, resent ones included.
    pub invitation_mails_per_day: u64,
    /// Hours of idleness after which a session ends.
    pub session_idle_hours: i64,
    /// Hours after which a session ends, used or not.
    pub session_hours: i64,
    /// Sign-ins that one browser may have under way at OpenID providers: tabs that were opened and left.
    pub pending_sign_ins: u64,
    /// Minutes that somebody may take to sign in at their provider: a forgotten password is looked for.
    pub pending_sign_in_minutes: i64,
    /// Seconds that a provider's clock, or ours, may be wrong: ID tokens are valid for that much longer and sooner.
    pub provider_leeway_seconds: i64,
    /// Seconds that a provider may take to answer: a person is waiting.
    pub provider_seconds: u64,
    /// Bytes of a provider's answer: the largest honest one is a key set of many certificates.
    pub provider_answer_bytes: usize,
    /// Minutes that what a provider says of itself is believed without asking again.
    pub provider_discovery_minutes: i64,
    /// OpenID providers of one organisation.
    pub providers: usize,
    /// Mail domains of one organisation.
    pub mail_domains: u64,
    /// Hours that the mailed link lives with which a mail domain is proved: a postmaster reads mail at work.
    pub domain_proof_hours: i64,
    /// Minutes before another such mail is sent for the same domain: nobody's postmaster is flooded.
    pub domain_mail_pause_minutes: i64,
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
    /// Times in a day that a vendor's people can ask colleagues in to one assessment, by mail or by a copied link.
    pub handovers_per_day: u64,
    /// Seconds that a request may take.
    pub request_seconds: u64,
    /// Seconds that somebody waits for a bill of materials to be taken in before its page says that it goes on by itself:
    /// fewer than a request may take.
    pub patience_seconds: u64,
    /// Times that a job is tried before it is given up.
    pub job_attempts: i64,
    /// Engagements whose scores are computed anew in one step: one transaction, which nobody waits for noticeably.
    pub rescore_step: u64,
    /// Workbooks read at once: each reader may take `workbook.memory_bytes`. More wait for their turn.
    pub workbook_readers: usize,
    /// Reading a workbook.
    pub workbook: super::ReadLimits,
    /// Reading a bill of materials. Readers of both kinds take turns (`workbook_readers`).
    pub bom: super::BomLimits,
}

impl Limits {
    /// Bytes of the largest request that any page takes: what is larger is refused before anything is read.
    pub fn largest_request(&self) -> u64 {
        let bom = self.bom.file_bytes;
        let upload = (self.workbook_bytes.max(self.evidence_bytes) as u64).max(bom);
        // Beside the file stands a form.
        upload.saturating_add(self.body_bytes as u64)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            refused_bytes: 1 << 30,
            workbook_bytes: 20 << 20,
            evidence_bytes: 25 << 20,
            evidence_per_question: 20,
            files_bytes: 0,
            text_characters: 10_000,
            comment_characters: 5_000,
            cell_characters: 1_000,
            name_characters: 300,
            drafts: 200,
            draft_bytes: 4 << 20,
            conditions: 50,
            pasted_contacts: 500,
            page_rows: 100,
            import_page_rows: 50,
            api_page_rows: 200,
            bulk_entries: 500,
            product_lines: 2_000,
            product_line_characters: 300,
            saved_searches: 30,
            shared_searches: 60,
            saved_search_characters: 4_000,
            register_columns: 12,
            link_days_after_due: 60,
            sign_in_link_hours: 24,
            mail_link_minutes: 15,
            sign_in_mails_per_hour: 5,
            sign_in_failures: 10,
            sign_in_failure_minutes: 15,
            unknown_sign_ins_per_minute: 10,
            password_least_characters: 12,
            password_checks: 2,
            invitation_days: 14,
            invitation_mails_per_day: 5,
            session_idle_hours: 12,
            session_hours: 7 * 24,
            pending_sign_ins: 5,
            pending_sign_in_minutes: 10,
            provider_leeway_seconds: 120,
            provider_seconds: 10,
            provider_answer_bytes: 1 << 20,
            provider_discovery_minutes: 10,
            providers: 20,
            mail_domains: 50,
            domain_proof_hours: 48,
            domain_mail_pause_minutes: 15,
            token_requests_per_second: 5,
            token_requests_burst: 60,
            uploads_per_minute: 30,
            uploads_burst: 60,
            rate_addresses: 20_000,
            header_bytes: 32 << 10,
            renewals_per_day: 3,
            handovers_per_day: 50,
            request_seconds: 60,
            patience_seconds: 20,
            job_attempts: 8,
            rescore_step: 250,
            workbook_readers: 2,
            workbook: super::ReadLimits::default(),
            bom: super::BomLimits::default(),
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
