//! Sets of entries of one segment, a bit each: what is asked together costs a word for 64 entries.

use super::levels::Level;
use tantivy::DocId;

/// Entries that are looked at together: reading a column in blocks is several times faster than entry by entry.
pub(super) const BLOCK: usize = 128;

const WORD: usize = u64::BITS as usize;

/// Some entries of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// None of so many.
    pub(super) fn none(entries: DocId) -> Self {
        Self(vec![0; (entries as usize).div_ceil(WORD)])
    }

    /// All of so many.
    pub(super) fn all(entries: DocId) -> Self {
        let words =
            (0..entries as usize).step_by(WORD).map(|from| u64::MAX >> WORD.saturating_sub(entries as usize - from));
        Self(words.collect())
    }

    /// Those with a level in every list; none where there is no list.
    pub(super) fn with_levels<'a>(mut lists: impl Iterator<Item = &'a [Level]>) -> Self {
        let mut bits: Vec<u64> = lists.next().unwrap_or_default().chunks(WORD).map(held).collect();
        for other in lists {
            for (word, levels) in bits.iter_mut().zip(other.chunks(WORD)).filter(|(word, _)| **word != 0) {
                *word &= held(levels);
            }
        }
        Self(bits)
    }

    pub(super) fn add(&mut self, docs: &[DocId]) {
        for &doc in docs {
            self.0[doc as usize / WORD] |= 1 << (doc as usize % WORD);
        }
    }

    /// Those of so many that are not in it.
    pub(super) fn but(self, entries: DocId) -> Self {
        let mut others = Self::all(entries);
        others.0.iter_mut().zip(&self.0).for_each(|(here, there)| *here &= !there);
        others
    }

    /// Takes in those of another set.
    pub(super) fn join(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(here, there)| *here |= there);
    }

    /// Keeps those that are in the other set too.
    pub(super) fn keep(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(here, there)| *here &= there);
    }

    /// Keeps those of which something holds.
    pub(super) fn retain(&mut self, holds: impl Fn(DocId) -> bool) {
        for (place, word) in self.0.iter_mut().enumerate() {
            let mut left = *word;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                if !holds((place * WORD) as DocId + bit) {
                    *word &= !(1 << bit);
                }
            }
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Hands all over in their order, up to [`BLOCK`] at a time.
    pub(super) fn in_blocks(&self, mut see: impl FnMut(&[DocId])) {
        let (mut block, mut length) = ([0; BLOCK], 0);
        for (place, &word) in self.0.iter().enumerate() {
            let mut left = word;
            while left != 0 {
                block[length] = (place * WORD) as DocId + left.trailing_zeros();
                left &= left - 1;
                length += 1;
                if length == BLOCK {
                    see(&block);
                    length = 0;
                }
            }
        }
        if length > 0 {
            see(&block[..length]);
        }
    }
}

/// Which of up to 64 entries have a level. Most have none.
fn held(levels: &[Level]) -> u64 {
    if levels.iter().all(|level| *level == 0) {
        return 0;
    }
    (0..).zip(levels).fold(0, |word, (n, level)| word | (u64::from(*level > 0) << n))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(step: usize, of: DocId) -> Vec<DocId> {
        (0..of).step_by(step).collect()
    }

    fn in_step(doc: DocId, step: usize) -> bool {
        (doc as usize).is_multiple_of(step)
    }

    fn bits(docs: &[DocId], of: DocId) -> Bits {
        let mut bits = Bits::none(of);
        bits.add(docs);
        bits
    }

    fn docs(bits: &Bits) -> Vec<DocId> {
        let mut docs = Vec::new();
        bits.in_blocks(|block| docs.extend_from_slice(block));
        docs
    }

    #[test]
    fn they_are_sets() {
        for of in [1, 63, 64, 65, 128, 700, 4096] {
            assert_eq!(Bits::all(of), bits(&every(1, of), of));
            for (a, b) in [(1, 1), (2, 3), (1, 127), (5, 7), (64, 3)] {
                let both: Vec<DocId> = (0..of).filter(|doc| in_step(*doc, a) && in_step(*doc, b)).collect();
                let mut kept = bits(&every(a, of), of);
                kept.keep(&bits(&every(b, of), of));
                assert_eq!((docs(&kept), kept.count()), (both.clone(), both.len() as u64));
                let mut retained = bits(&every(a, of), of);
                retained.retain(|doc| in_step(doc, b));
                assert_eq!(retained, kept);
                let neither: Vec<DocId> = (0..of).filter(|doc| !in_step(*doc, a) && !in_step(*doc, b)).collect();
                let mut either = bits(&every(a, of), of);
                either.join(&bits(&every(b, of), of));
                assert_eq!(docs(&either.but(of)), neither);
                let levels = |step| (0..of).map(|doc| u8::from(in_step(doc, step)) * 3).collect::<Vec<Level>>();
                assert_eq!(Bits::with_levels([&levels(a)[..], &levels(b)[..]].into_iter()), kept);
            }
        }
    }
}
