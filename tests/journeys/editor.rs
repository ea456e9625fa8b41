//! A questionnaire written in the editor's pages: from nothing to published and sent, by two people at once, and what
//! is refused on the way.

use crate::harness::way::{add_vendor, in_days, whole_profile};
use crate::harness::{Answer, Server, Session};
use domain::access::Role;
use serde_json::{Value, json};

/// An author's browser, and the draft that is written in it.
struct Author {
    browser: Session,
    draft: String,
}

impl Author {
    /// Begins a questionnaire with one section.
    async fn begin(server: &Server, key: &str) -> Self {
        let browser = server.person("Harbour Bank", Role::Administrator).await;
        let fields = [("key", key), ("title", "Supplier basics"), ("language", "en"), ("once", key)];
        let draft = browser.submit("/templates/new", &fields).await.expect(303, "beginning").location().to_owned();
        let author = Self { browser, draft };
        author.post("/sections", &[("title", "Basics"), ("once", "s")]).await.expect(303, "a section");
        author
    }

    /// Goes on with the same draft in another person's browser.
    async fn beside(&self, server: &Server) -> Self {
        Self { browser: server.person("Harbour Bank", Role::Administrator).await, draft: self.draft.clone() }
    }

    async fn post(&self, below: &str, fields: &[(&str, &str)]) -> Answer {
        self.browser.submit(&format!("{}{below}", self.draft), fields).await
    }

    async fn page(&self, below: &str) -> String {
        self.browser.get(&format!("{}{below}", self.draft)).await.expect(200, below).text
    }

    async fn add(&self, id: &str, kind: &str, text: &str) {
        let fields = [("section", "S-1"), ("id", id), ("kind", kind), ("text", text), ("once", id)];
        let made = self.post("/questions", &fields).await.expect(303, id);
        assert!(made.location().ends_with(&format!("/questions/{id}")), "{}", made.location());
    }

    /// The form of a question as it stands, with these fields in place of its own.
    async fn form(&self, id: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let fields = fields_in(&self.page(&format!("/questions/{id}")).await);
        changes.iter().fold(fields, |fields, (name, value)| with(fields, name, value))
    }

    async fn send(&self, id: &str, fields: &[(String, String)]) -> Answer {
        self.send_to(&format!("/questions/{id}"), fields).await
    }

    async fn send_to(&self, below: &str, fields: &[(String, String)]) -> Answer {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(below, &fields).await
    }

    async fn put(&self, id: &str, with: &[(&str, &str)]) -> Answer {
        self.send(id, &self.form(id, with).await).await
    }

    /// Takes something away, having looked at what goes.
    async fn remove(&self, below: &str) -> Answer {
        let path = format!("{below}/remove");
        self.send_to(&path, &fields_in(&self.page(&path).await)).await
    }

    /// What stands in the form of a page below the draft, with these fields in place of its own, is sent to where it goes.
    async fn fill(&self, page: &str, to: &str, changes: &[(&str, &str)]) -> Answer {
        let fields = fields_in(&self.page(page).await);
        self.send_to(to, &changes.iter().fold(fields, |fields, (name, value)| with(fields, name, value))).await
    }

    /// The number of the draft's revision.
    async fn revision(&self) -> String {
        let fields = fields_in(&self.page("/publish").await);
        fields.into_iter().find(|(name, _)| name == "revision").expect("a revision").1
    }

    async fn publish(&self, note: &str) -> Answer {
        let revision = self.revision().await;
        self.post("/publish", &[("revision", &revision), ("note", note), ("once", note)]).await
    }
}

const YES_NO: [(&str, &str); 8] = [
    ("option:0:label:en", "Yes"),
    ("option:0:id", "yes"),
    ("option:0:value", "1"),
    ("option:1:label:en", "No"),
    ("option:1:id", "no"),
    ("option:1:value", "0"),
    ("weight", "3"),
    ("weight_reason", "It is the first thing that an auditor asks for."),
];

/// What a browser would post of the form that holds `seen` or `revision`: every field with its value.
fn fields_in(page: &str) -> Vec<(String, String)> {
    let form = page.split("<form").find(|form| form.contains("name=\"seen") || form.contains("name=\"revision\""));
    let form = form.expect("a form").split("</form>").next().expect("its end");
    let mut fields = Vec::new();
    for (at, _) in form.match_indices('<') {
        let rest = &form[at + 1..];
        let (tag, content) = rest.split_once('>').unwrap_or((rest, ""));
        let value = || attribute(tag, "value").unwrap_or_default();
        let Some(name) = attribute(tag, "name") else { continue };
        if tag.starts_with("textarea") {
            fields.push((name, unescaped(content.split("</textarea>").next().unwrap_or_default())));
        } else if tag.starts_with("select") {
            let options: Vec<&str> = content.split("</select>").next().unwrap_or_default().split("<option").collect();
            let chosen =
                options.iter().find(|option| option.split('>').next().is_some_and(|o| o.contains(" selected")));
            fields.push((name, chosen.or(options.get(1)).and_then(|o| attribute(o, "value")).unwrap_or_default()));
        } else if tag.starts_with("input") && (!tag.contains("type=\"checkbox\"") || tag.contains(" checked")) {
            fields.push((name, value()));
        }
    }
    fields
}

/// The same fields with another value of one.
fn with(mut fields: Vec<(String, String)>, name: &str, value: &str) -> Vec<(String, String)> {
    fields.retain(|(own, _)| own != name);
    fields.push((name.to_owned(), value.to_owned()));
    fields
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next().map(unescaped)
}

fn unescaped(text: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x3D;", "="), ("&#x60;", "`")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to)).replace("&amp;", "&")
}

#[tokio::test]
async fn from_nothing_to_published_and_sent() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let program = server.program("Harbour Bank", Role::Administrator);
    let author = Author::begin(&server, "supplier-basics").await;
    // Nothing can be published that asks nothing.
    let refused = author.publish("First").await.expect(422, "an empty questionnaire");
    assert!(refused.text.contains("asks at least one question"), "{}", refused.text);

    author.add("POL-1", "single", "Is there a signed policy for AI?").await;
    author.add("POL-2", "number", "How many days may pass before it is reviewed?").await;
    let pending = author.publish("First").await.expect(422, "a choice without options");
    assert!(pending.text.contains("at least two options") && pending.text.contains("/questions/POL-1#option"));
    author.put("POL-1", &YES_NO).await.expect(303, "options");
    author.put("POL-2", &[("show_if", "{POL-1} = 'yes'"), ("unit:en", "days")]).await.expect(303, "a condition");
    author.fill("/about", "/about", &[("summary:en", "Where we begin.")]).await.expect(303, "about");

    // Sample answers show and hide; nothing of them is kept.
    let hidden = author.post("/preview", &[("answer:POL-1", "no")]).await.expect(200, "a preview").text;
    assert!(hidden.contains("Not asked, because of the answer to question 1 (POL-1)."), "{hidden}");
    let shown = author.post("/preview", &[("answer:POL-1", "yes")]).await.expect(200, "a preview").text;
    assert!(!shown.contains("Not asked, because"));

    author.publish("").await.expect(422, "without a note");
    let published = author.publish("The first version").await.expect(303, "publishing");
    let version = published.location().trim_start_matches("/templates/versions/").to_owned();
    author.browser.get(&author.draft).await.expect(404, "the draft is no more");
    let whole = program.read(&format!("/api/v1/templates/versions/{version}")).await;
    assert_eq!(whole["note"], "The first version");
    assert_eq!(whole["document"]["sections"][0]["questions"][1]["show_if"], "{POL-1} = 'yes'");
    let actions: Vec<Value> =
        program.read("/api/v1/audit?limit=100").await["items"].as_array().expect("entries").clone();
    for action in ["template.draft_begun", "template.draft_edited", "template.published"] {
        assert!(actions.iter().any(|entry| entry["action"] == action), "{action} is not in the audit log");
    }

    let procurement = server.program("Harbour Bank", Role::Procurement);
    let [_, contact, engagement] =
        add_vendor(&procurement, "Northwind", "kim@northwind.example", &whole_profile()).await;
    let ask = |version: &str| json!({ "engagement": engagement, "template_version": version, "contact": contact, "due_on": in_days(9), "issue": true });
    procurement.make("/api/v1/assessments", &ask(&version)).await;

    // Retired, it can be chosen no longer; brought back, it can.
    let template = whole["template"].as_str().expect("a template").to_owned();
    author.browser.submit(&format!("/templates/{template}/retire"), &[]).await.expect(303, "retiring");
    let refused = procurement.post("/api/v1/assessments", &ask(&version)).await.expect(422, "a retired template");
    assert_eq!(refused.refusals(), ["template_version: template-retired"]);
    author.browser.submit(&format!("/templates/{template}/bring-back"), &[]).await.expect(303, "bringing back");
    procurement.make("/api/v1/assessments", &ask(&version)).await;

    // The next version begins with this one, and says nothing new as long as nobody changed it.
    let next =
        author.browser.submit(&format!("/templates/{template}/draft"), &[]).await.expect(303, "the next version");
    let next = Author { browser: author.browser.clone(), draft: next.location().to_owned() };
    let same = next.publish("Nothing").await.expect(422, "nothing new");
    assert!(same.text.contains("published already, as version 1"), "{}", same.text);
    next.put("POL-1", &[("text:en", "Is there a policy for AI that somebody signed?")]).await.expect(303, "new words");
    next.publish("Plainer words").await.expect(303, "the second version");
    server.finish().await;
}

#[tokio::test]
async fn two_authors_lose_nothing() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let one = Author::begin(&server, "two-authors").await;
    one.add("A-1", "text", "Who owns the model?").await;
    one.add("A-2", "text", "Who runs the model?").await;
    let other = one.beside(&server).await;
    let first = one.form("A-1", &[("text:en", "Who owns the model and its data?")]).await;
    let beside = other.form("A-2", &[("text:en", "Who runs the model at night?")]).await;
    let late = other.form("A-1", &[("text:en", "Whose model is it?"), ("why:en", "We pay for it.")]).await;
    // At different questions both succeed, whichever page was opened first.
    one.send("A-1", &first).await.expect(303, "the first at A-1");
    other.send("A-2", &beside).await.expect(303, "the other at A-2");
    // At the same question the later one sees what stands there, and keeps what was typed.
    let conflict = other.send("A-1", &late).await.expect(409, "the later at A-1");
    for text in ["Who owns the model and its data?", "Whose model is it?", "We pay for it."] {
        assert!(conflict.text.contains(text), "{text} is lost");
    }
    let standing = one.page("/questions/A-1").await;
    assert!(standing.contains("Who owns the model and its data?") && !standing.contains("Whose model is it?"));
    // Knowing that, they may replace it.
    other.send("A-1", &fields_in(&conflict.text)).await.expect(303, "knowingly");
    assert!(one.page("/questions/A-1").await.contains("Whose model is it?"));
    // A question that somebody wrote in since is not taken away unseen.
    let seen = fields_in(&one.page("/questions/A-1/remove").await);
    other.put("A-1", &[("help:en", "Name the legal person.")]).await.expect(303, "guidance");
    let seen: Vec<(&str, &str)> = seen.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let refused = one.post("/questions/A-1/remove", &seen).await.expect(409, "removing what was not seen");
    assert!(refused.text.contains("changed this since you opened the page"), "{}", refused.text);
    one.page("/questions/A-1").await;
    // The same holds where words are edited in the outline.
    let in_place = fields_in(&one.page("?open=S-1&edit=A-2").await);
    let in_place = with(in_place, "text:en", "Who runs the model by day?");
    other.put("A-2", &[("text:en", "Who runs the model on Sundays?")]).await.expect(303, "the other at A-2");
    let conflict = one.send_to("/questions/A-2/wording", &in_place).await.expect(409, "the later in place");
    for text in ["Who runs the model by day?", "Who runs the model on Sundays?"] {
        assert!(conflict.text.contains(text), "{text} is lost");
    }
    one.send_to("/questions/A-2/wording", &fields_in(&conflict.text)).await.expect(303, "knowingly, in place");
    assert!(one.page("").await.contains("Who runs the model by day?"));
    // What somebody took away is not brought back by saving, and not lost without a word.
    let typed = one.form("A-2", &[("text:en", "Who runs it by day?")]).await;
    other.remove("/questions/A-2").await.expect(303, "removing");
    let gone = one.send("A-2", &typed).await.expect(409, "a removed question");
    assert!(gone.text.contains("Who runs it by day?") && gone.text.contains("removed this question"));
    // Publishing what somebody has changed since is refused.
    let revision = one.revision().await;
    other.put("A-1", &[("help:en", "Name the legal person and its seat.")]).await.expect(303, "guidance");
    let stale = one.post("/publish", &[("revision", &revision), ("note", "Mine")]).await.expect(409, "a changed draft");
    assert!(stale.text.contains("was changed while this page was open"));
    server.finish().await;
}

#[tokio::test]
async fn what_is_wrong_is_refused_and_stays_in_the_form() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let author = Author::begin(&server, "hard-cases").await;
    author.add("B-1", "single", "<script>alert(1)</script>").await;
    author.add("B-2", "single", "=HYPERLINK(\"https://evil.example\")").await;
    let hostile = [("option:0:label:en", "<img src=x onerror=alert(1)>"), ("option:0:id", "yes")];
    let options: Vec<(&str, &str)> = YES_NO
        .iter()
        .filter(|(name, _)| !name.starts_with("option:0:label") && *name != "option:0:id")
        .copied()
        .chain(hostile)
        .collect();
    author.put("B-1", &options).await.expect(303, "hostile labels");
    author.put("B-2", &YES_NO).await.expect(303, "options");
    for page in ["", "/questions/B-1", "/preview", "/publish", "/questions/B-1/remove"] {
        let text = author.page(page).await;
        assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{page} lets a label become markup");
    }
    // Conditions: on itself, on a later question, on an option that is not there, and none at all.
    for (condition, told) in [
        ("{B-1} = 'yes'", "is no earlier question"),
        ("{B-2} = 'yes'", "is no earlier question"),
        ("{B-1} = ", "cannot be read at character"),
    ] {
        let refused = author.put("B-1", &[("show_if", condition), ("why:en", "Kept as typed")]).await;
        let refused = refused.expect(422, condition).text;
        assert!(refused.contains(told) && refused.contains("Kept as typed"), "{condition}: {refused}");
    }
    let refused = author.put("B-2", &[("show_if", "{B-1} = 'maybe'")]).await.expect(422, "no such option");
    assert!(refused.text.contains("which is no option there"));
    let refused = author.put("B-2", &[("weight", "much"), ("why:en", "Kept as typed")]).await.expect(422, "no number");
    assert!(refused.text.contains("This is not a number.") && refused.text.contains("value=\"much\""));

    // One that looks at another stays when that is moved behind it or taken away, and is named.
    author.put("B-2", &[("show_if", "{B-1} = 'yes'")]).await.expect(303, "a condition");
    author.post("", &[("do", "down B-1")]).await.expect(303, "moving");
    let refused = author.publish("A forward condition").await.expect(422, "a forward condition");
    assert!(refused.text.contains("is no earlier question") && refused.text.contains("/questions/B-2#show_if"));
    author.post("", &[("do", "up B-1")]).await.expect(303, "moving back");
    assert!(author.page("/questions/B-1/remove").await.contains("These look at it"));
    author.remove("/questions/B-1").await.expect(303, "removing");
    let outline = author.page("").await;
    assert!(outline.contains("“B-1”, which is no earlier question") && outline.contains("/questions/B-2#show_if"));

    // Options whose ids differ only in the case of their letters.
    let alike = author.put("B-2", &[("option:1:id", "YES"), ("show_if", "")]).await;
    alike.expect(303, "options that look alike");
    assert!(author.page("").await.contains("“YES” can hardly be told from “yes”"));
    // Ids that only look different, and ids that are none.
    for id in ["b-2", "Ｂ-2", "no blanks"] {
        author
            .post("/questions", &[("section", "S-1"), ("id", id), ("kind", "text"), ("text", "x")])
            .await
            .expect(303, id);
        assert!(!author.page("").await.contains("2 questions"), "{id} was taken");
    }
    // What is wrong while one types, without saving.
    let form = author.form("B-2", &[("option:1:id", "yes")]).await;
    let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let checked = author.post("/questions/B-2/check", &fields).await.expect(200, "a check").text;
    assert!(checked.contains("Two options have the same id"), "{checked}");
    // Nobody else's drafts.
    server.further_organisation("Other Bank").await;
    let stranger = server.person("Other Bank", Role::Administrator).await;
    for below in ["", "/about", "/questions/B-2", "/publish", "/preview"] {
        stranger.get(&format!("{}{below}", author.draft)).await.expect(404, below);
    }
    server.finish().await;
}

#[tokio::test]
async fn saving_what_stands_there_changes_nothing() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let program = server.program("Harbour Bank", Role::Administrator);
    let browser = server.person("Harbour Bank", Role::Administrator).await;
    let templates = program.read("/api/v1/templates").await;
    for key in ["ai-screening", "embedded-ai-features"] {
        let rows = templates["items"].as_array().expect("templates");
        let template = rows.iter().find(|row| row["key"] == key).expect(key)["id"].as_str().expect("an id").to_owned();
        let begun = browser.submit(&format!("/templates/{template}/draft"), &[]).await.expect(303, key);
        let author = Author { browser: browser.clone(), draft: begun.location().to_owned() };
        let versions = program.read(&format!("/api/v1/templates/{template}/versions")).await;
        let version = versions["items"][0]["id"].as_str().expect("a version").to_owned();
        let document = program.read(&format!("/api/v1/templates/versions/{version}")).await["document"].clone();
        let before = author.revision().await;
        let sections = document["sections"].as_array().expect("sections").clone();
        for question in sections.iter().flat_map(|section| section["questions"].as_array().cloned().unwrap_or_default())
        {
            let id = question["id"].as_str().expect("an id").to_owned();
            author.put(&id, &[]).await.expect(303, &id);
            assert_eq!(author.revision().await, before, "{key}: saving {id} as it stood changed it");
        }
    }
    server.finish().await;
}

#[tokio::test]
async fn a_translation_stands_beside_what_it_translates() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let author = Author::begin(&server, "two-languages").await;
    author.add("T-1", "single", "Is there a signed policy for AI?").await;
    author.put("T-1", &YES_NO).await.expect(303, "options");
    author.fill("/about", "/about", &[("languages", "en, zh-Hant"), ("summary:en", "Basics")]).await.expect(303, "zh");
    // Section, question and two options wait, and so do the title and the summary.
    let page = author.page("/sections/S-1/translate").await;
    assert!(page.contains("4 of 4 missing"), "{page}");
    assert!(page.contains("Is there a signed policy for AI?"));
    assert!(author.page("").await.contains("4 not translated"));

    let fields = fields_in(&page);
    let chinese =
        [("text:title", "基本資料"), ("text:T-1:text", "是否有經簽署的人工智能政策？"), ("text:T-1:option:yes", "有")];
    let first = chinese.iter().fold(fields.clone(), |fields, (name, value)| with(fields, name, value));
    author.send_to("/sections/S-1/translate", &first).await.expect(303, "a translation");
    // An option that lacks the language stands in the way of publishing, named and located.
    let refused = author.publish("In two languages").await.expect(422, "an option without Chinese");
    assert!(refused.text.contains("/questions/T-1#option") && refused.text.contains("zh-Hant"), "{}", refused.text);
    assert!(author.page("/sections/S-1/translate?to=zh-Hant&missing=yes").await.contains("1 of 4 missing"));

    // Somebody who opened the page before writes another text: it is saved. The same text: both are shown.
    let other = author.beside(&server).await;
    let elsewhere = with(fields.clone(), "text:T-1:option:no", "沒有");
    other.send_to("/sections/S-1/translate", &elsewhere).await.expect(303, "another text");
    let late = with(fields, "text:T-1:text", "你們有人工智能政策嗎？");
    let conflict = other.send_to("/sections/S-1/translate", &late).await.expect(409, "the same text");
    for text in ["你們有人工智能政策嗎？", "是否有經簽署的人工智能政策？", "沒有"] {
        assert!(conflict.text.contains(text), "{text} is lost");
    }
    assert!(author.page("/sections/S-1/translate").await.contains("是否有經簽署的人工智能政策？"));
    // A translation of words that were changed meanwhile is not taken for one of the new words.
    let stale = fields_in(&author.page("/sections/S-1/translate").await);
    author.put("T-1", &[("text:en", "Is there a policy for AI that the board signed?")]).await.expect(303, "new words");
    let stale = with(stale, "text:T-1:text", "是否有已簽署的政策？");
    let conflict = other.send_to("/sections/S-1/translate", &stale).await.expect(409, "a translation of old words");
    assert!(conflict.text.contains("Is there a policy for AI that the board signed?"));

    // The preview is in either language.
    let chinese = author.post("/preview", &[("language", "zh-Hant")]).await.expect(200, "a preview").text;
    assert!(chinese.contains("基本資料") && !chinese.contains("Is there a policy"), "{chinese}");
    // A language goes with its words only when that is said.
    let kept = author.fill("/about", "/about", &[("languages", "en")]).await.expect(422, "words would be lost");
    assert!(kept.text.contains("Texts in zh-Hant would be lost"), "{}", kept.text);
    author.fill("/about", "/about", &[("languages", "en, ZH-hant")]).await.expect(303, "the same language");
    assert!(author.page("/sections/S-1/translate").await.contains("沒有"));
    let about = [("title:zh-Hant", "供應商基本資料"), ("summary:zh-Hant", "由此開始")];
    author.fill("/about", "/about", &about).await.expect(303, "the rest");
    author.publish("In two languages").await.expect(303, "both languages");
    server.finish().await;
}
