//! One questionnaire in two languages: it is read in the one that the browser asks for or that somebody chose, and what is
//! answered is the same in either.

use crate::harness::database::is_postgres;
use crate::harness::way::{Asked, answer, ask, ask_with, enter, enter_by, feature, replies, version_of, whole_profile};
use crate::harness::{Server, Session, Value};
use candor::actions::content::shipped;
use domain::access::Role;
use domain::questionnaire::{Authored, Document};
use reqwest::Method;
use reqwest::multipart::Form;
use sea_orm::ConnectionTrait;
use serde_json::json;

const BUYER: &str = "Harbour Bank";
const TRADITIONAL: &str = "zh-Hant";
/// As a browser in Hong Kong asks.
const HONG_KONG: &str = "zh-HK,zh;q=0.9,en;q=0.8";

fn edition(key: &str, language: &str) -> Document {
    let authored: Authored =
        serde_json::from_str(&shipped(&format!("templates/{key}.json"))).expect("a shipped questionnaire");
    authored.edition(language)
}

/// Without the marks that HTML has for characters of its own.
fn unescaped(page: String) -> String {
    let marks = [("&#x27;", "'"), ("&#x3D;", "="), ("&quot;", "\""), ("&amp;", "&")];
    marks.iter().fold(page, |page, (mark, character)| page.replace(mark, character))
}

/// A page as a browser gets it that asks for these languages.
async fn page_in(who: &Session, path: &str, languages: &str) -> String {
    unescaped(
        who.send(who.request(Method::GET, path).header("accept-language", languages)).await.expect(200, path).text,
    )
}

async fn page(who: &Session, path: &str) -> String {
    unescaped(who.get(path).await.expect(200, path).text)
}

/// The element holds this text, and says in which language it is.
fn says(page: &str, element: &str, language: &str, text: &str) {
    let whole = format!("<{element} lang=\"{language}\">{text}");
    assert!(page.contains(&whole), "no {whole} in {page}");
}

/// The whole assessment, asked and entered.
async fn iso(server: &Server) -> (Asked, Session) {
    let buyer = server.program(BUYER, Role::Procurement);
    let version = version_of(&buyer, "iso-42001").await;
    let asked = ask_with(&buyer, "Northwind", &whole_profile(), &version).await;
    let vendor = enter(server, &asked).await;
    (asked, vendor)
}

#[tokio::test]
async fn a_vendor_reads_the_questionnaire_in_the_language_of_the_browser() {
    let (server, _) = Server::set_up(BUYER).await;
    let (asked, vendor) = iso(&server).await;
    let portal = format!("/portal/{}", asked.assessment);
    let overview = page_in(&vendor, &portal, HONG_KONG).await;
    says(&overview, "h1", TRADITIONAL, "ISO/IEC 42001 供應商評估");
    assert!(overview.contains("<html lang=\"en\""), "the words around it are English");
    says(&page(&vendor, &portal).await, "h1", "en", "ISO/IEC 42001 vendor assessment");
    says(&page_in(&vendor, &portal, "zh-CN,de").await, "h1", "en", "ISO/IEC 42001 vendor assessment");

    let section = page_in(&vendor, &format!("{portal}/sections/product"), HONG_KONG).await;
    says(&section, "h1", TRADITIONAL, "產品與貴公司的角色");
    let chinese = edition("iso-42001", TRADITIONAL);
    let question = chinese.question("PROD-2").expect("the question");
    says(&section, "span", TRADITIONAL, &question.text);
    for option in question.options() {
        says(&section, "span", TRADITIONAL, &option.label);
    }
    let english = edition("iso-42001", "en");
    assert!(!section.contains(&english.question("PROD-2").expect("the question").text), "both languages at once");
    // The whole list reads the same way.
    let all = page_in(&vendor, &format!("{portal}/questions"), HONG_KONG).await;
    for question in chinese.questions() {
        assert!(all.contains(&question.text), "{} is not there in Chinese", question.id);
    }
    server.finish().await;
}

#[tokio::test]
async fn what_is_chosen_at_the_switch_is_kept() {
    let (server, _) = Server::set_up(BUYER).await;
    let (asked, vendor) = iso(&server).await;
    let portal = format!("/portal/{}", asked.assessment);
    let section = format!("{portal}/sections/product");
    let switch = |address: &str, language: &str| format!("href=\"{address}?language={language}\" lang=\"{language}\"");
    let seen = page(&vendor, &section).await;
    assert!(seen.contains(&switch(&section, TRADITIONAL)) && seen.contains("繁體中文"), "the switch: {seen}");
    assert!(seen.contains(&format!("{} hreflang=\"en\" aria-current=\"true\"", switch(&section, "en"))), "{seen}");

    says(&page(&vendor, &format!("{section}?language={TRADITIONAL}")).await, "h1", TRADITIONAL, "產品與貴公司的角色");
    says(&page(&vendor, &section).await, "h1", TRADITIONAL, "產品與貴公司的角色");
    // What the browser asks for counts for less than what was chosen.
    says(&page_in(&vendor, &portal, "en").await, "h1", TRADITIONAL, "ISO/IEC 42001 供應商評估");
    says(&page_in(&vendor, &format!("{portal}?language=en"), HONG_KONG).await, "h1", "en", "ISO/IEC 42001 vendor");
    says(&page_in(&vendor, &portal, HONG_KONG).await, "h1", "en", "ISO/IEC 42001 vendor");
    // What the questionnaire is not there in, and what is no language, change nothing on the page.
    for other in ["fr", "%3Cscript%3E", ""] {
        let seen = page(&vendor, &format!("{portal}?language={other}")).await;
        says(&seen, "h1", "en", "ISO/IEC 42001 vendor");
        assert!(!seen.contains("?language=%3C"), "{seen}");
    }

    // Chosen at the door, before there is a session, it goes in with them. Looking at a door starts no session.
    let link = server.mail_to(&asked.address, 1).await.link().expect("a link");
    let visitor = server.session();
    let path = format!("{}?language={TRADITIONAL}", server.path(&link));
    let door = visitor.get(&path).await.expect(200, "the door");
    let seen = unescaped(door.text.clone());
    says(&seen, "h1", TRADITIONAL, "ISO/IEC 42001 供應商評估");
    assert_eq!(door.header("set-cookie"), "", "no session for whoever looks");
    assert!(seen.contains(&format!("action=\"{path}\"")), "{seen}");
    visitor.submit(&path, &[]).await.expect(303, "the button");
    says(&page(&visitor, &portal).await, "h1", TRADITIONAL, "ISO/IEC 42001 供應商評估");
    server.finish().await;
}

#[tokio::test]
async fn a_contributor_reads_the_questions_that_were_handed_over_and_no_others_in_either_language() {
    let (server, _) = Server::set_up(BUYER).await;
    let (asked, vendor) = iso(&server).await;
    let body = json!({ "name": "Lee", "email": "lee@northwind.example", "questions": ["A.2.2-1"], "way": "copy" });
    let path = format!("/api/v1/assessments/{}/colleagues", asked.assessment);
    let made = vendor.post(&path, &body).await.expect(201, "handed over").json();
    let lee = enter_by(&server, made["link"].as_str().expect("a link")).await;
    let portal = format!("/portal/{}", asked.assessment);
    for (language, languages) in [(TRADITIONAL, HONG_KONG), ("en", "en-GB")] {
        let document = edition("iso-42001", language);
        let [own, other] = ["A.2.2-1", "A.3.2-1"].map(|id| &document.question(id).expect("a question").text);
        let section = page_in(&lee, &format!("{portal}/sections/leadership"), languages).await;
        says(&section, "span", language, own);
        assert!(!section.contains(other.as_str()), "{language}: somebody else's question");
        let all = page_in(&lee, &format!("{portal}/questions"), languages).await;
        assert!(all.contains(own.as_str()) && !all.contains(other.as_str()), "{language}: the list");
    }
    lee.get(&format!("{portal}/sections/product?language={TRADITIONAL}")).await.expect(404, "not handed over");
    server.finish().await;
}

#[tokio::test]
async fn answers_are_the_same_in_whatever_language_they_were_given() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let fields = [("answer:PROD-1", "Northwind Desk"), ("answer:PROD-2", "both"), ("answer:ROLE-1", "provider")];
    let mut given = Vec::new();
    for (name, language) in [("Northwind", "en"), ("Fabrikam", TRADITIONAL)] {
        let asked = ask(&buyer, name).await;
        let vendor = enter(&server, &asked).await;
        let section = format!("/portal/{}/sections/product", asked.assessment);
        page(&vendor, &format!("{section}?language={language}")).await;
        let form = fields.iter().fold(Form::new(), |form, (name, value)| form.text(*name, *value));
        vendor.send(vendor.request(Method::POST, &section).multipart(form)).await.expect(303, "saved");
        let answers = vendor.read(&format!("/api/v1/assessments/{}/answers", asked.assessment)).await;
        let said = |item: &Value| (item["question"].clone(), item["reply"].clone(), item["asked"].clone());
        given.push(answers["items"].as_array().expect("items").iter().map(said).collect::<Vec<_>>());
    }
    assert!(given[0].iter().any(|(question, reply, _)| question == "PROD-2" && reply["option"] == "both"), "{given:?}");
    assert_eq!(given[0], given[1]);
    server.finish().await;
}

#[tokio::test]
async fn a_workbook_in_either_language_comes_back() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.program(BUYER, Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    let given = replies(&[feature("Drafter")]);
    answer(&vendor, &asked.assessment, &given).await;
    let (portal, api) = (format!("/portal/{}", asked.assessment), format!("/api/v1/assessments/{}", asked.assessment));
    for (path, languages) in [
        (format!("{portal}/workbook"), HONG_KONG),
        (format!("{api}/workbook?language={TRADITIONAL}"), "en"),
        (format!("{portal}/workbook?language=en"), HONG_KONG),
    ] {
        let request = vendor.request(Method::GET, &path).header("accept-language", languages);
        let file = vendor.send(request).await.expect(200, "the workbook").bytes;
        let read =
            vendor.upload(&format!("{api}/imports"), &[], ("answers.xlsx", file)).await.expect(201, "read").json();
        let rows = read["rows"].as_array().expect("rows");
        assert_eq!(rows.len(), given.len(), "{path}");
        for row in rows {
            assert_eq!(row["verdict"], "unchanged", "{path}: {row}");
        }
    }
    server.finish().await;
}

#[tokio::test]
async fn the_buyer_reads_template_preview_and_answers_in_either_language() {
    let (server, _) = Server::set_up(BUYER).await;
    let program = server.program(BUYER, Role::Procurement);
    let buyer = server.person(BUYER, Role::Procurement).await;
    let version = version_of(&program, "ai-screening").await;
    let chinese = edition("ai-screening", TRADITIONAL);
    let question = &chinese.question("PROD-2").expect("the question").text;
    let template = page(&buyer, &format!("/templates/versions/{version}?language={TRADITIONAL}")).await;
    says(&template, "h1", TRADITIONAL, &chinese.title);
    says(&template, "b", TRADITIONAL, question);
    let asked = ask(&program, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    answer(&vendor, &asked.assessment, &replies(&[feature("Drafter")])).await;
    crate::harness::way::submit(&vendor, &asked.assessment).await.expect(200, "submitted");
    let answers = page(&buyer, &format!("/assessments/{}/answers", asked.assessment)).await;
    says(&answers, "span", TRADITIONAL, question);
    server.finish().await;
}

#[tokio::test]
async fn what_is_exported_is_imported_again_without_loss() {
    let (server, administrator) = Server::set_up(BUYER).await;
    let program = server.program(BUYER, Role::Administrator);
    server.further_organisation("Second Bank").await;
    let other = server.program("Second Bank", Role::Administrator);
    for key in ["iso-42001", "embedded-ai-features"] {
        let version = version_of(&program, key).await;
        let published = program.read(&format!("/api/v1/templates/versions/{version}")).await;
        let path = format!("/templates/versions/{version}/export");
        // Whatever the reader reads: the file holds every language.
        let request = administrator.request(Method::GET, &path).header("accept-language", HONG_KONG);
        let file = administrator.send(request).await.expect(200, "the export").bytes;
        let exported: Value = serde_json::from_slice(&file).expect("JSON");
        assert_eq!(exported["languages"], json!(["en", TRADITIONAL]));
        let [file_says, published_says] = [&exported, &published["document"]]
            .map(|document| serde_json::from_value::<Authored>(document.clone()).expect("a questionnaire"));
        assert_eq!(file_says, published_says, "{key}");
        let file = || ("template.json", file.clone());
        let again = program.upload("/api/v1/templates/import", &[], file()).await.expect(422, "the same").json();
        assert_eq!(again["errors"][0]["code"], "already-published", "by its hash: {again}");
        // Elsewhere the same questionnaire has been published as well, so another key: the same document, another name.
        let mut renamed = exported.clone();
        renamed["key"] = json!(format!("{key}-copy"));
        let bytes = serde_json::to_vec(&renamed).expect("JSON");
        let made =
            other.upload("/api/v1/templates/import", &[], ("t.json", bytes)).await.expect(201, "imported").json();
        let id = made["id"].as_str().expect("an id");
        let theirs = other.read(&format!("/api/v1/templates/versions/{id}")).await["document"].clone();
        let theirs: Authored = serde_json::from_value(theirs).expect("a questionnaire");
        assert_eq!(theirs, Authored { key: format!("{key}-copy"), ..published_says });
    }
    server.finish().await;
}

#[tokio::test]
async fn a_published_version_that_was_changed_in_the_database_is_refused() {
    let (server, _) = Server::set_up(BUYER).await;
    let buyer = server.person(BUYER, Role::Procurement).await;
    let program = server.program(BUYER, Role::Procurement);
    let [version, sound] = [version_of(&program, "ai-screening").await, version_of(&program, "hong-kong").await];
    let database = server.behind_its_back().await;
    let on = if is_postgres() { " ON template_version" } else { "" };
    let unguarded = database.execute_unprepared(&format!("DROP TRIGGER template_version_refuses_update{on}")).await;
    unguarded.expect("by somebody who may");
    let changed = database
        .execute_unprepared(
            "UPDATE template_version SET document = REPLACE(document, 'Does this product contain any AI?', 'Is all well?') \
             WHERE document LIKE '%\"key\":\"ai-screening\"%'",
        )
        .await
        .expect("changed behind its back");
    assert!(changed.rows_affected() >= 1);
    database.close().await.expect("closed");

    let page = buyer.get(&format!("/templates/versions/{version}")).await.expect(500, "not as it was published");
    assert!(page.text.contains("was changed in the database after it was published"), "{}", page.text);
    assert!(!page.text.contains("Is all well?"), "nothing of it is shown");
    let export = buyer.get(&format!("/templates/versions/{version}/export")).await.expect(500, "no export of it");
    assert!(!export.text.contains("Is all well?"));
    let templates = program.read("/api/v1/templates").await;
    let is_screening = |row: &&Value| row["key"] == "ai-screening";
    let template = templates["items"].as_array().expect("templates").iter().find(is_screening).expect("the template");
    let compared = buyer.get(&format!("/templates/{}/compare", template["id"].as_str().expect("an id"))).await;
    assert!(!compared.expect(500, "no comparison with it").text.contains("Is all well?"));
    let problem = program.get(&format!("/api/v1/templates/versions/{version}")).await.expect(500, "the API").json();
    assert!(problem["type"].as_str().is_some_and(|kind| kind.ends_with("not-as-published")), "{problem}");
    let [vendor, contact, engagement] =
        crate::harness::way::add_vendor(&program, "Northwind", "kim@northwind.example", &whole_profile()).await;
    let body = json!({
        "engagement": engagement, "template_version": version, "contact": contact,
        "due_on": crate::harness::way::in_days(21), "issue": true
    });
    program.post("/api/v1/assessments", &body).await.expect(500, "it is not sent out");
    assert_eq!(program.read("/api/v1/assessments").await["items"], json!([]));
    assert!(server.log().contains("a published version was changed in the database"), "{}", server.log());

    // Everything else goes on.
    buyer.get(&format!("/templates/versions/{sound}")).await.expect(200, "another template");
    for path in ["/templates", "/assessments", "/vendors", &format!("/vendors/{vendor}"), "/readyz"] {
        buyer.get(path).await.expect(200, path);
    }
    // The log holds the failures that it must, so this is not the usual end.
    server.jobs_done().await;
    server.abandon();
}
