//! Telling the vendor's side by mail that a finding waits for it.

use crate::actions::issue::queue_message;
use crate::actions::{Act, Buyer, questionnaire};
use crate::error::Result;
use crate::platform::Platform;
use crate::repo;
use domain::access::Role;
use domain::ids::{AssessmentId, ContactId, EngagementId};
use domain::judging::finding::Step;
use entity::{assessment, finding};

/// The mail that says that a finding was raised.
pub const RAISED: &str = "finding_raised";
/// The mail that says that one is back.
pub const BACK: &str = "finding_back";
/// What the link in both is made for: it leads to the findings.
pub const LINK: &str = "finding";

/// Queues the mail that a step calls for, to whoever was asked in the assessment that the finding comes from, or in the
/// newest one about its engagement. One that waits to be sent serves for all. Where the vendor was asked nothing yet, there
/// is no portal to lead to, and no mail.
pub(super) async fn tell(
    platform: &Platform,
    act: &mut Act<'_>,
    by: &Buyer,
    row: &finding::Model,
    step: &Step,
) -> Result<()> {
    let purpose = match step {
        Step::Raise | Step::Reopen { .. } => RAISED,
        Step::SendBack { .. } | Step::NotEffective { .. } => BACK,
        _ => return Ok(()),
    };
    let Some(assessment) = about(act, by, row).await? else { return Ok(()) };
    let id = AssessmentId(assessment.id);
    if repo::messages::is_waiting(act.tx(), by.scope, id, purpose).await? {
        return Ok(());
    }
    queue_message(platform, act, by, id, (ContactId(assessment.contact_id), Role::Responder), purpose).await?;
    Ok(())
}

/// The assessment through which the vendor reads a finding.
async fn about(act: &Act<'_>, by: &Buyer, row: &finding::Model) -> Result<Option<assessment::Model>> {
    if let Some(id) = row.assessment_id {
        let own = repo::assessments::get(act.tx(), &by.scope, AssessmentId(id)).await?;
        if let Some(own) = own.filter(is_readable) {
            return Ok(Some(own));
        }
    }
    let all = repo::assessments::of_engagement(act.tx(), by.scope, EngagementId(row.engagement_id)).await?;
    Ok(all.into_iter().rev().find(is_readable))
}

fn is_readable(row: &assessment::Model) -> bool {
    questionnaire::state_of(row).is_ok_and(|state| state.is_readable_by_vendor())
}
