//! Goes through the segments of the index: the entries of one organisation of which everything asked holds, handed to the
//! collecting with their scores.

use super::super::matching::Need;
use super::bits::Bits;
use super::collect::{Found, Wanted, collect, merge};
use super::levels::{Levels, NAME_BEGINS, Prepared, WHOLE_NAME, amount, each_of_beginning, each_of_term};
use super::schema::Fields;
use domain::ids::OrganisationId;
use tantivy::{DocId, Searcher, SegmentReader};

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
        let Some(within) = within(reader, fields, &scope)? else {
            continue;
        };
        let mut levels = Vec::with_capacity(needs.len());
        for need in &needs {
            levels.push(need.levels(fields, reader)?);
        }
        if levels.iter().any(|levels| levels.entries == 0) {
            continue;
        }
        levels.sort_by_key(|levels| levels.entries);
        let named = whole.map(|whole| named(reader, fields, whole)).transpose()?.unwrap_or_default();
        let score = |doc: DocId| {
            let said = levels.iter().map(|levels| amount(levels.of[doc as usize])).sum::<f32>();
            said + named.get(doc as usize).unwrap_or(&0.0)
        };
        let matched = matching(reader, &levels, within);
        found.push(collect(wanted, fields, (ordinal, reader), matched, score)?);
    }
    merge(wanted, found)
}

/// The entries of the organisation; none where the segment has none of it.
enum Within {
    /// All that the segment has are of this organisation.
    All,
    These(Bits),
}

fn within(reader: &SegmentReader, fields: &Fields, scope: &str) -> tantivy::Result<Option<Within>> {
    let owners = reader.inverted_index(fields.organisation)?;
    let Some(own) = owners.terms().get(scope)? else {
        return Ok(None);
    };
    if own.doc_freq == reader.max_doc() {
        return Ok(Some(Within::All));
    }
    let mut these = Bits::none(reader.max_doc());
    each_of_term(&owners, scope, |docs| these.add(docs))?;
    Ok(Some(Within::These(these)))
}

/// The entries of the organisation that were not removed, and of which everything asked holds.
fn matching(reader: &SegmentReader, levels: &[Levels], within: Within) -> Bits {
    let mut matched = match (levels, within) {
        ([], Within::All) => Bits::all(reader.max_doc()),
        ([], Within::These(these)) => these,
        (levels, within) => {
            let mut matched = Bits::with_levels(levels.iter().map(|levels| &levels.of[..]));
            if let Within::These(these) = within {
                matched.keep(&these);
            }
            matched
        }
    };
    if let Some(alive) = reader.alive_bitset() {
        matched.retain(|doc| alive.is_alive(doc));
    }
    matched
}

/// More for entries whose whole name was asked for, and for those whose name begins so.
fn named(reader: &SegmentReader, fields: &Fields, whole: &str) -> tantivy::Result<Vec<f32>> {
    let mut more = vec![0.0; reader.max_doc() as usize];
    let names = reader.inverted_index(fields.whole_name)?;
    each_of_beginning(&names, whole, |docs| docs.iter().for_each(|doc| more[*doc as usize] = NAME_BEGINS))?;
    each_of_term(&names, whole, |docs| docs.iter().for_each(|doc| more[*doc as usize] += WHOLE_NAME))?;
    Ok(more)
}
