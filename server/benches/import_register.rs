//! Importing a list of 100,000 rows, preview and all, beside parsing the file and bare inserts of the very rows that it
//! becomes; then again while somebody saves answers.

use candor::actions::register_import::{self, Settings};
use candor::actions::seed::word;
use candor::actions::{Buyer, chase, enter, save_answer, seed};
use candor::compose;
use candor::config::Config;
use candor::platform::Platform;
use candor::platform::clock::Clock;
use candor::repo::{VendorScope, assessments};
use domain::answer::Reply;
use domain::ids::{AssessmentId, ImportId};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, QueryBuilder, Row, Sqlite, SqliteConnection, TypeInfo, ValueRef};
use std::path::Path;
use std::time::{Duration, Instant};

const ROWS: u64 = 100_000;
/// Rows of one statement, and of one transaction.
const TOGETHER: usize = 200;
const BATCH: usize = 1_000;
/// The tables that an import fills, and how its rows are found in them.
const TABLES: [(&str, &str); 3] = [
    ("component", "SELECT * FROM component WHERE import_id = ?"),
    (
        "component_fact",
        "SELECT * FROM component_fact WHERE component_id IN (SELECT id FROM component WHERE import_id = ?)",
    ),
    ("ai_use", "SELECT * FROM ai_use WHERE import_id = ?"),
];

type Failed = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let config = Config { data_dir: folder.path().to_owned(), ..Config::default() };
    let mut platform = compose::open(config, Clock::system()).await?;
    platform.exe = Path::new(env!("CARGO_BIN_EXE_candor")).into();
    platform.db.migrate().await?;
    let amounts = seed::Amounts { vendors: 1, components: 0, assessments: 1, seed: 1 };
    let organisation = seed::seed(&platform, amounts, |_| {}).await?;
    let by = Buyer::system(organisation);
    let before = memory("VmRSS");

    let text = list("first");
    let started = Instant::now();
    let import = register_import::preview(&platform, &by, "first.csv", text.clone().into()).await?;
    let read = started.elapsed();
    let database = folder.path().join("candor.db");
    let copy = folder.path().join("floor.db");
    let mut source = open(&database).await?;
    sqlx::query("VACUUM INTO ?").bind(copy.to_string_lossy().into_owned()).execute(&mut source).await?;
    let started = Instant::now();
    register_import::apply(&platform, &by, import, &Settings::default()).await?;
    let applied = started.elapsed();
    println!(
        "{ROWS} rows: preview {:.2} s, applied {:.2} s; memory {:.0} MiB, {:.0} MiB before",
        read.as_secs_f64(),
        applied.as_secs_f64(),
        memory("VmHWM"),
        before
    );

    let tables = rows(&mut source, import).await?;
    let told: Vec<String> = tables.iter().map(|(table, rows)| format!("{} of {table}", rows.len())).collect();
    let mut bare = open(&copy).await?;
    let started = Instant::now();
    parse(&text)?;
    let parsed = started.elapsed();
    for (table, rows) in &tables {
        insert(&mut bare, table, rows).await?;
    }
    let floor = started.elapsed();
    println!(
        "floor {:.2} s: parsed {:.2} s, inserted {} {:.2} s; ratio {:.2}, applying alone {:.2}",
        floor.as_secs_f64(),
        parsed.as_secs_f64(),
        told.join(", "),
        (floor - parsed).as_secs_f64(),
        (read + applied).as_secs_f64() / floor.as_secs_f64(),
        applied.as_secs_f64() / floor.as_secs_f64()
    );
    drop(tables);
    beside(&platform, &by).await
}

/// Answers saved while a list is imported.
async fn beside(platform: &Platform, by: &Buyer) -> Result<(), Failed> {
    let found = assessments::by_due(platform.db.read(), by.scope, assessments::Filter::default(), 0, 1).await?;
    let link = chase::copy_link(platform, by, AssessmentId(found[0].id)).await?;
    let scope = enter::enter(platform, link.rsplit('/').next().unwrap_or_default()).await?;
    let (platform, by) = (platform.clone(), by.clone());
    let importing = tokio::spawn({
        let platform = platform.clone();
        async move {
            let import = register_import::preview(&platform, &by, "second.csv", list("second").into()).await?;
            register_import::apply(&platform, &by, import, &Settings::default()).await
        }
    });
    let mut times = Vec::new();
    for round in 0.. {
        let started = Instant::now();
        save(&platform, scope, round).await;
        times.push(started.elapsed());
        if importing.is_finished() {
            break;
        }
        // Whoever answers does not do so without a pause.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    importing.await??;
    times.sort();
    let at = |share: f64| times[(times.len() as f64 * share) as usize].as_secs_f64() * 1_000.0;
    println!(
        "{} answers saved meanwhile: median {:.1} ms, 95 % {:.1} ms, worst {:.1} ms",
        times.len(),
        at(0.5),
        at(0.95),
        times.last().map_or(0.0, |worst| worst.as_secs_f64() * 1_000.0)
    );
    Ok(())
}

async fn save(platform: &Platform, scope: VendorScope, round: usize) {
    let said = save_answer::Said {
        reply: Some(Reply::Choice { option: "yes".to_owned() }),
        comment: Some(format!("comment {round}")),
    };
    let question = format!("Q-{}", round % 150);
    save_answer::save(platform, scope, &question, said, None).await.expect("the answer is valid");
}

/// A list as an organisation keeps one: half of it uses of products that others use too.
fn list(name: &str) -> String {
    let mut text = "ID,Use case name,Bureau,Commercial product name,Vendor,Description,In use,Number of users,\
                    Default state,Trains on customer data,Data residency,Model\n"
        .to_owned();
    let pick = |of: &[&str], n: u64| of[usize::try_from(n).unwrap_or(0) % of.len()].to_owned();
    for n in 0..ROWS {
        let product = if n % 2 == 0 { format!("{} {}", word(n % 3_000), word(n % 41)) } else { String::new() };
        let cells = [
            format!("{name}-{n}"),
            format!("{} {} {n}", word(n % 997), word(n % 4_999)),
            format!("{} department", word(n % 53)),
            product,
            word(n % 301),
            format!("It helps {} with {}, {} and {}.", word(n % 7), word(n % 11), word(n % 4_001), word(n % 2_003)),
            pick(&["Yes", "Yes", "Yes", "No"], n),
            (n % 900).to_string(),
            pick(&["on", "off"], n / 3),
            pick(&["yes", "no", ""], n / 5),
            pick(&["EU", "US", "UK", ""], n / 7),
            pick(&["GPT-4o", "Claude Sonnet", "Llama 3", ""], n / 11),
        ];
        text.push_str(&cells.map(|cell| if cell.contains(',') { format!("\"{cell}\"") } else { cell }).join(","));
        text.push('\n');
    }
    text
}

fn parse(text: &str) -> Result<(), Failed> {
    for record in csv::Reader::from_reader(text.as_bytes()).records() {
        std::hint::black_box(record?);
    }
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

/// A value as SQLite keeps it.
enum Cell {
    Null,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

async fn rows(db: &mut SqliteConnection, import: ImportId) -> Result<Vec<(&'static str, Vec<Vec<Cell>>)>, Failed> {
    let mut tables = Vec::new();
    for (table, query) in TABLES {
        let rows = sqlx::query(query).bind(import.0).fetch_all(&mut *db).await?;
        tables.push((table, rows.iter().map(cells).collect::<Result<_, _>>()?));
    }
    Ok(tables)
}

fn cells(row: &SqliteRow) -> Result<Vec<Cell>, sqlx::Error> {
    let cell = |n: usize| {
        let value = row.try_get_raw(n)?;
        if value.is_null() {
            return Ok(Cell::Null);
        }
        match value.type_info().name() {
            "INTEGER" | "BOOLEAN" => row.try_get_unchecked(n).map(Cell::Number),
            "BLOB" => row.try_get_unchecked(n).map(Cell::Bytes),
            _ => row.try_get_unchecked(n).map(Cell::Text),
        }
    };
    (0..row.len()).map(cell).collect()
}

async fn insert(db: &mut SqliteConnection, table: &str, rows: &[Vec<Cell>]) -> Result<(), sqlx::Error> {
    for batch in rows.chunks(BATCH) {
        let mut tx = db.begin_with("BEGIN IMMEDIATE").await?;
        for rows in batch.chunks(TOGETHER) {
            let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(format!("INSERT INTO {table} "));
            query.push_values(rows, |mut values, row| {
                for cell in row {
                    match cell {
                        Cell::Null => values.push_bind(None::<i64>),
                        Cell::Number(number) => values.push_bind(*number),
                        Cell::Text(text) => values.push_bind(text.as_str()),
                        Cell::Bytes(bytes) => values.push_bind(bytes.as_slice()),
                    };
                }
            });
            query.build().execute(&mut *tx).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// What the system says of this process, in MiB: `VmRSS` is held now, `VmHWM` was held at most.
fn memory(what: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or_default() / 1_024.0
}
