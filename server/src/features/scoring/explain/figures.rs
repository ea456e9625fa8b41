//! Figures as they are read. What is shown is rounded; what is computed never is.

/// A risk, 0 to 100: `42.6`.
pub(crate) fn points(risk: f64) -> String {
    format!("{risk:.1}")
}

/// A share as a percentage without its sign. Only what is nothing reads 0, only what is all reads 100.
pub(crate) fn percent(share: f64) -> String {
    match share * 100.0 {
        whole if whole <= 0.0 => "0".to_owned(),
        whole if whole < 0.5 => "<1".to_owned(),
        whole if whole < 100.0 => format!("{:.0}", whole.round().min(99.0)),
        _ => "100".to_owned(),
    }
}

/// A weight, value or factor with as many decimals as it has, at most two: `3`, `0.5`, `0.67`.
pub(super) fn decimals(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What comes off a risk.
pub(super) fn taken_off(reduction: f64) -> String {
    if reduction <= 0.0 {
        "0".to_owned()
    } else if reduction < 0.005 {
        "<0.01".to_owned()
    } else {
        format!("−{reduction:.2}")
    }
}

/// Orders ids with numbers in them as people do: A.2 before A.10.
pub(super) fn control_order(id: &str) -> Vec<(u32, String)> {
    id.split('.').map(|part| (part.parse().unwrap_or(0), part.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_nothing_is_nothing_and_only_all_is_all() {
        assert_eq!([0.0, 0.001, 0.5, 0.996, 1.0].map(percent), ["0", "<1", "50", "99", "100"]);
        assert_eq!([0.0, 0.001, 3.2].map(taken_off), ["0", "<0.01", "−3.20"]);
        assert_eq!([3.0, 0.5, 2.0 / 3.0, 10.0].map(decimals), ["3", "0.5", "0.67", "10"]);
    }

    #[test]
    fn ids_are_ordered_as_people_do() {
        let mut ids = ["A.10.2", "A.2.10", "A.2.9", "A.6.2.4"];
        ids.sort_by_key(|id| control_order(id));
        assert_eq!(ids, ["A.2.9", "A.2.10", "A.6.2.4", "A.10.2"]);
    }
}
