//! How the sheets look: few formats, readable on paper too.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet};

/// Paper size A4, as the format counts sizes.
const A4: u8 = 9;
const INK: Color = Color::RGB(0x001F_2933);
const HEADER: Color = Color::RGB(0x002F_4858);
const BAND: Color = Color::RGB(0x00E4_ECEF);
const FILL_IN: Color = Color::RGB(0x00FF_FBE8);
const LINE: Color = Color::RGB(0x00C5_CFD4);

/// The formats of all sheets.
pub(super) struct Look {
    pub(super) title: Format,
    pub(super) header: Format,
    pub(super) band: Format,
    pub(super) text: Format,
    pub(super) quiet: Format,
    pub(super) fill_in: Format,
    pub(super) fill_in_date: Format,
}

impl Look {
    pub(super) fn new() -> Self {
        let text = Format::new().set_font_color(INK).set_text_wrap().set_align(FormatAlign::Top);
        let boxed = text.clone().set_border(FormatBorder::Thin).set_border_color(LINE);
        let fill_in = boxed.clone().set_background_color(FILL_IN);
        Self {
            title: Format::new().set_font_color(INK).set_bold().set_font_size(16),
            header: boxed.clone().set_bold().set_font_color(Color::White).set_background_color(HEADER),
            band: Format::new().set_bold().set_font_color(INK).set_background_color(BAND).set_align(FormatAlign::Top),
            quiet: boxed.clone().set_italic(),
            fill_in_date: fill_in.clone().set_num_format("yyyy-mm-dd"),
            fill_in,
            text: boxed,
        }
    }
}

/// A row's height that shows these texts whole, each in a column of that many characters.
///
/// Programs that open the workbook do not all find the height themselves.
pub(super) fn row_height<'a>(cells: impl IntoIterator<Item = (&'a str, f64)>) -> f64 {
    const LINE: f64 = 15.0;
    /// More than this no row can have.
    const HIGHEST: f64 = 409.0;
    /// Words are not broken, so a line holds fewer characters than its width.
    const USED: f64 = 0.88;
    let lines = |(text, width): (&str, f64)| -> f64 {
        text.lines().map(|line| (columns(line) / (width * USED)).ceil().max(1.0)).sum()
    };
    (cells.into_iter().map(lines).fold(1.0, f64::max) * LINE).min(HIGHEST)
}

/// How wide a text is, in characters of ordinary width; those of East Asian scripts take two.
fn columns(text: &str) -> f64 {
    text.chars().map(|c| if u32::from(c) >= 0x1100 { 2.0 } else { 1.0 }).sum()
}

/// Prints on A4 pages, this many beside each other, with these rows on top of each.
pub(super) fn print_set_up(
    sheet: &mut Worksheet,
    across: u16,
    header_rows: Option<(u32, u32)>,
) -> Result<(), rust_xlsxwriter::XlsxError> {
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(across, 0).set_footer("&L&F&R&P / &N");
    if let Some((first, last)) = header_rows {
        sheet.set_repeat_rows(first, last)?;
    }
    Ok(())
}
