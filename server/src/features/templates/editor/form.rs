//! A question as the fields of a form, and back: what was typed is never lost on the way.

use crate::web::fields::Fields;
use domain::problem::{Problem, Problems};
use domain::questionnaire::{
    Choice, Column, Condition, EvidenceWanted, Feed, Kind, Question, Role, Severity, Text, ValueRange,
};
use std::collections::BTreeMap;

/// Characters of one text.
pub(super) const LONGEST: usize = 5_000;
/// Rows of options, of ranges, of columns.
pub(super) const MOST_ROWS: usize = 200;

/// The kinds of question, in the order in which they are offered.
pub(super) const KINDS: [&str; 9] =
    ["single", "multiple", "text", "long_text", "number", "date", "url", "file", "table"];

/// What rows a form has: the name that their fields begin with.
pub(super) const ROWS: [&str; 3] = ["option", "range", "column"];

/// A question of this kind, to begin with.
pub(super) fn kind_of(name: &str) -> Option<Kind<Text>> {
    Some(match name {
        "single" => Kind::Single { options: Vec::new() },
        "multiple" => Kind::Multiple { options: Vec::new() },
        "text" => Kind::Text { given: None, max_length: None },
        "long_text" => Kind::LongText { given: None, max_length: None },
        "number" => Kind::Number { min: None, max: None, unit: None, ranges: Vec::new() },
        "date" => Kind::Date { given: None },
        "url" => Kind::Url { given: None },
        "file" => Kind::File { given: None },
        "table" => Kind::Table { columns: Vec::new(), max_rows: 50, feeds: None },
        _ => return None,
    })
}

/// The fields of a form, being filled.
struct Filled<'a> {
    languages: &'a [String],
    fields: Vec<(String, String)>,
}

impl Filled<'_> {
    fn put(&mut self, name: impl Into<String>, value: impl ToString) {
        self.fields.push((name.into(), value.to_string()));
    }

    fn flag(&mut self, name: impl Into<String>, set: bool) {
        if set {
            self.put(name, "yes");
        }
    }

    fn maybe(&mut self, name: impl Into<String>, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    fn words(&mut self, name: &str, text: Option<&Text>) {
        let languages = self.languages;
        for language in languages {
            let text = text.and_then(|text| text.exactly(language, &languages[0])).unwrap_or_default();
            self.put(format!("{name}:{language}"), text);
        }
    }

    fn kind(&mut self, kind: &Kind<Text>) {
        self.put("kind", kind.name());
        match kind {
            Kind::Single { options } | Kind::Multiple { options } => {
                for (n, option) in options.iter().enumerate() {
                    self.option(&format!("option:{n}"), option);
                }
            }
            Kind::Text { given, max_length } | Kind::LongText { given, max_length } => {
                self.maybe("given", *given);
                self.maybe("max_length", *max_length);
            }
            Kind::Date { given } | Kind::Url { given } | Kind::File { given } => self.maybe("given", *given),
            Kind::Number { min, max, unit, ranges } => {
                self.maybe("min", *min);
                self.maybe("max", *max);
                self.words("unit", unit.as_ref());
                for (n, range) in ranges.iter().enumerate() {
                    self.maybe(format!("range:{n}:at_least"), range.at_least);
                    self.maybe(format!("range:{n}:below"), range.below);
                    self.put(format!("range:{n}:value"), range.value);
                }
            }
            Kind::Table { columns, max_rows, feeds } => {
                self.put("max_rows", max_rows);
                self.flag("feeds", feeds.is_some());
                for (n, column) in columns.iter().enumerate() {
                    self.column(&format!("column:{n}"), column);
                }
            }
        }
    }

    fn option(&mut self, at: &str, option: &Choice<Text>) {
        self.put(format!("{at}:id"), &option.id);
        self.words(&format!("{at}:label"), Some(&option.label));
        self.maybe(format!("{at}:value"), option.value);
        self.flag(format!("{at}:unscored"), option.unscored);
        self.flag(format!("{at}:exclusive"), option.exclusive);
        self.put(format!("{at}:finding"), option.finding.map_or("none", severity_name));
    }

    fn column(&mut self, at: &str, column: &Column<Text>) {
        self.put(format!("{at}:id"), &column.id);
        self.words(&format!("{at}:label"), Some(&column.label));
        self.words(&format!("{at}:help"), column.help.as_ref());
        self.flag(format!("{at}:required"), column.required);
        self.maybe(format!("{at}:show_if"), column.show_if.as_ref());
        let languages = self.languages;
        for language in languages {
            let line = |option: &Choice<Text>| {
                let label = option.label.exactly(language, &languages[0])?;
                Some(format!("{} | {label}", option.id))
            };
            let lines: Vec<String> = column.options.iter().filter_map(line).collect();
            self.put(format!("{at}:options:{language}"), lines.join("\n"));
        }
    }
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Observation => "observation",
        Severity::Minor => "minor",
        Severity::Major => "major",
    }
}

/// The fields that show a question.
pub(super) fn fields_of(question: &Question<Text>, languages: &[String]) -> Fields {
    let mut filled = Filled { languages, fields: Vec::new() };
    filled.words("text", Some(&question.text));
    filled.words("why", question.why.as_ref());
    filled.words("help", question.help.as_ref());
    filled.kind(&question.kind);
    filled.flag("required", question.required);
    filled.put("weight", question.weight);
    filled.maybe("weight_reason", question.weight_reason.as_ref());
    for control in &question.controls {
        filled.put("controls", control);
    }
    for clause in &question.clauses {
        filled.put("clauses", clause);
    }
    filled.maybe("domain", question.domain.as_ref());
    for role in &question.audience {
        filled.put("audience", role);
    }
    filled.put("tags", question.tags.join(", "));
    filled.flag("may_be_na", question.may_be_na);
    filled.flag("may_decline", question.may_decline);
    if let Some(wanted) = &question.evidence {
        filled.put("evidence", if wanted.expected { "expected" } else { "welcome" });
        for language in languages {
            let kinds = wanted.kinds.iter().map(|kind| kind.exactly(language, &languages[0]).unwrap_or_default());
            filled.put(format!("evidence_kinds:{language}"), kinds.collect::<Vec<_>>().join("\n"));
        }
    }
    filled.maybe("show_if", question.show_if.as_ref());
    filled.maybe("poor_answer", question.poor_answer.as_ref());
    Fields(filled.fields)
}

/// A form being read.
pub(super) struct Reading<'a> {
    pub fields: &'a Fields,
    pub languages: &'a [String],
    pub problems: Vec<Problem>,
}

impl<'a> Reading<'a> {
    pub fn new(fields: &'a Fields, languages: &'a [String]) -> Self {
        Self { fields, languages, problems: Vec::new() }
    }

    /// A text as it is kept: browsers end lines with two characters.
    pub fn one(&mut self, name: &str) -> String {
        let text = self.fields.one(name).replace("\r\n", "\n").trim().to_owned();
        let given = text.chars().count();
        if given > LONGEST {
            self.problems.push(Problem::new(name, "too-long").with("most", LONGEST).with("given", given));
        } else if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            self.problems.push(Problem::new(name, "control-character"));
        }
        text
    }

    pub fn maybe(&mut self, name: &str) -> Option<String> {
        Some(self.one(name)).filter(|text| !text.is_empty())
    }

    fn flag(&self, name: &str) -> bool {
        self.fields.has(name)
    }

    pub fn number<T: std::str::FromStr>(&mut self, name: &str) -> Option<T> {
        let text = self.one(name);
        // What is no number in print ("inf", "NaN") is none here.
        let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
        let number = text.parse().ok().filter(|_| plain);
        if number.is_none() && !text.is_empty() {
            self.problems.push(Problem::new(name, "not-a-number"));
        }
        number
    }

    /// A text in every language in which something was typed.
    pub fn words(&mut self, name: &str) -> Option<Text> {
        let languages = self.languages;
        let texts: BTreeMap<String, String> = languages
            .iter()
            .filter_map(|language| Some((language.clone(), self.maybe(&format!("{name}:{language}"))?)))
            .collect();
        (!texts.is_empty()).then(|| self.text(texts))
    }

    /// The same, empty where nothing was typed.
    pub fn text_of(&mut self, name: &str) -> Text {
        self.words(name).unwrap_or_else(|| self.text(BTreeMap::new()))
    }

    fn text(&self, mut texts: BTreeMap<String, String>) -> Text {
        match self.languages {
            [only] => Text::One(texts.remove(only).unwrap_or_default()),
            _ => Text::By(texts),
        }
    }

    fn condition(&mut self, name: &str) -> Option<Condition> {
        let text = self.maybe(name)?;
        match text.parse::<Condition>() {
            Ok(condition) => Some(condition),
            Err(misread) => {
                let problem = Problem::new(name, "condition-misread").with("place", misread.at);
                self.problems.push(problem.with("expected", misread.expected));
                None
            }
        }
    }

    fn lines(&mut self, name: &str) -> Vec<String> {
        self.one(name).lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    fn kind(&mut self) -> Option<Kind<Text>> {
        let kind = self.one("kind");
        Some(match kind_of(&kind) {
            Some(Kind::Single { .. }) => Kind::Single { options: self.options() },
            Some(Kind::Multiple { .. }) => Kind::Multiple { options: self.options() },
            Some(Kind::Text { .. }) => {
                Kind::Text { given: self.number("given"), max_length: self.number("max_length") }
            }
            Some(Kind::LongText { .. }) => {
                Kind::LongText { given: self.number("given"), max_length: self.number("max_length") }
            }
            Some(Kind::Number { .. }) => Kind::Number {
                min: self.number("min"),
                max: self.number("max"),
                unit: self.words("unit"),
                ranges: self.ranges(),
            },
            Some(Kind::Date { .. }) => Kind::Date { given: self.number("given") },
            Some(Kind::Url { .. }) => Kind::Url { given: self.number("given") },
            Some(Kind::File { .. }) => Kind::File { given: self.number("given") },
            Some(Kind::Table { .. }) => Kind::Table {
                columns: self.columns(),
                max_rows: self.number("max_rows").unwrap_or_default(),
                feeds: self.flag("feeds").then_some(Feed::Register),
            },
            None => {
                self.problems.push(Problem::new("kind", "unknown"));
                return None;
            }
        })
    }

    fn options(&mut self) -> Vec<Choice<Text>> {
        let mut options: Vec<Choice<Text>> = Vec::new();
        for n in 0..count(self.fields, "option") {
            let at = |part: &str| format!("option:{n}:{part}");
            let (id, label) = (self.one(&at("id")), self.words(&at("label")));
            if id.is_empty() && label.is_none() {
                continue;
            }
            let label = label.unwrap_or_else(|| self.text(BTreeMap::new()));
            let id = self.id_of(id, &label, options.iter().map(|option| option.id.as_str()));
            let finding = match self.fields.one(&at("finding")) {
                "observation" => Some(Severity::Observation),
                "minor" => Some(Severity::Minor),
                "major" => Some(Severity::Major),
                _ => None,
            };
            options.push(Choice {
                id,
                label,
                value: self.number(&at("value")),
                unscored: self.flag(&at("unscored")),
                exclusive: self.flag(&at("exclusive")),
                finding,
            });
        }
        options
    }

    /// The id that was typed, or one made of the label.
    fn id_of<'o>(&self, id: String, label: &Text, taken: impl Iterator<Item = &'o str>) -> String {
        if !id.is_empty() {
            return id;
        }
        let label = label.read(&self.languages[0], &self.languages[0]).to_lowercase();
        let words = label.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).take(4);
        let made: String = words.collect::<Vec<_>>().join("_").chars().take(40).collect();
        let made = if made.is_empty() { "option".to_owned() } else { made };
        let taken: Vec<&str> = taken.collect();
        if !taken.contains(&made.as_str()) {
            return made;
        }
        (2..).map(|n| format!("{made}_{n}")).find(|id| !taken.contains(&id.as_str())).unwrap_or(made)
    }

    fn ranges(&mut self) -> Vec<ValueRange> {
        let mut ranges = Vec::new();
        for n in 0..count(self.fields, "range") {
            let at = |part: &str| format!("range:{n}:{part}");
            let (at_least, below) = (self.number(&at("at_least")), self.number(&at("below")));
            match self.number(&at("value")) {
                Some(value) => ranges.push(ValueRange { at_least, below, value }),
                None if at_least.is_some() || below.is_some() => {
                    self.problems.push(Problem::new(at("value"), "required"));
                }
                None => {}
            }
        }
        ranges
    }

    fn columns(&mut self) -> Vec<Column<Text>> {
        let mut columns: Vec<Column<Text>> = Vec::new();
        for n in 0..count(self.fields, "column") {
            let at = |part: &str| format!("column:{n}:{part}");
            let (id, label) = (self.one(&at("id")), self.words(&at("label")));
            if id.is_empty() && label.is_none() {
                continue;
            }
            let label = label.unwrap_or_else(|| self.text(BTreeMap::new()));
            let id = self.id_of(id, &label, columns.iter().map(|column| column.id.as_str()));
            columns.push(Column {
                id,
                label,
                required: self.flag(&at("required")),
                options: self.entries(&at("options")),
                show_if: self.condition(&at("show_if")),
                help: self.words(&at("help")),
            });
        }
        columns
    }

    /// The allowed entries of a column: a line each, `id | label`, with the same ids in every language.
    fn entries(&mut self, name: &str) -> Vec<Choice<Text>> {
        let mut found: Vec<(String, BTreeMap<String, String>)> = Vec::new();
        for language in self.languages {
            for line in self.lines(&format!("{name}:{language}")) {
                let (id, label) = match line.split_once('|') {
                    Some((id, label)) => (id.trim().to_owned(), label.trim().to_owned()),
                    None => {
                        let taken = found.iter().map(|(id, _)| id.as_str());
                        (self.id_of(String::new(), &Text::One(line.clone()), taken), line)
                    }
                };
                match found.iter_mut().find(|(known, _)| *known == id) {
                    Some((_, labels)) => {
                        labels.insert(language.clone(), label);
                    }
                    None => found.push((id, BTreeMap::from([(language.clone(), label)]))),
                }
            }
        }
        let choice = |(id, labels)| Choice {
            id,
            label: self.text(labels),
            value: None,
            unscored: false,
            exclusive: false,
            finding: None,
        };
        found.into_iter().map(choice).collect()
    }

    fn evidence(&mut self) -> Option<EvidenceWanted<Text>> {
        let expected = match self.fields.one("evidence") {
            "expected" => true,
            "welcome" => false,
            _ => return None,
        };
        let mut kinds: Vec<BTreeMap<String, String>> = Vec::new();
        for language in self.languages {
            for (n, line) in self.lines(&format!("evidence_kinds:{language}")).into_iter().enumerate() {
                if kinds.len() <= n {
                    kinds.push(BTreeMap::new());
                }
                kinds[n].insert(language.clone(), line);
            }
        }
        Some(EvidenceWanted { expected, kinds: kinds.into_iter().map(|texts| self.text(texts)).collect() })
    }
}

/// The question that a form says; what cannot even be kept is a problem.
///
/// # Errors
/// Numbers that are none, conditions that cannot be read, texts that are too long: each at its field.
pub(super) fn read(id: &str, fields: &Fields, languages: &[String]) -> Result<Question<Text>, Problems> {
    let mut form = Reading::new(fields, languages);
    let kind = form.kind();
    let mut roles = Vec::new();
    for role in fields.all("audience") {
        match role.parse::<Role>() {
            Ok(role) => roles.push(role),
            Err(_) => form.problems.push(Problem::new("audience", "unknown")),
        }
    }
    let tags = form.one("tags");
    let tags = tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
    let question = Question {
        text: form.text_of("text"),
        required: form.flag("required"),
        why: form.words("why"),
        help: form.words("help"),
        weight: form.number("weight").unwrap_or_default(),
        weight_reason: form.maybe("weight_reason"),
        controls: fields.all("controls").map(str::to_owned).collect(),
        clauses: fields.all("clauses").map(str::to_owned).collect(),
        domain: form.maybe("domain"),
        audience: roles,
        tags,
        may_be_na: form.flag("may_be_na"),
        may_decline: form.flag("may_decline"),
        evidence: form.evidence(),
        show_if: form.condition("show_if"),
        poor_answer: form.maybe("poor_answer"),
        ..Question::fresh(id, Text::One(String::new()), Kind::Date { given: None })
    };
    let problems = form.problems;
    match kind {
        Some(kind) if problems.is_empty() => Ok(Question { kind, ..question }),
        _ => Err(Problems(problems)),
    }
}

/// How many rows a form has: one more than the highest number in it.
pub(super) fn count(fields: &Fields, rows: &str) -> usize {
    let numbers = fields.below(rows).filter_map(|(rest, _)| rest.strip_prefix(':')?.split(':').next()?.parse().ok());
    numbers.max().map_or(0, |most: usize| most.saturating_add(1)).min(MOST_ROWS)
}

/// Adds, moves or takes away a row of a form that is not saved yet: `add option`, `up column 3`, `remove range 0`.
pub(super) fn change_rows(fields: &Fields, wanted: &str) -> Fields {
    let mut words = wanted.split(' ');
    let (verb, rows) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let n: Option<usize> = words.next().and_then(|n| n.parse().ok());
    if !ROWS.contains(&rows) {
        return fields.clone();
    }
    let mut order: Vec<usize> = (0..count(fields, rows)).collect();
    let standing = n.filter(|n| *n < order.len());
    match (verb, standing) {
        ("add", _) if order.len() < MOST_ROWS => order.push(order.len()),
        ("up", Some(n)) if n > 0 => order.swap(n, n - 1),
        ("down", Some(n)) if n + 1 < order.len() => order.swap(n, n + 1),
        ("remove", Some(n)) => {
            order.remove(n);
        }
        _ => {}
    }
    let prefix = format!("{rows}:");
    let mut changed: Vec<(String, String)> =
        fields.0.iter().filter(|(name, _)| !name.starts_with(&prefix)).cloned().collect();
    for (new, old) in order.into_iter().enumerate() {
        let own = format!("{prefix}{old}:");
        changed.extend(fields.below(&own).map(|(rest, value)| (format!("{prefix}{new}:{rest}"), value.to_owned())));
        // A row that has nothing in it yet is there all the same.
        if !changed.iter().any(|(name, _)| name.starts_with(&format!("{prefix}{new}:"))) {
            changed.push((format!("{prefix}{new}:id"), String::new()));
        }
    }
    Fields(changed)
}
