//! Saving one answer, beside the same statements in one bare transaction with the same pragmas.

mod pair;

use candor::actions::{Buyer, chase, enter, save_answer, seed};
use candor::compose;
use candor::config::Config;
use candor::platform::Platform;
use candor::platform::clock::Clock;
use candor::repo::{VendorScope, assessments};
use domain::answer::Reply;
use domain::ids::AssessmentId;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Mutex;
use uuid::Uuid;

const ROUNDS: usize = 400;

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

    // The floor works on a copy of its own: it writes the same rows into the same indexes.
    let copy = folder.path().join("floor.db");
    let mut source = open(&folder.path().join("candor.db")).await?;
    sqlx::query("VACUUM INTO ?").bind(copy.to_string_lossy().into_owned()).execute(&mut source).await?;
    let bare = Arc::new(Mutex::new(open(&copy).await?));

    let before = platform.db.commits();
    pair::pair(
        "saving one answer of 150",
        ROUNDS,
        |round| save(&platform, scope, round),
        |round| {
            let bare = Arc::clone(&bare);
            async move { floor(&mut *bare.lock().await, scope, round).await.expect("the floor's statements fit the schema") }
        },
    )
    .await;
    let saves = ROUNDS + ROUNDS / 10 + 1;
    println!("commits per save: {}", (platform.db.commits() - before) as f64 / saves as f64);
    Ok(())
}

async fn open(file: &Path) -> Result<SqliteConnection, sqlx::Error> {
    SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging()
        .connect()
        .await
}

async fn save(platform: &Platform, scope: VendorScope, round: usize) {
    let said = save_answer::Said {
        reply: Some(Reply::Choice { option: "yes".to_owned() }),
        comment: Some(format!("comment {round}")),
    };
    let question = format!("Q-{}", round % 150);
    save_answer::save(platform, scope, &question, said, None).await.expect("the answer is valid");
}

async fn floor(bare: &mut SqliteConnection, scope: VendorScope, round: usize) -> Result<(), sqlx::Error> {
    let (organisation, assessment, contact) = (scope.organisation.0, scope.assessment.0, scope.contact.0);
    let now = "2026-11-21 10:00:00.000000 +00:00";
    let mut tx = bare.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("SELECT * FROM assessment WHERE id = ? AND organisation_id = ?")
        .bind(assessment)
        .bind(organisation)
        .fetch_all(&mut *tx)
        .await?;
    let replies = "SELECT question_id, CAST(reply AS text) FROM answer
                   WHERE organisation_id = ? AND assessment_id = ? AND reply IS NOT NULL";
    sqlx::query(replies).bind(organisation).bind(assessment).fetch_all(&mut *tx).await?;
    sqlx::query("SELECT * FROM answer WHERE organisation_id = ? AND assessment_id = ? AND question_id = ?")
        .bind(organisation)
        .bind(assessment)
        .bind(format!("Q-{}", round % 150))
        .fetch_all(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO answer (assessment_id, question_id, organisation_id, reply, comment, source, revision, answered_by, changed_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (assessment_id, question_id) DO UPDATE SET reply = excluded.reply,
         comment = excluded.comment, source = excluded.source, revision = excluded.revision, answered_by = excluded.answered_by,
         changed_at = excluded.changed_at",
    )
    .bind(assessment)
    .bind(format!("Q-{}", round % 150))
    .bind(organisation)
    .bind(r#"{"kind":"choice","option":"yes"}"#)
    .bind(format!("comment {round}"))
    .bind(r#"{"kind":"typed"}"#)
    .bind(round as i64 + 2)
    .bind(contact)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE assessment SET state = ?, answered = ?, asked = ? WHERE id = ? AND organisation_id = ? RETURNING *",
    )
    .bind("in_progress")
    .bind(150)
    .bind(150)
    .bind(assessment)
    .bind(organisation)
    .fetch_all(&mut *tx)
    .await?;
    let (sequence, hash): (i64, Vec<u8>) =
        sqlx::query_as("SELECT sequence, hash FROM audit_head WHERE organisation_id = ?")
            .bind(organisation)
            .fetch_one(&mut *tx)
            .await?;
    let entry = Uuid::from_u128(round as u128 + 1);
    sqlx::query("INSERT INTO audit_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(organisation)
        .bind(sequence + 1)
        .bind(entry)
        .bind(now)
        .bind("contact")
        .bind(contact)
        .bind("answers.saved")
        .bind("assessment")
        .bind(assessment)
        .bind(vec![1u8; 32])
        .bind(&hash)
        .bind(vec![2u8; 32])
        .bind(vec![3u8; 64])
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO audit_detail VALUES (?, ?, ?, ?)")
        .bind(entry)
        .bind(organisation)
        .bind(vec![4u8; 16])
        .bind(r#"{"answers":[{"comment":"comment 1","question":"Q-1","reply":{"kind":"choice","option":"yes"},"revision":2,"source":{"kind":"typed"}}]}"#)
        .execute(&mut *tx)
        .await?;
    sqlx::query("UPDATE audit_head SET sequence = ?, hash = ? WHERE organisation_id = ? RETURNING *")
        .bind(sequence + 1)
        .bind(vec![2u8; 32])
        .bind(organisation)
        .fetch_all(&mut *tx)
        .await?;
    tx.commit().await
}
