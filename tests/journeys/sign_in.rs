//! Signing in by mail and by password, and out again; what a stranger learns from trying, which is nothing.

use crate::harness::{Answer, Server, Session, Settings};
use domain::access::Role;
use sea_orm::ConnectionTrait;
use std::io::{Read, Write};

const ADA: &str = "ada@buyer.example";

/// Asks for a mailed link, to come back to a path.
async fn ask(browser: &Session, address: &str, return_to: &str) -> Answer {
    browser.submit("/sign-in", &[("email", address), ("return_to", return_to)]).await
}

/// The path of the link in a mail.
async fn mailed(server: &Server, address: &str, count: usize) -> String {
    let mail = server.mail_to(address, count).await;
    let link = mail.link_below("/sign-in/").expect("a sign-in link");
    server.path(&link).to_owned()
}

/// A browser that is signed in by mail, to everything that the person belongs to.
async fn by_mail(server: &Server, address: &str, count: usize) -> Session {
    let browser = server.session();
    ask(&browser, address, "").await.expect(303, "asked");
    let link = mailed(server, address, count).await;
    browser.submit(&link, &[]).await.expect(303, "signed in");
    browser
}

async fn log_of(server: &Server, sql: &str) {
    let database = server.behind_its_back().await;
    database.execute_unprepared(sql).await.expect(sql);
    database.close().await.expect("closed");
}

/// What stands in a chain: action and details.
async fn chain(server: &Server, organisation: &str) -> Vec<(String, String)> {
    let platform = server.platform().await;
    let all = candor::repo::organisations::with_chains(platform.db.read(), candor::repo::SystemScope).await;
    let row = all.expect("read").into_iter().find(|row| row.name == organisation || row.kind == organisation);
    let scope = candor::repo::SystemScope.acting_for(domain::ids::OrganisationId(row.expect("it").id));
    let entries =
        candor::repo::audit::newest(platform.db.read(), scope, &Default::default(), None, 500).await.expect("read");
    platform.db.close().await;
    entries.into_iter().map(|(entry, detail)| (entry.action, detail.map(|d| d.details).unwrap_or_default())).collect()
}

#[tokio::test]
async fn a_mailed_link_signs_in_the_browser_that_asked_and_no_other() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let browser = server.session();
    let asked = ask(&browser, " Ada@Buyer.example ", "/people").await.expect(303, "asked");
    assert_eq!(asked.location(), "/sign-in/sent");
    browser.get("/sign-in/sent").await.expect(200, "the page behind it");
    let link = mailed(&server, ADA, 1).await;
    // A mail scanner looks, in a browser of its own, and even presses the button.
    let other = server.session();
    for _ in 0..3 {
        let page = other.get(&link).await.expect(200, "looked at elsewhere");
        assert!(page.text.contains("another browser") && !page.text.contains(ADA), "{}", page.text);
    }
    let pressed = other.submit(&link, &[]).await.expect(303, "pressed elsewhere");
    assert_eq!(pressed.location(), link, "back to the page that explains");
    other.get("/people").await.expect(303, "nobody is signed in there");
    // It is not used up by that.
    assert!(browser.get(&link).await.expect(200, "looked at here").text.contains("works once"));
    let entered = browser.submit(&link, &[]).await.expect(303, "pressed here");
    assert_eq!(entered.location(), "/people", "where they wanted to go");
    browser.get("/people").await.expect(200, "signed in");
    assert!(browser.get("/account").await.text.contains("Verified"), "whoever has the mail has the address");
    browser.get(&link).await.expect(410, "used");
    // The other browser can have one of its own.
    let fresh = server.session();
    fresh.submit(&format!("{link}/again"), &[]).await.expect(303, "asked for from there");
    let second = mailed(&server, ADA, 2).await;
    fresh.submit(&second, &[]).await.expect(303, "signed in there");
    fresh.get("/people").await.expect(200, "there too");
    server.jobs_done().await;
    let log = chain(&server, "Harbour Bank").await;
    let failed = log.iter().find(|(action, _)| action == "member.sign_in_failed").expect("the failure is written down");
    assert!(failed.1.contains("other-browser") && failed.1.contains("127.0.0.0/24"), "{}", failed.1);
    assert!(!server.log().contains(link.rsplit('/').next().expect("a secret")), "a secret stands in the log");
    server.finish().await;
}

#[tokio::test]
async fn a_mailed_link_ends() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let browser = server.session();
    ask(&browser, ADA, "/templates").await.expect(303, "asked");
    let link = mailed(&server, ADA, 1).await;
    log_of(&server, "UPDATE sign_in_link SET expires_at = created_at").await;
    let page = browser.get(&link).await.expect(410, "its time is over");
    assert!(page.text.contains("/again"), "it offers another: {}", page.text);
    browser.submit(&link, &[]).await.expect(303, "pressed all the same");
    browser.get("/people").await.expect(303, "not signed in");
    browser.submit(&format!("{link}/again"), &[]).await.expect(303, "another");
    let second = mailed(&server, ADA, 2).await;
    let entered = browser.submit(&second, &[]).await.expect(303, "signed in");
    assert_eq!(entered.location(), "/templates", "where they wanted to go at first");
    server.finish().await;
}

#[tokio::test]
async fn whoever_is_sent_to_the_door_comes_back_to_what_they_asked_for() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let browser = server.session();
    let door = browser.get("/register?q=chat%20bot&vendor=A").await.expect(303, "to the door").location().to_owned();
    let page = browser.get(&door).await.expect(200, "the door").text;
    let kept = page.split("name=\"return_to\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let kept = kept.expect("where to return to").replace("&amp;", "&").replace("&#x3D;", "=");
    ask(&browser, ADA, &kept).await.expect(303, "asked");
    let link = mailed(&server, ADA, 1).await;
    let entered = browser.submit(&link, &[]).await.expect(303, "signed in");
    assert_eq!(entered.location(), "/register?q=chat%20bot&vendor=A");
    assert_eq!(server.session().get("/").await.expect(303, "home").location(), "/sign-in", "no more than needed");
    server.finish().await;
}

#[tokio::test]
async fn signing_in_leads_to_no_other_host() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let evil = [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aset-cookie:a=b",
        "/\r\nx",
    ];
    for (n, evil) in evil.into_iter().enumerate() {
        let page = server
            .session()
            .get(&format!("/sign-in?return_to={}", evil.replace('\r', "%0d").replace('\n', "%0a")))
            .await;
        assert!(page.status == 200 && !page.text.contains("evil.example"), "{evil}: {}", page.text);
        if n > 3 {
            continue;
        }
        let browser = server.session();
        ask(&browser, ADA, evil).await.expect(303, evil);
        let link = mailed(&server, ADA, n + 1).await;
        let entered = browser.submit(&link, &[]).await.expect(303, evil);
        assert_eq!(entered.location(), "/", "{evil}");
        let out = browser.submit("/sign-out", &[("return_to", evil)]).await.expect(303, evil);
        assert_eq!(out.location(), "/sign-in", "{evil}");
    }
    server.finish().await;
}

/// What an answer says, without what names the request.
fn anonymous(answer: &Answer) -> (u16, String, String) {
    let text = answer.text.replace(answer.header("x-request-id"), "REQUEST");
    (answer.status, answer.location().to_owned(), text)
}

#[tokio::test]
async fn nobody_learns_who_is_here() {
    let settings = Settings::default().with("limits__unknown_sign_ins_per_minute", 2);
    let (server, _) = Server::set_up_with("Harbour Bank", settings).await;
    for n in 0..7 {
        let known = ask(&server.session(), ADA, "").await;
        let unknown = ask(&server.session(), "nobody@elsewhere.example", "").await;
        assert_eq!(anonymous(&known), anonymous(&unknown), "attempt {n}");
        assert_eq!(known.status, if n < 5 { 303 } else { 429 }, "attempt {n}");
    }
    let wrong = server.session().submit("/sign-in", &[("email", "not an address")]).await.expect(422, "no address");
    assert!(wrong.text.contains("not an address"), "what was typed is kept");
    server.jobs_done().await;
    assert_eq!(server.mails().len(), 5, "nobody else gets a mail");
    let metrics = server.session().get("/metrics").await.text;
    assert!(metrics.contains("candor_sign_ins_unknown_total{way=\"mail\"} 5"), "{metrics}");
    let log = chain(&server, "installation").await;
    let unknown: Vec<_> = log.iter().filter(|(action, _)| action == "sign_in.unknown").collect();
    assert!((2..=4).contains(&unknown.len()), "so many a minute: {log:?}");
    assert!(unknown.iter().all(|(_, details)| !details.contains("nobody@")), "{unknown:?}");
    server.finish().await;
}

#[tokio::test]
async fn passwords_are_off_until_they_are_switched_on() {
    let (server, administrator) = Server::set_up("Harbour Bank").await;
    assert!(!server.session().get("/sign-in").await.text.contains("type=\"password\""));
    let typed = [("email", ADA), ("password", "correct horse battery")];
    server.session().submit("/sign-in/password", &typed).await.expect(404, "off");
    let set = [("password", "correct horse battery"), ("repeated", "correct horse battery")];
    administrator.submit("/account/password", &set).await.expect(404, "off");
    server.finish().await;
}

#[tokio::test]
async fn a_password_signs_in_and_guessing_one_does_not() {
    let settings = Settings::default().with("sign_in__passwords", true).with("limits__sign_in_failures", 4);
    let (server, administrator) = Server::set_up_with("Harbour Bank", settings).await;
    let other = by_mail(&server, ADA, 1).await;
    let password = "correct horse battery";
    for (typed, repeated) in [("short", "short"), (password, "something else"), (ADA, ADA)] {
        let refused = administrator.submit("/account/password", &[("password", typed), ("repeated", repeated)]).await;
        assert!(
            refused.status == 422 && !refused.text.contains(&format!("value=\"{typed}\"")),
            "{typed}: {}",
            refused.text
        );
    }
    administrator
        .submit("/account/password", &[("password", password), ("repeated", password)])
        .await
        .expect(303, "set");
    administrator.get("/account").await.expect(200, "still signed in");
    other.get("/account").await.expect(303, "the other browser is signed out");
    // Changing it asks for the one before.
    let changed = [("password", "another horse battery"), ("repeated", "another horse battery")];
    administrator.submit("/account/password", &changed).await.expect(422, "without the one before");

    let sign_in = async |address: &str, password: &str| {
        server.session().submit("/sign-in/password", &[("email", address), ("password", password)]).await
    };
    sign_in(ADA, password).await.expect(303, "it fits");
    let wrong = sign_in(ADA, "wrong").await.expect(422, "it does not fit");
    let nobody = sign_in("nobody@elsewhere.example", "wrong").await.expect(422, "nobody");
    let of = |answer: &Answer, address: &str| anonymous(answer).2.replace(address, "ADDRESS");
    assert_eq!(of(&wrong, ADA), of(&nobody, "nobody@elsewhere.example"), "told apart by nothing");
    assert!(!wrong.text.contains("value=\"wrong\""), "a password is not sent back");
    for _ in 0..2 {
        sign_in(ADA, "wrong").await.expect(422, "again");
    }
    for _ in 0..4 {
        sign_in(ADA, password).await.expect(429, "tried too often, right or wrong");
    }
    for _ in 0..3 {
        sign_in("nobody@elsewhere.example", "wrong").await.expect(422, "again");
    }
    sign_in("nobody@elsewhere.example", "wrong").await.expect(429, "nobody is tried as often");
    server.jobs_done().await;
    let log = chain(&server, "Harbour Bank").await;
    let failed = log.iter().filter(|(action, _)| action == "member.sign_in_failed").count();
    assert_eq!(failed, 4, "{log:?}");
    assert!(log.iter().any(|(action, _)| action == "member.password_set"));
    let database = server.behind_its_back().await;
    let sql = "SELECT password_hash FROM person";
    let statement = sea_orm::Statement::from_string(database.get_database_backend(), sql);
    let row = database.query_one_raw(statement).await.expect("read").expect("a person");
    let hash: String = row.try_get_by_index(0).expect("a hash");
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    database.close().await.expect("closed");
    server.finish().await;
}

#[tokio::test]
async fn guesses_made_at_once_are_counted_like_guesses_made_in_turn() {
    let settings = Settings::default().with("sign_in__passwords", true).with("limits__sign_in_failures", 3);
    let (server, _) = Server::set_up_with("Harbour Bank", settings).await;
    let guesses = (0..12).map(|n| {
        let browser = server.session();
        async move {
            let password = format!("guess number {n}");
            browser.submit("/sign-in/password", &[("email", ADA), ("password", &password)]).await.status
        }
    });
    let mut set = tokio::task::JoinSet::new();
    guesses.for_each(|guess| drop(set.spawn(guess)));
    let statuses = set.join_all().await;
    let tried = statuses.iter().filter(|status| **status == 422).count();
    assert!(tried <= 3 && statuses.iter().all(|status| matches!(status, 422 | 429)), "{statuses:?}");
    server.finish().await;
}

#[tokio::test]
async fn one_sees_where_one_is_signed_in_and_ends_it() {
    let (server, administrator) = Server::set_up("Harbour Bank").await;
    let second = by_mail(&server, ADA, 1).await;
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let third = server.session();
    ask(&third, ADA, "").await.expect(303, "asked");
    let link = mailed(&server, ADA, 2).await;
    let request = third.request(reqwest::Method::POST, &link).header("user-agent", firefox).form(&[("a", "b")]);
    third.send(request).await.expect(303, "signed in");
    let page = administrator.get("/account").await.expect(200, "the list").text;
    assert!(
        page.contains("Firefox on Linux") && page.contains("127.0.0.0/24") && page.contains("A mailed link"),
        "{page}"
    );
    assert_eq!(page.matches("This one").count(), 1);
    // The third row is the browser named last.
    let at = page.find("Firefox on Linux").expect("its row");
    let end = page[at..].split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("its button");
    administrator.submit(end, &[]).await.expect(303, "ended");
    third.get("/people").await.expect(303, "signed out");
    second.get("/people").await.expect(200, "the others are not");
    administrator.submit(end, &[]).await.expect(404, "it is gone");
    second.submit("/account", &[("name", "Ada Lovelace")]).await.expect(303, "renamed");
    assert!(administrator.get("/account").await.text.contains("Ada Lovelace"));
    second.submit("/account/sessions/end", &[]).await.expect(303, "everywhere");
    for browser in [&second, &administrator] {
        browser.get("/people").await.expect(303, "signed out");
    }
    let log = chain(&server, "Harbour Bank").await;
    let count = |wanted: &str| log.iter().filter(|(action, _)| action == wanted).count();
    assert_eq!((count("session.ended"), count("member.renamed")), (2, 1), "{log:?}");
    server.finish().await;
}

#[tokio::test]
async fn somebody_elses_session_is_not_ended() {
    let (server, administrator) = Server::set_up("Harbour Bank").await;
    let _ = server.person_called("Harbour Bank", Role::Analyst, Some("lee@buyer.example")).await;
    let lee = by_mail(&server, "lee@buyer.example", 1).await;
    let page = administrator.get("/account").await.text;
    let end =
        page.split("action=\"/account/sessions/").nth(2).and_then(|rest| rest.split('"').next()).expect("a button");
    lee.submit(&format!("/account/sessions/{end}"), &[]).await.expect(404, "not theirs");
    administrator.get("/account").await.expect(200, "still signed in");
    server.finish().await;
}

#[tokio::test]
async fn a_link_made_for_one_organisation_reaches_no_further() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    server.further_organisation("Second Bank").await;
    // The same person in both; each administrator makes them a link.
    let first = server.person_called("Harbour Bank", Role::Analyst, Some("lee@buyer.example")).await;
    let second = server.person_called("Second Bank", Role::Administrator, Some("lee@buyer.example")).await;
    let page = first.get("/account").await.expect(200, "their account").text;
    assert!(!page.contains("Second Bank"), "{page}");
    first.get("/people").await.expect(403, "an analyst here");
    second.get("/people").await.expect(200, "an administrator there");
    first.submit("/account", &[("name", "Eve")]).await.expect(403, "a name reaches further");
    first.submit("/account/sessions/end", &[]).await.expect(403, "and so do sessions");
    let whole = by_mail(&server, "lee@buyer.example", 1).await;
    let page = whole.get("/account").await.expect(200, "signed in by mail").text;
    assert!(page.contains("Second Bank") && page.contains("Harbour Bank"), "{page}");
    let member =
        page.split("name=\"member\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a switch");
    first.submit("/account/organisation", &[("member", member)]).await.expect(404, "not through the other's link");
    whole.submit("/account/organisation", &[("member", member)]).await.expect(303, "switched");
    whole.get("/people").await.expect(200, "an administrator now");
    server.finish().await;
}

#[tokio::test]
async fn a_header_of_ten_megabytes_is_refused() {
    let (server, administrator) = Server::set_up("Harbour Bank").await;
    let address = server.url.trim_start_matches("http://").to_owned();
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = std::net::TcpStream::connect(&address).expect("connected");
        stream.set_read_timeout(Some(std::time::Duration::from_secs(20))).expect("set");
        // The server may hang up before it has been told everything.
        let sent = stream
            .write_all(format!("GET /sign-in HTTP/1.1\r\nhost: {address}\r\ncookie: candor=").as_bytes())
            .and_then(|()| stream.write_all(&vec![b'a'; 10 << 20]))
            .and_then(|()| stream.write_all(b"\r\n\r\n"));
        let mut answer = String::new();
        let read = stream.read_to_string(&mut answer);
        (answer, sent.is_err() || read.is_err())
    })
    .await
    .expect("tried");
    assert!(answer.0.starts_with("HTTP/1.1 431") || (answer.0.is_empty() && answer.1), "{answer:?}");
    administrator.get("/people").await.expect(200, "everybody else goes on");
    server.finish().await;
}
