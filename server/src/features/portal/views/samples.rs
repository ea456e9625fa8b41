//! Samples of the portal's pages: empty, ordinary, overlong and hostile.

use super::*;
use crate::web::provenance::{Fact, Origin};
use crate::web::question::{CellView, ColumnView, EvidenceItem, EvidenceView, OptionView, RowView, ThreadLine};

/// Texts to try pages with.
fn texts() -> [String; 4] {
    [
        "Northgate".to_owned(),
        "供應商人工智能風險評估".repeat(30),
        "x".repeat(300),
        "\"><script>alert(1)</script>{{t 'x'}}".to_owned(),
    ]
}

/// One page for each text.
fn each<V>(page: impl Fn(&str) -> V) -> Vec<V> {
    texts().iter().map(|text| page(text)).collect()
}

fn field(name: &str, text: &str) -> Field {
    let words = Some(text.to_owned());
    Field {
        id: name.into(),
        name: name.into(),
        label: text.into(),
        hint: words.clone(),
        error: words,
        value: text.into(),
        ..Field::default()
    }
}

fn error(text: &str) -> Vec<ErrorLink> {
    vec![ErrorLink { href: "#a-Q1".into(), text: text.to_owned() }]
}

pub(super) fn doors() -> Vec<Door> {
    let facts = |text: &str| DoorFacts {
        title: text.into(),
        summary: text.into(),
        buyer: text.into(),
        vendor: text.into(),
        contact: text.into(),
        message: Some(text.into()),
        due: Due::sample("late"),
        questions: 30,
        minutes: 25,
        answered: 4,
        turn: true,
        site: "https://candor.example".into(),
    };
    let mut all = each(|text| Door {
        standing: "works",
        enter_url: Some("/a/x".into()),
        renew_url: None,
        facts: Some(facts(text)),
    });
    let quiet = DoorFacts { message: None, due: Due::sample(""), answered: 0, turn: false, ..facts("Northgate") };
    all.push(Door { standing: "works", enter_url: Some("/a/x".into()), renew_url: None, facts: Some(quiet) });
    all.push(Door { standing: "expired", enter_url: None, renew_url: Some("/a/x/renew".into()), facts: None });
    all.push(Door { standing: "gone", enter_url: None, renew_url: None, facts: None });
    all
}

pub(super) fn renewals() -> Vec<RenewalAsked> {
    vec![RenewalAsked {}]
}

pub(super) fn no_doors() -> Vec<NoDoor> {
    vec![NoDoor {}]
}

fn task(text: &str, status: &'static str) -> Task {
    Task { text: text.into(), href: Some("/portal/1/sections/a".into()), note: Some(text.into()), status }
}

pub(super) fn overviews() -> Vec<Overview> {
    let page = |text: &str, state: &'static str| Overview {
        base: "/portal/1".into(),
        title: text.into(),
        summary: text.into(),
        buyer: text.into(),
        vendor: text.into(),
        contact: text.into(),
        message: Some(text.into()),
        due: Due::sample("late"),
        questions: 30,
        minutes: 25,
        state,
        turn: matches!(state, "sent" | "in_progress" | "returned"),
        fresh: state == "sent",
        returned: state == "returned",
        given_back: if state == "returned" {
            [Some(text.to_owned()), None]
                .map(|note| Given { number: 3, href: "#".into(), text: text.into(), changed: note.is_none(), note })
                .into()
        } else {
            Vec::new()
        },
        progress: Progress { answered: 3, of: 30 },
        missing: 4,
        all_done: false,
        continue_href: Some("/portal/1/sections/a".into()),
        tasks: ["done", "started", "attention", "open", "locked"].map(|status| task(text, status)).into(),
        submitted: Some("2026-11-21 10:42 UTC".into()),
        whole: true,
        submits: true,
        hands_over: true,
        account: true,
        findings: 2,
    };
    let mut all = each(|text| page(text, "in_progress"));
    all.extend(["in_progress", "submitted"].map(|state| Overview {
        whole: false,
        submits: false,
        hands_over: false,
        account: false,
        ..page("Northgate", state)
    }));
    all.extend(
        ["sent", "returned", "submitted", "in_review", "reviewed", "closed"].map(|state| page("Northgate", state)),
    );
    let ready = Overview { all_done: true, missing: 0, ..page("Northgate", "in_progress") };
    let empty = Overview {
        message: None,
        tasks: Vec::new(),
        continue_href: None,
        submitted: None,
        progress: Progress { answered: 0, of: 0 },
        missing: 0,
        ..page("", "sent")
    };
    all.extend([ready, empty]);
    all
}

pub(super) fn questions() -> Vec<Asked> {
    let page = |text: &str| Asked {
        base: "/portal/1".into(),
        title: text.into(),
        count: 30,
        minutes: 25,
        sections: outline::sample(text),
        whole: true,
    };
    let mut all = each(page);
    all.push(Asked { sections: Vec::new(), ..page("") });
    all
}

fn option(text: &str) -> OptionView {
    OptionView { key: "yes".into(), text: text.into(), chosen: true }
}

fn cells(text: &str) -> Vec<CellView> {
    let cell = |options: Vec<OptionView>| CellView {
        column: "name".into(),
        label: text.into(),
        value: text.into(),
        error: Some(text.into()),
        options,
    };
    vec![cell(Vec::new()), cell(vec![option(text)])]
}

fn question(text: &str, kind: &'static str, read_only: bool) -> QuestionView {
    let words = Some(text.to_owned()).filter(|text| !text.is_empty());
    QuestionView {
        id: format!("{kind}-{}", if read_only { "read" } else { "asked" }),
        number: "1".into(),
        text: text.into(),
        kind,
        long: true,
        why: words.clone(),
        help: words.clone(),
        cost: words.clone(),
        required: text.is_empty(),
        hidden: false,
        read_only,
        words: words.clone(),
        save_url: words.clone().filter(|_| !read_only),
        revision: 3,
        saved_at: words.clone(),
        error: words.clone(),
        asked_back: words.clone(),
        thread: vec![ThreadLine { by: text.into(), when: "2026-11-21 10:42".into(), words: text.into() }],
        may_say: !read_only,
        source: words.clone(),
        origins: vec![Origin { line: text.into(), facts: vec![Fact { name: text.into(), text: text.into() }] }],
        stand: if text.is_empty() { "given" } else { "declined" },
        reason: text.into(),
        may_be_na: true,
        may_decline: true,
        comment: words.clone(),
        value: text.into(),
        unit: words.clone(),
        max_length: Some(300),
        options: vec![option(text), option(text)],
        columns: vec![ColumnView { label: text.into(), help: words.clone() }],
        max_rows: 100,
        rows: vec![RowView { n: 1, cells: cells(text) }],
        blank: cells(""),
        evidence: Some(EvidenceView {
            expected: true,
            wanted: words.clone(),
            upload_url: words.clone(),
            items: vec![EvidenceItem {
                evidence_id: "1".into(),
                href: Some("#".into()),
                file: text.into(),
                about: text.into(),
                removable: !read_only,
            }],
        }),
    }
}

const KINDS: [&str; 8] = ["single", "multiple", "text", "number", "date", "url", "file", "table"];

fn every_question(text: &str) -> Vec<QuestionView> {
    KINDS.into_iter().flat_map(|kind| [question(text, kind, false), question(text, kind, true)]).collect()
}

pub(super) fn sections() -> Vec<SectionPage> {
    let page = |text: &str, questions: Vec<QuestionView>| SectionPage {
        place: text.into(),
        title: text.into(),
        intro: Some(text.into()),
        progress: Progress { answered: 1, of: 30 },
        saved_notice: Some(text.into()),
        errors: error(text),
        nothing_asked: questions.is_empty(),
        closed: Some(text.into()),
        editable: !questions.is_empty(),
        last: false,
        submits: true,
        hand_over_href: Some("/portal/1/colleagues?section=a".into()),
        action: "/portal/1/sections/a".into(),
        overview_href: "/portal/1".into(),
        questions,
    };
    let mut all = each(|text| page(text, every_question(text)));
    all.push(page("", every_question("")));
    let bare = |kind: &'static str| QuestionView { id: kind.into(), kind, stand: "given", ..QuestionView::default() };
    let last = SectionPage { last: true, errors: Vec::new(), ..page("Northgate", KINDS.map(bare).into()) };
    all.push(SectionPage { submits: false, hand_over_href: None, ..last });
    all.push(SectionPage { intro: None, closed: None, saved_notice: None, errors: Vec::new(), ..page("", Vec::new()) });
    all
}

pub(super) fn submits() -> Vec<SubmitPage> {
    let page = |text: &str| SubmitPage {
        buyer: text.into(),
        missing: Vec::new(),
        unanswered: 2,
        progress: Progress { answered: 28, of: 30 },
        errors: error(text),
        name: field("name", text),
        title_field: field("title", text),
        confirmed: field("confirmed", text),
        again: true,
        signatory: None,
        asks: true,
        once: "1".into(),
        base: "/portal/1".into(),
    };
    let missing = |text: &str| vec![Missing { href: "#".into(), number: 4, text: text.into(), section: text.into() }];
    let mut all = each(page);
    all.extend(each(|text| SubmitPage { missing: missing(text), again: false, ..page(text) }));
    all.extend(each(|text| SubmitPage { signatory: Some(text.into()), ..page(text) }));
    all.push(SubmitPage { signatory: Some("Lee".into()), asks: false, ..page("Northgate") });
    all.push(SubmitPage {
        errors: Vec::new(),
        unanswered: 0,
        name: Field { error: None, hint: None, ..field("name", "") },
        title_field: Field { error: None, hint: None, ..field("title", "") },
        confirmed: Field { error: None, hint: None, ..field("confirmed", "") },
        ..page("")
    });
    all
}

pub(super) fn receipts() -> Vec<ReceiptPage> {
    let page = |text: &str| ReceiptPage {
        base: "/portal/1".into(),
        buyer: text.into(),
        vendor: text.into(),
        questionnaire: text.into(),
        hash: "ab".repeat(32),
        round: 2,
        name: text.into(),
        title: text.into(),
        at: "2026-11-21 10:42 UTC".into(),
        answers: 30,
        earlier: vec![Earlier { round: 1, at: "2026-11-01 09:00 UTC".into(), hash: "cd".repeat(32) }],
        turn: true,
    };
    let mut all = each(page);
    all.push(ReceiptPage { earlier: Vec::new(), turn: false, round: 1, ..page("Northgate") });
    all
}

pub(super) fn answers() -> Vec<AnswersPage> {
    let page = |text: &str| AnswersPage {
        base: "/portal/1".into(),
        vendor: text.into(),
        submitted: Some("2026-11-21 10:42 UTC".into()),
        turn: false,
        whole: true,
        sections: vec![AnswersSection {
            title: text.into(),
            questions: KINDS.map(|kind| question(text, kind, true)).into(),
        }],
    };
    let mut all = each(page);
    all.push(AnswersPage { submitted: None, turn: true, whole: false, sections: Vec::new(), ..page("") });
    all
}

pub(super) fn colleagues() -> Vec<ColleaguesPage> {
    let page = |text: &str| ColleaguesPage {
        base: "/portal/1".into(),
        open: true,
        asked_in: [true, false]
            .map(|failed| AskedInRow {
                name: text.into(),
                email: text.into(),
                what: text.into(),
                since: "2026-11-21 10:42 UTC".into(),
                state: text.into(),
                failed,
                take_back: "/portal/1/colleagues/2/take-back".into(),
            })
            .into(),
        signatory: Some(text.into()),
        signatory_href: Some("/portal/1/colleagues/3/take-back".into()),
        errors: error(text),
        questions_error: Some(text.into()),
        picks: vec![PickSection {
            id: "s".into(),
            title: text.into(),
            chosen: true,
            open: true,
            questions: vec![Pick { id: "Q-1".into(), number: 1, text: text.into(), chosen: true }],
        }],
        once: "1".into(),
        name: field("name", text),
        email: field("email", text),
        part: field("part", text),
        way: field("way", text),
        sign_member: Some(field("member", text)),
        sign_name: Field { id: "sign-name".into(), ..field("name", text) },
        sign_email: Field { id: "sign-email".into(), ..field("email", text) },
    };
    let mut all = each(page);
    let empty = ColleaguesPage {
        asked_in: Vec::new(),
        signatory: None,
        signatory_href: None,
        sign_member: None,
        errors: Vec::new(),
        questions_error: None,
        picks: Vec::new(),
        ..page("Northgate")
    };
    all.extend([empty, ColleaguesPage { open: false, ..page("Northgate") }]);
    all
}

pub(super) fn links() -> Vec<LinkPage> {
    each(|text| LinkPage { name: text.into(), link: "https://candor.example/a/x".into(), back: "/portal/1".into() })
}

pub(super) fn accounts() -> Vec<AccountPage> {
    let page = |text: &str, kind: &'static str| AccountPage {
        kind,
        organisation: Some(text.into()),
        buyer: text.into(),
        administered: vec![Administered { id: "1".into(), label: text.into() }],
        errors: error(text),
        name: field("name", text),
        action: "/portal/1/account".into(),
        base: "/portal/1".into(),
    };
    let mut all = each(|text| page(text, "keep"));
    all.extend(["join", "asked", "sign_in"].map(|kind| page("Northgate", kind)));
    all.push(AccountPage {
        administered: Vec::new(),
        errors: Vec::new(),
        organisation: None,
        ..page("Northgate", "keep")
    });
    all
}
