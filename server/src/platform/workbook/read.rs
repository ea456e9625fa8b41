//! Reads a workbook in this process. Everything that a stranger sent is read through [`super::read_in_child`] instead:
//! a hostile file can still make a reader abort, and then only the child ends.

use super::ReadLimits;
use super::refusal::Refusal;
use super::{archive, detect, ods, parts, text, whole, xlsx};
use domain::sheet::{Format, Workbook};

/// Reads a workbook of any known format, found by its content.
///
/// # Errors
/// Why it is not read: no workbook, encrypted, damaged, or beyond a limit.
pub fn read_here(bytes: &[u8], limits: &ReadLimits) -> Result<Workbook, Refusal> {
    if bytes.len() as u64 > limits.file_bytes {
        return Err(Refusal::TooLarge { most: limits.file_bytes });
    }
    match detect::container(bytes)? {
        detect::Container::Text => text::read(bytes, limits),
        detect::Container::Xls => whole::read_xls(bytes, limits),
        detect::Container::Zip => {
            let mut archive = archive::open_and_count(bytes, limits)?;
            let format = detect::zipped(&mut archive)?;
            let saved_on = parts::saved_on(&mut archive);
            let workbook = match format {
                Format::Ods => {
                    let mut workbook = whole::read_ods(bytes, limits)?;
                    ods::complete(&mut workbook, &mut archive, limits)?;
                    workbook
                }
                Format::Xlsb => xlsx::read_binary(bytes, limits)?,
                format => xlsx::read(bytes, archive, format, limits)?,
            };
            Ok(Workbook { saved_on, ..workbook })
        }
    }
}
