//! The steps that somebody can take now, as forms, and what they post.

use super::{Names, StepField, StepForm};
use crate::actions::findings::{LONGEST_TITLE, Wanted, WantedAction};
use crate::web::fields::Fields;
use crate::web::form::{Choice, Field, Posted, TypedLine};
use crate::web::render::Renderer;
use domain::answer::iso_date;
use domain::ids::ContactId;
use domain::judging::finding::{Effort, Finding, Refused, Step, WHYS};
use domain::judging::party::Party;
use domain::judging::rules;
use domain::problem::{Problem, Problems};
use domain::questionnaire::Severity;
use domain::register::By;
use entity::finding;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Rows for actions that a form has beside those that are filled in.
const FURTHER_ACTIONS: usize = 2;

/// Whether a step is possible for somebody now, whatever would be written with it.
fn is_possible(finding: &Finding, step: &Step, who: &Party, today: Date) -> bool {
    let outcome = finding.after(step, who, today);
    !matches!(outcome, Err(Refused::NotNow(_) | Refused::NotYours | Refused::OwnWork))
}

fn every_step(finding: &Finding) -> Vec<Step> {
    let text = String::new;
    vec![
        Step::Raise,
        Step::Plan { plan: Default::default() },
        Step::Agree,
        Step::SendBack { reason: text() },
        Step::Act { action: 0, note: text(), evidence: Vec::new() },
        Step::Report { note: text() },
        Step::Verify { note: text() },
        Step::NotEffective { reason: text() },
        Step::Close { note: text() },
        Step::Dismiss { reason: text() },
        Step::Settle { terms: finding.terms.clone(), reason: text() },
        Step::Reopen { reason: text() },
    ]
}

/// The forms of the steps that somebody can take now: the vendor's, or the buyer's own. What was posted and refused stands
/// in its form.
pub fn forms(
    renderer: &Renderer,
    (row, finding): (&finding::Model, &Finding),
    (who, names): (&Party, &Names),
    of_vendor: bool,
    (action, posted): (&str, &Posted),
) -> Vec<StepForm> {
    let today = renderer.platform.clock.today();
    let possible = every_step(finding).into_iter().filter(|step| {
        let has_open_action = !matches!(step, Step::Act { .. }) || !finding.open_actions().is_empty();
        let is_due = !matches!(step, Step::Report { .. }) || finding.open_actions().is_empty();
        step.is_vendors() == of_vendor && has_open_action && is_due && is_possible(finding, step, who, today)
    });
    let form = |step: Step| {
        let is_posted = posted.fields.one("step") == step.name();
        let nothing = Posted::default();
        let typed = if is_posted { posted } else { &nothing };
        StepForm {
            step: step.name().to_owned(),
            title_key: format!("finding.step.{}", step.name()),
            about_key: format!("finding.about.{}", step.name()),
            seen: row.revision,
            once: renderer.platform.clock.id::<Uuid>().to_string(),
            action: action.to_owned(),
            fields: fields(renderer, (row, finding), names, &step, (typed, is_posted)),
            // What the other side waits for lies open, and what a proposal is there for.
            open: is_posted || step == Step::Raise || (of_vendor && finding.state.waits_for_vendor()),
        }
    };
    possible.map(form).collect()
}

/// What was typed into the form of a step, in words; what was chosen is not among it.
pub fn typed(renderer: &Renderer, fields: &Fields) -> Vec<TypedLine> {
    let label = |name: &str| {
        let n = name.split('.').nth(1).and_then(|n| n.parse::<usize>().ok()).map_or(1, |n| n + 1);
        Some(match name {
            "title" | "description" | "note" | "whys" | "correction" | "reason" => {
                renderer.text(&format!("finding.field.{name}"), &[])
            }
            _ if name.ends_with(".what") => renderer.text("finding.field.action_what", &[("n", &n)]),
            _ if name.ends_with(".due_on") => renderer.text("finding.field.action_due", &[]),
            _ => return None,
        })
    };
    let written = fields.0.iter().filter(|(_, text)| !text.trim().is_empty());
    written.filter_map(|(name, text)| Some(TypedLine { label: label(name)?, text: text.clone() })).collect()
}

/// What was posted for a step that has no form any more, since somebody took another one meanwhile.
pub fn lost<'a>(renderer: &Renderer, posted: &Posted, forms: impl IntoIterator<Item = &'a StepForm>) -> Vec<TypedLine> {
    let step = posted.fields.one("step");
    let is_there = step.is_empty() || forms.into_iter().any(|form| form.step == step);
    if is_there { Vec::new() } else { typed(renderer, &posted.fields) }
}

fn fields(
    renderer: &Renderer,
    (row, finding): (&finding::Model, &Finding),
    names: &Names,
    step: &Step,
    (typed, is_posted): (&Posted, bool),
) -> Vec<StepField> {
    let label = |name: &str| renderer.text(&format!("finding.field.{name}"), &[]);
    let prefix = step.name();
    // Several forms stand on one page: ids say of which.
    let named = |name: &str, label: String, standing: &str| {
        let field = typed.field(name, label);
        let value = if is_posted { field.value.clone() } else { standing.to_owned() };
        let id = if is_posted { field.id.clone() } else { format!("{prefix}-{}", field.id) };
        Field { id, value, ..field }
    };
    let most = Some(renderer.platform.config.limits.comment_characters);
    let text = |name: &str, required: bool| StepField {
        kind: "textarea",
        field: Field { rows: Some(3), required, max_length: most, ..named(name, label(name), "") },
    };
    match step {
        Step::Raise => vec![
            StepField {
                kind: "input",
                field: Field {
                    required: true,
                    max_length: Some(LONGEST_TITLE),
                    ..named("title", label("title"), &row.title)
                },
            },
            StepField {
                kind: "textarea",
                field: Field {
                    rows: Some(4),
                    max_length: most,
                    ..named("description", label("description"), &row.description)
                },
            },
        ],
        Step::Agree => Vec::new(),
        Step::Dismiss { .. } => vec![StepField {
            kind: "textarea",
            field: Field {
                rows: Some(3),
                required: true,
                max_length: most,
                ..named("reason", label("reason_inside"), "")
            },
        }],
        Step::SendBack { .. } | Step::NotEffective { .. } | Step::Reopen { .. } => vec![text("reason", true)],
        Step::Report { .. } | Step::Verify { .. } => vec![text("note", true)],
        Step::Close { .. } => vec![text("note", false)],
        Step::Act { .. } => {
            let open = finding.open_actions();
            let given = typed.fields.one("action").parse().ok();
            let actions = finding.plan.iter().flat_map(|plan| plan.actions.iter().enumerate());
            let options = actions.filter(|(position, _)| open.contains(position)).map(|(position, action)| Choice {
                key: position.to_string(),
                text: format!("{}. {}", position + 1, action.what),
                chosen: given == Some(position),
                ..Choice::default()
            });
            vec![
                StepField {
                    kind: "select",
                    field: Field { options: options.collect(), required: true, ..named("action", label("action"), "") },
                },
                text("note", true),
                StepField { kind: "file", field: named("file", label("file"), "") },
            ]
        }
        Step::Settle { .. } => settle_fields(renderer, finding, names, &named, (typed, is_posted)),
        Step::Plan { .. } => plan_fields(renderer, finding, names, &named, (typed, is_posted)),
    }
}

fn people(names: &Names, chosen: Option<&str>) -> Vec<Choice> {
    let choice = |contact: &entity::contact::Model| Choice {
        key: contact.id.to_string(),
        text: contact.name.clone(),
        note: Some(contact.email.clone()),
        chosen: chosen == Some(contact.id.to_string().as_str()),
    };
    names.people.iter().map(choice).collect()
}

fn contact_id(owner: Option<Party>) -> Option<String> {
    match owner.map(|owner| owner.by) {
        Some(By::Contact(contact)) => Some(contact.to_string()),
        _ => None,
    }
}

fn settle_fields(
    renderer: &Renderer,
    finding: &Finding,
    names: &Names,
    named: &impl Fn(&str, String, &str) -> Field,
    (typed, is_posted): (&Posted, bool),
) -> Vec<StepField> {
    let label = |name: &str| renderer.text(&format!("finding.field.{name}"), &[]);
    let terms = &finding.terms;
    let standing = |name: &str, standing: &str| {
        if is_posted { typed.fields.one(name).to_owned() } else { standing.to_owned() }
    };
    let severity = standing("severity", rules::name(terms.severity));
    let severities = [Severity::Major, Severity::Minor, Severity::Observation].map(|known| Choice {
        key: rules::name(known).to_owned(),
        text: renderer.text(&format!("finding.severity.{}", rules::name(known)), &[]),
        chosen: severity == rules::name(known),
        ..Choice::default()
    });
    let effort = standing("effort", terms.effort.map(Effort::name).unwrap_or_default());
    let efforts = Effort::ALL.map(|known| Choice {
        key: known.name().to_owned(),
        text: renderer.text(&format!("finding.effort.{}", known.name()), &[]),
        chosen: effort == known.name(),
        ..Choice::default()
    });
    let owner = standing("owner", &contact_id(terms.owner).unwrap_or_default());
    let due_on = terms.due_on.map(iso_date::write).unwrap_or_default();
    vec![
        StepField {
            kind: "select",
            field: Field { options: severities.into(), required: true, ..named("severity", label("severity"), "") },
        },
        StepField {
            kind: "select",
            field: Field {
                options: efforts.into(),
                blank: Some(label("nobody_said")),
                ..named("effort", label("effort"), "")
            },
        },
        StepField {
            kind: "select",
            field: Field {
                options: people(names, Some(&owner)),
                blank: Some(label("nobody")),
                ..named("owner", label("owner"), "")
            },
        },
        StepField { kind: "date", field: named("due_on", label("due_on"), &due_on) },
        StepField {
            kind: "textarea",
            field: Field {
                rows: Some(2),
                required: true,
                max_length: Some(renderer.platform.config.limits.comment_characters),
                ..named("reason", label("reason_inside"), "")
            },
        },
    ]
}

fn plan_fields(
    renderer: &Renderer,
    finding: &Finding,
    names: &Names,
    named: &impl Fn(&str, String, &str) -> Field,
    (typed, is_posted): (&Posted, bool),
) -> Vec<StepField> {
    let label = |name: &str| renderer.text(&format!("finding.field.{name}"), &[]);
    let heading = |key: &str| StepField { kind: "title", field: Field { label: label(key), ..Field::default() } };
    let plan = finding.plan.clone().unwrap_or_default();
    let is_required = finding.is_nonconformity();
    let most = Some(renderer.platform.config.limits.comment_characters);
    let given: Vec<String> = typed.fields.all("whys").map(str::to_owned).collect();
    let mut fields = vec![heading("whys")];
    for n in 0..WHYS {
        let standing = if is_posted { given.get(n) } else { plan.whys.get(n) };
        let first = named("whys", renderer.text("finding.field.why", &[("n", &(n + 1))]), "");
        let id = if n == 0 { first.id.clone() } else { format!("{}-{n}", first.id) };
        fields.push(StepField {
            kind: "input",
            field: Field {
                id,
                value: standing.cloned().unwrap_or_default(),
                error: first.error.clone().filter(|_| n == 0),
                required: is_required && n == 0,
                hint: (n == 0).then(|| label("whys_hint")),
                max_length: most,
                ..first
            },
        });
    }
    fields.push(StepField {
        kind: "textarea",
        field: Field {
            rows: Some(3),
            required: is_required,
            hint: Some(label("correction_hint")),
            max_length: most,
            ..named("correction", label("correction"), &plan.correction)
        },
    });
    fields.push(heading("actions"));
    let filled = (0..).take_while(|n| typed.fields.0.iter().any(|(name, _)| *name == format!("actions.{n}.what")));
    let rows = if is_posted { filled.count().max(1) } else { plan.actions.len() + FURTHER_ACTIONS };
    for n in 0..rows {
        let action = plan.actions.get(n);
        let name = |part: &str| format!("actions.{n}.{part}");
        let what = renderer.text("finding.field.action_what", &[("n", &(n + 1))]);
        let own = named(&name("what"), what, action.map_or("", |action| action.what.as_str()));
        fields.push(StepField {
            kind: "input",
            field: Field { required: is_required && n == 0, max_length: most, ..own },
        });
        let owner = if is_posted {
            typed.fields.one(&name("owner")).to_owned()
        } else {
            contact_id(action.map(|action| action.owner)).unwrap_or_default()
        };
        fields.push(StepField {
            kind: "select",
            field: Field {
                options: people(names, Some(&owner)),
                blank: Some(label("myself")),
                ..named(&name("owner"), label("action_owner"), "")
            },
        });
        let due_on = action.map(|action| iso_date::write(action.due_on)).unwrap_or_default();
        fields.push(StepField { kind: "date", field: named(&name("due_on"), label("action_due"), &due_on) });
    }
    fields
}

/// Problems at the fields of the forms: that there is no action is said where the first one would stand.
pub fn placed(problems: Problems) -> Problems {
    let place = |problem: Problem| if problem.at == "actions" { problem.moved_to("actions.0.what") } else { problem };
    Problems(problems.0.into_iter().map(place).collect())
}

/// The step that a form posts. `evidence` are the hashes of files that came with it.
///
/// # Errors
/// `unknown` at `step`; what cannot be read as a date or an id.
pub fn wanted(fields: &Fields, evidence: Vec<String>) -> Result<Wanted, Problems> {
    let text = |name: &str| fields.one(name).to_owned();
    let mut problems = Vec::new();
    let wanted = match fields.one("step") {
        "raise" => Wanted::Raise { title: Some(text("title")), description: Some(text("description")) },
        "dismiss" => Wanted::Dismiss { reason: text("reason") },
        "agree" => Wanted::Agree,
        "send_back" => Wanted::SendBack { reason: text("reason") },
        "report" => Wanted::Report { note: text("note") },
        "verify" => Wanted::Verify { note: text("note") },
        "not_effective" => Wanted::NotEffective { reason: text("reason") },
        "close" => Wanted::Close { note: text("note") },
        "reopen" => Wanted::Reopen { reason: text("reason") },
        "act" => {
            Wanted::Act { action: fields.one("action").parse().unwrap_or(usize::MAX), note: text("note"), evidence }
        }
        "plan" => {
            let mut actions = Vec::new();
            for n in 0..domain::judging::finding::MOST_ACTIONS + 1 {
                let name = |part: &str| format!("actions.{n}.{part}");
                let (what, due) = (text(&name("what")), text(&name("due_on")));
                if what.trim().is_empty() && due.trim().is_empty() {
                    continue;
                }
                actions.push(WantedAction {
                    what,
                    owner: contact(fields, &name("owner"), &mut problems),
                    due_on: day(&due, &name("due_on"), &mut problems).unwrap_or(OffsetDateTime::UNIX_EPOCH.date()),
                });
            }
            let whys = fields.all("whys").filter(|why| !why.trim().is_empty()).map(str::to_owned).collect();
            Wanted::Plan { whys, correction: text("correction"), actions }
        }
        "settle" => Wanted::Settle {
            severity: text("severity"),
            effort: Some(text("effort")),
            owner: contact(fields, "owner", &mut problems),
            due_on: if fields.has("due_on") { day(fields.one("due_on"), "due_on", &mut problems) } else { None },
            reason: text("reason"),
        },
        _ => {
            problems.push(Problem::new("step", "unknown"));
            Wanted::Agree
        }
    };
    Problems::none_or(problems, wanted)
}

fn contact(fields: &Fields, name: &str, problems: &mut Vec<Problem>) -> Option<ContactId> {
    if !fields.has(name) {
        return None;
    }
    let id = fields.one(name).parse().ok();
    if id.is_none() {
        problems.push(Problem::new(name, "unknown"));
    }
    id
}

fn day(text: &str, at: &str, problems: &mut Vec<Problem>) -> Option<Date> {
    let text = text.trim();
    let day = iso_date::read(text).ok();
    if day.is_none() {
        let code = if text.is_empty() { "required" } else { "not-a-date" };
        problems.push(Problem::new(at, code));
    }
    day
}
