//! Everything that a score of one assessment is made from, before it is put into scoring's words.

use super::review::{Review, Verdict, levels, standing};
use super::said::Said;
use crate::answer::{Profile, Reply, Visibility, visibility};
use crate::questionnaire::{Document, Question};
use crate::scoring::{
    self, Certificate, Input, Level, Output, Override, Policy, Refusal, State, canonical, counting_evidence,
    missing_factors, score_by, score_made,
};
use std::collections::BTreeMap;
use time::Date;

/// One assessment, as it is judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Case<'a> {
    /// The questionnaire.
    pub document: &'a Document,
    /// By question: what was said. Questions without anything may be left out.
    pub said: BTreeMap<String, Said>,
    /// By question: the newest review, whether it still stands or not.
    pub reviews: BTreeMap<String, Review>,
    /// The profile as it was when the questionnaire was issued, which decides what is asked.
    pub asked_with: Profile,
    /// The present profile, which decides what is at stake. Factors that the policy does not know are left aside.
    pub profile: BTreeMap<String, String>,
    /// The overrides that count.
    pub overrides: Vec<Override>,
    /// Certificates that are valid, neither suspended nor withdrawn.
    pub certificates: Vec<Certificate>,
    /// The day of the score.
    pub as_of: Date,
}

/// A score with the input that it was made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// The input as it is stored: canonical.
    pub text: String,
    /// The input.
    pub input: Input,
    /// The score.
    pub output: Output,
}

/// Why there is no score.
#[derive(Clone, Debug, PartialEq)]
pub enum Unscored {
    /// The profile lacks these factors.
    Missing(Vec<String>),
    /// What was put together is no input, which only a faulty override or certificate can bring about.
    Refused(Refusal),
}

impl Case<'_> {
    /// Which questions are shown.
    pub fn visibility(&self) -> Visibility {
        let replies: BTreeMap<String, Reply> =
            self.said.iter().filter_map(|(id, said)| Some((id.clone(), said.reply.clone()?))).collect();
        visibility(self.document, &replies, &self.asked_with)
    }

    /// What is scored.
    pub fn input(&self, policy: &Policy) -> Input {
        let visibility = self.visibility();
        let known = |(factor, _): &(&String, &String)| policy.factors.contains_key(*factor);
        Input {
            as_of: self.as_of,
            profile: self.profile.iter().filter(known).map(|(factor, value)| (factor.clone(), value.clone())).collect(),
            overrides: self.overrides.clone(),
            questions: self
                .document
                .questions()
                .map(|question| self.question(question, visibility.shows(&question.id), policy))
                .collect(),
            certificates: self.certificates.clone(),
        }
    }

    /// The score.
    ///
    /// # Errors
    /// Why there is none.
    pub fn score(&self, policy: &Policy) -> Result<Scored, Unscored> {
        let missing = missing_factors(policy, &self.profile);
        if !missing.is_empty() {
            return Err(Unscored::Missing(missing));
        }
        let input = self.input(policy);
        if input.overrides.is_empty() && input.certificates.is_empty() {
            let (text, output) = score_made(policy, &input);
            return Ok(Scored { text, input, output });
        }
        let text = canonical(&serde_json::to_value(&input).expect("an input is JSON: its keys are texts"));
        let (input, output) = score_by(policy, &text).map_err(Unscored::Refused)?;
        Ok(Scored { text, input, output })
    }

    fn question(&self, question: &Question, is_shown: bool, policy: &Policy) -> scoring::Question {
        let nothing = Said::default();
        let said = self.said.get(&question.id).unwrap_or(&nothing);
        let review = standing(said, self.reviews.get(&question.id));
        let state = match &said.reply {
            _ if !is_shown => State::Hidden,
            None => State::Unanswered,
            Some(Reply::Declined { .. }) => State::Declined,
            Some(Reply::NotApplicable { .. }) => match review.map(|review| review.verdict) {
                Some(Verdict::NaAccepted) => State::NaAccepted,
                _ => State::NaClaimed,
            },
            Some(_) => State::Answered,
        };
        let is_scored = question.weight > 0.0;
        let value = said.reply.as_ref().filter(|_| is_scored).and_then(|reply| reply.value(question)).unwrap_or(0.0);
        let counting = (state == State::Answered)
            .then(|| counting_evidence(&levels(said, review), self.as_of, policy.evidence_valid_months));
        let counting = counting.flatten();
        scoring::Question {
            id: question.id.clone(),
            weight: question.weight,
            controls: question.controls.clone(),
            tags: question.tags.clone(),
            state,
            value: (state == State::Answered).then_some(value),
            best: if is_scored { question.best() } else { 1.0 },
            assurance: counting.map_or(Level::Claimed, |(level, _)| level),
            evidence_date: counting.map(|(_, date)| date),
        }
    }
}
