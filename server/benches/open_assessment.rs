//! Opening an assessment of 150 questions in the portal, beside loading the same rows and writing them as JSON.

mod pair;

use candor::actions::questionnaire::Opened;
use candor::actions::{Buyer, chase, enter, seed};
use candor::compose;
use candor::config::Config;
use candor::platform::Platform;
use candor::platform::clock::Clock;
use candor::repo::{self, VendorScope, assessments};
use domain::ids::{AssessmentId, ContactId, EngagementId, TemplateVersionId, VendorId};
use serde_json::json;

const ROUNDS: usize = 300;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let config = Config { data_dir: folder.path().to_owned(), ..Config::default() };
    let platform = compose::open(config, Clock::system()).await?;
    platform.db.migrate().await?;
    let amounts = seed::Amounts { vendors: 1, components: 0, assessments: 1, seed: 1 };
    let organisation = seed::seed(&platform, amounts, |_| {}).await?;
    let by = Buyer::system(organisation);
    let found = assessments::by_due(platform.db.read(), by.scope, assessments::Filter::default(), 0, 1).await?;
    let link = chase::copy_link(&platform, &by, AssessmentId(found[0].id)).await?;
    let scope = enter::enter(&platform, link.rsplit('/').next().unwrap_or_default()).await?;
    pair::pair(
        "opening an assessment of 150, before rendering",
        ROUNDS,
        |_| open(&platform, scope),
        |_| floor(&platform, &by, scope),
    )
    .await;
    Ok(())
}

async fn open(platform: &Platform, scope: VendorScope) {
    enter::resume(platform, scope.link.expect("a link")).await.expect("the link works");
    std::hint::black_box(Opened::read(platform, &scope, scope.assessment).await.expect("the assessment is there"));
}

/// The same rows, read by the same queries and written as JSON.
async fn floor(platform: &Platform, by: &Buyer, scope: VendorScope) {
    let db = platform.db.read();
    let row = assessments::get(db, &scope, scope.assessment).await.expect("read").expect("there");
    let version =
        repo::templates::version(db, by.scope, TemplateVersionId(row.template_version_id)).await.expect("read");
    let answers = repo::answers::all(db, &scope, scope.assessment).await.expect("read");
    let evidence = repo::evidence::all(db, &scope, scope.assessment).await.expect("read");
    let vendor = repo::vendors::get(db, by.scope, VendorId(row.vendor_id)).await.expect("read");
    let contact = repo::vendors::contact(db, by.scope, ContactId(row.contact_id)).await.expect("read");
    let engagement = repo::vendors::engagement(db, by.scope, EngagementId(row.engagement_id)).await.expect("read");
    let answers: Vec<_> =
        answers.iter().map(|row| json!([row.question_id, row.reply, row.comment, row.revision, row.source])).collect();
    let text = json!({
        "state": row.state, "document": version.map(|v| v.document), "answers": answers, "evidence": evidence.len(),
        "vendor": vendor.map(|v| v.name), "contact": contact.map(|c| c.name), "engagement": engagement.map(|e| e.name),
    });
    std::hint::black_box(text.to_string());
}
