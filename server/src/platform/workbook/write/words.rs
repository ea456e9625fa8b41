//! The wording of an answer workbook.

use domain::sheet::own::{AnswerColumn, AnswerWords};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The wording of an answer workbook, in one language. `{}` in a text is replaced as the field says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkbookWords {
    /// Name of the first sheet.
    pub start_sheet: String,
    /// Name of the sheet of questions.
    pub answers_sheet: String,
    /// Name of the sheet of a table question; `{}` is its id.
    pub table_sheet: String,
    /// Who asks; `{}` is the buyer.
    pub asked_by: String,
    /// Who answers; `{}` is the vendor.
    pub asked_of: String,
    /// By when; `{}` is a date.
    pub due: String,
    /// How long it takes; `{}` is a number of minutes.
    pub minutes: String,
    /// Which template; `{}` is its key and version.
    pub template: String,
    /// Lines that say how to fill the workbook in.
    pub instructions: Vec<String>,
    /// Headings of the sheet of questions.
    pub headings: BTreeMap<AnswerColumn, String>,
    /// Words that an answer cell can hold instead of an answer.
    pub answers: AnswerWords,
    /// A question that must be answered.
    pub required: String,
    /// Beside a multiple choice.
    pub several: String,
    /// Beside a number; `{}` is its unit.
    pub number: String,
    /// Beside a date.
    pub date: String,
    /// Beside a web address.
    pub web_address: String,
    /// Beside a file.
    pub file: String,
    /// Beside a table question; `{}` is the name of its sheet.
    pub table: String,
    /// What evidence is looked for; `{}` lists the kinds.
    pub evidence: String,
    /// A question that is asked only after certain answers; `{}` lists the numbers of the earlier questions.
    pub depends: String,
    /// Under a value that does not fit its cell.
    pub does_not_fit: String,
}

impl WorkbookWords {
    /// In English.
    pub fn english() -> Self {
        let headings = [
            (AnswerColumn::Number, "No."),
            (AnswerColumn::Question, "Question"),
            (AnswerColumn::Answer, "Answer"),
            (AnswerColumn::Comment, "Comment / reason"),
            (AnswerColumn::Guidance, "Guidance"),
            (AnswerColumn::Evidence, "Evidence"),
        ];
        let instructions = [
            "Answer in the column “Answer” of the sheet “Answers”. Many cells offer a list to choose from.",
            "Where a question does not apply, choose “Not applicable” and give the reason in the next column.",
            "Where you would rather not say, choose “We decline to say”. That is an answer too.",
            "Questions that ask for a list have a sheet of their own, one row for each entry.",
            "Name files or links in the column “Evidence”; attach the files themselves in the portal.",
            "You may sort and filter rows, move columns, and save the workbook with any spreadsheet program. \
             Leave the hidden row and column as they are: they tell us which answer belongs to which question.",
            "Upload the workbook on the page from which you downloaded it. You will see what changes before it does.",
        ];
        let text = |text: &str| text.to_owned();
        Self {
            start_sheet: text("Start here"),
            answers_sheet: text("Answers"),
            table_sheet: text("Table {}"),
            asked_by: text("Asked by {}"),
            asked_of: text("To be answered by {}"),
            due: text("Due on {}"),
            minutes: text("Takes about {} minutes"),
            template: text("Template {}"),
            instructions: instructions.iter().map(|line| text(line)).collect(),
            headings: headings.into_iter().map(|(column, heading)| (column, text(heading))).collect(),
            answers: AnswerWords::english(),
            required: text("Must be answered."),
            several: text("Several answers are separated by a semicolon (;)."),
            number: text("A number ({})."),
            date: text("A date, such as 2026-11-21."),
            web_address: text("A web address that begins with https:// or http://."),
            file: text("Name the file in the column “Evidence” and attach it in the portal."),
            table: text("Fill in the sheet “{}”."),
            evidence: text("Evidence: {}."),
            depends: text("Depends on the answer to {}; leave it blank where it does not come up."),
            does_not_fit: text("This cell expects something else. Keep it all the same?"),
        }
    }
}

impl Default for WorkbookWords {
    fn default() -> Self {
        Self::english()
    }
}

/// The text with its place filled.
pub(super) fn filled(text: &str, with: &str) -> String {
    text.replace("{}", with)
}
