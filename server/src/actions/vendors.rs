//! Vendors, their contacts, and what they are used for.

use super::judging::{profile, standing};
use super::organisations::{address, name};
use super::{Act, Buyer, index};
use crate::error::{AppError, Result};
use crate::platform::{Platform, db};
use crate::repo;
use crate::repo::people::Member;
use domain::access::Role;
use domain::ids::{ContactId, EngagementId, MemberId, PolicyId, VendorId};
use domain::problem::{Problem, Problems};
use domain::scoring::Policy;
use entity::{contact, engagement, vendor};
use sea_orm::ActiveValue::NotSet;
use sea_orm::{IntoActiveModel, Set};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What is said of a vendor.
#[derive(Clone, Debug, Default)]
pub struct VendorInput {
    /// Its name, unique among the buyer's vendors.
    pub name: String,
    /// Its web site.
    pub website: String,
    /// A note for colleagues.
    pub note: String,
    /// Contacts to add, as a pasted list ([`read_contacts`]).
    pub contacts: String,
}

/// A person who can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContact {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
}

/// Reads a pasted list: a line a person, as `Name <address>`, `Name, address`, `Name<tab>address`, or the address alone.
///
/// # Errors
/// Every line that is none of these, or that repeats an address, located by its number.
pub fn read_contacts(platform: &Platform, text: &str) -> Result<Vec<NewContact>, Problems> {
    let (mut found, mut problems, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    let most = platform.config.limits.pasted_contacts;
    for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let at = format!("contacts:{}", n + 1);
        if found.len() >= most {
            problems.push(Problem::new(at, "too-many-rows").with("most", most));
            break;
        }
        let line = line.trim().trim_end_matches([',', ';']);
        let cut = line.rfind(['<', '\t', ',', ';']);
        let (person, mail) = cut.map_or(("", line), |cut| (&line[..cut], &line[cut + 1..]));
        let mail = mail.trim().trim_end_matches('>');
        match address(&at, mail) {
            Ok(email) if !seen.insert(email.clone()) => {
                problems.push(Problem::new(at, "already-there").with("given", email))
            }
            Ok(email) => {
                let person = person.trim().trim_matches(['"', ',', ';']).trim();
                let person = if person.is_empty() { email.split('@').next().unwrap_or(&email) } else { person };
                match name(platform, &at, person) {
                    Ok(name) => found.push(NewContact { name, email }),
                    Err(problem) => problems.push(problem),
                }
            }
            Err(problem) => problems.push(problem),
        }
    }
    Problems::none_or(problems, found)
}

/// What is said of a vendor, checked.
struct Checked {
    vendor: String,
    website: Option<String>,
    note: Option<String>,
    contacts: Vec<NewContact>,
}

fn checked(platform: &Platform, input: &VendorInput) -> Result<Checked> {
    let mut problems = Vec::new();
    let vendor = name(platform, "name", &input.name).map_err(|p| problems.push(p)).unwrap_or_default();
    let website = Some(input.website.trim().to_owned()).filter(|text| !text.is_empty());
    if website
        .as_ref()
        .is_some_and(|url| !(url.starts_with("https://") || url.starts_with("http://")) || url.len() > 500)
    {
        problems.push(Problem::new("website", "not-a-web-address"));
    }
    let note = Some(input.note.trim().to_owned()).filter(|text| !text.is_empty());
    let most = platform.config.limits.comment_characters;
    if note.as_ref().is_some_and(|note| note.chars().count() > most) {
        problems.push(Problem::new("note", "too-long").with("most", most));
    }
    let contacts = read_contacts(platform, &input.contacts).unwrap_or_else(|found| {
        problems.extend(found.0);
        Vec::new()
    });
    Ok(Problems::none_or(problems, Checked { vendor, website, note, contacts })?)
}

/// Adds a vendor with its contacts.
///
/// # Errors
/// When a field is not usable, or there is a vendor of that name.
pub async fn add(platform: &Platform, by: &Buyer, input: &VendorInput) -> Result<VendorId> {
    let Checked { vendor, website, note, contacts } = checked(platform, input)?;
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(VendorId(made));
    }
    let id: VendorId = platform.clock.id();
    let row = vendor::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(by.scope.organisation().0),
        name: Set(vendor.clone()),
        // Made of the name where the row is written.
        folded_name: NotSet,
        website: Set(website),
        note: Set(note),
        revision: Set(1),
        created_at: Set(act.now),
        claimed_by: Set(None),
        claimed_at: Set(None),
        merged_into: Set(None),
        merged_at: Set(None),
    };
    if let Err(error) = repo::vendors::add(act.tx(), by.scope, row).await {
        return db::duplicate_at(error, "name");
    }
    act.record(&by.scope, by.actor, "vendor.added", ("vendor", id.0), &json!({ "name": vendor }));
    add_contacts_in(platform, &mut act, by, id, &contacts).await?;
    index::enqueue_vendors(&mut act, &[id]).await?;
    act.remember(by, id.0).await?;
    act.commit().await?;
    Ok(id)
}

/// Changes a vendor and adds contacts to it.
///
/// # Errors
/// [`AppError::Changed`] when somebody else changed it since `revision`.
pub async fn edit(
    platform: &Platform,
    by: &Buyer,
    id: VendorId,
    revision: Option<i64>,
    input: &VendorInput,
) -> Result<vendor::Model> {
    let Checked { vendor, website, note, contacts } = checked(platform, input)?;
    let mut act = Act::begin(platform).await?;
    let before = repo::vendors::hold(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    if revision.is_some_and(|revision| revision != before.revision) {
        return Err(AppError::Changed(json!({
            "name": before.name, "website": before.website, "note": before.note, "revision": before.revision
        })));
    }
    let is_renamed = before.name != vendor;
    let details = json!({ "before": { "name": before.name, "website": before.website }, "after": { "name": vendor, "website": website } });
    let mut row = before.clone().into_active_model();
    row.name = Set(vendor.clone());
    row.website = Set(website);
    row.note = Set(note);
    row.revision = Set(before.revision + 1);
    if let Err(error) = repo::vendors::update(act.tx(), by.scope, row).await {
        return db::duplicate_at(error, "name");
    }
    act.record(&by.scope, by.actor, "vendor.changed", ("vendor", id.0), &details);
    add_contacts_in(platform, &mut act, by, id, &contacts).await?;
    if is_renamed {
        // Its entries in the register carry its name.
        let entries = repo::merges::hang_components(act.tx(), by.scope, id, (id, &vendor), act.now).await?;
        index::enqueue(&mut act, &entries).await?;
        index::enqueue_all_of(&mut act, &[id]).await?;
    } else {
        index::enqueue_vendors(&mut act, &[id]).await?;
    }
    let after = repo::vendors::get(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    act.commit().await?;
    Ok(after)
}

/// Adds contacts from a pasted list.
///
/// # Errors
/// Every line that cannot be used, an address that is there already included.
pub async fn add_contacts(platform: &Platform, by: &Buyer, vendor: VendorId, text: &str) -> Result<Vec<ContactId>> {
    let contacts = read_contacts(platform, text)?;
    if contacts.is_empty() {
        return Err(Problem::new("contacts", "required").into());
    }
    let mut act = Act::begin(platform).await?;
    repo::vendors::get(act.tx(), by.scope, vendor).await?.ok_or(AppError::NotFound)?;
    if act.done_before(by).await?.is_some() {
        let known = repo::vendors::contacts(act.tx(), by.scope, vendor).await?;
        let added = known.into_iter().filter(|old| contacts.iter().any(|new| new.email == old.email));
        return Ok(added.map(|old| ContactId(old.id)).collect());
    }
    let ids = add_contacts_in(platform, &mut act, by, vendor, &contacts).await?;
    index::enqueue_vendors(&mut act, &[vendor]).await?;
    act.remember(by, vendor.0).await?;
    act.commit().await?;
    Ok(ids)
}

async fn add_contacts_in(
    platform: &Platform,
    act: &mut Act<'_>,
    by: &Buyer,
    vendor: VendorId,
    contacts: &[NewContact],
) -> Result<Vec<ContactId>> {
    let known = repo::vendors::contacts(act.tx(), by.scope, vendor).await?;
    if let Some(twice) = contacts.iter().find(|new| known.iter().any(|old| old.email == new.email)) {
        return Err(Problem::new("contacts", "already-there").with("given", &twice.email).into());
    }
    let mut ids = Vec::new();
    let mut rows = Vec::new();
    for contact in contacts {
        let id: ContactId = platform.clock.id();
        ids.push(id);
        rows.push(contact::ActiveModel {
            id: Set(id.0),
            organisation_id: Set(by.scope.organisation().0),
            vendor_id: Set(vendor.0),
            name: Set(contact.name.clone()),
            email: Set(contact.email.clone()),
            person_id: Set(None),
            join_asked_at: Set(None),
            created_at: Set(act.now),
        });
    }
    repo::vendors::add_contacts(act.tx(), by.scope, rows).await?;
    for (id, contact) in ids.iter().zip(contacts) {
        let details = json!({ "name": contact.name, "email": contact.email, "vendor": vendor });
        act.record(&by.scope, by.actor, "contact.added", ("contact", id.0), &details);
    }
    Ok(ids)
}

/// What is said of an engagement.
#[derive(Clone, Debug, Default)]
pub struct EngagementInput {
    /// What it is called among the vendor's engagements.
    pub name: String,
    /// The part of the business that uses it.
    pub business_function: String,
    /// Who answers for it.
    pub owner: String,
    /// The member who answers for it, and reads it as its business owner.
    pub owner_member: Option<MemberId>,
    /// Factor of the scoring policy to value; factors may be missing, and the engagement is then unscored.
    pub profile: BTreeMap<String, String>,
}

fn checked_engagement(platform: &Platform, policy: &Policy, input: &EngagementInput) -> Result<EngagementInput> {
    let mut problems = Vec::new();
    let mut field = |at: &str, text: &str| name(platform, at, text).map_err(|p| problems.push(p)).unwrap_or_default();
    let mut clean = EngagementInput {
        name: field("name", &input.name),
        business_function: field("business_function", &input.business_function),
        owner: field("owner", &input.owner),
        owner_member: input.owner_member,
        profile: BTreeMap::new(),
    };
    for (factor, value) in input.profile.iter().filter(|(_, value)| !value.is_empty()) {
        let at = format!("profile.{factor}");
        match policy.factors.get(factor) {
            None => problems.push(Problem::new(at, "unknown-factor")),
            Some(values) if !values.contains(value) => {
                problems.push(Problem::new(at, "not-an-option").with("given", value));
            }
            Some(_) => {
                clean.profile.insert(factor.clone(), value.clone());
            }
        }
    }
    Ok(Problems::none_or(problems, clean)?)
}

/// Whoever owns an engagement is a member with that role, or was its owner before.
async fn check_owner(act: &Act<'_>, by: &Buyer, owner: Option<MemberId>, before: Option<Uuid>) -> Result<()> {
    let Some(owner) = owner.filter(|owner| Some(owner.0) != before) else { return Ok(()) };
    let member = repo::people::member(act.tx(), by.scope, owner).await?;
    let fits = |member: &Member| member.removed_at.is_none() && member.roles.has(Role::BusinessOwner);
    if member.as_ref().is_some_and(fits) { Ok(()) } else { Err(Problem::new("owner_member", "unknown").into()) }
}

/// Adds an engagement.
///
/// # Errors
/// When a field is not usable, or the vendor has an engagement of that name.
pub async fn add_engagement(
    platform: &Platform,
    by: &Buyer,
    vendor: VendorId,
    input: &EngagementInput,
) -> Result<EngagementId> {
    let (published, policy) = super::content::current_policy(platform, by.scope).await?;
    let input = checked_engagement(platform, &policy, input)?;
    let mut act = Act::begin(platform).await?;
    if let Some(made) = act.done_before(by).await? {
        return Ok(EngagementId(made));
    }
    repo::vendors::get(act.tx(), by.scope, vendor).await?.ok_or(AppError::NotFound)?;
    check_owner(&act, by, input.owner_member, None).await?;
    let id: EngagementId = platform.clock.id();
    let row = engagement::ActiveModel {
        id: Set(id.0),
        organisation_id: Set(by.scope.organisation().0),
        vendor_id: Set(vendor.0),
        name: Set(input.name.clone()),
        business_function: Set(input.business_function.clone()),
        owner: Set(input.owner.clone()),
        owner_member_id: Set(input.owner_member.map(|owner| owner.0)),
        profile: Set(json!(input.profile)),
        revision: Set(1),
        created_at: Set(act.now),
    };
    if let Err(error) = repo::vendors::add_engagement(act.tx(), by.scope, row).await {
        return db::duplicate_at(error, "name");
    }
    let details = json!({
        "name": input.name, "vendor": vendor, "owner": input.owner, "owner_member": input.owner_member,
        "profile": input.profile,
    });
    let version = (&input.profile, None);
    profile::write_version(platform, &act, by, id, version, PolicyId(published.id)).await?;
    act.record(&by.scope, by.actor, "engagement.added", ("engagement", id.0), &details);
    index::enqueue_vendors(&mut act, &[vendor]).await?;
    standing::refresh(&mut act, by.scope, id).await?;
    act.remember(by, id.0).await?;
    act.commit().await?;
    Ok(id)
}

/// Changes an engagement.
///
/// # Errors
/// [`AppError::Changed`] when somebody else changed it since `revision`.
pub async fn edit_engagement(
    platform: &Platform,
    by: &Buyer,
    id: EngagementId,
    revision: Option<i64>,
    input: &EngagementInput,
) -> Result<engagement::Model> {
    let (published, policy) = super::content::current_policy(platform, by.scope).await?;
    let input = checked_engagement(platform, &policy, input)?;
    let mut act = Act::begin(platform).await?;
    let before = repo::vendors::hold_engagement(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    if revision.is_some_and(|revision| revision != before.revision) {
        return Err(AppError::Changed(json!({
            "name": before.name, "business_function": before.business_function, "owner": before.owner,
            "owner_member": before.owner_member_id, "profile": before.profile, "revision": before.revision
        })));
    }
    check_owner(&act, by, input.owner_member, before.owner_member_id).await?;
    profile::check_tier(&act, by, id, &policy, &input.profile).await?;
    let details = json!({
        "before": {
            "name": before.name, "business_function": before.business_function, "owner": before.owner,
            "owner_member": before.owner_member_id, "profile": before.profile,
        },
        "after": {
            "name": input.name, "business_function": input.business_function, "owner": input.owner,
            "owner_member": input.owner_member, "profile": input.profile,
        },
    });
    let mut row = before.clone().into_active_model();
    row.name = Set(input.name);
    row.business_function = Set(input.business_function);
    row.owner = Set(input.owner);
    row.owner_member_id = Set(input.owner_member.map(|owner| owner.0));
    row.profile = Set(json!(input.profile));
    row.revision = Set(before.revision + 1);
    profile::write_version(platform, &act, by, id, (&input.profile, None), PolicyId(published.id)).await?;
    if let Err(error) = repo::vendors::update_engagement(act.tx(), by.scope, row).await {
        return db::duplicate_at(error, "name");
    }
    act.record(&by.scope, by.actor, "engagement.changed", ("engagement", id.0), &details);
    // Its assessments name it, and whoever owns it finds what hangs on it.
    index::enqueue_all_of(&mut act, &[VendorId(before.vendor_id)]).await?;
    standing::refresh(&mut act, by.scope, id).await?;
    let after = repo::vendors::engagement(act.tx(), by.scope, id).await?.ok_or(AppError::NotFound)?;
    act.commit().await?;
    Ok(after)
}
