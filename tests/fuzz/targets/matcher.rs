//! Whatever a workbook asks and answers: no question gets two rows, and no row is lost.

#![no_main]

use candor_fuzz::{grid::workbook, sound};
use domain::questionnaire::Authored;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static TEMPLATES: LazyLock<[Authored; 2]> = LazyLock::new(|| {
    [
        include_str!("../../../fixtures/templates/ai-screening.json"),
        include_str!("../../../fixtures/workbooks/own-template.json"),
    ]
    .map(|json| serde_json::from_str(json).expect("a template"))
});

fuzz_target!(|bytes: &[u8]| {
    let Some((which, bytes)) = bytes.split_first() else { return };
    let workbook = workbook(bytes);
    let report = sound::understood(&workbook);
    sound::matched(&workbook, &report, &TEMPLATES[usize::from(which & 1)]);
});
