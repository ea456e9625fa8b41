//! How often each value of a facet was found: counted within a segment by the places of its dictionary, brought together
//! over the segments, and put into words only where a page shows it.

use super::bits::{BLOCK, Bits};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use tantivy::TantivyError;
use tantivy::columnar::StrColumn;

/// The counts of one facet in one segment.
pub(super) struct Tally {
    /// None where no entry of the segment has a value.
    values: Option<StrColumn>,
    /// By the value's place in the dictionary.
    counts: Vec<u64>,
}

impl Tally {
    /// Counts these entries.
    pub(super) fn of(values: Option<StrColumn>, entries: &Bits) -> Self {
        let mut counts = vec![0; values.as_ref().map_or(0, |values| values.num_terms())];
        if let Some(values) = &values {
            if values.ords().get_cardinality().is_multivalue() {
                entries.in_blocks(|docs| {
                    for &doc in docs {
                        values.term_ords(doc).for_each(|ord| counts[ord as usize] += 1);
                    }
                });
            } else {
                entries.in_blocks(|docs| {
                    let mut ords = [None; BLOCK];
                    values.ords().first_vals(docs, &mut ords[..docs.len()]);
                    ords[..docs.len()].iter().flatten().for_each(|ord| counts[*ord as usize] += 1);
                });
            }
        }
        Self { values, counts }
    }

    fn counted(&self) -> impl Iterator<Item = (u64, u64)> {
        (0..).zip(self.counts.iter().copied()).filter(|(_, count)| *count > 0)
    }

    fn place(&self, value: &str) -> tantivy::Result<Option<usize>> {
        let place = self.values.as_ref().map(|values| values.dictionary().term_ord(value)).transpose()?.flatten();
        Ok(place.map(|place| place as usize))
    }

    /// The counts over all segments: the most frequent, so many of them and in case of doubt by the alphabet, and those
    /// of the named values.
    pub(super) fn together(
        tallies: Vec<Self>,
        most: usize,
        named: Option<&BTreeSet<String>>,
    ) -> tantivy::Result<BTreeMap<String, u64>> {
        let mut tallies = tallies;
        tallies.sort_by_key(|tally| Reverse(tally.counts.len()));
        let mut tallies = tallies.into_iter();
        let Some(mut base) = tallies.next() else {
            return Ok(BTreeMap::new());
        };
        // What the largest dictionary does not have.
        let mut others: BTreeMap<String, u64> = BTreeMap::new();
        for tally in tallies {
            let values = texts(tally.values.as_ref(), tally.counted().map(|(ord, _)| ord))?;
            for (ord, count) in tally.counted() {
                let value = values.get(&ord).map_or("", String::as_str);
                match base.place(value)? {
                    Some(place) => base.counts[place] += count,
                    None => *others.entry(value.to_owned()).or_default() += count,
                }
            }
        }
        let mut best: Vec<(u64, u64)> = base.counted().collect();
        if best.len() > most {
            best.select_nth_unstable_by_key(most, |(ord, count)| (Reverse(*count), *ord));
            best.truncate(most);
        }
        let mut words = texts(base.values.as_ref(), best.iter().map(|(ord, _)| *ord))?;
        let mut shown = others;
        shown.extend(best.iter().map(|(ord, count)| (words.remove(ord).unwrap_or_default(), *count)));
        for value in named.into_iter().flatten() {
            if let Some(place) = base.place(value)?.filter(|place| base.counts[*place] > 0) {
                shown.insert(value.clone(), base.counts[place]);
            }
        }
        Ok(shown)
    }
}

/// The texts at these places of the dictionary.
pub(super) fn texts(
    column: Option<&StrColumn>,
    ords: impl Iterator<Item = u64>,
) -> tantivy::Result<BTreeMap<u64, String>> {
    let ords: Vec<u64> = ords.filter(|ord| *ord != u64::MAX).collect::<BTreeSet<_>>().into_iter().collect();
    let Some(column) = column else {
        return Ok(BTreeMap::new());
    };
    let mut texts = Vec::with_capacity(ords.len());
    let all = column
        .dictionary()
        .sorted_ords_to_term_cb(&ords, |bytes| texts.push(String::from_utf8_lossy(bytes).into_owned()))?;
    if !all {
        return Err(TantivyError::InternalError("a column refers to a text that its dictionary has not".to_owned()));
    }
    Ok(ords.into_iter().zip(texts).collect())
}
