//! What a finding that rules propose is called, and the question that stands below it.

use crate::actions::content::CONTROLS;
use crate::error::Result;
use crate::platform::Platform;
use crate::platform::wording::{ENGLISH, Wording};
use crate::repo::{self, BuyerScope};
use domain::ids::{AssessmentId, TemplateVersionId};
use domain::judging::finding::{Proposal, Trigger, With};
use domain::questionnaire::{Kind, Question};
use entity::finding;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Display;
use uuid::Uuid;

/// Characters of a title that rules make: what a line of a list holds.
const LONGEST: usize = 120;

/// A short title for what rules propose: the question's id with the topic of the first control that it speaks to, and what is
/// wrong with the answer. The vendor reads it once the finding is raised: what the vendor said is named, what the buyer knows
/// beside it is not, neither the use that a knock-out speaks of nor what the register holds.
pub(super) fn title_of(wording: &Wording, question: Option<&Question>, proposal: &Proposal) -> String {
    let words = |key: &str| wording.text(ENGLISH, key, &[]);
    let what = |trigger: &Trigger| match trigger {
        Trigger::Option { option } => label(question, option),
        Trigger::KnockOut { .. } => words("finding.by_rule.knock_out"),
        Trigger::Contradiction { with: With::Comment } => words("finding.by_rule.comment"),
        Trigger::Contradiction { with: With::Evidence | With::Register } => words("finding.by_rule.not_borne_out"),
        Trigger::Declined => words("finding.by_rule.declined"),
    };
    let mut whats: Vec<String> = Vec::new();
    for what in proposal.triggers.iter().map(what) {
        if !whats.contains(&what) {
            whats.push(what);
        }
    }
    let what = whats.join("; ");
    let topics = proposal.controls.iter().filter_map(|id| CONTROLS.controls.iter().find(|topic| topic.id == *id));
    let id = &proposal.question;
    short(&match topics.map(|topic| &topic.topic).next() {
        Some(topic) => {
            let values: [(&str, &dyn Display); 3] = [("question", id), ("topic", topic), ("what", &what)];
            wording.text(ENGLISH, "finding.by_rule.about", &values)
        }
        None => wording.text(ENGLISH, "finding.by_rule.title", &[("question", id), ("what", &what)]),
    })
}

/// An option as the vendor reads it: one of the question, or `column/option` of a table.
fn label(question: Option<&Question>, place: &str) -> String {
    let (column, option) = place.split_once('/').map_or((None, place), |(column, option)| (Some(column), option));
    let options = match (question.map(|question| &question.kind), column) {
        (Some(Kind::Table { columns, .. }), Some(column)) => {
            columns.iter().find(|known| known.id == column).map(|known| known.options.as_slice()).unwrap_or_default()
        }
        _ => question.map(Question::options).unwrap_or_default(),
    };
    options.iter().find(|known| known.id == option).map_or_else(|| option.to_owned(), |known| known.label.clone())
}

/// As much of it as a title holds, to the end of a word where there is one.
fn short(title: &str) -> String {
    // A title is one line.
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.chars().count() <= LONGEST {
        return title;
    }
    let cut: String = title.chars().take(LONGEST - 1).collect();
    let end = cut.rfind(' ').filter(|end| *end > cut.len() / 2).unwrap_or(cut.len());
    format!("{}…", &cut[..end])
}

/// By finding, the question that it is about, as it was asked in the assessment that it comes from.
///
/// # Errors
/// When the database fails.
pub async fn asked(platform: &Platform, scope: BuyerScope, rows: &[finding::Model]) -> Result<HashMap<Uuid, String>> {
    let db = platform.db.read();
    let ids: BTreeSet<AssessmentId> = rows.iter().filter_map(|row| row.assessment_id.map(AssessmentId)).collect();
    let ids: Vec<AssessmentId> = ids.into_iter().collect();
    let assessments = repo::assessments::of_ids(db, scope, &ids).await?;
    let versions: HashMap<Uuid, Uuid> = assessments.into_iter().map(|row| (row.id, row.template_version_id)).collect();
    let mut found = HashMap::new();
    for row in rows {
        let version = row.assessment_id.and_then(|assessment| versions.get(&assessment));
        let (Some(version), Some(question)) = (version, &row.question_id) else { continue };
        let version = platform.published.get(db, &scope, TemplateVersionId(*version)).await?;
        if let Some(question) = version.document.question(question) {
            found.insert(row.id, question.text.clone());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::questionnaire::Severity;
    use serde_json::json;

    #[test]
    fn a_title_says_what_is_wrong_and_stays_short() {
        let wording = Wording::load(None).expect("the wording");
        let question = json!({ "id": "A.9.2-1", "text": "Can a person stop it?", "type": "single", "weight": 1.0, "options": [
            { "id": "yes", "label": "Yes", "value": 1.0 }, { "id": "never", "label": "No,\n never", "value": 0.0 },
            { "id": "long", "label": "words and more words ".repeat(20), "value": 0.0 }] });
        let question: Question = serde_json::from_value(question).expect("a question");
        let title = |triggers: Vec<Trigger>| {
            let proposal = Proposal {
                question: "A.9.2-1".to_owned(),
                severity: Severity::Major,
                triggers: triggers.into_iter().collect(),
                controls: Vec::new(),
            };
            title_of(&wording, Some(&question), &proposal)
        };
        let option = |option: &str| Trigger::Option { option: option.to_owned() };
        assert_eq!(title(vec![option("never")]), "A.9.2-1: No, never");
        assert_eq!(title(vec![Trigger::Declined]), "A.9.2-1: declined to say");
        let both = title(vec![Trigger::Contradiction { with: With::Comment }, option("yes")]);
        assert_eq!(both, "A.9.2-1: Yes; the comment says something else");
        let knock_out = |id: &str| Trigger::KnockOut { id: id.to_owned() };
        let inside = vec![
            knock_out("high_risk_use"),
            knock_out("critical_service"),
            Trigger::Contradiction { with: With::Register },
            Trigger::Contradiction { with: With::Evidence },
        ];
        let told = "A.9.2-1: not enough for what it is used for; the answer is not borne out";
        assert_eq!(title(inside), told, "the vendor learns neither how it is used nor what else is known");
        let long = title(vec![option("long")]);
        assert!(long.chars().count() <= LONGEST && (long.ends_with(" words…") || long.ends_with(" more…")), "{long}");
    }
}
