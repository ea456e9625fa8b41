//! Vendors, assessments and submitted answers as the index holds them.
//!
//! Of answers only those of an assessment's newest submission: what a vendor has not submitted is nobody's to read.

use crate::actions::judging::overall::{overall, ratings};
use crate::actions::submit::{SnapshotAnswer, snapshot_of};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::platform::published::Version;
use crate::platform::search::{Document, Facets, Part};
use crate::repo::scores::Bare;
use crate::repo::{self, BuyerScope, SystemScope};
use domain::answer::{Reply, iso_date};
use domain::ids::{AssessmentId, ContactId, EngagementId, OrganisationId, TemplateVersionId, VendorId};
use domain::questionnaire::{Kind, Question};
use domain::register::query::days;
use domain::register::{OWNED_BY, RATING, STANDS, Subject, Topic};
use entity::{assessment, contact, engagement, submission, vendor};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A document that is being made.
pub(super) struct Made {
    subject: Subject,
    document: Document,
}

impl Made {
    pub(super) fn new(subject: Subject, organisation: Uuid, id: Uuid, changed: OffsetDateTime) -> Self {
        let document = Document {
            organisation: OrganisationId(organisation),
            id,
            part: None,
            texts: Vec::new(),
            facets: Facets::default(),
            numbers: BTreeMap::new(),
            updated_at: changed.unix_timestamp() * 1_000 + i64::from(changed.millisecond()),
        };
        Self { subject, document }
    }

    /// Puts a value wherever its topic is found by.
    pub(super) fn say(&mut self, id: &str, value: &str) {
        let value = value.trim();
        let Some(topic) = self.subject.topic(id).filter(|_| !value.is_empty()) else { return };
        if topic.about().text && !self.document.texts.iter().any(|(of, said)| *of == topic && said == value) {
            self.document.texts.push((topic, value.to_owned()));
        }
        if topic.about().facet {
            self.document.facets.add(topic, value.to_owned());
        }
    }

    pub(super) fn on(&mut self, id: &str, day: Option<Date>) {
        if let Some((topic, day)) = self.subject.topic(id).zip(day) {
            self.document.numbers.insert(topic, days(day));
        }
    }

    pub(super) fn number(&mut self, id: &str, number: Option<f64>) {
        if let Some((topic, number)) = self.subject.topic(id).zip(number) {
            self.document.numbers.insert(topic, number);
        }
    }

    pub(super) fn owned_by(&mut self, engagement: Option<&engagement::Model>) {
        if let Some(owner) = engagement.and_then(|engagement| engagement.owner_member_id) {
            self.say(OWNED_BY, &owner.to_string());
        }
    }

    /// With a value for each facet that is asked for by name, and for those of vendors.
    pub(super) fn done(mut self) -> Document {
        let is_asked = |facet: &Topic| self.subject.called(facet.id()) == Some(*facet) || facet.about().adds_up;
        self.document.facets.fill(self.subject.facets().filter(is_asked));
        self.document
    }
}

/// Rows by the organisation that they are of.
pub(super) fn by_organisation<T>(rows: &[T], organisation: impl Fn(&T) -> Uuid) -> Vec<(BuyerScope, Vec<&T>)> {
    let mut groups: BTreeMap<Uuid, Vec<&T>> = BTreeMap::new();
    for row in rows {
        groups.entry(organisation(row)).or_default().push(row);
    }
    groups.into_iter().map(|(id, rows)| (SystemScope.acting_for(OrganisationId(id)), rows)).collect()
}

/// Vendors as documents.
pub(super) async fn vendors(platform: &Platform, rows: &[vendor::Model]) -> Result<Vec<Document>> {
    let db = platform.db.read();
    let mut made = Vec::with_capacity(rows.len());
    for (scope, rows) in by_organisation(rows, |row| row.organisation_id) {
        let ids: Vec<VendorId> = rows.iter().map(|row| VendorId(row.id)).collect();
        let mut contacts: HashMap<Uuid, Vec<contact::Model>> = HashMap::new();
        for contact in repo::vendors::contacts_of(db, scope, &ids).await? {
            contacts.entry(contact.vendor_id).or_default().push(contact);
        }
        let mut engagements: HashMap<Uuid, Vec<engagement::Model>> = HashMap::new();
        for engagement in repo::vendors::engagements_of(db, scope, &ids).await? {
            engagements.entry(engagement.vendor_id).or_default().push(engagement);
        }
        let overall = overall(platform, scope, &ratings(platform, scope).await?, &ids).await?;
        for row in rows {
            let mut document = Made::new(Subject::Vendors, row.organisation_id, row.id, row.created_at);
            document.say("name", &row.name);
            document.say("website", row.website.as_deref().unwrap_or_default());
            document.say("note", row.note.as_deref().unwrap_or_default());
            for contact in contacts.get(&row.id).into_iter().flatten() {
                document.say("contact", &person(contact));
            }
            // Only whose they are: what an engagement says is its owner's to read.
            for engagement in engagements.get(&row.id).into_iter().flatten() {
                document.owned_by(Some(engagement));
            }
            if let Some(stands) = overall.get(&row.id) {
                document.say(RATING, stands.heaviest.rating.as_deref().unwrap_or_default());
                document.number("residual", stands.residual);
            }
            document.on("since", Some(row.created_at.date()));
            made.push(document.done());
        }
    }
    Ok(made)
}

fn person(contact: &contact::Model) -> String {
    format!("{} <{}>", contact.name, contact.email)
}

/// What stands around assessments of one organisation.
struct Surroundings {
    vendors: HashMap<Uuid, vendor::Model>,
    engagements: HashMap<Uuid, engagement::Model>,
    contacts: HashMap<Uuid, contact::Model>,
}

impl Surroundings {
    async fn of(platform: &Platform, scope: BuyerScope, rows: &[&assessment::Model]) -> Result<Self> {
        let db = platform.db.read();
        let each = |id: fn(&assessment::Model) -> Uuid| rows.iter().map(|row| id(row)).collect::<BTreeSet<Uuid>>();
        let vendors: Vec<VendorId> = each(|row| row.vendor_id).into_iter().map(VendorId).collect();
        let engagements: Vec<EngagementId> = each(|row| row.engagement_id).into_iter().map(EngagementId).collect();
        let contacts: Vec<ContactId> = each(|row| row.contact_id).into_iter().map(ContactId).collect();
        let vendors = repo::vendors::of_ids(db, scope, &vendors).await?;
        Ok(Self {
            vendors: vendors.into_iter().map(|row| (row.id, row)).collect(),
            engagements: repo::vendors::engagements_by_id(db, scope, &engagements).await?,
            contacts: repo::vendors::contacts_by_id(db, scope, &contacts).await?,
        })
    }

    /// What assessments and answers have in common.
    fn tell(&self, of: &mut Made, row: &assessment::Model, titles: &[String]) {
        let engagement = self.engagements.get(&row.engagement_id);
        of.say("vendor", self.vendors.get(&row.vendor_id).map_or("", |vendor| &vendor.name));
        of.say("engagement", engagement.map_or("", |engagement| &engagement.name));
        of.owned_by(engagement);
        of.on("submitted", row.submitted_at.map(OffsetDateTime::date));
        for title in titles {
            of.say("questionnaire", title);
        }
    }
}

/// The version that was issued; none, and said in the log, where it is not as it was published.
pub(super) async fn version_of(
    platform: &Platform,
    scope: BuyerScope,
    row: &assessment::Model,
) -> Result<Option<Arc<Version>>> {
    let id = TemplateVersionId(row.template_version_id);
    match platform.published.get(platform.db.read(), &scope, id).await {
        Ok(version) => Ok(Some(version)),
        Err(error @ AppError::NotAsPublished { .. }) => {
            tracing::warn!(%error, assessment = %row.id, "a questionnaire is left out of the search index");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Assessments as documents.
pub(super) async fn assessments(platform: &Platform, rows: &[assessment::Model]) -> Result<Vec<Document>> {
    let mut made = Vec::with_capacity(rows.len());
    for (scope, rows) in by_organisation(rows, |row| row.organisation_id) {
        let around = Surroundings::of(platform, scope, &rows).await?;
        let ids: Vec<AssessmentId> = rows.iter().map(|row| AssessmentId(row.id)).collect();
        let scores = repo::scores::newest_of(platform.db.read(), scope, &ids).await?;
        let scores: HashMap<Uuid, Bare> = scores.into_iter().map(|score| (score.assessment_id, score)).collect();
        for row in rows {
            let version = version_of(platform, scope, row).await?;
            let title = version.map(|version| version.document.title.clone());
            let mut document = Made::new(Subject::Assessments, row.organisation_id, row.id, row.created_at);
            around.tell(&mut document, row, title.as_slice());
            if let Some(engagement) = around.engagements.get(&row.engagement_id) {
                document.say("business_function", &engagement.business_function);
                document.say("owner", &engagement.owner);
            }
            if let Some(contact) = around.contacts.get(&row.contact_id) {
                document.say("contact", &person(contact));
            }
            document.say("message", row.message.as_deref().unwrap_or_default());
            document.say("state", &row.state);
            if let Some(score) = scores.get(&row.id) {
                document.say(RATING, &score.rating);
                document.number("residual", Some(score.residual));
                document.on("scored", Some(score.as_of));
            }
            document.on("due", Some(row.due_on));
            document.on("issued", row.issued_at.map(OffsetDateTime::date));
            document.on("since", Some(row.created_at.date()));
            made.push(document.done());
        }
    }
    Ok(made)
}

/// Submitted answers.
#[derive(Default)]
pub(super) struct Answers {
    /// As documents.
    pub(super) there: Vec<Document>,
    /// Questions without one: whose, in which assessment, which.
    pub(super) gone: Vec<(OrganisationId, AssessmentId, String)>,
}

/// What the newest submissions of these assessments say.
pub(super) async fn answers(platform: &Platform, rows: &[assessment::Model]) -> Result<Answers> {
    let mut answers = Answers::default();
    let submitted: Vec<assessment::Model> = rows.iter().filter(|row| row.round > 0).cloned().collect();
    for (scope, rows) in by_organisation(&submitted, |row| row.organisation_id) {
        let around = Surroundings::of(platform, scope, &rows).await?;
        let ids: Vec<AssessmentId> = rows.iter().map(|row| AssessmentId(row.id)).collect();
        let newest = repo::submissions::newest_of(platform.db.read(), scope, &ids).await?;
        let newest: HashMap<Uuid, submission::Model> =
            newest.into_iter().map(|submission| (submission.assessment_id, submission)).collect();
        for row in rows {
            let Some(submission) = newest.get(&row.id) else { continue };
            let Some(version) = version_of(platform, scope, row).await? else { continue };
            of_submission(&around, row, submission, &version, &mut answers)?;
        }
    }
    Ok(answers)
}

fn of_submission(
    around: &Surroundings,
    row: &assessment::Model,
    submission: &submission::Model,
    version: &Version,
    into: &mut Answers,
) -> Result<()> {
    let snapshot = snapshot_of(submission)?;
    let said: HashMap<&str, &SnapshotAnswer> =
        snapshot.answers.iter().map(|answer| (answer.question.as_str(), answer)).collect();
    let title = [version.document.title.clone()];
    for (place, question) in (0..).zip(version.document.questions()) {
        let Some(answer) = said.get(question.id.as_str()) else {
            into.gone.push((OrganisationId(row.organisation_id), AssessmentId(row.id), question.id.clone()));
            continue;
        };
        let mut made = Made::new(Subject::Answers, row.organisation_id, row.id, submission.submitted_at);
        made.document.part = Some(Part { id: question.id.clone(), place });
        around.tell(&mut made, row, &title);
        made.say("question", &question.id);
        // Whoever reads the questionnaire in another of its languages looks for its words.
        for (n, edition) in version.editions().enumerate() {
            if let Some(question) = edition.question(&question.id) {
                made.say("question", &question.text);
                // A table is mostly the vendor's own words.
                if let Some(reply) =
                    answer.reply.as_ref().filter(|reply| n == 0 || !matches!(reply, Reply::Table { .. }))
                {
                    say_reply(&mut made, question, reply);
                }
            }
        }
        if let Some(reply) = &answer.reply {
            made.say("stand", stand(reply));
            for option in question.options().iter().filter(|option| reply.chooses(&option.id)) {
                made.say("option", &option.label);
            }
        }
        made.say("comment", answer.comment.as_deref().unwrap_or_default());
        for file in &answer.evidence {
            made.say("evidence", &file.file_name);
        }
        into.there.push(made.done());
    }
    Ok(())
}

fn stand(reply: &Reply) -> &'static str {
    let [given, not_applicable, declined] = STANDS;
    match reply {
        Reply::NotApplicable { .. } => not_applicable,
        Reply::Declined { .. } => declined,
        _ => given,
    }
}

/// The words of a reply, each by itself.
fn say_reply(made: &mut Made, question: &Question, reply: &Reply) {
    match (reply, &question.kind) {
        (Reply::Choices { options }, _) => {
            for option in question.options().iter().filter(|option| options.contains(&option.id)) {
                made.say("answer", &option.label);
            }
        }
        (Reply::Table { rows }, Kind::Table { columns, .. }) => {
            for row in rows {
                let cells = columns.iter().filter_map(|column| {
                    let cell = row.get(&column.id)?;
                    Some(column.options.iter().find(|option| option.id == *cell).map_or(cell, |option| &option.label))
                });
                made.say("answer", &cells.map(String::as_str).collect::<Vec<_>>().join(" · "));
            }
        }
        (Reply::Number { number }, Kind::Number { unit: Some(unit), .. }) => {
            made.say("answer", &format!("{number} {unit}"))
        }
        (Reply::Date { date }, _) => made.say("answer", &iso_date::write(*date)),
        (reply, _) => made.say("answer", &reply.in_words(question)),
    }
}
