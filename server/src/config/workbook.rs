//! How much of a stranger's file is read, and what reading it may cost.

use serde::{Deserialize, Serialize};

/// Limits on reading a workbook; each stops one way in which a small file can be made to cost much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadLimits {
    /// Bytes of the file. The largest public questionnaires are under 2 MiB.
    pub file_bytes: u64,
    /// Bytes of all parts of a zip together once inflated, counted while inflating: what a zip says about itself can lie.
    pub inflated_bytes: u64,
    /// Parts of a zip. A workbook of 200 sheets has fewer than 1,000.
    pub zip_entries: usize,
    /// Sheets. Real questionnaires have at most a few dozen.
    pub sheets: usize,
    /// Rows of one sheet that hold something: far above any questionnaire or register that people keep in a spreadsheet.
    pub rows: usize,
    /// The rightmost column that may hold something.
    pub columns: u32,
    /// Cells of all sheets together that hold something: they are all held in memory at once.
    pub cells: usize,
    /// Places of the rectangle around all cells of one sheet, in the old binary format, which can only be read whole.
    pub spread: u64,
    /// Elements of XML within one another. Office programs write about 20.
    pub xml_depth: usize,
    /// Characters of one cell. No spreadsheet program stores more.
    pub text: usize,
    /// Bytes of the text of all cells together: a shared text of a few bytes can be used by every cell.
    pub all_text: u64,
    /// Merged areas, and areas with a drop-down, of one sheet. Real files have up to 3,000.
    pub areas: usize,
    /// Memory of the reading process in bytes; beyond it the reader is stopped. Text files and old binary formats need
    /// up to about ten times their size.
    pub memory_bytes: u64,
    /// Seconds of processor time of the reading process: honest workbooks take a fraction of one.
    pub cpu_seconds: u64,
    /// Seconds from start to end of the reading process, on a machine that is busy with other things too.
    pub wall_seconds: u64,
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self {
            file_bytes: 20 << 20,
            inflated_bytes: 100 << 20,
            zip_entries: 2_000,
            sheets: 200,
            rows: 200_000,
            columns: 1_000,
            cells: 2_000_000,
            spread: 4_000_000,
            xml_depth: 250,
            text: 32_767,
            all_text: 100 << 20,
            areas: 20_000,
            memory_bytes: 1 << 30,
            cpu_seconds: 20,
            wall_seconds: 30,
        }
    }
}
