//! From what a row and a question have in common to how sure it is that they ask the same: a logistic curve, fitted to
//! pairs that people judged (`fixtures/workbooks/pairs`). A test fits it anew and compares.

use super::likeness::Common;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How many things the curve looks at.
pub(super) const FEATURES: usize = 17;

/// What they are called where their weights stand, in the order of [`features`].
pub(super) const NAMES: [&str; FEATURES] = [
    "alone",
    "likeness",
    "words",
    "runs",
    "of_question",
    "of_row",
    "pairs",
    "before_others",
    "before_rows",
    "opposed",
    "numbers",
    "asks",
    "off_topic",
    "foreign",
    "beyond",
    "missing",
    "short",
];

static CALIBRATION: LazyLock<Calibration> = LazyLock::new(|| {
    serde_json::from_str(include_str!("calibration.json")).expect("the shipped curve has this shape: a test reads it")
});

/// The curve.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "BTreeMap<String, f64>")]
pub struct Calibration {
    /// In the order of [`NAMES`].
    pub(super) weights: [f64; FEATURES],
}

impl TryFrom<BTreeMap<String, f64>> for Calibration {
    type Error = String;

    fn try_from(named: BTreeMap<String, f64>) -> Result<Self, String> {
        let mut weights = [0.0; FEATURES];
        for (weight, name) in weights.iter_mut().zip(NAMES) {
            *weight = *named.get(name).ok_or_else(|| format!("no weight for {name}"))?;
        }
        Ok(Self { weights })
    }
}

impl Calibration {
    /// The curve that is shipped.
    pub fn shipped() -> &'static Self {
        &CALIBRATION
    }

    /// How sure it is, from 0 to 1.
    pub(super) fn certainty(&self, features: &[f64; FEATURES]) -> f64 {
        let sum: f64 = self.weights.iter().zip(features).map(|(weight, feature)| weight * feature).sum();
        1.0 / (1.0 + (-sum).exp())
    }
}

/// A pair as the curve sees it. `before_others` is how much more the row is like this question than like any other, and
/// `before_rows` how much more the question is like this row than like any other.
pub(super) fn features(common: &Common, likeness: f64, before_others: f64, before_rows: f64) -> [f64; FEATURES] {
    let sign = |doubt: bool| f64::from(u8::from(doubt));
    let short = 1.0 / (common.length.max(1) as f64);
    [
        1.0,
        likeness,
        common.words,
        common.runs,
        common.of_question,
        common.of_row,
        common.pairs,
        before_others.clamp(-0.3, 0.3),
        before_rows.clamp(-0.3, 0.3),
        sign(common.opposed),
        sign(common.numbers),
        sign(common.asks),
        sign(common.off_topic),
        common.foreign * common.missing,
        common.beyond,
        common.missing,
        short,
    ]
}
