//! One pass over everything that matches the text: which entries pass the filters, the best of them, and the counts of
//! every facet with its own filter lifted.

use super::schema::column;
use domain::register::{Sort, Subject, Topic};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, TantivyError};
use uuid::Uuid;

/// Entries that are looked at together: reading a column in blocks is several times faster than entry by entry.
const BLOCK: usize = 128;

/// What is to be collected.
pub(super) struct Wanted {
    /// Of what.
    pub(super) about: Subject,
    pub(super) filters: BTreeMap<Topic, BTreeSet<String>>,
    pub(super) facets: BTreeSet<Topic>,
    pub(super) sort: Sort,
    /// In the order of ids instead, those after this one.
    pub(super) by_id: Option<Option<Uuid>>,
    /// How many of the best to keep: offset and limit.
    pub(super) keep: usize,
}

/// What was collected.
#[derive(Default)]
pub(super) struct Found {
    pub(super) total: u64,
    /// The best, in order.
    pub(super) best: Vec<Candidate>,
    /// Facet to value to count.
    pub(super) counts: BTreeMap<Topic, BTreeMap<String, u64>>,
}

/// An entry that was found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate {
    pub(super) id: Uuid,
    pub(super) score: Score,
    pub(super) address: DocAddress,
    vendor: String,
    name: String,
    updated: i64,
    /// The rank by a day or a number.
    ranked: u64,
}

impl Candidate {
    /// The order over all segments, which is the order that [`Rank`] makes within one.
    fn order(&self, other: &Self, sort: Sort) -> Ordering {
        let first = match sort {
            Sort::Relevance => other.score.total_cmp(&self.score),
            Sort::Vendor => self.vendor.cmp(&other.vendor),
            Sort::Updated => other.updated.cmp(&self.updated),
            Sort::Rising(_) | Sort::Falling(_) => self.ranked.cmp(&other.ranked),
            Sort::Name => Ordering::Equal,
        };
        first.then_with(|| self.name.cmp(&other.name)).then_with(|| self.id.cmp(&other.id))
    }
}

/// The order within a segment: smaller is better. Texts are compared by their place in the segment's sorted dictionary.
type Rank = (u64, u64, u64, u64, DocId);

/// Brings the segments together.
pub(super) fn merge(wanted: &Wanted, segments: Vec<Found>) -> Found {
    let mut merged = Found::default();
    for found in segments {
        merged.total += found.total;
        merged.best.extend(found.best);
        for (facet, counts) in found.counts {
            let all = merged.counts.entry(facet).or_default();
            for (value, count) in counts {
                *all.entry(value).or_default() += count;
            }
        }
    }
    if wanted.by_id.is_some() {
        merged.best.sort_by_key(|candidate| candidate.id);
    } else {
        merged.best.sort_by(|a, b| a.order(b, wanted.sort));
    }
    merged.best.truncate(wanted.keep);
    merged
}

/// One facet of one segment.
struct Counting {
    facet: Topic,
    values: Option<StrColumn>,
    /// Which values (by ordinal) its filter lets pass; `None` without a filter.
    passes: Option<Vec<bool>>,
    counted: bool,
    counts: Vec<u64>,
}

/// The collecting within one segment.
pub(super) struct Segment {
    ordinal: SegmentOrdinal,
    sort: Sort,
    by_id: Option<Option<Uuid>>,
    keep: usize,
    facets: Vec<Counting>,
    /// Whose entries count, where the segment has those of several organisations.
    owner: Option<(StrColumn, u64)>,
    name: Option<StrColumn>,
    vendor: Option<StrColumn>,
    updated: Column<i64>,
    /// What is ordered by, where that is a day or a number.
    number: Option<Column<f64>>,
    id: (Column<u64>, Column<u64>),
    pending: Vec<(DocId, Score)>,
    /// Entries that passed all filters and are not counted yet.
    passed: Vec<DocId>,
    total: u64,
    /// The worst of the best on top.
    best: BinaryHeap<(Rank, u32)>,
}

impl Segment {
    pub(super) fn new(wanted: &Wanted, ordinal: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<Self> {
        let fast = reader.fast_fields();
        let mut facets = Vec::new();
        for facet in wanted.about.facets() {
            let chosen = wanted.filters.get(&facet).filter(|chosen| !chosen.is_empty());
            let counted = wanted.facets.contains(&facet);
            if chosen.is_none() && !counted {
                continue;
            }
            // A facet that no entry of the segment has: a filter on it lets nothing pass.
            let values = fast.str(&column::values(facet))?;
            let terms = values.as_ref().map_or(0, |values| values.num_terms());
            let mut passes = None;
            if let Some(chosen) = chosen {
                let mut allowed = vec![false; terms];
                for value in chosen {
                    if let Some(ord) = values.as_ref().map(|v| v.dictionary().term_ord(value)).transpose()?.flatten() {
                        allowed[ord as usize] = true;
                    }
                }
                passes = Some(allowed);
            }
            facets.push(Counting { facet, values, passes, counted, counts: vec![0; terms] });
        }
        Ok(Self {
            ordinal,
            sort: wanted.sort,
            by_id: wanted.by_id,
            keep: wanted.keep,
            facets,
            owner: None,
            name: fast.str(column::NAME)?,
            vendor: if wanted.sort == Sort::Vendor { fast.str(column::VENDOR)? } else { None },
            updated: fast.i64(column::UPDATED)?,
            number: match wanted.sort {
                Sort::Rising(topic) | Sort::Falling(topic) => fast.column_opt(&column::number(topic))?,
                Sort::Relevance | Sort::Name | Sort::Vendor | Sort::Updated => None,
            },
            id: (fast.u64(column::ID_HIGH)?, fast.u64(column::ID_LOW)?),
            pending: Vec::with_capacity(BLOCK),
            passed: Vec::with_capacity(2 * BLOCK),
            total: 0,
            best: BinaryHeap::new(),
        })
    }

    /// Lets only the entries of one organisation count; `false` when the segment has none.
    pub(super) fn only_of(&mut self, scope: &str, reader: &SegmentReader) -> tantivy::Result<bool> {
        let Some(owners) = reader.fast_fields().str(column::ORGANISATION)? else {
            return Ok(false);
        };
        let Some(owner) = owners.dictionary().term_ord(scope)? else {
            return Ok(false);
        };
        self.owner = (owners.num_terms() > 1).then_some((owners, owner));
        Ok(true)
    }

    /// Takes an entry that matches the text.
    pub(super) fn see(&mut self, doc: DocId, score: Score) {
        self.pending.push((doc, score));
        if self.pending.len() == BLOCK {
            self.look();
        }
    }

    /// Looks at the entries that were found since the last look.
    fn look(&mut self) {
        self.leave_others_out();
        let count = self.pending.len();
        if count == 0 {
            return;
        }
        let mut docs = [0; BLOCK];
        let docs = self.docs(&mut docs);
        // How many filters each entry fails, and the last of them.
        let mut failed = [0_u8; BLOCK];
        let mut failed_at = [0_usize; BLOCK];
        for (f, facet) in self.facets.iter().enumerate() {
            facet.fail(docs, |n| {
                failed[n] += 1;
                failed_at[n] = f;
            });
        }
        for (f, facet) in self.facets.iter_mut().enumerate().filter(|(_, facet)| facet.counted_alone()) {
            let (mut but_for_it, mut found) = ([0; BLOCK], 0);
            for n in (0..count).filter(|n| failed[*n] == 0 || (failed[*n] == 1 && failed_at[*n] == f)) {
                but_for_it[found] = docs[n];
                found += 1;
            }
            facet.count(&but_for_it[..found]);
        }
        let mut passed = [0; BLOCK];
        let mut scores = [0.0; BLOCK];
        let mut kept = 0;
        for n in (0..count).filter(|n| failed[*n] == 0) {
            passed[kept] = docs[n];
            scores[kept] = self.pending[n].1;
            kept += 1;
        }
        self.total += kept as u64;
        self.rank(&passed[..kept], &scores[..kept]);
        self.pending.clear();
        self.passed.extend_from_slice(&passed[..kept]);
        if self.passed.len() >= BLOCK {
            self.count();
        }
    }

    /// Counts the facets without a filter over the entries that passed since the last count.
    fn count(&mut self) {
        for facet in self.facets.iter_mut().filter(|facet| facet.counted && !facet.counted_alone()) {
            self.passed.chunks(BLOCK).for_each(|docs| facet.count(docs));
        }
        self.passed.clear();
    }

    fn docs<'a>(&self, into: &'a mut [DocId; BLOCK]) -> &'a [DocId] {
        for (doc, (pending, _)) in into.iter_mut().zip(&self.pending) {
            *doc = *pending;
        }
        &into[..self.pending.len()]
    }

    fn leave_others_out(&mut self) {
        if let Some((owners, owner)) = &self.owner {
            let (mut docs, mut owned_by) = ([0; BLOCK], [0; BLOCK]);
            ordinals(Some(owners), self.docs(&mut docs), &mut owned_by);
            let mut at = owned_by.iter();
            let owner = *owner;
            self.pending.retain(|_| at.next() == Some(&owner));
        }
    }

    fn rank(&mut self, docs: &[DocId], scores: &[Score]) {
        if self.keep == 0 || docs.is_empty() {
            return;
        }
        if let Some(after) = self.by_id {
            self.rank_by_id(docs, after);
            return;
        }
        let mut first = [0_u64; BLOCK];
        match self.sort {
            // Scores are not negative: their bits are in their order.
            Sort::Relevance => {
                first.iter_mut().zip(scores).for_each(|(rank, score)| *rank = u64::from(!score.to_bits()));
            }
            Sort::Name | Sort::Rising(_) | Sort::Falling(_) => {}
            Sort::Vendor => ordinals(self.vendor.as_ref(), docs, &mut first),
            Sort::Updated => {
                for (rank, &doc) in first.iter_mut().zip(docs) {
                    *rank = !((self.updated.first(doc).unwrap_or(i64::MIN) as u64) ^ (1 << 63));
                }
            }
        }
        if let Sort::Rising(_) | Sort::Falling(_) = self.sort {
            let falling = matches!(self.sort, Sort::Falling(_));
            let number = |doc| self.number.as_ref().and_then(|numbers| numbers.first(doc));
            for (rank, &doc) in first.iter_mut().zip(docs) {
                *rank = number(doc).map_or(u64::MAX, |number| in_order(number, falling));
            }
        }
        let mut names = [u64::MAX; BLOCK];
        let worst = self.best.peek().map(|((first, ..), _)| *first);
        let full = self.best.len() >= self.keep;
        if !full || first[..docs.len()].iter().any(|rank| worst.is_some_and(|worst| *rank <= worst)) {
            ordinals(self.name.as_ref(), docs, &mut names);
        } else {
            return;
        }
        for (n, &doc) in docs.iter().enumerate() {
            let begins = (first[n], names[n]);
            if self.best.len() >= self.keep {
                let better = self.best.peek().is_some_and(|((first, name, ..), _)| begins <= (*first, *name));
                if !better {
                    continue;
                }
            }
            let high = self.id.0.first(doc).unwrap_or_default();
            let low = self.id.1.first(doc).unwrap_or_default();
            self.best.push(((begins.0, begins.1, high, low, doc), scores[n].to_bits()));
            if self.best.len() > self.keep {
                self.best.pop();
            }
        }
    }

    fn rank_by_id(&mut self, docs: &[DocId], after: Option<Uuid>) {
        let after = after.map(|after| after.as_u64_pair());
        for &doc in docs {
            let id = (self.id.0.first(doc).unwrap_or_default(), self.id.1.first(doc).unwrap_or_default());
            let is_wanted = after.is_none_or(|after| id > after);
            let is_better = self.best.len() < self.keep
                || self.best.peek().is_some_and(|((_, _, high, low, _), _)| id < (*high, *low));
            if is_wanted && is_better {
                self.best.push(((0, u64::MAX, id.0, id.1, doc), 0));
                if self.best.len() > self.keep {
                    self.best.pop();
                }
            }
        }
    }

    /// What was found in the segment.
    pub(super) fn found(mut self) -> tantivy::Result<Found> {
        self.look();
        self.count();
        let best = self.best.into_sorted_vec();
        let names = texts(self.name.as_ref(), best.iter().map(|((_, name, ..), _)| *name))?;
        let vendors = if self.sort == Sort::Vendor {
            texts(self.vendor.as_ref(), best.iter().map(|((first, ..), _)| *first))?
        } else {
            BTreeMap::new()
        };
        let text = |of: &BTreeMap<u64, String>, ord: &u64| of.get(ord).cloned().unwrap_or_default();
        let mut found = Found { total: self.total, ..Found::default() };
        for ((first, name, high, low, doc), score) in &best {
            found.best.push(Candidate {
                id: Uuid::from_u64_pair(*high, *low),
                score: Score::from_bits(*score),
                address: DocAddress::new(self.ordinal, *doc),
                vendor: text(&vendors, first),
                name: text(&names, name),
                updated: self.updated.first(*doc).unwrap_or(i64::MIN),
                ranked: *first,
            });
        }
        for facet in self.facets.into_iter().filter(|facet| facet.counted) {
            let ords = || (0..).zip(&facet.counts).filter(|(_, count)| **count > 0);
            let values = texts(facet.values.as_ref(), ords().map(|(ord, _)| ord))?;
            let counts = ords().map(|(ord, count)| (text(&values, &ord), *count)).collect();
            found.counts.insert(facet.facet, counts);
        }
        Ok(found)
    }
}

impl Counting {
    /// Names the entries (by their place) that its filter does not let pass.
    fn fail(&self, docs: &[DocId], mut fails: impl FnMut(usize)) {
        let Some(passes) = &self.passes else {
            return;
        };
        let lets_pass = |ord: u64| passes.get(ord as usize) == Some(&true);
        match &self.values {
            Some(values) if values.ords().get_cardinality().is_multivalue() => {
                for (n, &doc) in docs.iter().enumerate() {
                    if !values.term_ords(doc).any(lets_pass) {
                        fails(n);
                    }
                }
            }
            values => {
                let mut ords = [u64::MAX; BLOCK];
                ordinals(values.as_ref(), docs, &mut ords);
                (0..docs.len()).filter(|n| !lets_pass(ords[*n])).for_each(fails);
            }
        }
    }

    /// Whether other entries are counted in it than in the rest: its own filter is lifted.
    fn counted_alone(&self) -> bool {
        self.counted && self.passes.is_some()
    }

    fn count(&mut self, docs: &[DocId]) {
        let Some(values) = &self.values else {
            return;
        };
        if values.ords().get_cardinality().is_multivalue() {
            for &doc in docs {
                for ord in values.term_ords(doc) {
                    self.counts[ord as usize] += 1;
                }
            }
            return;
        }
        let mut ords = [None; BLOCK];
        values.ords().first_vals(docs, &mut ords[..docs.len()]);
        for ord in ords[..docs.len()].iter().flatten() {
            self.counts[*ord as usize] += 1;
        }
    }
}

/// A number as a rank: smaller comes first, and none comes after all.
fn in_order(number: f64, falling: bool) -> u64 {
    let bits = number.to_bits();
    let rising = if bits >> 63 == 0 { bits | (1 << 63) } else { !bits };
    if falling { !rising } else { rising }.min(u64::MAX - 1)
}

/// The places of the entries' texts in the dictionary; after all others where there is none.
fn ordinals(column: Option<&StrColumn>, docs: &[DocId], into: &mut [u64; BLOCK]) {
    let mut ords = [None; BLOCK];
    if let Some(column) = column {
        column.ords().first_vals(docs, &mut ords[..docs.len()]);
    }
    for (place, ord) in into.iter_mut().zip(&ords[..docs.len()]) {
        *place = ord.unwrap_or(u64::MAX);
    }
}

/// The texts at these places of the dictionary.
fn texts(column: Option<&StrColumn>, ords: impl Iterator<Item = u64>) -> tantivy::Result<BTreeMap<u64, String>> {
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
