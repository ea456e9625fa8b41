//! Goes through the segments of the index: the entries of one organisation of which everything asked holds, handed to the
//! collecting with their scores.

use super::super::matching::Need;
use super::collect::{Found, Segment, Wanted, merge};
use super::levels::{Levels, NAME_BEGINS, Prepared, WHOLE_NAME, amount, each_of_beginning, each_of_term};
use super::schema::Fields;
use domain::ids::OrganisationId;
use tantivy::{DocId, Searcher, SegmentReader};

/// Entries that are passed over together.
const TOGETHER: usize = 64;

/// Finds what is wanted among the entries of one organisation.
pub(super) fn find(
    searcher: &Searcher,
    fields: &Fields,
    scope: OrganisationId,
    needs: &[Need],
    whole: Option<&str>,
    wanted: &Wanted,
) -> tantivy::Result<Found> {
    let scope = scope.to_string();
    let needs = needs.iter().map(|need| Prepared::new(fields, need)).collect::<tantivy::Result<Vec<_>>>()?;
    let mut found = Vec::with_capacity(searcher.segment_readers().len());
    for (ordinal, reader) in (0..).zip(searcher.segment_readers()) {
        let mut into = Segment::new(wanted, ordinal, reader)?;
        if needs.is_empty() {
            all(reader, fields, &scope, &mut into)?;
        } else {
            matching(reader, fields, &scope, &needs, whole, &mut into)?;
        }
        found.push(into.found()?);
    }
    Ok(merge(wanted, found))
}

/// Every entry of the organisation.
fn all(reader: &SegmentReader, fields: &Fields, scope: &str, into: &mut Segment) -> tantivy::Result<()> {
    let alive = reader.alive_bitset();
    each_of_term(&*reader.inverted_index(fields.organisation)?, scope, |docs| {
        for &doc in docs {
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                into.see(doc, 0.0);
            }
        }
    })
}

/// The entries of the organisation of which all holds.
fn matching(
    reader: &SegmentReader,
    fields: &Fields,
    scope: &str,
    needs: &[Prepared],
    whole: Option<&str>,
    into: &mut Segment,
) -> tantivy::Result<()> {
    if !into.only_of(scope, reader)? {
        return Ok(());
    }
    let mut levels: Vec<Levels> = Vec::with_capacity(needs.len());
    for need in needs {
        let of_need = need.levels(fields, reader)?;
        if of_need.entries == 0 {
            return Ok(());
        }
        levels.push(of_need);
    }
    levels.sort_by_key(|levels| levels.entries);
    let [rarest, others @ ..] = &levels[..] else {
        return Ok(());
    };
    let mut more = vec![0.0_f32; if whole.is_some() { rarest.of.len() } else { 0 }];
    if let Some(whole) = whole {
        let names = reader.inverted_index(fields.whole_name)?;
        each_of_beginning(&names, whole, |docs| docs.iter().for_each(|doc| more[*doc as usize] = NAME_BEGINS))?;
        each_of_term(&names, whole, |docs| docs.iter().for_each(|doc| more[*doc as usize] += WHOLE_NAME))?;
    }
    let alive = reader.alive_bitset();
    for (chunk, levels) in rarest.of.chunks(TOGETHER).enumerate() {
        // Most entries do not match at all.
        if levels.iter().all(|level| *level == 0) {
            continue;
        }
        for (n, first) in (chunk * TOGETHER..).zip(levels).filter(|(_, level)| **level > 0) {
            if others.iter().any(|levels| levels.of[n] == 0) {
                continue;
            }
            let doc = n as DocId;
            if alive.is_some_and(|alive| !alive.is_alive(doc)) {
                continue;
            }
            let score = others.iter().fold(amount(*first), |sum, levels| sum + amount(levels.of[n]));
            into.see(doc, score + more.get(n).unwrap_or(&0.0));
        }
    }
    Ok(())
}
