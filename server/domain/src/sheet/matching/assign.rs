//! One cell to one question, so that the likeness over the whole table is as great as it can be: shortest augmenting
//! paths (Jonker and Volgenant) over the few pairs that come into question at all.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A row that comes into question for a question, and how much is gained by the pair: more than 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edge {
    pub(super) row: usize,
    pub(super) gain: f64,
}

/// A place on the heap: the nearest first, then the first row.
struct Near {
    distance: f64,
    column: usize,
}

impl PartialEq for Near {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Near {}

impl PartialOrd for Near {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Near {
    fn cmp(&self, other: &Self) -> Ordering {
        other.distance.total_cmp(&self.distance).then_with(|| other.column.cmp(&self.column))
    }
}

/// Gives every question at most one row and every row at most one question, so that the sum of gains is the greatest.
///
/// `edges[q]` are the rows for question `q`; a question may stay without one.
pub(super) fn assign(edges: &[Vec<Edge>], rows: usize) -> Vec<Option<usize>> {
    let questions = edges.len();
    // Behind the rows each question has a column of its own, which means "none" and gains nothing.
    let columns = rows + questions;
    let mut of_question = vec![usize::MAX; questions];
    let mut of_column = vec![usize::MAX; columns];
    let mut question_price = vec![0.0_f64; questions];
    let mut column_price = vec![0.0_f64; columns];
    for (question, edges) in edges.iter().enumerate() {
        question_price[question] = edges.iter().map(|edge| -edge.gain).fold(0.0, f64::min);
    }
    let mut distance = vec![f64::INFINITY; columns];
    let mut from = vec![usize::MAX; columns];
    let mut done = vec![false; columns];
    for start in 0..questions {
        let mut touched: Vec<usize> = Vec::new();
        let mut settled: Vec<usize> = Vec::new();
        let mut heap = BinaryHeap::new();
        let (mut question, mut walked) = (start, 0.0);
        let end = loop {
            let own = std::iter::once((rows + question, 0.0));
            for (column, cost) in edges[question].iter().map(|edge| (edge.row, -edge.gain)).chain(own) {
                // Never below zero but for rounding.
                let step = (cost - question_price[question] - column_price[column]).max(0.0);
                if !done[column] && walked + step < distance[column] {
                    if distance[column].is_infinite() {
                        touched.push(column);
                    }
                    distance[column] = walked + step;
                    from[column] = question;
                    heap.push(Near { distance: walked + step, column });
                }
            }
            // A question's own column can always be reached, so the heap is never empty before an end is found.
            let Some(next) = heap.pop() else { break None };
            if done[next.column] {
                continue;
            }
            done[next.column] = true;
            settled.push(next.column);
            walked = next.distance;
            if of_column[next.column] == usize::MAX {
                break Some(next.column);
            }
            question = of_column[next.column];
        };
        question_price[start] += walked;
        for column in settled {
            let short = walked - distance[column];
            column_price[column] -= short;
            if of_column[column] != usize::MAX {
                question_price[of_column[column]] += short;
            }
        }
        let mut column = end;
        while let Some(at) = column {
            let question = from[at];
            let before = of_question[question];
            of_question[question] = at;
            of_column[at] = question;
            column = (question != start).then_some(before);
        }
        for column in touched {
            distance[column] = f64::INFINITY;
            done[column] = false;
        }
    }
    of_question.into_iter().map(|column| (column < rows).then_some(column)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(gains: &[&[f64]]) -> Vec<Vec<Edge>> {
        let one = |gains: &&[f64]| {
            let each = gains.iter().enumerate().filter(|(_, gain)| **gain > 0.0);
            each.map(|(row, gain)| Edge { row, gain: *gain }).collect()
        };
        gains.iter().map(one).collect()
    }

    fn total(edges: &[Vec<Edge>], assigned: &[Option<usize>]) -> f64 {
        let gain = |(question, row): (usize, &Option<usize>)| {
            row.map_or(0.0, |row| edges[question].iter().find(|edge| edge.row == row).expect("an edge").gain)
        };
        assigned.iter().enumerate().map(gain).sum()
    }

    /// The greatest sum, by trying everything.
    fn best(edges: &[Vec<Edge>], question: usize, taken: &mut Vec<usize>) -> f64 {
        let Some(mine) = edges.get(question) else { return 0.0 };
        let mut most = best(edges, question + 1, taken);
        for edge in mine {
            if !taken.contains(&edge.row) {
                taken.push(edge.row);
                most = most.max(edge.gain + best(edges, question + 1, taken));
                taken.pop();
            }
        }
        most
    }

    #[test]
    fn the_whole_table_counts_and_not_the_best_pair() {
        // Greedily the first question takes row 0 for 0.9 and leaves the second with nothing.
        let table = edges(&[&[0.9, 0.8], &[0.85, 0.0]]);
        assert_eq!(assign(&table, 2), [Some(1), Some(0)]);
        assert_eq!(assign(&edges(&[&[], &[0.1]]), 1), [None, Some(0)]);
        assert_eq!(assign(&[], 3), []);
    }

    #[test]
    fn no_other_assignment_gains_more() {
        let mut state = 7_u64;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / (1_u64 << 31) as f64
        };
        for _ in 0..300 {
            let (questions, rows) = ((next() * 6.0) as usize, 1 + (next() * 6.0) as usize);
            let table: Vec<Vec<Edge>> = (0..questions)
                .map(|_| {
                    let all = (0..rows).map(|row| Edge { row, gain: next() });
                    all.filter(|edge| edge.gain > 0.4).collect()
                })
                .collect();
            let assigned = assign(&table, rows);
            let mut used: Vec<usize> = assigned.iter().copied().flatten().collect();
            used.sort_unstable();
            used.dedup();
            assert_eq!(used.len(), assigned.iter().flatten().count(), "a row is given once");
            assert!((total(&table, &assigned) - best(&table, 0, &mut Vec::new())).abs() < 1e-9);
        }
    }
}
