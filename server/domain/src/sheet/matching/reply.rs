//! What a stranger's answer is as a reply to our question: only what it says without doubt, never more than it says.

use super::text::plain;
use crate::answer::{Limits, Reply, from_text, iso_date, parse};
use crate::questionnaire::{Document, Kind, Question};
use crate::sheet::vocabulary::{AnswerWord, Vocabulary};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use time::{Date, Duration, Month};

/// Options that are proposed for an answer that fits none.
const NEAREST: usize = 3;

/// What an answer comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Fit {
    /// Nothing is said.
    Blank,
    /// The reply.
    Reply(Reply),
    /// A person has to say. Why (a stable code), and the options that come nearest.
    Ask {
        /// A stable code.
        why: String,
        /// Ids of options.
        nearest: Vec<String>,
    },
}

fn ask(why: &str) -> Fit {
    Fit::Ask { why: why.to_owned(), nearest: Vec::new() }
}

/// How answers are read.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    /// The template, once in each of its languages.
    pub editions: Vec<&'a Document>,
    /// Words of answers.
    pub words: &'a Vocabulary,
    /// How long replies may be.
    pub limits: &'a Limits,
    /// Serial numbers of the workbook count from 1904.
    pub date_1904: bool,
}

impl Reader<'_> {
    /// The reply that a cell gives to a question; `comment` stands beside it.
    pub fn read(&self, question: &str, text: Option<&str>, comment: Option<&str>) -> Fit {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Fit::Blank };
        let versions: Vec<&Question> = self.editions.iter().filter_map(|edition| edition.question(question)).collect();
        let Some(first) = versions.first().copied() else { return Fit::Blank };
        if let Some(reply) = versions.iter().find_map(|version| self.labels(version, text)) {
            return self.checked(first, reply);
        }
        let said = self.words.leading_answer(text);
        let free = matches!(first.kind, Kind::Text { .. } | Kind::LongText { .. });
        if let Some((word @ (AnswerWord::NotApplicable | AnswerWord::Declined), rest)) = said
            && (!free || rest.is_empty())
            && !versions.iter().any(|version| self.options_of(version, word).1.len() == 1)
        {
            let rest = Some(rest.trim()).filter(|rest| !rest.is_empty());
            let reason: Vec<&str> = rest.into_iter().chain(comment.map(str::trim)).collect();
            let reason = Some(reason.join("\n")).filter(|reason| !reason.is_empty());
            return self.checked(
                first,
                match word {
                    AnswerWord::Declined => Reply::Declined { reason },
                    _ => Reply::NotApplicable { reason: reason.unwrap_or_default() },
                },
            );
        }
        match &first.kind {
            Kind::Single { .. } | Kind::Multiple { .. } => self.option(&versions, text, said.map(|(word, _)| word)),
            Kind::Number { unit, .. } => {
                let unit = unit.as_deref().unwrap_or_default();
                match number(text, unit) {
                    Ok(number) => self.checked(first, Reply::Number { number }),
                    Err(why) => ask(why),
                }
            }
            Kind::Date { .. } => match date(text, self.date_1904) {
                Some(date) => self.checked(first, Reply::Date { date }),
                None => ask("not-a-date"),
            },
            Kind::Text { .. } | Kind::LongText { .. } | Kind::Url { .. } | Kind::File { .. } | Kind::Table { .. } => {
                match from_text(first, text, self.limits) {
                    Ok(Some(reply)) => Fit::Reply(reply),
                    Ok(None) => Fit::Blank,
                    Err(problem) => ask(&problem.code),
                }
            }
        }
    }

    fn checked(&self, question: &Question, reply: Reply) -> Fit {
        parse(question, reply, self.limits).map_or_else(|problem| ask(&problem.code), Fit::Reply)
    }

    /// The options that a text names by their labels. An id counts only where it is no everyday word: the option `yes`
    /// can be labelled "Yes, and customers can read the results".
    fn labels(&self, question: &Question, text: &str) -> Option<Reply> {
        let options = question.options();
        let named = |text: &str| {
            let folded = plain(text);
            let by_label = options.iter().find(|option| plain(&option.label) == folded);
            let by_id = || options.iter().find(|option| option.id == text && self.words.answer(text).is_none());
            by_label.or_else(by_id).map(|option| option.id.clone())
        };
        match &question.kind {
            Kind::Single { .. } => named(text).map(|option| Reply::Choice { option }),
            Kind::Multiple { .. } => {
                let all = |separators: &[char]| -> Option<BTreeSet<String>> {
                    let parts = text.split(separators).map(|part| part.trim().trim_start_matches(['-', '•', '*']));
                    parts.filter(|part| !part.trim().is_empty()).map(named).collect()
                };
                let whole = named(text).map(|option| BTreeSet::from([option]));
                let options =
                    whole.or_else(|| all(&[';', '\n', '；'])).or_else(|| all(&[';', '\n', ',', '、', '，']))?;
                (!options.is_empty()).then_some(Reply::Choices { options })
            }
            _ => None,
        }
    }

    /// The options that say exactly this word, and those that say it with something added.
    fn options_of(&self, question: &Question, word: AnswerWord) -> (Vec<String>, Vec<String>) {
        let exact = question.options().iter().filter(|option| self.words.answer(&option.label) == Some(word));
        let added = question
            .options()
            .iter()
            .filter(|option| self.words.leading_answer(&option.label).is_some_and(|(leading, _)| leading == word));
        (exact.map(|option| option.id.clone()).collect(), added.map(|option| option.id.clone()).collect())
    }

    /// A bare word such as "Yes" names an option that says no more than it. "No" also names the only option that begins
    /// with it: there is one way of not having something.
    fn option(&self, versions: &[&Question], text: &str, word: Option<AnswerWord>) -> Fit {
        let Some(first) = versions.first() else { return Fit::Blank };
        let mut nearest = Vec::new();
        for version in versions {
            let Some(word) = word else { break };
            let (exact, added) = self.options_of(version, word);
            let plainly = self.words.answer(text).is_some();
            let sure = match (exact.as_slice(), added.as_slice()) {
                ([one], _) if plainly => Some(one),
                ([], [one]) if plainly && matches!(word, AnswerWord::No | AnswerWord::Unknown) => Some(one),
                _ => None,
            };
            if let Some(option) = sure {
                let option = option.clone();
                return self.checked(
                    first,
                    match first.kind {
                        Kind::Multiple { .. } => Reply::Choices { options: BTreeSet::from([option]) },
                        _ => Reply::Choice { option },
                    },
                );
            }
            if nearest.is_empty() {
                nearest = exact.into_iter().chain(added).collect();
                nearest.dedup();
            }
        }
        if nearest.is_empty() {
            nearest =
                versions.iter().map(|version| alike(version, text)).find(|near| !near.is_empty()).unwrap_or_default();
        }
        nearest.truncate(NEAREST);
        Fit::Ask { why: "not-an-option".to_owned(), nearest }
    }
}

/// The options that share most words with a text.
fn alike(question: &Question, text: &str) -> Vec<String> {
    let words = |text: &str| plain(text).split(' ').map(str::to_owned).collect::<BTreeSet<String>>();
    let said = words(text);
    let mut shared: Vec<(usize, &str)> = question
        .options()
        .iter()
        .map(|option| (words(&option.label).intersection(&said).count(), option.id.as_str()))
        .filter(|(shared, _)| *shared > 0)
        .collect();
    shared.sort_by_key(|(shared, _)| Reverse(*shared));
    shared.into_iter().map(|(_, id)| id.to_owned()).collect()
}

/// Units of time as people write them, in hours; a month is no certain number of them.
const HOURS: [(&[&str], f64); 3] = [
    (
        &[
            "h", "hr", "hrs", "hour", "hours", "stunde", "stunden", "hora", "horas", "heure", "heures", "小時", "小时",
            "時間",
        ],
        1.0,
    ),
    (&["d", "day", "days", "calendar days", "tag", "tage", "día", "días", "jour", "jours", "日", "天"], 24.0),
    (&["w", "week", "weeks", "woche", "wochen", "semana", "semanas", "semaine", "semaines", "週", "周", "星期"], 168.0),
];
/// The same in months.
const MONTHS: [(&[&str], f64); 2] = [
    (&["month", "months", "monat", "monate", "mes", "meses", "mois", "個月", "个月", "か月", "ヶ月"], 1.0),
    (&["year", "years", "yr", "yrs", "jahr", "jahre", "año", "años", "an", "ans", "年"], 12.0),
];

/// A number with or without a unit, in the unit that is asked for.
fn number(text: &str, unit: &str) -> Result<f64, &'static str> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+'))).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let rest = rest.trim().trim_end_matches('.').to_lowercase();
    let plain = match digits.split_once([',', '.']) {
        None => digits.to_owned(),
        // "1,000" is a thousand to some and one to others.
        Some((_, after)) if digits.contains(',') && after.len() == 3 => return Err("ambiguous-number"),
        Some((before, after)) => format!("{before}.{after}"),
    };
    let number: f64 = plain.parse().map_err(|_| "not-a-number")?;
    let unit = unit.trim().to_lowercase();
    if rest.is_empty() || rest == unit || rest.strip_suffix('s') == Some(&unit) || unit.strip_suffix('s') == Some(&rest)
    {
        return Ok(number);
    }
    for family in [HOURS.as_slice(), MONTHS.as_slice()] {
        let of = |unit: &str| family.iter().find(|(names, _)| names.contains(&unit)).map(|(_, size)| *size);
        if let (Some(given), Some(wanted)) = (of(&rest), of(&unit)) {
            let converted = number * given / wanted;
            return if converted.fract() == 0.0 { Ok(converted) } else { Err("another-unit") };
        }
    }
    Err(if rest.chars().all(char::is_alphabetic) { "another-unit" } else { "not-a-number" })
}

/// A day as people write it, or as a serial number from 1950 on. What could be two different days is none.
fn date(text: &str, date_1904: bool) -> Option<Date> {
    const SERIALS: std::ops::RangeInclusive<i64> = 18_264..=109_575;
    let first = text.split(['T', ' ']).next().unwrap_or_default();
    if let Ok(date) = iso_date::read(first) {
        return Some(date);
    }
    let whole = text.split('.').next().filter(|_| text.parse::<f64>().is_ok()).unwrap_or(text);
    if let Ok(serial) = whole.parse::<i64>() {
        let zero = if date_1904 {
            Date::from_calendar_date(1904, Month::January, 1)
        } else {
            Date::from_calendar_date(1899, Month::December, 30)
        };
        return zero.ok().filter(|_| SERIALS.contains(&serial))?.checked_add(Duration::days(serial));
    }
    let parts: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .flat_map(|part| part.split(['年', '月', '日']))
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
        .collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let day = |text: &str| text.trim_end_matches(|c: char| c.is_alphabetic()).parse::<u8>().ok();
    let year = |text: &str| text.parse::<i32>().ok().filter(|year| (1900..=2200).contains(year));
    let made = |y: Option<i32>, m: Option<Month>, d: Option<u8>| Date::from_calendar_date(y?, m?, d?).ok();
    let month_number = |text: &str| text.parse::<u8>().ok().and_then(|month| Month::try_from(month).ok());
    if year(a).is_some() {
        return made(year(a), month_number(b).or_else(|| month_name(b)), day(c));
    }
    if month_name(b).is_some() {
        return made(year(c), month_name(b), day(a));
    }
    if month_name(a).is_some() {
        return made(year(c), month_name(a), day(b));
    }
    if text.contains('.') {
        return made(year(c), month_number(b), day(a));
    }
    match (made(year(c), month_number(b), day(a)), made(year(c), month_number(a), day(b))) {
        (Some(one), Some(other)) => (one == other).then_some(one),
        (one, other) => one.or(other),
    }
}

fn month_name(text: &str) -> Option<Month> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let at = NAMES
        .iter()
        .position(|name| text.len() >= 3 && name.starts_with(text) || text == "sept" && *name == "september")?;
    Month::try_from(u8::try_from(at + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_in_the_unit_that_is_asked_for() {
        for (text, unit, wanted) in [
            ("30", "days", Ok(30.0)),
            ("30 days", "days", Ok(30.0)),
            ("2 weeks", "days", Ok(14.0)),
            ("1 Tag", "days", Ok(1.0)),
            ("2,5", "hours", Ok(2.5)),
            ("3 days", "hours", Ok(72.0)),
            ("2 years", "months", Ok(24.0)),
            ("95 %", "%", Ok(95.0)),
            ("12 hours", "days", Err("another-unit")),
            ("1 month", "days", Err("another-unit")),
            ("1,000", "days", Err("ambiguous-number")),
            ("about 30", "days", Err("not-a-number")),
            ("30-60 days", "days", Err("not-a-number")),
        ] {
            assert_eq!(number(text, unit), wanted, "{text}");
        }
    }

    #[test]
    fn a_date_that_could_be_two_days_is_none() {
        for (text, wanted) in [
            ("2026-11-21", Some("2026-11-21")),
            ("2026-11-21T00:00:00", Some("2026-11-21")),
            ("46347", Some("2026-11-21")),
            ("21.11.2026", Some("2026-11-21")),
            ("21 November 2026", Some("2026-11-21")),
            ("Nov 21, 2026", Some("2026-11-21")),
            ("2026年11月21日", Some("2026-11-21")),
            ("21/11/2026", Some("2026-11-21")),
            ("11/21/2026", Some("2026-11-21")),
            ("03/04/2026", None),
            ("04/04/2026", Some("2026-04-04")),
            ("2026", None),
            ("soon", None),
            ("31.02.2026", None),
        ] {
            assert_eq!(date(text, false).map(iso_date::write).as_deref(), wanted, "{text}");
        }
    }
}
