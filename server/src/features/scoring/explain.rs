//! A score in words and bars: every figure of the page, down to the answer it comes from.

mod figures;
mod fall;

pub(super) use figures::{percent, points};

use super::read::{About, Asked, Read};
use super::views::{
    AboutView, Caution, Crumb, Figure, GroupView, Heat, HeatBand, HeatDomain, HiddenView, KeptView, KnockOutView, Line,
    ScorePage, Tab,
};
use crate::actions::content::{CONTROLS, REASONS, Topic};
use crate::error::Result;
use crate::web::moment::Moment;
use crate::web::question::{answer_href, reviewed_href};
use crate::web::render::Renderer;
use domain::answer::iso_date;
use domain::assessment::State as Stand;
use domain::ids::AssessmentId;
use domain::scoring::{DOMAINS, DomainScore, Output, Policy, Question, State, groups, standings};
use entity::score;
use figures::{control_order, decimals, taken_off};
use std::collections::BTreeMap;

/// Lines of "what would help most" before the rest is folded away.
const FIRST_LINES: usize = 5;
/// Below this share the page says that the score stands on little.
const LITTLE: f64 = 0.3;
/// Below this share of coverage the page says that too little was asked.
const HALF: f64 = 0.5;

/// Places above a score.
pub(super) fn crumbs(renderer: &Renderer, about: &About) -> Vec<Crumb> {
    vec![
        Crumb { href: "/assessments".to_owned(), text: renderer.text("nav.assessments", &[]) },
        Crumb {
            href: format!("/assessments/{}", about.assessment.id),
            text: format!("{} · {}", about.vendor, about.version.document.title),
        },
    ]
}

/// Whose score it is.
pub(super) fn about(about: &About) -> AboutView {
    AboutView {
        vendor: about.vendor.clone(),
        engagement: about.engagement.name.clone(),
        template: about.version.document.title.clone(),
        href: format!("/assessments/{}/score", about.assessment.id),
        assessment_href: format!("/assessments/{}", about.assessment.id),
        engagement_href: format!("/engagements/{}", about.engagement.id),
    }
}

/// Stored scores as a list.
pub(super) fn kept(
    rows: &[score::Model],
    assessment: AssessmentId,
    shown: Option<uuid::Uuid>,
) -> Result<Vec<KeptView>> {
    let view = |row: &score::Model| -> Result<KeptView> {
        let output: Output = serde_json::from_str(&row.output)?;
        Ok(KeptView {
            href: format!("/assessments/{assessment}/score?score={}", row.id),
            moment: Moment::from(row.created_at),
            as_of: iso_date::write(row.as_of),
            rating: row.rating.clone(),
            residual: points(row.residual),
            policy: format!("{} {}", output.policy.id, output.policy.version),
            inputs_sha256: output.inputs_sha256,
            current: shown == Some(row.id),
        })
    };
    rows.iter().map(view).collect()
}

/// What the parts of a page look things up in.
struct Desk<'a> {
    renderer: &'a Renderer,
    read: &'a Read,
    /// Questions by id, with their wording.
    worded: BTreeMap<&'a str, &'a domain::questionnaire::Question>,
    /// The same as scoring counts them.
    counted: BTreeMap<&'a str, &'a Question>,
}

impl Desk<'_> {
    fn text(&self, key: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
        self.renderer.text(key, values)
    }

    fn policy(&self) -> &Policy {
        &self.read.documents.policy
    }

    fn question_href(&self, id: &str) -> String {
        let assessment = self.read.about.assessment.id;
        match &self.read.submission {
            Some(_) => reviewed_href(assessment, id),
            None => answer_href(assessment, id),
        }
    }

    fn question_text(&self, id: &str) -> String {
        self.worded.get(id).map_or_else(|| id.to_owned(), |question| question.text.clone())
    }

    /// How a question stands: the answer as read, or that it is open.
    fn state(&self, id: &str) -> String {
        let state = self.counted.get(id).map_or(State::Unanswered, |question| question.state);
        let said = self.read.replies.get(id).zip(self.worded.get(id)).map(|(reply, question)| reply.in_words(question));
        match (state, said) {
            (State::Answered, Some(said)) if !said.is_empty() => said,
            _ => self.text(&format!("score.state.{}", state.name()), &[]),
        }
    }

    /// How an answer counts: value, level and weight.
    fn worth(&self, id: &str) -> String {
        let standing = standings(self.policy(), &self.read.documents.input).into_iter().find(|s| s.question.id == id);
        let Some(standing) = standing else { return String::new() };
        let question = standing.question;
        if question.state != State::Answered {
            return self
                .text("score.worth_open", &[("state", &self.state(id)), ("weight", &decimals(question.weight))]);
        }
        self.text(
            "score.worth",
            &[
                ("state", &self.state(id)),
                ("value", &decimals(question.value.unwrap_or(0.0))),
                ("level", &self.level(standing.level_through_any())),
                ("weight", &decimals(question.weight)),
            ],
        )
    }

    fn level(&self, level: domain::scoring::Level) -> String {
        let factor = decimals(self.policy().assurance_of(level));
        self.text(&format!("score.level.{}", level.name()), &[("factor", &factor)])
    }

    fn domain_name(&self, id: &str) -> String {
        REASONS.domains.get(id).map_or_else(|| id.to_owned(), |words| words.name.clone())
    }

    fn domain_href(&self, id: &str) -> String {
        format!("{}&domain={id}#why", self.own_query())
    }

    /// The query that shows this very score again.
    fn own_query(&self) -> String {
        match &self.read.stored {
            Some(stored) => format!("?score={}", stored.id),
            None => format!("?as_of={}", iso_date::write(self.read.output.as_of)),
        }
    }

    fn driver(&self) -> &DomainScore {
        let output = &self.read.output;
        let driver = output.domains.iter().find(|domain| domain.domain == output.driver);
        driver.unwrap_or(&output.domains[0])
    }

    fn band_of(&self, risk: f64) -> String {
        let bands = &self.policy().bands;
        let band = bands.iter().find(|band| band.below.is_none_or(|below| risk < below)).or(bands.last());
        band.map(|band| band.rating.clone()).unwrap_or_default()
    }

    fn rating_word(&self, rating: &str) -> String {
        let key = format!("rating.{rating}");
        if self.renderer.platform.wording.knows(&key) { self.text(&key, &[]) } else { rating.to_owned() }
    }

    fn answer_line(&self, id: &str) -> Line {
        Line {
            href: Some(self.question_href(id)),
            text: self.question_text(id),
            note: self.worth(id),
            figure: String::new(),
        }
    }
}

/// The whole page.
pub(super) fn page(renderer: &Renderer, read: &Read, asked: &Asked, rows: &[score::Model]) -> Result<ScorePage> {
    let document = &read.about.version.document;
    let desk = Desk {
        renderer,
        read,
        worded: document.by_id(),
        counted: read.documents.input.questions.iter().map(|question| (question.id.as_str(), question)).collect(),
    };
    let output = &read.output;
    let shown = asked.domain.as_deref().filter(|domain| DOMAINS.contains(domain)).unwrap_or(&output.driver);
    let domain = output.domains.iter().find(|domain| domain.domain == shown).unwrap_or(desk.driver());
    let as_of = iso_date::write(output.as_of);
    let mut lines = desk.opportunities();
    let lesser = lines.split_off(lines.len().min(FIRST_LINES));
    let driver = desk.driver();
    Ok(ScorePage {
        crumbs: crumbs(renderer, &read.about),
        about: about(&read.about),
        cautions: desk.cautions(rows),
        rating: output.rating.clone(),
        residual: points(output.residual),
        own: desk.own_numbers(driver),
        meaning: REASONS.bands.get(&output.rating).cloned().unwrap_or_default(),
        raised: (output.rating != output.band).then(|| {
            let (band, rating) = (desk.rating_word(&output.band), desk.rating_word(&output.rating));
            desk.text("score.raised", &[("band", &band), ("rating", &rating)])
        }),
        range: (output.best_case < output.residual).then(|| {
            let (best, band) = (points(output.best_case), desk.rating_word(&desk.band_of(output.best_case)));
            desk.text("score.range", &[("best", &best), ("band", &band), ("residual", &points(output.residual))])
        }),
        driver: Line {
            href: Some(desk.domain_href(&driver.domain)),
            text: desk.domain_name(&driver.domain),
            ..Line::default()
        },
        figures: desk.figures(),
        basis: match &read.submission {
            Some(row) => {
                let when = Moment::from(row.submitted_at).when;
                desk.text(
                    "score.basis_submission",
                    &[("round", &row.round), ("when", &when), ("name", &row.attested_name)],
                )
            }
            None => desk.text("score.basis_so_far", &[]),
        },
        policy: desk.text("score.policy_version", &[("name", &output.policy.id), ("version", &output.policy.version)]),
        inputs_sha256: output.inputs_sha256.clone(),
        input_href: format!("/assessments/{}/score/input{}", read.about.assessment.id, desk.own_query()),
        policy_href: format!("/assessments/{}/score/policy{}", read.about.assessment.id, desk.own_query()),
        as_of,
        can_store: read.submission.is_some()
            && read.stored.is_none()
            && output.as_of == renderer.platform.clock.today()
            && desk.stored_same(rows).is_none(),
        may_score: false,
        is_stored: read.stored.is_some(),
        once: String::new(),
        heat: desk.heat(),
        knock_outs: output.knock_outs.iter().map(|fired| desk.knock_out(fired)).collect(),
        knock_outs_known: desk.policy().knock_outs.len(),
        tabs: desk.tabs(&domain.domain),
        fall: desk.fall(domain),
        domain: desk.domain(domain),
        opportunities: lines,
        lesser,
        groups: desk.groups(&CONTROLS.groups, |question| question.controls.iter().map(|id| group_of(id)).collect()),
        clauses: desk.groups(&CONTROLS.clauses, |question| {
            desk.worded.get(question.id.as_str()).map(|worded| worded.clauses.clone()).unwrap_or_default()
        }),
        hidden: desk.hidden(),
        good_to_know: ["weaker", "worst", "hidden", "silence", "ageing"]
            .iter()
            .map(|name| {
                let months = desk.policy().evidence_valid_months;
                desk.text(&format!("score.know.{name}"), &[("months", &months)])
            })
            .collect(),
        kept: kept(rows, AssessmentId(read.about.assessment.id), read.stored.as_ref().map(|stored| stored.id.0))?,
        tier_badges: Vec::new(),
        trend: None,
        what_if_href: format!("/assessments/{}/what-if", read.about.assessment.id),
        compare_href: format!("/compare?with={}", read.about.assessment.id),
    })
}

/// The group of a control: `A.6` of `A.6.2.4`.
fn group_of(control: &str) -> String {
    control.splitn(3, '.').take(2).collect::<Vec<_>>().join(".")
}

impl Desk<'_> {
    /// The stored score of this very input by this very policy.
    fn stored_same<'r>(&self, rows: &'r [score::Model]) -> Option<&'r score::Model> {
        rows.iter().find(|row| row.output.contains(&self.read.output.inputs_sha256))
    }

    fn cautions(&self, rows: &[score::Model]) -> Vec<Caution> {
        let (read, output) = (self.read, &self.read.output);
        let mut cautions = Vec::new();
        let mut add = |kind, text| cautions.push(Caution { kind, text });
        match &read.stored {
            Some(stored) => {
                let when = Moment::from(stored.at).when;
                let key = if stored.holds { "score.stored_holds" } else { "score.stored_differs" };
                add(if stored.holds { "info" } else { "error" }, self.text(key, &[("when", &when)]));
            }
            None if read.submission.is_none() => {
                let is_recalled = read.about.assessment.state == Stand::Recalled.name();
                let key = if is_recalled { "score.recalled" } else { "score.provisional" };
                add("warning", self.text(key, &[]));
            }
            None => {
                if let Some(row) = self.stored_same(rows) {
                    add("info", self.text("score.stored_already", &[("when", &Moment::from(row.created_at).when)]));
                }
            }
        }
        if output.confidence < LITTLE {
            add("warning", self.text("score.low_confidence", &[("share", &self.share(output.confidence))]));
        }
        let coverage = self.driver().coverage;
        if coverage < HALF {
            add("warning", self.text("score.low_coverage", &[("share", &self.share(coverage))]));
        }
        cautions
    }

    fn share(&self, share: f64) -> String {
        self.text("score.percent", &[("n", &percent(share))])
    }

    fn figures(&self) -> Vec<Figure> {
        let output = &self.read.output;
        let figure = |name: &str, share: f64| Figure {
            label: self.text(&format!("score.figure.{name}"), &[]),
            value: self.share(share),
            meaning: self.text(&format!("score.figure.{name}.means"), &[]),
        };
        vec![
            figure("completeness", output.completeness),
            figure("confidence", output.confidence),
            figure("coverage", self.driver().coverage),
        ]
    }

    fn heat(&self) -> Heat {
        let mut from = 0.0;
        let bands = self.policy().bands.iter().map(|band| {
            let end = band.below.unwrap_or(100.0).clamp(0.0, 100.0);
            let view = HeatBand { band: band.rating.clone(), from, width: end - from };
            from = end;
            view
        });
        let bands = bands.collect();
        let domains = self.read.output.domains.iter().map(|domain| HeatDomain {
            domain: self.domain_name(&domain.domain),
            href: self.domain_href(&domain.domain),
            driver: domain.domain == self.read.output.driver,
            inherent: domain.inherent,
            inherent_text: points(domain.inherent),
            inherent_band: self.band_of(domain.inherent),
            residual: domain.residual,
            residual_text: points(domain.residual),
            residual_band: domain.band.clone(),
            effectiveness_text: self.share(domain.effectiveness),
            coverage_text: self.share(domain.coverage),
            severity: domain.severity.to_string(),
            likelihood: domain.likelihood.to_string(),
            replaced: self.own_numbers(domain),
        });
        Heat { bands, domains: domains.collect() }
    }

    /// That an analyst's own numbers stand in a domain in the place of those that the profile gives: which, whose, and why.
    fn own_numbers(&self, domain: &DomainScore) -> Option<String> {
        let own = self.read.documents.input.overrides.iter().find(|own| own.domain == domain.domain)?;
        Some(self.text(
            "score.own",
            &[
                ("domain", &self.domain_name(&domain.domain)),
                ("by", &own.by),
                ("severity", &domain.severity),
                ("likelihood", &domain.likelihood),
                ("computed_severity", &domain.computed.severity),
                ("computed_likelihood", &domain.computed.likelihood),
                ("reason", &own.reason),
            ],
        ))
    }

    fn tabs(&self, shown: &str) -> Vec<Tab> {
        let tab = |domain: &DomainScore| Tab {
            href: self.domain_href(&domain.domain),
            text: self.domain_name(&domain.domain),
            current: domain.domain == shown,
            count: points(domain.residual),
        };
        self.read.output.domains.iter().map(tab).collect()
    }

    fn knock_out(&self, fired: &domain::scoring::Fired) -> KnockOutView {
        let words = REASONS.knock_outs.get(&fired.id);
        let mut because = Vec::new();
        let line = |text: String| Line { text, ..Line::default() };
        if let Some(rule) = self.policy().knock_outs.iter().find(|rule| rule.id == fired.id) {
            let output = &self.read.output;
            for factor in rule.when.profile.keys() {
                let (question, value) = self.factor(factor);
                because.push(Line {
                    href: Some(format!("/engagements/{}", self.read.about.engagement.id)),
                    text: question,
                    note: value,
                    figure: String::new(),
                });
            }
            if let Some(least) = rule.when.inherent_at_least {
                let most = output.domains.iter().map(|domain| domain.inherent).fold(0.0, f64::max);
                because.push(line(
                    self.text("score.fired_inherent", &[("risk", &points(most)), ("least", &points(least))]),
                ));
            }
            if let Some(least) = rule.when.coverage_below {
                let (coverage, least) = (self.share(self.driver().coverage), self.share(least));
                because.push(line(self.text("score.fired_coverage", &[("share", &coverage), ("least", &least)])));
            }
            if let Some(least) = rule.when.confidence_below {
                let (confidence, least) = (self.share(output.confidence), self.share(least));
                because.push(line(self.text("score.fired_confidence", &[("share", &confidence), ("least", &least)])));
            }
            if let Some(tag) = rule.when.tag_below.as_ref().filter(|_| fired.questions.is_empty()) {
                because.push(line(self.text("score.fired_unasked", &[("tag", &tag.tag)])));
            }
        }
        because.extend(fired.questions.iter().map(|id| self.answer_line(id)));
        KnockOutView {
            title: words.map_or_else(|| fired.id.clone(), |words| words.title.clone()),
            reason: words.map(|words| words.reason.clone()).unwrap_or_default(),
            floor: fired.floor.clone(),
            because,
        }
    }

    /// A factor of the profile: what was asked, and what was chosen.
    fn factor(&self, factor: &str) -> (String, String) {
        let value = self.read.documents.input.profile.get(factor).cloned().unwrap_or_default();
        match REASONS.factors.get(factor) {
            None => (factor.to_owned(), value),
            Some(words) => {
                let chosen = words.values.get(&value).map_or(value, |words| words.label.clone());
                (words.question.clone(), chosen)
            }
        }
    }

    fn opportunities(&self) -> Vec<Line> {
        let line = |id: &str, reduction: f64| Line { figure: taken_off(reduction), ..self.answer_line(id) };
        self.read.output.opportunities.iter().map(|found| line(&found.question, found.reduction)).collect()
    }

    fn groups(&self, topics: &[Topic], labels: impl Fn(&Question) -> Vec<String>) -> Vec<GroupView> {
        let found = groups(self.policy(), &self.read.documents.input, labels);
        let mut views: Vec<GroupView> = found
            .into_iter()
            .map(|(id, group)| GroupView {
                topic: topics.iter().find(|topic| topic.id == id).map(|topic| topic.topic.clone()).unwrap_or_default(),
                id,
                weight: decimals(group.weight),
                effectiveness: self.share(group.effectiveness),
                width: group.effectiveness * 100.0,
            })
            .collect();
        views.sort_by_key(|group| control_order(&group.id));
        views
    }

    fn hidden(&self) -> Vec<HiddenView> {
        let asked_after = |id: &str| self.read.replies.get(id).zip(self.worded.get(id));
        let by = |id: &String| Line {
            href: Some(self.question_href(id)),
            text: self.question_text(id),
            note: match asked_after(id) {
                _ if self.read.hidden.contains_key(id) => self.text("score.state.hidden", &[]),
                Some((reply, question)) => match reply.in_words(question) {
                    said if said.is_empty() => self.state(id),
                    said => said,
                },
                None => self.text("score.state.unanswered", &[]),
            },
            figure: String::new(),
        };
        let document = &self.read.about.version.document;
        let hidden = document.questions().filter_map(|question| Some((question, self.read.hidden.get(&question.id)?)));
        hidden
            .map(|(question, hidden_by)| HiddenView {
                text: question.text.clone(),
                id: question.id.clone(),
                by: hidden_by.iter().map(by).collect(),
            })
            .collect()
    }
}
