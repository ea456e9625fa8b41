//! How a score is kept: its input apart from its day, so that the same answers are kept once however often they are scored,
//! and by which hashes two scores of different days are the same.

use super::canonical::sha256;
use time::Date;

/// How a canonical input begins: its keys stand in order, and no other comes before this one.
const DAY: &str = r#"{"as_of":"#;
/// With which key the figures of an output begin; before it stand its day and the hash in which the day is.
const FIGURES: &str = r#","residual":"#;

/// A canonical input without its day; none where the text is not one.
pub fn without_day(input: &str) -> Option<&str> {
    let (day, rest) = input.split_once(',')?;
    day.starts_with(DAY).then_some(rest)
}

/// The canonical input of a day, of what [`without_day`] has left.
pub fn with_day(as_of: Date, rest: &str) -> String {
    format!(r#"{DAY}"{as_of}",{rest}"#)
}

/// SHA-256 over the figures of an output, from the residual risk to the last line of the explanation: two scores by one
/// policy with the same hash say the same. None where the text is no output.
pub fn figures_sha256(output: &str) -> Option<String> {
    output.find(FIGURES).map(|at| sha256(&output[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const OUTPUT: &str = r#"{"method":1,"as_of":"2026-11-21","inputs_sha256":"ab","residual":12.5,"domains":[]}"#;

    #[test]
    fn an_input_is_the_same_with_its_day_again() {
        let input = r#"{"as_of":"2026-11-21","certificates":[]}"#;
        let rest = without_day(input).expect("an input");
        assert_eq!(rest, r#""certificates":[]}"#);
        assert_eq!(with_day(date!(2026 - 11 - 21), rest), input);
        assert_eq!(without_day(r#"{"certificates":[],"x":1}"#), None);
    }

    #[test]
    fn scores_of_two_days_are_held_against_each_other() {
        let other = OUTPUT.replace("2026-11-21", "2026-11-22").replace("\"ab\"", "\"cd\"");
        assert!(figures_sha256(OUTPUT).is_some());
        assert_eq!(figures_sha256(OUTPUT), figures_sha256(&other));
        assert_ne!(figures_sha256(OUTPUT), figures_sha256(&OUTPUT.replace("12.5", "12.6")));
        assert_eq!(figures_sha256("{}"), None);
    }
}
