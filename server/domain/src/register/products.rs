//! Product cells: what stands where a product is expected, whose product it is, and where a person may split it.

use super::fold::{folded, words};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a product cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Naming {
    /// A name, as far as can be seen.
    Named,
    /// "Various", "multiple", "see above": products that are not named.
    Unnamed,
    /// "N/A", "none", "-": said not to be one.
    None,
    /// "TBD", "unknown": not known yet.
    NotKnown,
    /// "REDACTED", "withheld": known and not told.
    Withheld,
}

impl Naming {
    /// What this cell holds. Only a cell that says nothing else counts as unnamed: "Various (see list)" is, "Various
    /// Adobe tools" is kept as a name.
    pub fn of(cell: &str) -> Self {
        let said: Vec<String> = words(cell).into_iter().map(|word| word.text).collect();
        match said.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            []
            | ["n", "a"]
            | ["na" | "none" | "nil" | "no"]
            | ["not", "applicable"]
            | ["no", "product" | "products"] => Self::None,
            ["various" | "multiple" | "several" | "many" | "misc" | "miscellaneous" | "other" | "others"]
            | [
                "various" | "multiple" | "several" | "many",
                "products" | "tools" | "vendors" | "systems" | "applications",
            ]
            | ["various", "see", ..]
            | ["see", "above" | "below" | "list" | "attached" | "comment" | "comments"] => Self::Unnamed,
            ["tbd" | "tbc" | "unknown" | "unsure" | "pending"]
            | ["to", "be", "determined" | "decided" | "confirmed"]
            | ["not", "known" | "yet"]
            | ["not", "yet", ..] => Self::NotKnown,
            ["redacted" | "withheld" | "confidential" | "classified" | "sensitive"] => Self::Withheld,
            _ => Self::Named,
        }
    }
}

/// Phrases and the vendor whose product they name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Any of these, found as whole words in a cell, names it. Compared without case, accents and punctuation.
    pub contains: Vec<String>,
    /// The vendor, as the register shows it.
    pub vendor: String,
}

/// Which products are whose: shipped as data, extended without code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Document", into = "Document")]
pub struct ProductTable {
    products: Vec<Product>,
    /// The words of a phrase, and the index of its product.
    phrases: Vec<(Vec<String>, usize)>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Document {
    /// Where the facts come from, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    about: Option<String>,
    products: Vec<Product>,
}

impl TryFrom<Document> for ProductTable {
    type Error = Problem;

    fn try_from(document: Document) -> Result<Self, Problem> {
        Self::new(document.products)
    }
}

impl From<ProductTable> for Document {
    fn from(table: ProductTable) -> Self {
        Self { about: None, products: table.products }
    }
}

impl ProductTable {
    /// A table of these products.
    ///
    /// # Errors
    /// `empty-phrase` or `empty-vendor` at the product, `phrase-of-two-vendors` when two vendors claim one phrase.
    pub fn new(products: Vec<Product>) -> Result<Self, Problem> {
        let mut phrases: Vec<(Vec<String>, usize)> = Vec::new();
        for (n, product) in products.iter().enumerate() {
            if product.vendor.trim().is_empty() {
                return Err(Problem::new(format!("/products/{n}/vendor"), "empty-vendor"));
            }
            for (p, phrase) in product.contains.iter().enumerate() {
                let at = format!("/products/{n}/contains/{p}");
                let phrase: Vec<String> = words(phrase).into_iter().map(|word| word.text).collect();
                if phrase.is_empty() {
                    return Err(Problem::new(at, "empty-phrase"));
                }
                let claimed =
                    phrases.iter().find(|(known, by)| *known == phrase && products[*by].vendor != product.vendor);
                if let Some((_, by)) = claimed {
                    return Err(Problem::new(at, "phrase-of-two-vendors").with("other", &products[*by].vendor));
                }
                phrases.push((phrase, n));
            }
        }
        Ok(Self { products, phrases })
    }

    /// Reads `{"products": [{"contains": ["phrase"], "vendor": "Name"}]}`.
    ///
    /// # Errors
    /// `not-a-product-table` with what is wrong and where in the text.
    pub fn from_json(json: &str) -> Result<Self, Problem> {
        serde_json::from_str(json).map_err(|wrong| Problem::new("", "not-a-product-table").with("reason", wrong))
    }

    /// Whose product a cell names, or `None` when that is not certain.
    ///
    /// A longer phrase hides the shorter ones within it ("GitHub Copilot" is not "Copilot"). Phrases of two vendors make
    /// none; and in a cell that lists several things, separated by commas or semicolons, one that the table does not know
    /// makes none, for the list may be somebody else's as well.
    pub fn vendor_of(&self, cell: &str) -> Option<&str> {
        if Naming::of(cell) != Naming::Named {
            return None;
        }
        let mut vendors = BTreeSet::new();
        for part in split_at(cell, &[Separator::Comma, Separator::Semicolon]) {
            let named = self.vendors_in(part);
            if named.is_empty() {
                return None;
            }
            vendors.extend(named);
        }
        (vendors.len() == 1).then(|| vendors.pop_first()).flatten()
    }

    fn vendors_in(&self, text: &str) -> BTreeSet<&str> {
        let said: Vec<String> = words(text).into_iter().map(|word| word.text).collect();
        let mut found: Vec<(usize, usize, usize)> = Vec::new();
        for (phrase, product) in &self.phrases {
            let places = said.windows(phrase.len()).enumerate().filter(|(_, place)| place == phrase);
            found.extend(places.map(|(from, _)| (from, from + phrase.len(), *product)));
        }
        let hidden = |&(from, to, _): &(usize, usize, usize)| {
            found.iter().any(|&(f, t, _)| f <= from && to <= t && t - f > to - from)
        };
        found
            .iter()
            .filter(|place| !hidden(place))
            .map(|&(_, _, product)| self.products[product].vendor.as_str())
            .collect()
    }
}

/// What may separate several products in one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `/` between blanks or letters, not in "N/A" or "24/7".
    Slash,
    /// `&` between blanks.
    Ampersand,
    /// The end of a line; lines also wrap within one name.
    NewLine,
    /// The word "and".
    And,
}

/// A split that is proposed to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Where it would cut.
    pub separator: Separator,
    /// What the cell would become by this separator alone.
    pub parts: Vec<String>,
}

/// The separators at which a cell could be split, each with what it would give. Nothing is split by this.
pub fn separators(cell: &str) -> Vec<Proposal> {
    use Separator::{Ampersand, And, Comma, NewLine, Semicolon, Slash};
    if Naming::of(cell) != Naming::Named {
        return Vec::new();
    }
    [Comma, Semicolon, NewLine, Slash, Ampersand, And]
        .into_iter()
        .filter_map(|separator| {
            let parts: Vec<String> = split_at(cell, &[separator]).into_iter().map(one_line).collect();
            (parts.len() > 1).then_some(Proposal { separator, parts })
        })
        .collect()
}

/// The products of a cell, split at the separators that a person confirmed; the whole cell where there are none.
///
/// Repeated names are kept once, in the order in which they stand; text in brackets is never split.
pub fn split(cell: &str, confirmed: &[Separator]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    split_at(cell, confirmed).into_iter().map(one_line).filter(|part| seen.insert(folded(part))).collect()
}

/// Two product cells with the same identity are one component of an import: vendor (unknown where `None`) and product,
/// folded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// The vendor as the table names it; `None` is "unknown".
    pub vendor: Option<String>,
    /// The product text, folded; empty where the row names no product.
    pub product: String,
}

impl Identity {
    /// Of the product text of a row.
    pub fn of(table: &ProductTable, product: Option<&str>) -> Self {
        let product = product.unwrap_or_default();
        Self { vendor: table.vendor_of(product).map(str::to_owned), product: folded(product) }
    }
}

/// Cuts a text, outside brackets, and leaves out what is blank.
fn split_at<'a>(text: &'a str, separators: &[Separator]) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let (mut from, mut depth) = (0, 0_usize);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' | '（' => depth += 1,
            ')' | ']' | '}' | '）' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 0 || at < from {
            continue;
        }
        if let Some(length) = separators.iter().find_map(|separator| separator.at(text, at)) {
            parts.push(&text[from..at]);
            from = at + length;
        }
    }
    parts.push(&text[from..]);
    parts.retain(|part| !part.trim().is_empty());
    parts.into_iter().map(str::trim).collect()
}

impl Separator {
    /// How many bytes of the text it takes at this place, if it stands there.
    fn at(self, text: &str, at: usize) -> Option<usize> {
        let rest = &text[at..];
        let c = rest.chars().next()?;
        let before = text[..at].chars().next_back();
        let after = rest.chars().nth(1);
        let blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let stands = match self {
            Self::Comma => matches!(c, ',' | '，' | '、') && !(digit(before) && digit(after)),
            Self::Semicolon => matches!(c, ';' | '；'),
            Self::NewLine => matches!(c, '\n' | '\r'),
            Self::Ampersand => c == '&' && blank(before) && blank(after),
            Self::Slash => c == '/' && !(digit(before) && digit(after)) && after != Some('/') && before != Some('/'),
            Self::And => {
                let word = rest.get(..3).is_some_and(|word| word.eq_ignore_ascii_case("and"));
                return (word && blank(before) && blank(rest[3..].chars().next())).then_some(3);
            }
        };
        stands.then_some(c.len_utf8())
    }
}

fn digit(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_digit())
}

fn one_line(part: &str) -> String {
    part.split_whitespace().collect::<Vec<_>>().join(" ")
}
