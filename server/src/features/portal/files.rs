//! Names of files that are handed out.

/// The media type of a workbook.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The media type of a file that is handed out as it came.
pub(super) const BYTES: &str = "application/octet-stream";

/// A name for a file made of parts, without what file systems refuse, of bounded length.
pub(super) fn name_of(parts: &[&str], ending: &str) -> String {
    let clean = |part: &&str| -> String {
        let part: String = part
            .chars()
            .map(|c| {
                if c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') {
                    ' '
                } else {
                    c
                }
            })
            .take(60)
            .collect();
        part.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let parts: Vec<String> = parts.iter().map(clean).filter(|part| !part.is_empty()).collect();
    format!("{}.{ending}", parts.join(" - "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_on_disks() {
        assert_eq!(name_of(&["A/B: \"C\"", "調查"], "xlsx"), "A B C - 調查.xlsx");
    }
}
