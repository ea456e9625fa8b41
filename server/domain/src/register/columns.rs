//! The columns of the register's list: which there are, in which order they stand, and which are shown where nobody chose.

use super::FIELDS;
use crate::problem::Problem;

/// What everybody sees who chose nothing.
pub const STANDARD: [&str; 6] = ["vendor", "kind", "default_state", "trains_on_customer_data", "tier", "status"];
/// What an entry has beside its fields: how many uses, how much waits to be settled, when it came and changed.
pub const OWN: [&str; 4] = ["use_count", "open", "since", "changed"];

/// Every column but the name, which is always shown, in the order of the list.
pub fn columns() -> impl Iterator<Item = &'static str> {
    let of_entry = FIELDS.iter().filter(|field| field.is_of_component()).map(|field| field.id);
    std::iter::once("vendor").chain(of_entry.filter(|id| !["name", "vendor"].contains(id))).chain(OWN)
}

/// Columns that were chosen, each once and in the order of the list.
///
/// # Errors
/// `unknown-list-column` at `column` for what is none, `too-many-list-columns` for more than so many.
pub fn chosen<'a>(names: impl IntoIterator<Item = &'a str>, most: usize) -> Result<Vec<&'static str>, Problem> {
    let places = names.into_iter().map(|name| {
        let place = columns().position(|column| column == name);
        place.ok_or_else(|| {
            let given: String = name.chars().take(60).collect();
            Problem::new("column", "unknown-list-column").with("given", given)
        })
    });
    let mut places = places.collect::<Result<Vec<_>, _>>()?;
    places.sort_unstable();
    places.dedup();
    if places.len() > most {
        return Err(Problem::new("column", "too-many-list-columns").with("most", most).with("given", places.len()));
    }
    Ok(places.into_iter().filter_map(|place| columns().nth(place)).collect())
}

#[cfg(test)]
mod tests {
    use super::{STANDARD, chosen, columns};

    #[test]
    fn the_order_is_the_lists_own() {
        let all: Vec<_> = columns().collect();
        assert!(!all.contains(&"name") && !all.contains(&"use_case") && all.contains(&"retention"));
        assert_eq!(all.iter().filter(|id| **id == "vendor").count(), 1);
        assert_eq!(chosen(["changed", "vendor", "changed", "kind"], 3), Ok(vec!["vendor", "kind", "changed"]));
        assert_eq!(chosen(STANDARD, 6).as_deref(), Ok(&STANDARD[..]));
        assert_eq!(
            chosen(["changed", "vendor"], 1).map_err(|problem| problem.code.to_string()),
            Err("too-many-list-columns".into())
        );
        assert_eq!(chosen(["name"], 9).map_err(|problem| problem.code.to_string()), Err("unknown-list-column".into()));
    }
}
