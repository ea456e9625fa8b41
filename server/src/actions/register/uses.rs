//! What we use an entry for.

use super::super::register_import::Version;
use super::super::{Act, Buyer, index};
use super::Desk;
use super::add::reason;
use super::changed;
use crate::error::{AppError, Result};
use crate::platform::Platform;
use crate::repo;
use domain::ids::{ComponentId, ImportId, UseId};
use domain::problem::{Problem, Problems};
use domain::register::{Source, Statement};
use entity::ai_use;
use serde_json::json;

/// What a new use needs: the line that says what for; all else may come later.
#[derive(Clone, Debug, Default)]
pub struct NewUse {
    /// What it is used for.
    pub use_case: String,
    /// The function of the organisation that uses it.
    pub business_function: String,
    /// Who answers for the use.
    pub owner: String,
    /// Which part of the organisation.
    pub unit: String,
    /// `informs`, `recommends`, `decides`, `unknown`; blank for not said.
    pub decision_role: String,
    /// Who is affected, one per line.
    pub affected_people: String,
    /// What data goes in, one per line.
    pub data_categories: String,
    /// What it is connected to, one per line.
    pub integrations: String,
    /// Why it is entered, or how one knows of it; may be blank.
    pub reason: String,
}

/// Records a use. It stands as proposed until it is decided on. What is used is no longer withdrawn.
///
/// # Errors
/// [`AppError::Invalid`] with what is wrong, at the fields.
pub async fn add_use(platform: &Platform, by: &Buyer, id: ComponentId, new: &NewUse) -> Result<UseId> {
    let mut problems = Vec::new();
    let mut said: Vec<Statement> = Vec::new();
    let single = [
        ("use_case", &new.use_case),
        ("business_function", &new.business_function),
        ("owner", &new.owner),
        ("unit", &new.unit),
        ("decision_role", &new.decision_role),
    ];
    for (field, text) in single {
        if field == "use_case" || !text.trim().is_empty() {
            match Statement::new(field, text) {
                Ok(statement) => said.push(statement),
                Err(problem) => problems.push(problem),
            }
        }
    }
    let lists = [
        ("affected_people", &new.affected_people),
        ("data_categories", &new.data_categories),
        ("integrations", &new.integrations),
    ];
    for (field, text) in lists {
        match Statement::of_cell(field, text) {
            Ok(statements) => said.extend(statements),
            Err(problem) => problems.push(problem),
        }
    }
    let why = reason(platform, &new.reason).unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    Problems::none_or(problems, ())?;
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(UseId(made));
    }
    let mut desk = Desk::open(platform, &act, by, id).await?;
    let is_back = desk.row.withdrawn;
    let of_use: UseId = platform.clock.id();
    let today = act.now.date();
    for statement in said {
        desk.state(Some(of_use), statement, false, Source::Person { reason: why.clone() }, today);
    }
    let row = ai_use::Model {
        id: of_use.0,
        organisation_id: by.scope.organisation().0,
        component_id: Some(id.0),
        import_id: None,
        place: String::new(),
        unit: String::new(),
        use_case: String::new(),
        in_use: "yes".to_owned(),
        product: None,
        users: None,
        status: "proposed".to_owned(),
        tier: None,
        classification: None,
        proposed_tier: None,
        proposed_by: 0,
        fields: json!({}),
        revision: 1,
        visible: true,
    };
    desk.declare();
    desk.close(&act, vec![row]).await?;
    let details = json!({ "component": id, "use_case": new.use_case.trim(), "owner": new.owner.trim() });
    act.record(&by.scope, by.actor, "use.added", ("use", of_use.0), &details);
    if is_back {
        changed(&mut act, &[id]).await?;
    } else {
        index::enqueue(&mut act, &[id]).await?;
    }
    act.remember(by, of_use.0).await?;
    act.commit().await?;
    Ok(of_use)
}

/// A use of the entry, its revision raised. What an imported list says of it becomes facts before a person says more:
/// nothing that was stated is written over.
pub(super) async fn open(act: &Act<'_>, by: &Buyer, desk: &mut Desk<'_>, id: UseId) -> Result<ai_use::Model> {
    let row = repo::register::one_use(act.tx(), by.scope, id).await?;
    let mut row = row.filter(|row| row.component_id == Some(desk.row.id)).ok_or(AppError::NotFound)?;
    row.revision += 1;
    let is_told = desk.record.facts.iter().any(|fact| fact.of_use == Some(id));
    if let (Some(import), false) = (row.import_id, is_told) {
        let import = repo::imports::get(act.tx(), &by.scope, ImportId(import)).await?.ok_or(AppError::NotFound)?;
        let list = Version::of(&import)?.list;
        let source = || Source::Import { import: ImportId(import.id), list: list.clone(), cell: row.place.clone() };
        let seen = import.created_at.date();
        let told = [("use_case", Some(&row.use_case)), ("unit", Some(&row.unit)), ("users", row.users.as_ref())];
        for (field, text) in told {
            let text = text.map(|text| text.chars().take(domain::register::field::MAX_VALUE).collect::<String>());
            if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                let said =
                    Statement::new(field, &text).map_err(|problem: Problem| AppError::internal(problem.to_string()))?;
                desk.state(Some(id), said, false, source(), seen);
            }
        }
    }
    Ok(row)
}
