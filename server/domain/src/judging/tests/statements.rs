//! The statement of applicability, the cycle before, and the impact assessment.

use super::*;
use crate::judging::applicability::{Column, joined, statement};
use crate::judging::cycle::{Asked, Cycle, since};
use crate::judging::impact::{Assessment, Basis, Effect, Whom};
use crate::questionnaire::diff::diff;
use crate::scoring::Certificate;
use std::collections::BTreeSet;

#[test]
fn a_control_is_as_good_as_its_weakest_question() {
    let document = document();
    let mut case = case(&document);
    let policy = policy();
    let columns = |case: &Case<'_>| -> Vec<Column> {
        let controls = ["A.6.2.4", "A.7.2", "A.9.4", "A.2.2"];
        statement(controls, case, &policy, &case.input(&policy)).into_iter().map(|row| row.column).collect()
    };
    assert_eq!(columns(&case), [Column::Claimed, Column::Claimed, Column::Excluded, Column::NotAsked]);
    let row = &statement(["A.9.4"], &case, &policy, &case.input(&policy))[0];
    assert_eq!((row.exclusions[0].reason.as_str(), row.exclusions[0].is_accepted), ("We only deliver", false));
    review(&mut case, "scope", Verdict::NaAccepted, &[]);
    assert!(statement(["A.9.4"], &case, &policy, &case.input(&policy))[0].exclusions[0].is_accepted);
    review(&mut case, "scope", Verdict::NaRefused, &[]);
    assert_eq!(columns(&case)[2], Column::NotInPlace, "a refused exclusion excludes nothing");
    let row = &statement(["A.9.4"], &case, &policy, &case.input(&policy))[0];
    assert_eq!((row.exclusions[0].is_accepted, row.exclusions[0].is_refused), (false, true));
    case.said.insert("clean".to_owned(), Said { reply: chosen("no"), ..Said::default() });
    assert_eq!(columns(&case)[..2], [Column::NotInPlace, Column::NotInPlace]);
    case.said.remove("clean");
    assert_eq!(columns(&case)[..2], [Column::NotAnswered, Column::NotAnswered]);
    // A certificate raises what is claimed to evidenced, in the control that it lists alone.
    case.said.insert("clean".to_owned(), Said { reply: chosen("yes"), ..Said::default() });
    case.certificates.push(Certificate {
        standard: "ISO/IEC 42001:2023".to_owned(),
        accredited: true,
        in_scope: true,
        valid_from: date!(2026 - 01 - 01),
        valid_to: date!(2028 - 12 - 31),
        controls: vec!["A.6.2.4".to_owned()],
    });
    assert_eq!(columns(&case)[..2], [Column::Evidenced, Column::Claimed]);
}

#[test]
fn over_several_uses_a_control_is_as_good_as_the_weakest_use_that_asked_about_it() {
    let document = document();
    let policy = policy();
    let controls = ["A.6.2.4", "A.7.2", "A.9.4", "A.2.2"];
    let of = |case: &Case<'_>| statement(controls, case, &policy, &case.input(&policy));
    let good = case(&document);
    let mut weak = good.clone();
    weak.said.insert("clean".to_owned(), Said { reply: chosen("no"), ..Said::default() });
    weak.said.insert("scope".to_owned(), Said { reply: chosen("yes"), ..Said::default() });
    // The other use is asked about the data alone.
    let mut short = document.clone();
    short.sections[0].questions.retain(|question| question.id == "clean");
    let short = case(&short);

    assert!(joined(&[]).is_empty());
    let columns = |cases: &[&Case<'_>]| -> Vec<Column> {
        let statements: Vec<_> = cases.iter().map(|case| of(case)).collect();
        joined(&statements).into_iter().map(|row| row.column).collect()
    };
    let (claimed, not_in_place) = (Column::Claimed, Column::NotInPlace);
    assert_eq!(columns(&[&good]), [claimed, claimed, Column::Excluded, Column::NotAsked]);
    // What one use excludes is not excluded where another has it.
    assert_eq!(columns(&[&good, &weak]), [not_in_place, not_in_place, claimed, Column::NotAsked]);
    // Where a use was not asked about a control, the other one's word stands.
    assert_eq!(columns(&[&short, &good]), [claimed, claimed, Column::Excluded, Column::NotAsked]);
    let rows = joined(&[of(&good), of(&short)]);
    assert_eq!(rows[2].uses.iter().map(|row| row.column).collect::<Vec<_>>(), [Column::Excluded, Column::NotAsked]);
    // "watch" and "clean" of the one, "clean" of the other; the hidden "stop" is not asked.
    assert_eq!(rows[0].counts().into_iter().collect::<Vec<_>>(), [(claimed, 2), (Column::Evidenced, 1)]);
}

#[test]
fn questions_are_the_same_where_their_id_is() {
    let old = document();
    let mut new = old.clone();
    let questions = &mut new.sections[0].questions;
    questions[2].text = "Is all data clean?".to_owned();
    questions[3].weight = 5.0;
    questions[4].id = "remark".to_owned();
    let (before, mut now) = (case(&old), case(&new));
    now.said.insert("watch".to_owned(), Said { reply: chosen("no"), ..Said::default() });
    let (was, is) = (before.visibility(), now.visibility());
    let cycle = |document, said, visibility| Cycle { document, said, visibility };
    let told =
        since(&cycle(&old, &before.said, &was), &cycle(&new, &now.said, &is), &diff(&old.authored(), &new.authored()));
    let of = |id: &str| told.iter().find(|since| since.question == id).expect("a question");
    assert_eq!(
        told.iter().map(|since| since.question.as_str()).collect::<Vec<_>>(),
        ["watch", "stop", "clean", "scope", "remark", "note"]
    );
    assert!(of("watch").reply && of("watch").evidence && !of("watch").comment);
    assert_eq!(of("stop").asked, Asked::ShownNow);
    assert_eq!((of("remark").asked, of("note").asked), (Asked::New, Asked::Gone));
    assert!(!of("clean").reply && !of("clean").is_unchanged(), "the same words to another question");
    assert!(of("scope").is_unchanged(), "another weight changes what it is worth, not what was said");
    assert!(!of("stop").is_unchanged() && !of("watch").is_unchanged());
}

fn assessment() -> Assessment {
    let effect = Effect {
        whom: Whom::Individuals,
        who: "applicants".to_owned(),
        what: "turned down by mistake".to_owned(),
        severity: 4,
        likelihood: 2,
        is_reversible: true,
        measures: "a person looks at each refusal".to_owned(),
        answers: BTreeSet::from(["watch".to_owned()]),
    };
    Assessment {
        process: "hiring".to_owned(),
        period: "all year, some hundred a month".to_owned(),
        effects: vec![effect],
        none: BTreeMap::from([
            (Whom::Groups, "tested, no difference".to_owned()),
            (Whom::Society, "one employer of many".to_owned()),
        ]),
        oversight: "two recruiters, who can overrule".to_owned(),
        remedies: "complaints to the head of people".to_owned(),
    }
}

#[test]
fn nobody_is_left_out_of_an_impact_assessment() {
    let questions = BTreeSet::from(["watch"]);
    assert_eq!(assessment().check(&questions), Ok(()));
    let mut bad = assessment();
    bad.none.remove(&Whom::Society);
    bad.none.insert(Whom::Individuals, "none".to_owned());
    bad.effects[0].severity = 6;
    bad.effects[0].who = " ".to_owned();
    bad.effects[0].answers.insert("gone".to_owned());
    bad.oversight.clear();
    let problems = bad.check(&questions).expect_err("refused").0;
    let told: Vec<String> = problems.iter().map(|problem| format!("{}: {}", problem.at, problem.code)).collect();
    let expected = [
        "oversight: required",
        "effects.0.who: required",
        "effects.0.severity: out-of-range",
        "effects.0.answers: unknown-questions",
        "none.individuals: has-effects",
        "none.society: required",
    ];
    assert_eq!(told, expected);
}

#[test]
fn an_impact_assessment_is_as_old_as_what_it_rests_on() {
    let document = document();
    let mut case = case(&document);
    let basis = Basis::of(&assessment(), &case.profile, &case.said);
    assert_eq!(basis.changed(&case.profile, &case.said), (BTreeSet::new(), BTreeSet::new()));
    case.said.insert("clean".to_owned(), Said::default());
    assert_eq!(
        basis.changed(&case.profile, &case.said),
        (BTreeSet::new(), BTreeSet::new()),
        "it rests on another answer"
    );
    case.said.insert("watch".to_owned(), Said { reply: chosen("no"), ..Said::default() });
    let expected = (BTreeSet::from(["data".to_owned()]), BTreeSet::from(["watch".to_owned()]));
    assert_eq!(basis.changed(&profile("high", "none"), &case.said), expected);
}
