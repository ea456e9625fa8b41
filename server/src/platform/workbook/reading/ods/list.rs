//! What the conditions of OpenDocument validations offer.

use super::super::gathered::List;

/// What a condition offers: `cell-content-is-in-list("Yes";"No")`, or of a range: `([$Lists.$A$1:.$A$5])`, or of a name.
pub(super) fn offered(condition: &str) -> Option<List> {
    let (_, list) = condition.split_once("cell-content-is-in-list(")?;
    let list = list.trim_end().strip_suffix(')')?.trim();
    if list.starts_with('"') {
        let mut options = Vec::new();
        let mut rest = list;
        while let Some(text) = rest.strip_prefix('"') {
            let end = closing(text)?;
            options.push(text[..end].replace("\"\"", "\""));
            rest = text[end + 1..].trim_start().trim_start_matches([';', ',']).trim_start();
        }
        return rest.is_empty().then_some(List::Texts(options));
    }
    match list.strip_prefix('[').and_then(|list| list.strip_suffix(']')) {
        Some(place) => range(place).map(List::Formula),
        None => (!list.is_empty()).then(|| List::Formula(list.to_owned())),
    }
}

/// A range as the other formats write it: `$Lists.$A$1:.$A$5` is `$Lists!$A$1:$A$5`.
pub(super) fn range(range: &str) -> Option<String> {
    let (first, last) = range.split_once(':').unwrap_or((range, ""));
    let (sheet, first) = first.rsplit_once('.')?;
    let last = last.rsplit_once('.').map_or(last, |(_, last)| last);
    let area = if last.is_empty() { first.to_owned() } else { format!("{first}:{last}") };
    Some(if sheet.is_empty() { area } else { format!("{sheet}!{area}") })
}

/// Where a quoted text ends; a doubled quote is one of the text's own.
fn closing(text: &str) -> Option<usize> {
    let mut quotes = text.match_indices('"').map(|(at, _)| at).peekable();
    while let Some(at) = quotes.next() {
        if quotes.peek() == Some(&(at + 1)) {
            quotes.next();
        } else {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_found_where_they_stand() {
        let found = |list: &str| match offered(&format!("of:cell-content-is-in-list({list})")) {
            Some(List::Texts(options)) => Some(options.join("|")),
            Some(List::Formula(formula)) => Some(formula),
            None => None,
        };
        assert_eq!(found(r#""Yes";"No; never";"""?""""#).as_deref(), Some("Yes|No; never|\"?\""));
        assert_eq!(found("[$'My Values'.$B$2:.$B$9]").as_deref(), Some("$'My Values'!$B$2:$B$9"));
        assert_eq!(found("[.$B$3]").as_deref(), Some("$B$3"));
        assert_eq!(found("Choices").as_deref(), Some("Choices"));
        for other in ["\"Yes", "[#REF!]", ""] {
            assert_eq!(found(other), None, "{other}");
        }
        assert_eq!(offered("of:cell-content-is-whole-number()"), None);
    }
}
