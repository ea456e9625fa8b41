//! The shipped words contradict each other nowhere, and files that are none are named.

use super::*;

#[test]
fn an_answer_word_means_one_thing_in_all_languages() {
    let mut seen = std::collections::BTreeMap::new();
    let mut twice = Vec::new();
    for (name, text) in SHIPPED {
        let file: WordFile = serde_json::from_str(text).expect("a file of words");
        for (word, texts) in file.answers {
            for text in texts {
                let folded = if plain(&text).is_empty() { glyphs(&text) } else { plain(&text) };
                if seen.insert(folded, word).is_some_and(|before| before != word) {
                    twice.push(format!("{name}: {text}"));
                }
            }
        }
    }
    assert_eq!(twice, Vec::<String>::new());
}

#[test]
fn a_file_that_is_none_is_named() {
    let mut words = Vocabulary::shipped().clone();
    let refused = words.add("xx.json", r#"{"language": "xx", "heading": {}}"#).expect_err("a wrong key");
    assert!(refused.to_string().starts_with("xx.json: unknown field `heading`"), "{refused}");
    words
        .add("cy.json", r#"{"language": "cy", "headings": {"question": ["Cwestiwn"]}, "answers": {"yes": ["ydy"]}}"#)
        .expect("words");
    assert_eq!(words.answer("Ydy"), Some(AnswerWord::Yes));
    assert_eq!(words.meanings("Cwestiwn 2")[0].word, HeadingWord::Question);
}

#[test]
fn headings_are_understood_in_every_language() {
    use HeadingWord::*;
    for (heading, meant) in [
        ("Question ID", Id),
        ("ref_id", Id),
        ("No.", Id),
        ("№", Id),
        ("Question category", Section),
        ("Category of the question", Section),
        ("Answer type", Options),
        ("Response format", Options),
        ("Answer (Yes / No / NA)", Answer),
        ("Response\n(choose from the list)", Answer),
        ("Comment / reason", Comment),
        ("Reason for your answer", Comment),
        ("Vendor's answer justification", Comment),
        ("CAIQ v4 Question", Question),
        ("CSP CAIQ Answer", Answer),
        ("SSRM Control Ownership", Owner),
        ("CSP Implementation Description (Optional/Recommended)", Comment),
        ("Additional Information", Comment),
        ("Sub Area", Section),
        ("Question weight", Weight),
        ("Response date", Record),
        ("Analyst Notes", Review),
        ("Respuesta del proveedor", Answer),
        ("Categoría de la pregunta", Section),
        ("Réponse du fournisseur", Answer),
        ("Type de réponse", Options),
        ("Lieferantenantwort", Answer),
        ("Antwort des Lieferanten", Answer),
        ("Frage Nr.", Id),
        ("Risposta fornitore", Answer),
        ("Observações", Comment),
        ("Antwoord leverancier", Answer),
        ("供应商答复", Answer),
        ("供應商回覆", Answer),
        ("问题编号", Id),
        ("回答格式", Options),
        ("質問", Question),
        ("ベンダー回答", Answer),
        ("ご回答欄", Answer),
        ("回答形式", Options),
        ("공급업체 답변", Answer),
        ("질문내용", Question),
    ] {
        let found = Vocabulary::shipped().meanings(heading);
        assert_eq!(found.first().map(|meaning| meaning.word), Some(meant), "{heading} {found:?}");
    }
    for heading in ["What specific AI techniques were used for answering it?", "Zebra", "17"] {
        assert_eq!(Vocabulary::shipped().meanings(heading), [], "{heading}");
    }
}

#[test]
fn answers_are_understood_in_every_language() {
    use AnswerWord::*;
    let words = Vocabulary::shipped();
    for (text, said) in [
        ("Yes", Yes),
        (" yes. ", Yes),
        ("Y", Yes),
        ("Sí", Yes),
        ("si", Yes),
        ("JA", Yes),
        ("Oui", Yes),
        ("是", Yes),
        ("はい", Yes),
        ("예", Yes),
        ("✓", Yes),
        ("✔️", Yes),
        ("○", Yes),
        ("Sim", Yes),
        ("No", No),
        ("Não", No),
        ("Nein", No),
        ("non", No),
        ("否", No),
        ("いいえ", No),
        ("아니오", No),
        ("✗", No),
        ("×", No),
        ("Nee", No),
        ("Partially", Partial),
        ("teilweise", Partial),
        ("部分符合", Partial),
        ("△", Partial),
        ("一部対応", Partial),
        ("deels", Partial),
        ("Planned", Planned),
        ("en cours", Planned),
        ("計画中", Planned),
        ("N/A", NotApplicable),
        ("n.a.", NotApplicable),
        ("N.v.t.", NotApplicable),
        ("不适用", NotApplicable),
        ("該当なし", NotApplicable),
        ("S.O.", NotApplicable),
        ("해당 없음", NotApplicable),
        ("—", NotApplicable),
        ("Don't know", Unknown),
        ("k. A.", Unknown),
        ("不明", Unknown),
        ("TBD", Unknown),
        ("Confidential", Declined),
        ("保密", Declined),
    ] {
        assert_eq!(words.answer(text), Some(said), "{text}");
    }
    for text in ["", "maybe later", "We keep no data", "AES-256"] {
        assert_eq!(words.answer(text), None, "{text}");
    }
    assert_eq!(words.leading_answer("Yes - see SOC 2, page 4"), Some((Yes, "see SOC 2, page 4")));
    assert_eq!(words.leading_answer("是，见附件"), Some((Yes, "见附件")));
    assert_eq!(words.leading_answer("No, but planned: Q3"), Some((Planned, "Q3")));
    assert_eq!(words.leading_answer("No data is kept"), None);
}

#[test]
fn what_says_nothing_is_known() {
    let words = Vocabulary::shipped();
    for text in [
        "Please select",
        "-- Select --",
        "<Choose an item.>",
        "...",
        "---",
        "Bitte wählen…",
        "請選擇",
        "選択してください",
        "Yes / No",
    ] {
        assert!(words.is_placeholder(text), "{text}");
    }
    for text in ["✓", "Yes", "x", "none selected by us"] {
        assert!(!words.is_placeholder(text), "{text}");
    }
    for text in ["Total: 14", "End of Standard", "© 2021 Somebody", "Copyright 2020", "合计：12"] {
        assert!(words.is_trailer(text), "{text}");
    }
    for text in [
        "Do you keep a total of all?",
        "是否有备份？",
        "¿Existe una política?",
        "Describe your backups.",
        "バックアップはありますか。",
        "백업을 하십니까",
    ] {
        assert!(words.asks(text), "{text}");
    }
    assert!(!words.asks("Backups") && !words.asks("Organisation of security"));
}
