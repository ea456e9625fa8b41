//! What a list names that is in the register already, from another source.

use super::super::content::PRODUCTS;
use super::reading::{Key, Read, named_product, said_vendor};
use super::versions::Version;
use crate::error::Result;
use crate::platform::Platform;
use crate::repo::{self, BuyerScope};
use domain::problem::Problem;
use domain::register::Identity;
use domain::register::fold::folded;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Remarks on everything that is called like an entry of the same vendor, of which the list has not spoken before: it becomes
/// an entry of its own.
pub(in crate::actions) async fn remark(
    platform: &Platform,
    scope: BuyerScope,
    version: &Version,
    read: &mut Read,
) -> Result<()> {
    let db = platform.db.read();
    let mut met = BTreeSet::new();
    let mut named: Vec<(String, String, Option<String>)> = Vec::new();
    for (number, row) in read.in_use() {
        let product = named_product(row);
        if !Key::of(row, product).is_some_and(|key| met.insert(key)) {
            continue;
        }
        let Some(name) = product.or(row.name.as_ref().map(|(name, _)| name.as_str())) else { continue };
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let of_table = || Identity::of(&PRODUCTS, Some(product?)).vendor;
        let vendor = said_vendor(row).map(folded).or_else(|| of_table().as_deref().map(folded));
        let column = row.name.as_ref().map_or_else(|| read.row_column(), |(_, column)| *column);
        named.push((read.address(*number, column), name, vendor));
    }
    if named.is_empty() {
        return Ok(());
    }
    let editions = repo::imports::editions(db, scope, &version.key()).await?;
    let editions: BTreeSet<Uuid> = editions.into_iter().map(|edition| edition.id).collect();
    let names: Vec<String> = named.iter().map(|(_, name, _)| name.clone()).collect();
    let mut others: BTreeMap<(String, Option<String>), (Uuid, String)> = BTreeMap::new();
    let mut own = BTreeSet::new();
    for row in repo::register::called(db, scope, &names).await? {
        let face = (folded(&row.name), row.vendor_name.as_deref().map(folded));
        if row.import_id.is_some_and(|import| editions.contains(&import)) {
            own.insert(face);
        } else if !row.withdrawn {
            others.entry(face).or_insert((row.id, row.name));
        }
    }
    for (place, name, vendor) in named {
        let face = (folded(&name), vendor);
        let Some((entry, called)) = others.get(&face).filter(|_| !own.contains(&face)) else { continue };
        let problem = Problem::new("", "called-like-an-entry").with("name", called).with("entry", entry);
        read.tell(place, &name, problem);
    }
    Ok(())
}
