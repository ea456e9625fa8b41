//! Any bytes are read within the limits, or refused; what is read is in order.

#![no_main]

use candor_fuzz::{ReadLimits, only_ours_may_not_panic, reading::read_here, sound};
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: only_ours_may_not_panic(),
    |bytes: &[u8]| {
        if let Ok(workbook) = read_here(bytes, &ReadLimits::default()) {
            sound::grid(&workbook);
        }
    }
);
