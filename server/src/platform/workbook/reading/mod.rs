//! From the bytes of a file to the grid. Everything that a stranger sent is read through [`super::read_in_child`]: a
//! hostile file can still make a reader abort, and then only the child ends.

mod archive;
mod biff;
mod bytes;
mod collect;
mod compound;
mod dates;
mod detect;
mod formula;
mod gathered;
mod lists;
mod ods;
mod package;
mod refusal;
mod text;
mod tokens;
mod value;
mod whole;
mod xlsb;
mod xlsx;
mod xml;

use super::ReadLimits;
use domain::sheet::{Format, Workbook};
pub(super) use formula::Term;
pub(super) use gathered::{Gathered, Line, List};
pub use refusal::Refusal;

/// Reads a workbook of any known format, found by its content.
///
/// # Errors
/// Why it is not read: no workbook, encrypted, damaged, or beyond a limit.
pub fn read_here(bytes: &[u8], limits: &ReadLimits) -> Result<Workbook, Refusal> {
    let mut gathered = Gathered::default();
    read_lines(bytes, limits, &mut |line| gathered.take(line))?;
    gathered.complete(limits)
}

/// Reads a workbook and hands on what it finds, line by line; nothing is kept.
pub(super) fn read_lines(
    bytes: &[u8],
    limits: &ReadLimits,
    out: &mut dyn FnMut(Line) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    if bytes.len() as u64 > limits.file_bytes {
        return Err(Refusal::TooLarge { most: limits.file_bytes });
    }
    match detect::container(bytes)? {
        detect::Container::Text => text::read(bytes, limits, out),
        detect::Container::Xls => whole::read(bytes, limits, out),
        detect::Container::Zip => {
            let mut archive = archive::Archive::open(bytes, limits)?;
            match detect::zipped(&mut archive)? {
                Format::Ods => ods::read(&mut archive, limits, out),
                Format::Xlsb => xlsb::read(&mut archive, limits, out),
                format => xlsx::read(&mut archive, format, limits, out),
            }?;
            package::saved_on(&mut archive, limits).map_or(Ok(()), |day| out(Line::Saved(day)))
        }
    }
}
