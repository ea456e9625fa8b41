//! A server with synthetic assessments of 150 questions, and their contacts' browsers.

use crate::harness::{Server, Session, Settings};
use candor::actions::{Buyer, chase};
use candor::platform::clock::Clock;
use candor::platform::workbook::write::{AnswerCell, Cover, WorkbookWords, answer_workbook};
use candor::repo::{self, SystemScope};
use domain::answer::Reply;
use domain::ids::{AssessmentId, OrganisationId, TemplateVersionId};
use domain::questionnaire::Document;
use std::collections::BTreeMap;

/// Questions of an assessment.
pub const QUESTIONS: usize = 150;

/// A server with synthetic assessments, each fully answered and not yet submitted, and one vendor session for each.
pub struct Scene {
    /// The server.
    pub server: Server,
    /// The program acting for the buyer.
    pub by: Buyer,
    /// Each assessment, and a browser in which its contact has entered.
    pub assessments: Vec<(AssessmentId, Session)>,
    /// What is asked.
    pub document: Document,
    /// Its published version, and that one's hash.
    pub version: (TemplateVersionId, String),
}

impl Scene {
    /// So many assessments.
    pub async fn with(assessments: usize, settings: Settings) -> Self {
        let mut server = Server::start(settings).await;
        server.kill();
        let seeded =
            server.candor(&["seed", "--vendors", "1", "--assessments", &assessments.to_string(), "--seed", "7"]);
        assert!(seeded.status.success(), "{}", String::from_utf8_lossy(&seeded.stderr));
        server.restart();
        let platform = server.platform().await;
        let db = platform.db.read();
        let organisation = repo::organisations::all(db, SystemScope).await.expect("organisations").remove(0);
        let by = Buyer::system(OrganisationId(organisation.id));
        let rows = repo::assessments::page(db, by.scope, Default::default(), None, 200).await.expect("assessments");
        let version = TemplateVersionId(rows[0].template_version_id);
        let row = repo::templates::version(db, by.scope, version).await.expect("read").expect("the version");
        let document = serde_json::from_str(&row.document).expect("a document");
        let mut made = Vec::new();
        for row in rows {
            let id = AssessmentId(row.id);
            let link = chase::copy_link(&platform, &by, id).await.expect("a link");
            let vendor = server.session();
            vendor.submit(server.path(&link), &[]).await.expect(303, "entering");
            made.push((id, vendor));
        }
        platform.db.close().await;
        Self { server, by, assessments: made, document, version: (version, row.sha256) }
    }

    /// Kills the server, starts it again, and sends the browsers to its new address.
    pub fn kill_and_restart(&mut self) {
        self.server.restart();
        for (_, session) in &mut self.assessments {
            *session = session.clone().at(&self.server.url);
        }
    }

    /// The comment at each question that is answered.
    pub async fn comments(&self, n: usize) -> BTreeMap<String, String> {
        let (id, vendor) = &self.assessments[n];
        let mut found = BTreeMap::new();
        let mut cursor = String::new();
        loop {
            let page = vendor.read(&format!("/api/v1/assessments/{id}/answers?limit=200{cursor}")).await;
            for answer in page["items"].as_array().expect("items") {
                let text = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
                found.insert(text("question"), text("comment"));
            }
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return found,
            }
        }
    }

    /// The answer workbook with the same comment at every question.
    pub fn workbook(&self, n: usize, comment: &str) -> Vec<u8> {
        let answers = (0..QUESTIONS)
            .map(|q| {
                let reply = Some(Reply::Choice { option: "yes".to_owned() });
                (format!("Q-{q}"), AnswerCell { reply, comment: Some(comment.to_owned()), evidence: Vec::new() })
            })
            .collect();
        let cover = Cover {
            template_sha256: Some(self.version.1.clone()),
            template_version_id: Some(self.version.0.0),
            assessment_id: Some(self.assessments[n].0.0),
            ..Cover::default()
        };
        let made = Clock::system().now();
        answer_workbook(&self.document, &answers, &cover, &WorkbookWords::english(), made).expect("a workbook")
    }
}
