//! The sheet of questions: one row each, a hidden id in front, a cell to answer in that fits the kind of answer.

use super::lists::Lists;
use super::look::{Look, print_set_up, row_height};
use super::words::{WorkbookWords, filled};
use super::{AnswerCell, WriteError, fits};
use domain::answer::{Reply, iso_date};
use domain::questionnaire::{Document, Kind, Question};
use domain::sheet::own::{AnswerColumn, Mark, join_reason, option_text, row_key_of, specials};
use rust_xlsxwriter::{DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, Worksheet};
use std::collections::BTreeMap;

/// The hidden row of keys, counted from 0; the headings stand under it.
const KEYS: u32 = 0;
const HEADINGS: u32 = 1;
/// Widths in characters, in the order of [`AnswerColumn::ALL`].
const WIDTHS: [f64; 7] = [8.0, 6.0, 60.0, 34.0, 44.0, 50.0, 28.0];
/// Dates that a cell can hold the same way in every program: the first two months of 1900 differ by a day.
const FIRST_DATE: (u16, u8, u8) = (1900, 3, 1);
const LAST_DATE: (u16, u8, u8) = (2200, 12, 31);

pub(super) fn sheet(
    document: &Document,
    answers: &BTreeMap<String, AnswerCell>,
    mark: &Mark,
    words: &WorkbookWords,
    tables: &BTreeMap<String, String>,
    look: &Look,
    lists: &mut Lists,
) -> Result<Worksheet, WriteError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(words.answers_sheet.as_str())?;
    for ((column, at), width) in AnswerColumn::ALL.into_iter().zip(0..).zip(WIDTHS) {
        sheet.set_column_width(at, width)?;
        sheet.write_string(KEYS, at, column.key())?;
        let heading = words.headings.get(&column).map_or("", String::as_str);
        sheet.write_string_with_format(HEADINGS, at, heading, &look.header)?;
    }
    sheet.set_column_hidden(at(AnswerColumn::Id))?;
    sheet.set_row_hidden(KEYS)?;
    sheet.write_string(HEADINGS, at(AnswerColumn::Id), mark.to_text())?;
    sheet.set_freeze_panes(HEADINGS + 1, 0)?;
    let numbers: BTreeMap<&str, usize> = document.questions().map(|q| q.id.as_str()).zip(1..).collect();
    let mut row = HEADINGS + 1;
    for section in &document.sections {
        for column in at(AnswerColumn::Number)..=at(AnswerColumn::Evidence) {
            sheet.write_blank(row, column, &look.band)?;
        }
        sheet.write_string_with_format(
            row,
            at(AnswerColumn::Number),
            fits(&section.id, &section.title)?,
            &look.band,
        )?;
        if let Some(intro) = &section.intro {
            sheet.set_row_height(row, row_height([(intro.as_str(), width(AnswerColumn::Guidance) - 4.0)]))?;
            let band = look.band.clone().set_text_wrap();
            sheet.write_string_with_format(row, at(AnswerColumn::Guidance), fits(&section.id, intro)?, &band)?;
        }
        row += 1;
        for question in &section.questions {
            let guidance = guidance(question, words, tables, &numbers);
            let number = numbers.get(question.id.as_str()).copied().unwrap_or_default();
            sheet.write_string(row, at(AnswerColumn::Id), row_key_of(question))?;
            sheet.write_number_with_format(row, at(AnswerColumn::Number), number as f64, &look.text)?;
            text(&mut sheet, row, AnswerColumn::Question, question, &question.text, &look.text)?;
            text(&mut sheet, row, AnswerColumn::Guidance, question, &guidance, &look.quiet)?;
            let given = answers.get(&question.id).cloned().unwrap_or_default();
            let reply = given.reply.as_ref().map(|reply| reply.in_words(question)).unwrap_or_default();
            sheet.set_row_height(
                row,
                row_height([
                    (question.text.as_str(), width(AnswerColumn::Question)),
                    (guidance.as_str(), width(AnswerColumn::Guidance)),
                    (reply.as_str(), width(AnswerColumn::Answer)),
                    (given.comment.as_deref().unwrap_or_default(), width(AnswerColumn::Comment)),
                ]),
            )?;
            answer(&mut sheet, row, question, &given, words, look)?;
            text(&mut sheet, row, AnswerColumn::Evidence, question, &given.evidence.join("\n"), &look.fill_in)?;
            if let Some(validation) = validation(question, words, lists)? {
                sheet.add_data_validation(row, at(AnswerColumn::Answer), row, at(AnswerColumn::Answer), &validation)?;
            }
            row += 1;
        }
    }
    print_set_up(&mut sheet, 1, Some((HEADINGS, HEADINGS)))?;
    sheet.set_print_area(HEADINGS, at(AnswerColumn::Number), row - 1, at(AnswerColumn::Evidence))?;
    Ok(sheet)
}

/// The column's width in characters.
fn width(column: AnswerColumn) -> f64 {
    WIDTHS[usize::from(at(column))]
}

/// The column's place, counted from 0.
fn at(column: AnswerColumn) -> u16 {
    match column {
        AnswerColumn::Id => 0,
        AnswerColumn::Number => 1,
        AnswerColumn::Question => 2,
        AnswerColumn::Answer => 3,
        AnswerColumn::Comment => 4,
        AnswerColumn::Guidance => 5,
        AnswerColumn::Evidence => 6,
    }
}

/// Always as text: what begins with `=`, `+`, `-` or `@` is never a formula.
fn text(
    sheet: &mut Worksheet,
    row: u32,
    column: AnswerColumn,
    question: &Question,
    text: &str,
    format: &Format,
) -> Result<(), WriteError> {
    if text.is_empty() {
        sheet.write_blank(row, at(column), format)?;
    } else {
        sheet.write_string_with_format(row, at(column), fits(&question.id, text)?, format)?;
    }
    Ok(())
}

/// The answer and the comment beside it.
fn answer(
    sheet: &mut Worksheet,
    row: u32,
    question: &Question,
    given: &AnswerCell,
    words: &WorkbookWords,
    look: &Look,
) -> Result<(), WriteError> {
    let specials = specials(question, &words.answers);
    let mut comment = given.comment.clone();
    let says =
        |sheet: &mut Worksheet, said: &str| text(sheet, row, AnswerColumn::Answer, question, said, &look.fill_in);
    match &given.reply {
        None => match question.kind {
            Kind::Date { .. } => {
                sheet.write_blank(row, at(AnswerColumn::Answer), &look.fill_in_date)?;
            }
            _ => says(sheet, "")?,
        },
        Some(Reply::NotApplicable { reason }) => {
            says(sheet, specials.not_applicable.unwrap_or(&words.answers.not_applicable))?;
            comment = join_reason(Some(reason), comment.as_deref());
        }
        Some(Reply::Declined { reason }) => {
            says(sheet, specials.decline.unwrap_or(&words.answers.decline))?;
            comment = join_reason(reason.as_deref(), comment.as_deref());
        }
        Some(Reply::Choice { option }) => {
            let label = question.options().iter().find(|known| known.id == *option);
            says(sheet, label.map_or(option, |label| option_text(question.options(), label, false)))?;
        }
        Some(Reply::Choices { options }) => {
            let chosen = question.options().iter().filter(|known| options.contains(&known.id));
            let labels: Vec<&str> = chosen.map(|known| option_text(question.options(), known, true)).collect();
            says(sheet, &labels.join("; "))?;
        }
        Some(Reply::Text { text } | Reply::Url { url: text }) => says(sheet, text)?,
        Some(Reply::Number { number }) => {
            sheet.write_number_with_format(row, at(AnswerColumn::Answer), *number, &look.fill_in)?;
        }
        Some(Reply::Date { date }) => {
            let written = iso_date::write(*date);
            let (year, month, day) = FIRST_DATE;
            if written < format!("{year:04}-{month:02}-{day:02}") {
                says(sheet, &written)?;
            } else {
                let date = ExcelDateTime::parse_from_str(&written)?;
                sheet.write_datetime_with_format(row, at(AnswerColumn::Answer), &date, &look.fill_in_date)?;
            }
        }
        Some(Reply::File) => says(sheet, &words.answers.file_attached)?,
        // The rows stand on a sheet of their own.
        Some(Reply::Table { .. }) => says(sheet, "")?,
    }
    text(sheet, row, AnswerColumn::Comment, question, comment.as_deref().unwrap_or_default(), &look.fill_in)
}

/// What the answer cell offers or accepts.
fn validation(
    question: &Question,
    words: &WorkbookWords,
    lists: &mut Lists,
) -> Result<Option<DataValidation>, WriteError> {
    let specials = specials(question, &words.answers);
    let instead: Vec<String> =
        [specials.not_applicable, specials.decline].into_iter().flatten().map(str::to_owned).collect();
    let mut offer = |texts: Vec<String>, strict: bool| {
        let texts: Vec<String> = texts.into_iter().chain(instead.clone()).collect();
        if texts.is_empty() {
            return Ok(None);
        }
        let list = lists.offer(&question.id, domain::sheet::own::STAMP_SHEET, &texts)?;
        Ok::<_, WriteError>(Some(list.show_error_message(strict)))
    };
    let warning = |validation: DataValidation| {
        let style = if instead.is_empty() { DataValidationErrorStyle::Stop } else { DataValidationErrorStyle::Warning };
        validation.set_error_style(style).set_error_message(words.does_not_fit.as_str())
    };
    Ok(match &question.kind {
        Kind::Single { options } => {
            offer(options.iter().map(|option| option_text(options, option, false).to_owned()).collect(), true)?
        }
        Kind::Multiple { options } => {
            let texts = options.iter().map(|option| option_text(options, option, true).to_owned()).collect();
            offer(texts, false)?.map(|list| list.set_input_message(words.several.as_str())).transpose()?
        }
        Kind::Number { min, max, .. } => {
            const FAR: f64 = 1e15;
            let rule = DataValidationRule::Between(min.unwrap_or(-FAR), max.unwrap_or(FAR));
            Some(warning(DataValidation::new().allow_decimal_number(rule))?)
        }
        Kind::Date { .. } => {
            let day = |(year, month, day)| ExcelDateTime::from_ymd(year, month, day);
            let rule = DataValidationRule::Between(day(FIRST_DATE)?, day(LAST_DATE)?);
            Some(warning(DataValidation::new().allow_date(rule))?)
        }
        Kind::File { .. } => offer(vec![words.answers.file_attached.clone()], true)?,
        Kind::Table { .. } => offer(Vec::new(), true)?,
        Kind::Text { .. } | Kind::LongText { .. } | Kind::Url { .. } => offer(Vec::new(), false)?,
    })
}

/// All that helps to answer, one thing to a line.
fn guidance(
    question: &Question,
    words: &WorkbookWords,
    tables: &BTreeMap<String, String>,
    numbers: &BTreeMap<&str, usize>,
) -> String {
    let kind = match &question.kind {
        Kind::Multiple { options } => {
            let texts: Vec<&str> = options.iter().map(|option| option_text(options, option, true)).collect();
            Some(format!("{}\n– {}", words.several, texts.join("\n– ")))
        }
        Kind::Number { unit, .. } => unit.as_ref().map(|unit| filled(&words.number, unit)),
        Kind::Date { .. } => Some(words.date.clone()),
        Kind::Url { .. } => Some(words.web_address.clone()),
        Kind::File { .. } => Some(words.file.clone()),
        Kind::Table { .. } => tables.get(&question.id).map(|name| filled(&words.table, name)),
        Kind::Single { .. } | Kind::Text { .. } | Kind::LongText { .. } => None,
    };
    let depends = question.show_if.as_ref().map(|condition| {
        let mut earlier: Vec<usize> = condition.questions().iter().filter_map(|id| numbers.get(id).copied()).collect();
        earlier.sort_unstable();
        earlier.dedup();
        filled(&words.depends, &earlier.iter().map(usize::to_string).collect::<Vec<_>>().join(", "))
    });
    let evidence = question.evidence.as_ref().map(|wanted| filled(&words.evidence, &wanted.kinds.join(", ")));
    [
        question.required.then(|| words.required.clone()),
        kind,
        depends,
        question.why.clone(),
        question.help.clone(),
        evidence,
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join("\n")
}
