//! The page of one assessment: facts, what can be done now, messages and links, submissions, and what was recorded.

use super::head::{Known, Place};
use super::list::of_message;
use super::review::unfinished;
use super::views::detail::{Actions, Colleague, Detail, Event, Facts, Link, Message, Progress, Submitted};
use crate::actions::audit::READS;
use crate::actions::handover::{self, AskedIn};
use crate::actions::review::Reading;
use crate::actions::submit::snapshot_of;
use crate::error::Result;
use crate::platform::Platform;
use crate::repo::audit::Filter;
use crate::repo::{self, BuyerScope};
use crate::web::actor::{Caller, May, may};
use crate::web::due::Due;
use crate::web::moment::{minute, rfc3339};
use crate::web::path::Id;
use crate::web::render::Renderer;
use crate::web::shell::Around;
use axum::extract::State;
use axum::response::Html;
use domain::access::{Permission, Role};
use domain::answer::iso_date;
use domain::assessment::{Event as Happens, State as Stand};
use domain::ids::{AssessmentId, ContactId};
use entity::{audit_entry, vendor_link};
use std::collections::HashMap;
use uuid::Uuid;

/// Audit entries that are shown; the audit log shows all.
const ENTRIES: u64 = 20;

pub(super) async fn show(
    State(platform): State<Platform>,
    renderer: Renderer,
    around: Around,
    caller: May<may::ReadOwn>,
    Id(id): Id<AssessmentId>,
) -> Result<Html<String>> {
    let (db, scope) = (platform.db.read(), caller.scope());
    let known = Known::read(&platform, scope, id).await?;
    let messages = repo::messages::of_assessments(db, scope, &[id]).await?;
    let links = repo::links::of_assessment(db, scope, id).await?;
    let submissions = repo::submissions::all(db, &scope, id).await?;
    let score = repo::scores::of_assessment(db, scope, id).await?.into_iter().next();
    let asked_in = handover::asked_in(db, &scope, &known.row).await?;
    let contacts = messages.iter().map(|row| row.contact_id).chain(links.iter().map(|row| row.contact_id));
    let people =
        People::read(&platform, scope, contacts.chain([known.row.contact_id]).map(ContactId).collect()).await?;
    let message = |row: &entity::message::Model| Message {
        delivery: of_message(&renderer, row),
        made: minute(row.created_at),
        to: people.contact(row.contact_id),
    };
    let mut submitted = Vec::new();
    for row in &submissions {
        submitted.push(Submitted {
            round: row.round,
            at: minute(row.submitted_at),
            attested: format!("{}, {}", row.attested_name, row.attested_title),
            answers: snapshot_of(row)?.answers.iter().filter(|answer| answer.reply.is_some()).count(),
            hash: row.answers_sha256.clone(),
        });
    }
    let actions = actions(&caller, &known);
    let reading = if actions.finish { Reading::around(db, scope, &known.row, &known.version).await? } else { None };
    let may_audit = caller.may(Permission::ReadAudit);
    let view = Detail {
        head: known.head(&renderer, Place::Overview),
        facts: facts(&renderer, &caller, &known),
        progress: (known.state != Stand::Draft)
            .then_some(Progress { answered: known.row.answered, of: known.row.asked }),
        actions,
        unfinished: reading.and_then(|reading| unfinished(&renderer, &reading, &known.version)),
        once: platform.clock.id::<Uuid>().to_string(),
        rating: score.as_ref().map(|score| score.rating.clone()),
        residual: score.as_ref().map(|score| format!("{:.1}", score.residual)),
        scored: score.map(|score| minute(score.created_at)),
        signatory: handover::signatory(db, &scope, &known.row).await?.map(|contact| contact.name),
        colleagues: asked_in.iter().map(|one| colleague(&renderer, one)).collect(),
        messages: messages.iter().map(message).collect(),
        links: links.iter().map(|row| link(&platform, &caller, &people, row)).collect(),
        submissions: submitted,
        audit_href: "/audit".to_owned(),
        entries: if may_audit { Some(entries(&platform, &renderer, scope, id, &people).await?) } else { None },
    };
    renderer.page(&renderer.desk(&around, &caller, known.title()), &view)
}

fn facts(renderer: &Renderer, caller: &Caller, known: &Known) -> Facts {
    let row = &known.row;
    Facts {
        vendor_href: format!("/vendors/{}", known.vendor.id),
        engagement_href: format!("/engagements/{}", known.engagement.id),
        version_href: caller.may(Permission::Read).then(|| format!("/templates/versions/{}", known.version.row.id)),
        version: known.version.row.number,
        email: known.contact.email.clone(),
        due: Due::of(renderer, row.due_on, renderer.platform.clock.now(), known.state.waits_for_vendor()),
        message: row.message.clone(),
        drafted: minute(row.created_at),
        issued: row.issued_at.map(minute),
        opened: row.opened_at.map(minute),
        submitted: row.submitted_at.map(minute),
        closed: row.closed_at.map(minute),
    }
}

fn colleague(renderer: &Renderer, one: &AskedIn) -> Colleague {
    let count = i64::try_from(one.questions.len()).unwrap_or(i64::MAX);
    Colleague {
        name: one.contact.name.clone(),
        email: one.contact.email.clone(),
        what: match one.role {
            Role::Contributor => renderer.counted("assessments.colleague.contributor", count),
            role => renderer.text(&format!("assessments.colleague.{role}"), &[]),
        },
        since: minute(one.since),
        opened: one.opened_at.map(minute),
    }
}

/// What this caller can do in this state.
fn actions(caller: &Caller, known: &Known) -> Actions {
    let can = |event: Happens| known.state.after(event).is_ok();
    let (issues, reviews) = (caller.may(Permission::Issue), caller.may(Permission::Review));
    let waits = known.state.waits_for_vendor();
    Actions {
        preview: issues && can(Happens::Issue),
        remind: issues && waits,
        copy: issues && known.state.is_readable_by_vendor(),
        extend: issues && (waits || known.state == Stand::Draft),
        recall: issues && can(Happens::Recall),
        is_draft: known.state == Stand::Draft,
        take: reviews && can(Happens::TakeInReview),
        give_back: reviews && can(Happens::Return),
        finish: reviews && can(Happens::FinishReview),
        close: reviews && can(Happens::Close),
    }
}

fn link(platform: &Platform, caller: &Caller, people: &People, row: &vendor_link::Model) -> Link {
    let state = if row.revoked_at.is_some() {
        "revoked"
    } else if row.expires_at <= platform.clock.now() {
        "expired"
    } else {
        "works"
    };
    let revoke = format!("/assessments/{}/links/{}/revoke", row.assessment_id, row.id);
    Link {
        purpose_key: format!("assessments.purpose.{}", row.purpose),
        to: people.contact(row.contact_id),
        made: minute(row.created_at),
        used: row.first_used_at.map(minute),
        until: iso_date::write(row.expires_at.date()),
        state_key: format!("assessments.link_state.{state}"),
        works: state == "works",
        revoke_href: (state == "works" && caller.may(Permission::Issue)).then_some(revoke),
    }
}

/// Names of whoever did something.
struct People {
    members: HashMap<Uuid, String>,
    contacts: HashMap<Uuid, String>,
}

impl People {
    async fn read(platform: &Platform, scope: BuyerScope, contacts: Vec<ContactId>) -> Result<Self> {
        let db = platform.db.read();
        let members = repo::people::everybody(db, scope).await?;
        let contacts = repo::vendors::contacts_by_id(db, scope, &contacts).await?;
        Ok(Self {
            members: members.into_iter().map(|member| (member.id.0, member.name)).collect(),
            contacts: contacts.into_iter().map(|(id, contact)| (id, contact.name)).collect(),
        })
    }

    fn contact(&self, id: Uuid) -> String {
        self.contacts.get(&id).cloned().unwrap_or_default()
    }

    fn actor(&self, renderer: &Renderer, entry: &audit_entry::Model) -> String {
        let names = if entry.actor_kind == "member" { &self.members } else { &self.contacts };
        let name = entry.actor_id.and_then(|id| names.get(&id)).cloned();
        name.unwrap_or_else(|| renderer.text(&format!("assessments.actor.{}", entry.actor_kind), &[]))
    }
}

async fn entries(
    platform: &Platform,
    renderer: &Renderer,
    scope: BuyerScope,
    id: AssessmentId,
    people: &People,
) -> Result<Vec<Event>> {
    let about = Filter { subject: Some(id.0), but: READS.to_vec(), ..Filter::default() };
    let found = repo::audit::newest(platform.db.read(), scope, &about, None, ENTRIES).await?;
    let event = |(entry, _): (audit_entry::Model, _)| {
        let key = format!("assessments.event.{}", entry.action);
        let known = renderer.platform.wording.knows(&key);
        Event {
            text: if known { renderer.text(&key, &[]) } else { entry.action.clone() },
            by: people.actor(renderer, &entry),
            at: rfc3339(entry.at),
            when: minute(entry.at),
            hash: hex::encode(&entry.hash),
            note: None,
            href: None,
        }
    };
    Ok(found.into_iter().map(event).collect())
}
