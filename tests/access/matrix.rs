//! The table of `matrix.txt`, tried: every method and path that the router lists, by every actor, on their own
//! organisation's rows and, by strangers, on another's.

use super::scene::{Actor, Scene};
use super::{NOTHING, Route, body, is_door, listed};
use crate::harness::{Answer, Server, Session, Settings};
use std::collections::BTreeMap;

const TABLE: &str = include_str!("matrix.txt");

/// What came of a request, as the table says it.
fn outcome(route: &Route, answer: &Answer) -> String {
    match answer.status {
        303 if is_door(answer.location()) && route.path != "/sign-out" => "door".to_owned(),
        401 | 403 | 404 | 405 => answer.status.to_string(),
        // 503 and 500 are nobody's right; everything else was let in, whatever became of what was sent.
        500.. => answer.status.to_string(),
        _ => "ok".to_owned(),
    }
}

/// The table: the actors, and by name of the route the outcome for each.
struct Table {
    actors: Vec<&'static str>,
    rows: BTreeMap<String, Row>,
}

struct Row {
    /// The request uses the session up: it is tried with one of its own.
    spends: bool,
    cells: Vec<&'static str>,
}

impl Table {
    fn read() -> Self {
        let mut lines = TABLE.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        let actors: Vec<&str> = lines.next().expect("the actors").split_whitespace().skip(2).collect();
        let mut rows = BTreeMap::new();
        for line in lines {
            let mut words = line.split_whitespace();
            let (method, path) = (words.next().expect("a method"), words.next().expect("a path"));
            let mut cells: Vec<&str> = words.collect();
            if let [all] = cells[..] {
                cells = vec![all; actors.len()];
            }
            assert_eq!(cells.len(), actors.len(), "{line}: one outcome for each actor, or one for all");
            let name = format!("{} {path}", method.trim_end_matches('!'));
            let row = Row { spends: method.ends_with('!'), cells };
            assert!(rows.insert(name, row).is_none(), "{line} stands twice");
        }
        Self { actors, rows }
    }
}

/// An installation that does not mind how often one address asks: here everybody knocks at every door from the same one.
async fn unhurried() -> Server {
    let names = ["limits__token_requests_burst", "limits__uploads_burst"];
    let settings = names.iter().fold(Settings::default(), |settings, name| settings.with(name, 100_000));
    Server::set_up_with("Harbour Bank", settings).await.0
}

#[tokio::test]
async fn every_route_by_every_actor_is_as_the_table_says() {
    let server = unhurried().await;
    let scene = Scene::set(&server).await;
    let table = Table::read();
    let routes = listed(&server.session()).await;
    let mut wrong = Vec::new();
    for gone in table.rows.keys().filter(|name| !routes.iter().any(|route| route.name() == **name)) {
        wrong.push(format!("{gone} is in the table, and not served"));
    }
    let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut tried = 0;
    // The vendor's side first: what the buyer does may close an assessment.
    let actors = scene.actors(&server, &table.actors).await;
    for actor in &actors {
        for route in &routes {
            let row = table.rows.get(&route.name());
            let own;
            let session = if row.is_some_and(|row| row.spends) && !route.looks() {
                own = scene.actor(&server, actor.name).await;
                &own.session
            } else {
                &actor.session
            };
            let ids = if route.looks() { &actor.looks_at } else { &actor.acts_on };
            let answer = route.send(session, ids, &body(route, ids)).await;
            tried += 1;
            seen.entry(route.name()).or_default().push(outcome(route, &answer));
        }
    }
    // Columns come in the order of the scene, the table's in its own.
    let column = |name: &str| actors.iter().position(|actor| actor.name == name).expect("an actor of the table");
    let order: Vec<usize> = table.actors.iter().map(|name| column(name)).collect();
    for route in &routes {
        let found = &seen[&route.name()];
        let cells: Vec<&str> = order.iter().map(|at| found[*at].as_str()).collect();
        match table.rows.get(&route.name()) {
            None => {
                let line: Vec<String> = cells.iter().map(|cell| format!("{cell:<5}")).collect();
                wrong.push(format!("not in the table: {:<7}{:<62} {}", route.method, route.path, line.join("")));
            }
            Some(row) => {
                for ((actor, expected), cell) in table.actors.iter().zip(&row.cells).zip(&cells) {
                    if expected != cell {
                        wrong.push(format!("{}, {actor}: {cell}, and not {expected}", route.name()));
                    }
                }
            }
        }
    }
    println!("{tried} combinations tried: {} routes by {} actors", routes.len(), actors.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    server.finish().await;
}

/// What an answer says, without what names the request and what was asked for.
fn anonymous(answer: &Answer, ids: &BTreeMap<&str, String>) -> String {
    let request = answer.header("x-request-id");
    let text = if request.is_empty() { answer.text.clone() } else { answer.text.replace(request, "REQUEST") };
    let named = ids.values().filter(|id| id.len() == NOTHING.len());
    named.fold(text, |text, id| text.replace(id.as_str(), "ID")).replace(NOTHING, "ID")
}

/// Parameters that name a piece of what every organisation has: nobody's secret.
const EVERYBODYS: [&str; 4] = ["question", "section", "framework", "feature"];

/// Counts the statements that requests send to the database.
struct Watch {
    session: Session,
    sent: u64,
}

impl Watch {
    async fn begun(session: Session) -> Self {
        let mut watch = Self { session, sent: 0 };
        watch.more().await;
        watch
    }

    /// How many were sent since it was asked before.
    async fn more(&mut self) -> u64 {
        let counters = self.session.get("/metrics").await.text;
        let line = counters.lines().find_map(|line| line.strip_prefix("candor_db_statements_total{for=\"requests\"}"));
        let sent: u64 = line.expect("the counter").trim().parse().expect("a number");
        sent - std::mem::replace(&mut self.sent, sent)
    }

    /// Sends a request; what came, and how many statements it took.
    async fn counted(&mut self, who: &Session, route: &Route, ids: &BTreeMap<&str, String>) -> (Answer, u64) {
        let answer = route.send(who, ids, &body(route, &BTreeMap::new())).await;
        (answer, self.more().await)
    }
}

#[tokio::test]
async fn strangers_cannot_tell_another_organisations_things_from_what_never_was() {
    let server = unhurried().await;
    let scene = Scene::set(&server).await;
    let table = Table::read();
    let routes = listed(&server.session()).await;
    let nothing: BTreeMap<&str, String> =
        EVERYBODYS.into_iter().map(|name| (name, scene.looked[name].clone())).collect();
    let (mut tried, mut leaks) = (0, Vec::new());
    let strangers = scene.strangers(&server).await;
    let mut watch = Watch::begun(server.session()).await;
    for Actor { name, session, .. } in strangers {
        for route in &routes {
            let is_about =
                route.parameters().iter().any(|part| scene.looked.contains_key(part) && !EVERYBODYS.contains(part));
            let spends = table.rows.get(&route.name()).is_some_and(|row| row.spends);
            if !is_about || spends {
                continue;
            }
            for ids in [&scene.looked, &scene.filled] {
                tried += 1;
                let mut difference = String::new();
                // A session's or token's last use is noted once a minute, which is a statement more.
                for _ in 0..3 {
                    let (theirs, of_theirs) = watch.counted(&session, route, ids).await;
                    let (never, of_never) = watch.counted(&session, route, &nothing).await;
                    if (theirs.status < 400 && outcome(route, &theirs) == "ok") || theirs.status >= 500 {
                        difference = format!("let in: {}", theirs.status);
                    } else if (theirs.status, anonymous(&theirs, ids)) != (never.status, anonymous(&never, ids)) {
                        difference = format!("{} and {}: {}\n{}", theirs.status, never.status, theirs.text, never.text);
                    } else if of_theirs != of_never {
                        difference = format!("{of_theirs} statements and {of_never}");
                    } else {
                        difference.clear();
                        break;
                    }
                }
                if !difference.is_empty() {
                    leaks.push(format!("{name}, {}: {difference}", route.name()));
                }
            }
        }
    }
    println!("{tried} combinations tried with another organisation's ids: {} leaks", leaks.len());
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    assert!(tried > 200, "only {tried}");
    server.finish().await;
}

#[test]
fn the_table_knows_every_role() {
    let table = Table::read();
    for role in domain::access::Role::ALL {
        assert!(table.actors.contains(&role.name()), "{role} has no column");
    }
}
