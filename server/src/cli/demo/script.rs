//! What the demo plays: people, vendors and assessments from `fixtures/demo/demo.json`, through the same actions as
//! everybody else, at moments of the last months.

use crate::actions::content::shipped;
use crate::actions::evidence::{self, NewEvidence};
use crate::actions::issue::{self, NewAssessment};
use crate::actions::save_answer::{OneOfMany, Said, save_many};
use crate::actions::submit::{Attestation, submit};
use crate::actions::vendors::{self, EngagementInput, VendorInput};
use crate::actions::{Actor, Buyer, chase, enter, organisations, people, review, score, work};
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::access::{Role, Side};
use domain::answer::Reply;
use domain::assessment::State;
use domain::ids::{AssessmentId, ContactId, EngagementId, OrganisationId, TemplateVersionId};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use time::Duration;

/// Days from sending to the due date.
const DAYS_TO_ANSWER: i64 = 21;
const DAY: i64 = 24 * 60 * 60;

/// The demo's data.
#[derive(Deserialize)]
pub(super) struct Script {
    buyers: Vec<BuyerData>,
    vendors: Vec<VendorData>,
}

#[derive(Deserialize)]
struct BuyerData {
    name: String,
    members: Vec<Person>,
}

#[derive(Deserialize)]
struct Person {
    name: String,
    email: String,
    #[serde(default)]
    role: Option<Role>,
}

#[derive(Deserialize)]
struct VendorData {
    buyer: usize,
    name: String,
    website: String,
    contacts: Vec<Person>,
    engagements: Vec<EngagementData>,
}

#[derive(Deserialize)]
struct EngagementData {
    name: String,
    business_function: String,
    owner: String,
    profile: BTreeMap<String, String>,
    assessments: Vec<AssessmentData>,
}

#[derive(Deserialize)]
struct AssessmentData {
    state: State,
    due_in_days: i64,
    answers: BTreeMap<String, AnswerData>,
    #[serde(default)]
    evidence: Vec<EvidenceData>,
    #[serde(default, rename = "return")]
    returned: Vec<ReturnData>,
}

#[derive(Deserialize)]
struct AnswerData {
    reply: Option<Reply>,
    comment: Option<String>,
}

#[derive(Deserialize)]
struct EvidenceData {
    question: String,
    file_name: String,
    text: String,
    effective_days_ago: i64,
}

#[derive(Deserialize)]
struct ReturnData {
    question: String,
    note: Option<String>,
}

/// One assessment, ready to be played.
struct Scene<'a> {
    by: Buyer,
    analyst: Buyer,
    engagement: EngagementId,
    template: TemplateVersionId,
    contact: (ContactId, &'a str),
    data: &'a AssessmentData,
}

impl Script {
    pub(super) fn read() -> Result<Self> {
        Ok(serde_json::from_str(&shipped("demo/demo.json"))?)
    }

    /// Plays everything, oldest first; gives the buyers.
    pub(super) async fn play(&self, platform: &Platform, past: &Arc<AtomicI64>) -> Result<Vec<OrganisationId>> {
        past.store(-180 * DAY, Ordering::SeqCst);
        let mut buyers = Vec::new();
        for buyer in &self.buyers {
            buyers.push(add_buyer(platform, buyer).await?);
        }
        past.store(-170 * DAY, Ordering::SeqCst);
        let mut scenes = Vec::new();
        for vendor in &self.vendors {
            let (by, analyst, template) = &buyers[vendor.buyer];
            scenes.extend(add_vendor(platform, by, analyst, *template, vendor).await?);
        }
        scenes.sort_by_key(|scene| scene.data.due_in_days);
        for scene in &scenes {
            scene.play(platform, past).await?;
        }
        Ok(buyers.iter().map(|(by, ..)| by.scope.organisation()).collect())
    }
}

async fn add_buyer(platform: &Platform, data: &BuyerData) -> Result<(Buyer, Buyer, TemplateVersionId)> {
    let organisation = organisations::found_organisation(platform, &data.name).await?;
    let system = Buyer::system(OrganisationId(organisation.id));
    let (mut procurement, mut analyst) = (system.clone(), system.clone());
    for person in &data.members {
        let role = person.role.unwrap_or(Role::Auditor);
        let home = if role.side() == Side::Installation {
            Buyer::system(OrganisationId::INSTALLATION)
        } else {
            system.clone()
        };
        let member = people::add_member(platform, &home, &person.name, &person.email, &role.into()).await?;
        let acting = Buyer { actor: Actor::Member(member.id), ..system.clone() };
        match role {
            Role::Procurement => procurement = acting,
            Role::Analyst => analyst = acting,
            _ => {}
        }
    }
    let versions = repo::templates::versions(platform.db.read(), system.scope, None).await?;
    let version = versions.first().ok_or(AppError::NotFound)?;
    Ok((procurement, analyst, TemplateVersionId(version.id)))
}

async fn add_vendor<'a>(
    platform: &Platform,
    by: &Buyer,
    analyst: &Buyer,
    template: TemplateVersionId,
    data: &'a VendorData,
) -> Result<Vec<Scene<'a>>> {
    let contacts: Vec<String> = data.contacts.iter().map(|c| format!("{} <{}>", c.name, c.email)).collect();
    let input = VendorInput {
        name: data.name.clone(),
        website: data.website.clone(),
        note: String::new(),
        contacts: contacts.join("\n"),
    };
    let vendor = vendors::add(platform, by, &input).await?;
    let known = repo::vendors::contacts(platform.db.read(), by.scope, vendor).await?;
    let first = &data.contacts[0];
    let contact = known.iter().find(|row| row.email == first.email.to_lowercase()).ok_or(AppError::NotFound)?;
    let mut owners = repo::people::members(platform.db.read(), by.scope).await?;
    owners.retain(|member| member.roles.has(Role::BusinessOwner));
    let mut scenes = Vec::new();
    for engagement in &data.engagements {
        let input = EngagementInput {
            name: engagement.name.clone(),
            business_function: engagement.business_function.clone(),
            owner: engagement.owner.clone(),
            owner_member: owners.iter().find(|member| member.name == engagement.owner).map(|member| member.id),
            profile: engagement.profile.clone(),
        };
        let id = vendors::add_engagement(platform, by, vendor, &input).await?;
        scenes.extend(engagement.assessments.iter().map(|data| Scene {
            by: by.clone(),
            analyst: analyst.clone(),
            engagement: id,
            template,
            contact: (ContactId(contact.id), &first.name),
            data,
        }));
    }
    Ok(scenes)
}

impl Scene<'_> {
    async fn play(&self, platform: &Platform, past: &Arc<AtomicI64>) -> Result<()> {
        let data = self.data;
        let sent = (data.due_in_days - DAYS_TO_ANSWER).min(-1);
        let at = |days: i64| past.store(days.min(0) * DAY, Ordering::SeqCst);
        let due_on = platform_today(platform, past) + Duration::days(data.due_in_days);
        at(sent);
        let input = NewAssessment {
            engagement: self.engagement,
            template_version: self.template,
            contact: self.contact.0,
            due_on,
            message: None,
        };
        let id = issue::draft(platform, &self.by, &input).await?;
        if data.state == State::Draft {
            return Ok(());
        }
        issue::issue(platform, &self.by, id).await?;
        work::drain(platform).await?;
        if !data.answers.is_empty() {
            at(sent + 3);
            self.answer(platform, id).await?;
        }
        at(sent + 6);
        match data.state {
            State::Recalled => chase::recall(platform, &self.by, id).await?,
            State::Sent | State::InProgress | State::Draft => {}
            State::Submitted | State::InReview | State::Returned | State::Reviewed | State::Closed => {
                self.submit(platform, id).await?;
                at(sent + 9);
                self.review(platform, id).await?;
            }
        }
        work::drain(platform).await
    }

    async fn answer(&self, platform: &Platform, id: AssessmentId) -> Result<()> {
        let link = chase::copy_link(platform, &self.by, id).await?;
        let scope = enter::enter(platform, link.rsplit('/').next().unwrap_or_default()).await?;
        let many = self.data.answers.iter().map(|(question, answer)| OneOfMany {
            question: question.clone(),
            said: Said { reply: answer.reply.clone(), comment: answer.comment.clone() },
            expected: None,
        });
        let saved = save_many(platform, scope, many.collect()).await?;
        if let Some(problem) = saved.problems.first() {
            return Err(problem.clone().into());
        }
        for file in &self.data.evidence {
            let effective_on = platform.clock.today() - Duration::days(file.effective_days_ago);
            let new = NewEvidence {
                file_name: file.file_name.clone(),
                bytes: file.text.clone().into_bytes().into(),
                effective_on,
            };
            evidence::add(platform, &scope.into(), &file.question, new).await?;
        }
        Ok(())
    }

    async fn submit(&self, platform: &Platform, id: AssessmentId) -> Result<()> {
        let link = chase::copy_link(platform, &self.by, id).await?;
        let scope = enter::enter(platform, link.rsplit('/').next().unwrap_or_default()).await?;
        let attestation = Attestation {
            name: self.contact.1.to_owned(),
            title: "Head of product security".to_owned(),
            confirmed: true,
        };
        submit(platform, scope, &attestation).await?;
        Ok(())
    }

    async fn review(&self, platform: &Platform, id: AssessmentId) -> Result<()> {
        let state = self.data.state;
        if state == State::Submitted {
            return Ok(());
        }
        review::take(platform, &self.analyst, id).await?;
        score::store(platform, &self.analyst, id).await?;
        match state {
            State::Returned => {
                let questions = self.data.returned.iter().map(|r| (r.question.clone(), r.note.clone())).collect();
                review::give_back(platform, &self.analyst, id, &questions, None).await?;
            }
            State::Reviewed | State::Closed => {
                review::finish(platform, &self.analyst, id).await?;
                if state == State::Closed {
                    review::close(platform, &self.analyst, id).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Today as it will be when the script has been played.
fn platform_today(platform: &Platform, past: &Arc<AtomicI64>) -> time::Date {
    past.store(0, Ordering::SeqCst);
    platform.clock.today()
}
