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

/// Prints on as many A4 pages as it takes, each as wide as the sheet, with these rows on top.
pub(super) fn print_set_up(
    sheet: &mut Worksheet,
    header_rows: Option<(u32, u32)>,
) -> Result<(), rust_xlsxwriter::XlsxError> {
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0).set_footer("&L&F&R&P / &N");
    if let Some((first, last)) = header_rows {
        sheet.set_repeat_rows(first, last)?;
    }
    Ok(())
}
