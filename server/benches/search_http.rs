//! Searching a register of 100,000 entries over HTTP, beside session read, bare query, fetch of the rows and JSON.

mod pair;

use candor::actions::{Buyer, people, seed, sign_in};
use candor::compose;
use candor::config::Config;
use candor::platform::Platform;
use candor::platform::clock::Clock;
use candor::platform::search::Request;
use candor::repo::{self, SystemScope};
use domain::access::Role;
use domain::ids::{ComponentId, OrganisationId};
use domain::register::{Query, Topic};
use std::net::SocketAddr;
use tokio_util::sync::CancellationToken;

const ENTRIES: u64 = 100_000;
const ROUNDS: usize = 300;
const WORDS: [&str; 6] = ["harbour", "ledger tri", "amber summaries", "medow", "\"river signal\"", "transl"];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let mut config = Config { data_dir: folder.path().to_owned(), ..Config::default() };
    config.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    config.log_filter = "error".to_owned();
    let serving = compose::serve(config, Clock::system()).await?;
    let platform = serving.platform.clone();
    let amounts = seed::Amounts { vendors: 0, components: ENTRIES, assessments: 0, seed: 1 };
    let organisation = seed::seed(&platform, amounts, |_| {}).await?;
    let by = Buyer::system(organisation);
    let member = people::add_member(&platform, &by, "Analyst", "analyst@buyer.example", &Role::Analyst.into()).await?;
    let link = sign_in::make_link(&platform, &by, member.id).await?;
    let address = platform.public_url.to_string();
    let stop = CancellationToken::new();
    let server = tokio::spawn(serving.until(stop.clone().cancelled_owned()));

    let stay = reqwest::redirect::Policy::none();
    let client = reqwest::Client::builder().cookie_store(true).redirect(stay).build()?;
    let response = client.post(format!("{address}/sign-in/{}", link.reveal())).send().await?;
    let cookie = response.headers().get("set-cookie").ok_or("no session")?.to_str()?.to_owned();
    let session = cookie.split([';', '=']).nth(1).ok_or("no session")?.to_owned();

    for facets in [false, true] {
        let name = if facets { "searching 100,000 entries, seven facets" } else { "searching 100,000 entries" };
        pair::pair(
            name,
            ROUNDS,
            |round| over_http(&client, &address, round, facets),
            |round| floor(&platform, organisation, &session, round, facets),
        )
        .await;
    }
    stop.cancel();
    server.await??;
    Ok(())
}

async fn over_http(client: &reqwest::Client, address: &str, round: usize, facets: bool) {
    let q = WORDS[round % WORDS.len()];
    let all = Topic::facets().map(Topic::id).collect::<Vec<_>>().join(",");
    let facets = if facets { all.as_str() } else { "" };
    let request = client.get(format!("{address}/api/v1/components/search")).query(&[
        ("q", q),
        ("facets", facets),
        ("limit", "20"),
    ]);
    let response = request.send().await.expect("the server answers").error_for_status().expect("the search is valid");
    response.bytes().await.expect("the answer arrives");
}

async fn floor(platform: &Platform, organisation: OrganisationId, session: &str, round: usize, facets: bool) {
    let db = platform.db.read();
    let now = platform.clock.now();
    repo::sessions::get(db, SystemScope, session, now).await.expect("the session can be read").expect("it is there");
    let request = Request {
        query: Query::parse(WORDS[round % WORDS.len()]),
        facets: if facets { Topic::facets().collect() } else { Default::default() },
        limit: 20,
        ..Request::default()
    };
    let page = platform.search.search(organisation, &request).await.expect("the index answers");
    let ids: Vec<ComponentId> = page.hits.iter().map(|hit| hit.component).collect();
    let rows =
        repo::register::of_ids(db, SystemScope.acting_for(organisation), &ids).await.expect("the rows are there");
    let rows: Vec<_> =
        rows.iter().map(|row| (&row.id, &row.name, &row.vendor_name, &row.kind, &row.status, &row.fields)).collect();
    std::hint::black_box(
        serde_json::to_string(&(rows, &page.facets.values().collect::<Vec<_>>())).expect("rows are JSON"),
    );
}
