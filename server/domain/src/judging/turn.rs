//! Two people at once: who judges says what was there before, and whoever comes second is told.

use thiserror::Error;

/// Somebody else judged meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("number {newest} stands there meanwhile")]
pub struct Overtaken {
    /// The number of what stands there now.
    pub newest: u32,
}

/// The number of the next judgement of one subject, given the newest there is and the newest that its author has seen; 0
/// for none.
///
/// # Errors
/// When there is a newer one than its author has seen.
pub fn following(newest: u32, seen: u32) -> Result<u32, Overtaken> {
    if newest == seen { Ok(newest.saturating_add(1)) } else { Err(Overtaken { newest }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_one_is_told() {
        assert_eq!(following(0, 0), Ok(1));
        assert_eq!(following(1, 0), Err(Overtaken { newest: 1 }));
        assert_eq!(following(1, 1), Ok(2));
        assert_eq!(following(1, 2), Err(Overtaken { newest: 1 }), "what is not there was not seen");
    }
}
