//! Of everything that matches the text: which entries pass the filters, the best of them, and the counts of every facet
//! with its own filter lifted.

use super::super::MAX_FACET_VALUES;
use super::bits::{BLOCK, Bits};
use super::levels::holding;
use super::schema::{Fields, column};
use super::tally::{Tally, texts};
use domain::register::{Sort, Subject, Topic};
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};
use uuid::Uuid;

/// What is to be collected.
pub(super) struct Wanted {
    /// Of what.
    pub(super) about: Subject,
    pub(super) filters: BTreeMap<Topic, BTreeSet<String>>,
    pub(super) facets: BTreeSet<Topic>,
    pub(super) sort: Sort,
    pub(super) how: How,
    /// How many of the best to keep: offset and limit.
    pub(super) keep: usize,
}

/// In which shape things are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// The best, with what is shown of them.
    Best,
    /// Those after this one, in the order of ids.
    ById(Option<Uuid>),
    /// All of them in order, by id alone: 48 bytes for each while they are put in order.
    Whole,
}

/// What was collected.
pub(super) struct Found {
    pub(super) total: u64,
    /// The best, in order.
    pub(super) best: Vec<Candidate>,
    /// All of them in order, where that is wanted.
    pub(super) whole: Vec<Uuid>,
    /// Facet to value to count: the values that a page shows, and those that were filtered by.
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
pub(super) fn merge(wanted: &Wanted, segments: Vec<InSegment>) -> tantivy::Result<Found> {
    let (mut total, mut best, mut ranked) = (0, Vec::new(), Vec::new());
    let mut tallies: BTreeMap<Topic, Vec<Tally>> = BTreeMap::new();
    for segment in segments {
        total += segment.total;
        best.extend(segment.best);
        ranked.extend(segment.ranked);
        for (facet, tally) in segment.tallies {
            tallies.entry(facet).or_default().push(tally);
        }
    }
    if let How::ById(_) = wanted.how {
        best.sort_by_key(|candidate: &Candidate| candidate.id);
    } else {
        best.sort_by(|a, b| a.order(b, wanted.sort));
    }
    best.truncate(wanted.keep);
    let mut counts = BTreeMap::new();
    for (facet, tallies) in tallies {
        counts.insert(facet, Tally::together(tallies, MAX_FACET_VALUES, wanted.filters.get(&facet))?);
    }
    Ok(Found { total, best, whole: in_one_order(wanted.sort, ranked)?, counts })
}

/// The ranks of one segment, and the dictionaries that its texts are compared by.
struct Ranked {
    ranks: Vec<Rank>,
    name: Option<StrColumn>,
    vendor: Option<StrColumn>,
}

/// The ids of all segments in one order.
fn in_one_order(sort: Sort, segments: Vec<Ranked>) -> tantivy::Result<Vec<Uuid>> {
    let names = common_places(segments.iter().map(|segment| segment.name.as_ref()))?;
    let vendors = match sort {
        Sort::Vendor => common_places(segments.iter().map(|segment| segment.vendor.as_ref()))?,
        _ => Vec::new(),
    };
    let among_all = |places: &[Vec<u64>], segment: usize, ord: u64| {
        let place = places.get(segment).and_then(|places| places.get(usize::try_from(ord).ok()?));
        place.copied().unwrap_or(ord)
    };
    let mut all: Vec<(u64, u64, u64, u64)> = Vec::with_capacity(segments.iter().map(|one| one.ranks.len()).sum());
    for (n, segment) in segments.into_iter().enumerate() {
        let rank =
            |(first, name, high, low, _): Rank| (among_all(&vendors, n, first), among_all(&names, n, name), high, low);
        all.extend(segment.ranks.into_iter().map(rank));
    }
    all.sort_unstable();
    Ok(all.into_iter().map(|(.., high, low)| Uuid::from_u64_pair(high, low)).collect())
}

/// For each of several dictionaries, the place of each of its texts among the texts of all; nothing where there is only one.
fn common_places<'a>(columns: impl Iterator<Item = Option<&'a StrColumn>>) -> tantivy::Result<Vec<Vec<u64>>> {
    let columns: Vec<Option<&StrColumn>> = columns.collect();
    if columns.len() < 2 {
        return Ok(Vec::new());
    }
    let mut streams = Vec::with_capacity(columns.len());
    for column in &columns {
        streams.push(column.map(|column| column.dictionary().stream()).transpose()?);
    }
    let mut places: Vec<Vec<u64>> = columns.iter().map(|column| vec![0; column.map_or(0, |c| c.num_terms())]).collect();
    // The next text of each, the first of all on top.
    let mut next: BinaryHeap<Reverse<(Vec<u8>, usize)>> = BinaryHeap::new();
    let mut advance = |n: usize, next: &mut BinaryHeap<Reverse<(Vec<u8>, usize)>>| {
        if let Some(stream) = &mut streams[n]
            && stream.advance()
        {
            next.push(Reverse((stream.key().to_vec(), n)));
        }
    };
    (0..columns.len()).for_each(|n| advance(n, &mut next));
    let mut seen = vec![0_usize; columns.len()];
    let (mut place, mut last) = (0, None);
    while let Some(Reverse((text, n))) = next.pop() {
        if last.as_ref().is_some_and(|last| *last != text) {
            place += 1;
        }
        places[n][seen[n]] = place;
        seen[n] += 1;
        last = Some(text);
        advance(n, &mut next);
    }
    Ok(places)
}

/// What was collected in one segment.
pub(super) struct InSegment {
    total: u64,
    best: Vec<Candidate>,
    ranked: Option<Ranked>,
    tallies: Vec<(Topic, Tally)>,
}

/// Collects of a segment, where these entries match the text with these scores.
pub(super) fn collect(
    wanted: &Wanted,
    fields: &Fields,
    (ordinal, reader): (SegmentOrdinal, &SegmentReader),
    matched: Bits,
    score: impl Fn(DocId) -> Score,
) -> tantivy::Result<InSegment> {
    let facets: BTreeSet<Topic> = wanted.about.facets().collect();
    let mut filters = Vec::new();
    for (&facet, chosen) in wanted.filters.iter().filter(|(facet, chosen)| facets.contains(facet) && !chosen.is_empty())
    {
        let mut passing = Bits::none(reader.max_doc());
        for value in chosen {
            passing.join(&holding(fields, reader, facet, value)?);
        }
        filters.push((facet, passing));
    }
    // The filters of all facets but one.
    let but_for = |lifted: Option<Topic>| {
        let mut passed = matched.clone();
        filters.iter().filter(|(facet, _)| Some(*facet) != lifted).for_each(|(_, passing)| passed.keep(passing));
        passed
    };
    let passed = but_for(None);
    let mut tallies = Vec::new();
    for &facet in wanted.facets.intersection(&facets) {
        let values = reader.fast_fields().str(&column::values(facet))?;
        let is_filtered = filters.iter().any(|(filtered, _)| *filtered == facet);
        let tally = if is_filtered { Tally::of(values, &but_for(Some(facet))) } else { Tally::of(values, &passed) };
        tallies.push((facet, tally));
    }
    let mut best = Best::new(wanted, ordinal, reader)?;
    if wanted.keep > 0 {
        let mut scores = [0.0; BLOCK];
        passed.in_blocks(|docs| {
            scores.iter_mut().zip(docs).for_each(|(into, doc)| *into = score(*doc));
            best.rank(docs, &scores[..docs.len()]);
        });
    }
    let (best, ranked) = match wanted.how {
        How::Whole => (Vec::new(), Some(best.everything())),
        How::Best | How::ById(_) => (best.in_order()?, None),
    };
    Ok(InSegment { total: passed.count(), best, ranked, tallies })
}

/// The best of one segment.
struct Best {
    ordinal: SegmentOrdinal,
    sort: Sort,
    how: How,
    keep: usize,
    name: Option<StrColumn>,
    vendor: Option<StrColumn>,
    updated: Column<i64>,
    /// What is ordered by, where that is a day or a number.
    number: Option<Column<f64>>,
    id: (Column<u64>, Column<u64>),
    /// The worst of the best on top.
    best: BinaryHeap<(Rank, u32)>,
}

impl Best {
    fn new(wanted: &Wanted, ordinal: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<Self> {
        let fast = reader.fast_fields();
        Ok(Self {
            ordinal,
            sort: wanted.sort,
            how: wanted.how,
            keep: wanted.keep,
            name: fast.str(column::NAME)?,
            vendor: if wanted.sort == Sort::Vendor { fast.str(column::VENDOR)? } else { None },
            updated: fast.i64(column::UPDATED)?,
            number: match wanted.sort {
                Sort::Rising(topic) | Sort::Falling(topic) => fast.column_opt(&column::number(topic))?,
                Sort::Relevance | Sort::Name | Sort::Vendor | Sort::Updated => None,
            },
            id: (fast.u64(column::ID_HIGH)?, fast.u64(column::ID_LOW)?),
            best: BinaryHeap::new(),
        })
    }

    fn rank(&mut self, docs: &[DocId], scores: &[Score]) {
        if let How::ById(after) = self.how {
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

    fn everything(self) -> Ranked {
        let ranks = self.best.into_iter().map(|(rank, _)| rank).collect();
        Ranked { ranks, name: self.name, vendor: self.vendor }
    }

    fn in_order(self) -> tantivy::Result<Vec<Candidate>> {
        let best = self.best.into_sorted_vec();
        let names = texts(self.name.as_ref(), best.iter().map(|((_, name, ..), _)| *name))?;
        let vendors = if self.sort == Sort::Vendor {
            texts(self.vendor.as_ref(), best.iter().map(|((first, ..), _)| *first))?
        } else {
            BTreeMap::new()
        };
        let text = |of: &BTreeMap<u64, String>, ord: &u64| of.get(ord).cloned().unwrap_or_default();
        let candidate = |((first, name, high, low, doc), score): &(Rank, u32)| Candidate {
            id: Uuid::from_u64_pair(*high, *low),
            score: Score::from_bits(*score),
            address: DocAddress::new(self.ordinal, *doc),
            vendor: text(&vendors, first),
            name: text(&names, name),
            updated: self.updated.first(*doc).unwrap_or(i64::MIN),
            ranked: *first,
        };
        Ok(best.iter().map(candidate).collect())
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
