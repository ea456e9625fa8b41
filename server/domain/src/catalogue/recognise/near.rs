//! Whether a word is a name with a slip in it.

/// Letters below which a name is only found as it is written.
pub(super) const SHORT: usize = 5;
/// Letters from which two errors are forgiven.
const LONG: usize = 9;

/// How many letters two texts differ by (wrong, missing, too many, swapped), if that is little enough for a slip.
pub(super) fn near_enough(said: &str, name: &str) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (said.chars().collect(), name.chars().collect());
    let most = if b.len() >= LONG { 2 } else { 1 };
    if b.len() < SHORT || a.len() < SHORT || a.len().abs_diff(b.len()) > most || a[0] != b[0] {
        return None;
    }
    // Names that end in a number differ by more than a slip.
    if a.iter().filter(|c| c.is_numeric()).ne(b.iter().filter(|c| c.is_numeric())) {
        return None;
    }
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut least = (rows[i][j] + usize::from(x != y)).min(row[j] + 1).min(rows[i][j + 1] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    let distance = rows[a.len()][b.len()];
    (distance > 0 && distance <= most).then_some(distance)
}
