//! The rows of a stranger's workbook in a person's hands: what is asked is chosen from, suggestions are confirmed, nothing
//! is left out in silence, and every answer remembers where it came from.

use crate::harness::way::{Asked, answer, ask, enter, feature, replies, submit};
use crate::harness::{Server, Session, Settings, Value};
use domain::access::Role;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};
use serde_json::json;

const BUYER: &str = "Harbour Bank";

/// A questionnaire of somebody else's, answered, as one would come out of a mail.
const THEIRS: &str = "\
No.,Question,Your answer,Comment
1,Do you have a written AI policy approved by your management?,Yes,Signed in March
2,Is customer data used for training AI models?,Never,
3,Do you use what customers enter to train AI models?,\"Yes, always\",
4,Do you have fire extinguishers in every office?,30 days,
5,How often is the quality of AI results measured in live use?,,
6,Who is accountable for the AI in the product?,Our CTO,
";

/// The shape of an AI-CAIQ with questions of our own: a guide, a hidden list, ids that lead to controls.
fn club() -> Vec<u8> {
    let mut book = Workbook::new();
    let saved = ExcelDateTime::from_ymd(2024, 3, 1).expect("a day");
    book.set_properties(&DocProperties::new().set_creation_datetime(&saved));
    let guide = book.add_worksheet().set_name("Guide").expect("a name");
    guide
        .write(
            0,
            0,
            "How to fill in the questionnaire: choose an answer in column C, and describe in column E how it is done.",
        )
        .expect("a cell");
    let sheet = book.add_worksheet().set_name("AI-CAIQ").expect("a name");
    let lines: [&[&str]; 11] = [
        &["AI questionnaire of the Harbour Club"],
        &[],
        &[
            "Question ID",
            "Assessment Question",
            "AI-CAIQ Answer",
            "AICM Control Ownership",
            "Provider Implementation Description",
            "AI Customer Responsibilities",
            "AICM Control ID",
            "AICM Domain Title",
        ],
        &[
            "GRC-10.1",
            "Are effects of a model on people looked at before it goes live?",
            "YES",
            "MP-Owned",
            "By a panel",
            "",
            "GRC-10",
            "Governance",
        ],
        &["GRC-10.2", "Is that look taken again every year?", "NO", "MP-Owned", "", "", "GRC-10", "Governance"],
        &[
            "DSP-20.1",
            "Is the origin of what models learn from written down?",
            "NO",
            "MP-Owned",
            "",
            "",
            "DSP-20",
            "Data",
        ],
        &["MDS-03.1", "Is there a paper about each model?", "", "", "", "", "MDS-03", "Models"],
        &["CEK-10.1", "Are keys made by a machine that is approved?", "YES", "CSP-Owned", "", "", "CEK-10", "Keys"],
        &[
            "SEF-03.1",
            "Is there a plan for accidents with models?",
            "Within 24 hours",
            "MP-Owned",
            "",
            "",
            "SEF-03",
            "Accidents",
        ],
        &["", "Chapter on leaving"],
        &[
            "SEF-07.1",
            "Do customers hear of accidents with models?",
            "Within 72 hours",
            "MP-Owned",
            "By mail",
            "",
            "SEF-07",
            "Accidents",
        ],
    ];
    for (row, cells) in lines.iter().enumerate() {
        for (column, text) in cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            sheet.write(u32::try_from(row).expect("few"), u16::try_from(column).expect("few"), *text).expect("a cell");
        }
    }
    let lists = book.add_worksheet().set_name("Lists").expect("a name");
    lists.write(0, 0, "YES").expect("a cell").write(1, 0, "NO").expect("a cell");
    lists.set_hidden(true);
    book.save_to_buffer().expect("a workbook")
}

/// A vendor's people with a questionnaire to answer.
struct Scene {
    server: Server,
    buyer: Session,
    asked: Asked,
    vendor: Session,
}

impl Scene {
    async fn set() -> Self {
        Self::with(Settings::default()).await
    }

    async fn with(settings: Settings) -> Self {
        let (server, _) = Server::set_up_with(BUYER, settings).await;
        let buyer = server.program(BUYER, Role::Procurement);
        let asked = ask(&buyer, "Northwind").await;
        let vendor = enter(&server, &asked).await;
        Self { server, buyer, asked, vendor }
    }

    async fn upload(&self, name: &str, file: Vec<u8>) -> Value {
        let path = format!("/api/v1/assessments/{}/imports", self.asked.assessment);
        self.vendor.upload(&path, &[], (name, file)).await.expect(201, "read").json()
    }

    async fn apply(&self, import: &Value, body: &Value) -> crate::harness::Answer {
        self.vendor.post(&format!("/api/v1/imports/{}/apply", id(import)), body).await
    }

    fn page(&self, import: &Value) -> String {
        format!("/portal/{}/imports/{}", self.asked.assessment, id(import))
    }

    async fn answer(&self, question: &str) -> Value {
        self.vendor.read(&format!("/api/v1/assessments/{}/answers/{question}", self.asked.assessment)).await
    }
}

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

fn rows(import: &Value) -> &Vec<Value> {
    import["rows"].as_array().expect("rows")
}

fn row<'a>(import: &'a Value, cell: &str) -> &'a Value {
    rows(import).iter().find(|row| row["place"] == cell).unwrap_or_else(|| panic!("{cell}: {import:#}"))
}

/// The row that suggests a cell for a question.
fn suggested<'a>(import: &'a Value, cell: &str, question: &str) -> &'a Value {
    let found = rows(import).iter().find(|row| row["place"] == cell && row["question"] == question);
    found.unwrap_or_else(|| panic!("{cell} for {question}: {import:#}"))
}

#[tokio::test]
async fn what_is_asked_comes_with_questions_and_options_to_choose_from() {
    let scene = Scene::set().await;
    let import = scene.upload("theirs.csv", THEIRS.into()).await;
    // "Yes" is no option of the question: two begin with it, and these are proposed.
    let policy = row(&import, "csv!C2");
    assert_eq!((&policy["verdict"], &policy["group"]), (&json!("ask"), &json!("ask")));
    let first = &policy["candidates"][0];
    assert_eq!((&first["question"], &first["refused"]), (&json!("A.2.2-1"), &json!("not-an-option")));
    assert_eq!(first["options"], json!(["current", "old"]));
    for asked in rows(&import).iter().filter(|row| row["verdict"] == "ask") {
        let candidates = asked["candidates"].as_array().expect("candidates");
        assert!((1..=3).contains(&candidates.len()), "{asked}");
        assert!(candidates.is_sorted_by(|a, b| a["certainty"].as_f64() >= b["certainty"].as_f64()), "{asked}");
    }
    let page = scene.vendor.get(&format!("{}?show=ask", scene.page(&import))).await.expect(200, "the page").text;
    assert!(page.contains(&format!("name=\"pick:{}\" value=\"A.2.2-1@0:current\"", id(policy))), "{page}");
    assert!(!page.contains(&format!("name=\"pick:{}\" value=\"A.2.2-1@0:draft\"", id(policy))), "only the nearest");
    assert!(page.contains("list=\"questions\""), "another question can be named");

    // Not without the choice; with it, the option that a person said it means.
    let bare = scene.apply(&import, &json!({ "rows": [id(policy)] })).await.expect(422, "which Yes?");
    assert_eq!(bare.refusals(), [format!("{}: not-an-option", id(policy))]);
    let chosen = json!({ "rows": [{ "row": id(policy), "question": "A.2.2-1", "option": "old" }] });
    scene.apply(&import, &chosen).await.expect(200, "applied");
    let answer = scene.answer("A.2.2-1").await;
    assert_eq!((&answer["reply"]["option"], &answer["comment"]), (&json!("old"), &json!("Signed in March")));

    // A row that asks something else, put to a question all the same: as that question reads it.
    let extinguishers = row(&import, "csv!C5");
    assert_eq!((&extinguishers["verdict"], &extinguishers["group"]), (&json!("unknown"), &json!("skipped")));
    let put = |question: &str| json!({ "rows": [{ "row": id(extinguishers), "question": question }] });
    let date = scene.apply(&import, &put("CERT-2")).await.expect(422, "no date");
    assert_eq!(date.refusals(), [format!("{}: not-a-date", id(extinguishers))]);
    let none = scene.apply(&import, &put("Q-NONE")).await.expect(422, "no question");
    assert_eq!(none.refusals(), [format!("{}: no-such-question", id(extinguishers))]);
    scene.apply(&import, &put("A.7.2-4")).await.expect(200, "thirty days");
    assert_eq!(scene.answer("A.7.2-4").await["reply"], json!({ "kind": "number", "number": 30.0 }));

    // All of it is taken back, the chosen questions too.
    scene.vendor.post(&format!("/api/v1/imports/{}/undo", id(&import)), &json!({})).await.expect(200, "undone");
    for question in ["A.2.2-1", "A.7.2-4"] {
        assert_eq!(scene.answer(question).await["reply"], Value::Null, "{question}");
    }
    let late = scene.apply(&import, &put("A.7.2-4")).await.expect(409, "undone");
    assert!(late.text.contains("undone"), "{}", late.text);
    scene.server.finish().await;
}

#[tokio::test]
async fn two_rows_for_one_question_are_refused_with_words_at_both_and_the_choices_stay() {
    let scene = Scene::set().await;
    let import = scene.upload("theirs.csv", THEIRS.into()).await;
    let (one, other, third) = (row(&import, "csv!C3"), row(&import, "csv!C4"), row(&import, "csv!C5"));
    assert_eq!((&one["verdict"], &other["verdict"]), (&json!("ask"), &json!("ask")), "never two into one unasked");
    let page = format!("{}?show=ask", scene.page(&import));
    let shown = scene.vendor.get(&page).await.expect(200, "the page").text;
    assert!(shown.contains("Other rows for the same question") && shown.contains("csv!C4: “Yes, always”"), "{shown}");

    let picks = [
        ("which".to_owned(), "rows".to_owned()),
        ("show".to_owned(), "ask".to_owned()),
        (format!("pick:{}", id(one)), "A.7.2-1@0".to_owned()),
        (format!("pick:{}", id(other)), "A.7.2-1@0".to_owned()),
        (format!("pick:{}", id(third)), "other".to_owned()),
        (format!("other:{}", id(third)), "17".to_owned()),
    ];
    let picks: Vec<(&str, &str)> = picks.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let apply = format!("{}/apply", scene.page(&import));
    let refused = scene.vendor.submit(&apply, &picks).await.expect(422, "two for one").text;
    assert_eq!(refused.matches("Two rows are chosen for one question").count(), 4, "at both, and on top: {refused}");
    assert!(refused.contains("this one and csv!C4") && refused.contains("this one and csv!C3"));
    for row in [one, other] {
        let picked = format!("name=\"pick:{}\" value=\"A.7.2-1@0\" checked", id(row));
        assert!(refused.contains(&picked), "{picked}: {refused}");
    }
    assert_eq!(scene.answer("A.7.2-1").await["revision"], 0, "nothing was applied");

    // One of them, and the third as it was chosen before.
    let picks: Vec<(&str, &str)> = picks.into_iter().filter(|(name, _)| !name.ends_with(id(other))).collect();
    let done = scene.vendor.submit(&apply, &picks).await.expect(303, "one for each");
    assert!(done.location().ends_with("?show=ask"), "the filter stays: {}", done.location());
    assert_eq!(scene.answer("A.7.2-1").await["reply"]["option"], "never");
    assert_eq!(scene.answer("A.7.2-4").await["reply"]["number"], 30.0);

    // What does not fit is said at its row, and what was typed stays.
    let named = format!("other:{}", id(other));
    let typed = [("which", "rows"), (named.as_str(), "the question about data")];
    let refused = scene.vendor.submit(&apply, &typed).await.expect(422, "no such question").text;
    assert!(refused.contains("“the question about data” is no question of this questionnaire"), "{refused}");
    assert!(refused.contains("value=\"the question about data\""), "{refused}");

    // A question that is answered is not written over unseen: its answer is shown, and the row is chosen once more.
    let again = scene.upload("theirs.csv", THEIRS.into()).await;
    let (apply, thirty) = (format!("{}/apply", scene.page(&again)), row(&again, "csv!C5"));
    let (named, picked) = (format!("other:{}", id(thirty)), format!("pick:{}", id(thirty)));
    let unseen =
        scene.vendor.submit(&apply, &[("which", "rows"), (named.as_str(), "17")]).await.expect(422, "answered");
    assert!(unseen.text.contains("This question is answered already: 17."), "{}", unseen.text);
    assert!(unseen.text.contains(&format!("name=\"{picked}\" value=\"A.7.2-4@1\"")), "{}", unseen.text);
    let seen = [("which", "rows"), (named.as_str(), "17"), (picked.as_str(), "A.7.2-4@1")];
    scene.vendor.submit(&apply, &seen).await.expect(303, "seen, and chosen");
    assert_eq!(scene.answer("A.7.2-4").await["revision"], 2);
    scene.server.finish().await;
}

#[tokio::test]
async fn rows_of_another_questionnaire_are_suggested_by_shared_controls_and_confirmed() {
    let scene = Scene::set().await;
    let import = scene.upload("club.xlsx", club()).await;
    let effects = suggested(&import, "AI-CAIQ!C4", "A.5.2-1");
    assert_eq!((&effects["verdict"], &effects["by"]), (&json!("suggestion"), &json!("shared control")));
    assert_eq!(
        (&effects["shared"], &effects["by_way"]),
        (&json!(["6.1.4", "8.4", "A.5.2"]), &json!("ai-caiq GRC-10.1"))
    );
    assert!(effects["certainty"].as_f64().is_some_and(|sure| (0.2..0.9).contains(&sure)), "{effects}");
    assert_eq!(import["saved_on"], "2024-03-01");
    let several = rows(&import).iter().filter(|row| row["place"] == "AI-CAIQ!C6" && row["verdict"] == "suggestion");
    assert!(several.count() > 1, "one row, several questions");

    // Everything that is safe is not a suggestion.
    scene.apply(&import, &json!({})).await.expect(422, "nothing safe in it");

    let page = format!("{}?show=suggestion", scene.page(&import));
    let shown = scene.vendor.get(&page).await.expect(200, "the page").text;
    assert!(shown.contains("Suggested because both ask about control 6.1.4, 8.4, A.5.2"), "{shown}");
    assert!(shown.contains("club.xlsx, cell AI-CAIQ!C4, saved on 2024-03-01"), "{shown}");

    // "Within 24 hours" and "Within 72 hours" are options of the same question: both at once is refused, one is not.
    let (a, b) = (suggested(&import, "AI-CAIQ!C9", "A.8.4-1"), suggested(&import, "AI-CAIQ!C11", "A.8.4-1"));
    let both = scene.apply(&import, &json!({ "rows": [id(a), id(b)] })).await.expect(422, "two for one");
    let refusals = both.refusals();
    assert_eq!(refusals.iter().filter(|line| line.ends_with("two-rows-for-one-question")).count(), 2, "{refusals:?}");

    // A filtered set at once: the filter is in the address, and the button carries what was shown.
    let filter = "show=suggestion&q=72%20hours";
    let shown = scene.vendor.get(&format!("{}?{filter}", scene.page(&import))).await.expect(200, "filtered").text;
    assert!(shown.contains("Apply the one row shown"), "{shown}");
    let apply = format!("{}/apply", scene.page(&import));
    let form = |count| [("which", "shown"), ("show", "suggestion"), ("q", "72 hours"), ("count", count)];
    let stale = scene.vendor.submit(&apply, &form("7")).await.expect(422, "not what was shown").text;
    assert!(stale.contains("The rows have changed since you saw them"), "{stale}");
    scene.vendor.submit(&apply, &form("1")).await.expect(303, "confirmed");
    assert_eq!(scene.answer("A.8.4-1").await["reply"]["option"], "72h");
    // "NO" to the origin of data is the option "No" of one question, and of another one not a word that it has.
    let origin = suggested(&import, "AI-CAIQ!C6", "A.7.5-1");
    scene.apply(&import, &json!({ "rows": [id(origin)] })).await.expect(200, "one by itself, later");
    assert_eq!(scene.answer("A.7.5-1").await["reply"]["option"], "no");
    scene.server.finish().await;
}

#[tokio::test]
async fn nothing_of_a_workbook_is_left_out_without_a_word() {
    let scene = Scene::set().await;
    let import = scene.upload("club.xlsx", club()).await;
    let told = |place: &str| {
        let row = row(&import, place);
        (row["verdict"].as_str().unwrap_or_default(), row["problem"]["code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(told("AI-CAIQ!C7"), ("skipped", "row-blank".to_owned()));
    assert_eq!(told("AI-CAIQ!C8"), ("unknown", "asks-something-else".to_owned()));
    assert_eq!(told("Guide"), ("skipped", "sheet-asks-nothing".to_owned()));
    assert_eq!(told("Lists"), ("skipped", "sheet-hidden".to_owned()));
    // Between the first and the last question, each row of the sheet: as a question, or with the reason.
    for number in 4..=11 {
        let here = |row: &&Value| {
            let place = row["place"].as_str().unwrap_or_default();
            place == format!("AI-CAIQ!C{number}") || place == format!("AI-CAIQ!{number}")
        };
        let is_section = number == 10 && rows(&import).iter().find(here).is_none();
        assert!(is_section || rows(&import).iter().any(|row| here(&row)), "row {number}: {import:#}");
    }
    let counted: u64 = import["groups"].as_object().expect("groups").values().filter_map(Value::as_u64).sum();
    assert_eq!(counted, rows(&import).len() as u64);
    let page = scene.vendor.get(&format!("{}?show=skipped", scene.page(&import))).await.expect(200, "the page").text;
    for words in ["Nobody wrote an answer into this row", "The sheet is hidden in the workbook"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    scene.server.finish().await;
}

#[tokio::test]
async fn filters_and_pages_are_in_the_address_and_in_the_api() {
    let scene = Scene::with(Settings::default().with("limits__import_page_rows", 2)).await;
    let import = scene.upload("club.xlsx", club()).await;
    let read = async |query: &str| scene.vendor.read(&format!("/api/v1/imports/{}?{query}", id(&import))).await;
    let all = rows(&import).len();
    let suggestions = read("show=suggestion").await;
    assert!(rows(&suggestions).iter().all(|row| row["group"] == "suggestion"));
    assert_eq!(rows(&suggestions).len() as u64, import["groups"]["suggestion"].as_u64().expect("a count"));
    for (query, fits) in [
        (
            "sure=low",
            &(|row: &Value| row["certainty"].as_f64().is_some_and(|sure| sure < 0.5)) as &dyn Fn(&Value) -> bool,
        ),
        ("q=chosen-by-nobody", &|_| false),
        ("q=ai-caiq%21c6", &|row| row["place"] == "AI-CAIQ!C6"),
        ("section=governance", &|row| {
            let question = row["question"].as_str().unwrap_or_default();
            ["A.2.2-1", "A.3.2-1", "A.5.2-1", "A.5.4-1", "CERT-1", "CERT-2"].contains(&question)
        }),
    ] {
        let found = read(query).await;
        let expected: Vec<&Value> = rows(&import).iter().filter(|row| fits(row)).collect();
        assert_eq!(rows(&found).iter().collect::<Vec<_>>(), expected, "{query}");
    }
    let surest = read("of=surest&show=suggestion").await;
    let mut questions: Vec<&str> = rows(&surest).iter().filter_map(|row| row["question"].as_str()).collect();
    let named = questions.len();
    questions.sort_unstable();
    questions.dedup();
    assert!(!questions.is_empty() && questions.len() == named, "one row for each question: {surest:#}");

    // A page after the other gives every row once.
    let (mut seen, mut cursor) = (0, String::new());
    loop {
        let page = read(&format!("limit=3{cursor}")).await;
        seen += rows(&page).len();
        assert!(rows(&page).len() <= 3);
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, all);
    let first =
        scene.vendor.get(&format!("{}?show=suggestion&q=caiq", scene.page(&import))).await.expect(200, "page 1").text;
    assert_eq!(first.matches("<tr id=\"row-").count(), 2, "{first}");
    let first = first.replace("&#x3D;", "=").replace("&amp;", "&");
    assert!(first.contains("?show=suggestion&q=caiq&page=2"), "{first}");
    let second = scene.vendor.get(&format!("{}?show=suggestion&q=caiq&page=2", scene.page(&import))).await;
    assert!(second.expect(200, "page 2").text.contains("name=\"page\" value=\"2\""), "a form comes back to its page");
    scene.server.finish().await;
}

#[tokio::test]
async fn an_answer_remembers_for_ever_where_it_came_from() {
    let scene = Scene::set().await;
    let file = club();
    let import = scene.upload("club.xlsx", file.clone()).await;
    let origin = suggested(&import, "AI-CAIQ!C11", "A.8.4-1");
    scene.apply(&import, &json!({ "rows": [id(origin)] })).await.expect(200, "confirmed");
    let source = scene.answer("A.8.4-1").await["source"].clone();
    let known = |name: &str| source[name].clone();
    assert_eq!(
        (known("file"), known("cell"), known("sha256")),
        (json!("club.xlsx"), json!("AI-CAIQ!C11"), import["sha256"].clone())
    );
    assert_eq!(known("question"), "Do customers hear of accidents with models?");
    assert_eq!(
        (known("answer"), known("by"), known("file_date")),
        (json!("Within 72 hours"), json!("shared control"), json!("2024-03-01"))
    );
    assert_eq!(known("certainty"), origin["certainty"]);
    assert!(known("confirmed_by").as_str().is_some_and(|name| !name.is_empty()), "{source}");

    let section = format!("/portal/{}/sections/chain", scene.asked.assessment);
    let shown = scene.vendor.get(&section).await.expect(200, "the section").text;
    assert!(shown.contains("From club.xlsx, cell AI-CAIQ!C11"), "{shown}");
    assert!(shown.contains("Do customers hear of accidents with models?"), "{shown}");

    // Changed by hand, it is the person's answer, and the file is not forgotten.
    answer(&scene.vendor, &scene.asked.assessment, &[("A.8.4-1", json!({ "kind": "choice", "option": "24h" }))]).await;
    let source = scene.answer("A.8.4-1").await["source"].clone();
    assert_eq!((&source["kind"], &source["earlier"][0]["cell"]), (&json!("typed"), &json!("AI-CAIQ!C11")));
    let shown = scene.vendor.get(&section).await.expect(200, "the section").text;
    assert!(shown.contains("changed here since"), "{shown}");

    // Whoever reads the submission sees the same.
    let given: Vec<(&str, Value)> =
        replies(&[feature("Reply Drafter")]).into_iter().filter(|(question, _)| *question != "A.8.4-1").collect();
    answer(&scene.vendor, &scene.asked.assessment, &given).await;
    submit(&scene.vendor, &scene.asked.assessment).await.expect(200, "submitted");
    let path = format!("/assessments/{}", scene.asked.assessment);
    let item = scene.buyer.read(&format!("/api/v1{path}/answers/A.8.4-1")).await;
    assert_eq!(item["source"]["earlier"][0]["file"], "club.xlsx", "{item}");
    let read = scene.server.person(BUYER, Role::Administrator).await.get(&format!("{path}/answers")).await;
    assert!(read.expect(200, "the reading").text.contains("From club.xlsx, cell AI-CAIQ!C11"));
    scene.server.finish().await;
}

#[tokio::test]
async fn uploads_are_listed_with_their_file_as_it_came() {
    let scene = Scene::set().await;
    let file = club();
    let import = scene.upload("Club \"2024\".xlsx", file.clone()).await;
    let page = format!("/portal/{}/imports", scene.asked.assessment);
    let list = scene.vendor.get(&page).await.expect(200, "the list").text;
    assert!(list.contains(import["sha256"].as_str().expect("a hash")), "{list}");
    let one = &scene.vendor.read(&format!("/api/v1/assessments/{}/imports", scene.asked.assessment)).await["items"][0];
    assert_eq!((&one["state"], &one["applied"]), (&json!("preview"), &json!(0)));
    assert_eq!(one["rows"], rows(&import).len());
    for path in [format!("{page}/{}/file", id(&import)), format!("/api/v1/imports/{}/file", id(&import))] {
        let got = scene.vendor.get(&path).await.expect(200, "the file");
        assert_eq!(got.bytes, file, "byte by byte");
        let disposition = got.header("content-disposition");
        assert!(disposition.starts_with("attachment; filename=\"Club _2024_.xlsx\""), "{disposition}");
        assert_eq!(got.header("x-content-type-options"), "nosniff");
    }
    let elsewhere = ask(&scene.buyer, "Contoso").await;
    let stranger = enter(&scene.server, &elsewhere).await;
    stranger.get(&format!("/api/v1/imports/{}/file", id(&import))).await.expect(404, "not theirs");
    scene.server.finish().await;
}

#[tokio::test]
async fn two_people_and_two_clicks_make_nothing_half_and_nothing_twice() {
    let scene = Scene::set().await;
    let path = format!("/api/v1/assessments/{}/imports", scene.asked.assessment);
    let upload = || scene.vendor.upload(&path, &[], ("theirs.csv", THEIRS.into()));
    let (one, other) = tokio::join!(upload(), upload());
    let (one, other) = (one.expect(201, "one").json(), other.expect(201, "other").json());
    assert_ne!(id(&one), id(&other));
    assert_eq!(rows(&one).len(), rows(&other).len(), "two whole ones");

    // One form, clicked twice: one preview.
    let page = format!("/portal/{}/imports", scene.asked.assessment);
    let click = || scene.vendor.upload(&page, &[("once", "the-same-form")], ("theirs.csv", THEIRS.into()));
    let (first, second) = tokio::join!(click(), click());
    assert_eq!(first.expect(303, "first").location(), second.expect(303, "second").location());
    let items = scene.vendor.read(&path).await["items"].as_array().map(Vec::len);
    assert_eq!(items, Some(3));

    // Two people apply the same row of one upload at once, and rows of two uploads for one question.
    let row_of = |import: &Value| id(row(import, "csv!C3")).to_owned();
    let body = |row: &str| json!({ "rows": [{ "row": row, "question": "A.7.2-1" }] });
    let (mine, theirs) = (body(&row_of(&one)), body(&row_of(&one)));
    let (a, b) = tokio::join!(scene.apply(&one, &mine), scene.apply(&one, &theirs));
    let mut both = [a.status, b.status];
    both.sort_unstable();
    assert_eq!(both, [200, 409], "{} {}", a.text, b.text);
    let late = scene.apply(&other, &body(&row_of(&other))).await;
    assert_eq!(late.status, 412, "it was answered since: {}", late.text);
    assert_eq!(scene.answer("A.7.2-1").await["revision"], 1);
    scene.server.finish().await;
}
