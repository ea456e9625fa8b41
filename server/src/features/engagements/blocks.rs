//! What stands in the way of an approval, each with the page that takes it out of the way, and who decides.

use super::decision_views::Block;
use crate::actions::judging::decision::{checked, judged_by};
use crate::actions::judging::party;
use crate::actions::judging::world::World;
use crate::error::Result;
use crate::repo;
use crate::repo::people::Member;
use crate::web::actor::Caller;
use crate::web::render::Renderer;
use crate::web::say;
use domain::access::Permission;
use domain::assessment::State;
use domain::ids::EngagementId;
use domain::judging::decision::{Condition, Decided, Kind};
use domain::problem::Problem;
use uuid::Uuid;

/// What stands in the way of an approval by whoever looks, in words.
pub(super) async fn blocks(renderer: &Renderer, caller: &Caller, world: &World) -> Result<Vec<Block>> {
    let (db, scope) = (renderer.platform.db.read(), caller.scope());
    let judged = judged_by(db, scope, world).await?;
    let who = party(db, scope, caller.actor).await?;
    let any = Condition { what: "-".to_owned(), due_on: None, owner: None, finding: None, clause: None };
    let decided = Decided { kind: Kind::ApprovedWithConditions, reason: String::new(), conditions: vec![any] };
    let Err(problems) = checked(world, &judged, &decided, &who) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for problem in &problems.0 {
        match problem.code.as_str() {
            // That somebody else has to decide is told to whoever could.
            "own-work" if !caller.may(Permission::Decide) => {}
            "unscored" => found.push(unscored(renderer, caller, world).await?),
            _ => found.push(block(renderer, world, problem)),
        }
    }
    Ok(found)
}

/// Who decides, for whoever does not.
pub(super) fn deciders(renderer: &Renderer, members: &[Member]) -> String {
    let names: Vec<&str> =
        members.iter().filter(|row| row.roles.may(Permission::Decide)).map(|row| row.name.as_str()).collect();
    if names.is_empty() {
        renderer.text("decision.nobody_decides", &[])
    } else {
        renderer.text("decision.who_decides", &[("names", &names.join(", "))])
    }
}

/// Where the score that counts is stored.
pub(super) fn score_href(world: &World) -> Option<String> {
    world.judged.as_ref().map(|judged| format!("/assessments/{}/score", judged.opened.assessment.id))
}

/// Words with a link, which has the words of a key.
fn linked(renderer: &Renderer, text: String, href: Option<String>, action: &str) -> Block {
    let action = if href.is_some() { renderer.text(action, &[]) } else { String::new() };
    Block { text, href, action }
}

/// Why there is no score that counts, and where that is mended.
pub(super) async fn unscored(renderer: &Renderer, caller: &Caller, world: &World) -> Result<Block> {
    let id = EngagementId(world.stakes.engagement.id);
    let text = |key: &str| renderer.text(key, &[]);
    if !world.stakes.missing.is_empty() {
        let href = Some(format!("/engagements/{id}"));
        return Ok(linked(renderer, text("decision.unscored.profile"), href, "engagements.complete"));
    }
    if world.judged.is_some() {
        return Ok(linked(renderer, text("decision.unscored.not_stored"), score_href(world), "decision.to_score"));
    }
    let db = renderer.platform.db.read();
    let asked = repo::assessments::of_engagement(db, caller.scope(), id).await?;
    let recalled = State::Recalled.name();
    let (newest, key) = match asked.iter().rev().find(|row| row.state != recalled) {
        Some(row) => (Some(row), "decision.unscored.not_submitted"),
        None if asked.is_empty() => (None, "decision.unscored.nothing_asked"),
        None => (asked.last(), "decision.unscored.recalled"),
    };
    let href = newest.map(|row| format!("/assessments/{}", row.id));
    Ok(linked(renderer, text(key), href, "decision.to_assessment"))
}

/// A problem in words, with the finding's title instead of its id, and the page that it is mended on.
fn block(renderer: &Renderer, world: &World, problem: &Problem) -> Block {
    let mut problem = problem.clone();
    let engagement = format!("/engagements/{}", world.stakes.engagement.id);
    if let Some(id) = problem.with.get("finding").and_then(|id| id.to_string().parse::<Uuid>().ok())
        && let Some(row) = world.findings.iter().find(|row| row.id == id)
    {
        let text = say::problem(
            &renderer.platform.wording,
            &Problem::new(problem.at, problem.code).with("finding", &row.title),
        );
        return linked(renderer, text, Some(format!("/findings/{id}")), "decision.to_finding");
    }
    let (href, action) = match problem.code.as_str() {
        "score-overtaken" => (score_href(world), "decision.to_score"),
        "tier-not-confirmed" => {
            if world.tier.is_some() {
                problem.code = "tier-doubted".to_owned();
            }
            (Some(format!("{engagement}/classification")), "decision.to_tier")
        }
        "needs-acceptance" => (Some(format!("{engagement}/acceptances")), "decision.to_acceptances"),
        code if code.contains("impact-assessment") => (Some(format!("{engagement}/impact")), "decision.to_impact"),
        _ => (None, ""),
    };
    linked(renderer, say::problem(&renderer.platform.wording, &problem), href, action)
}
