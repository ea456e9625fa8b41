//! Mails as they lie in the folder of the embedded default, read as a mail program reads them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::path::Path;

/// A mail.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Header `To`.
    pub to: String,
    /// Header `Subject`, decoded.
    pub subject: String,
    /// The plain text part, decoded.
    pub text: String,
    /// The HTML part, decoded.
    pub html: String,
}

impl Mail {
    /// The vendor's link in it.
    pub fn link(&self) -> Option<String> {
        self.link_below("/a/")
    }

    /// The link in it whose path begins like this.
    pub fn link_below(&self, path: &str) -> Option<String> {
        let at = self.text.find(path)?;
        let start = self.text[..at].rfind("http")?;
        self.text[start..].split_whitespace().next().map(str::to_owned)
    }
}

/// All mails in the folder, oldest first (their names are ids that sort by time).
pub fn mails(data_dir: &Path) -> Vec<Mail> {
    let mut files: Vec<_> = std::fs::read_dir(data_dir.join("mail"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .collect();
    files.sort();
    files.iter().map(|file| read(&std::fs::read_to_string(file).expect("a mail"))).collect()
}

fn read(raw: &str) -> Mail {
    let raw = raw.replace("\r\n", "\n");
    let (head, body) = raw.split_once("\n\n").expect("headers and a body");
    let kind = header(head, "Content-Type").expect("a content type");
    let boundary = kind.split("boundary=").nth(1).expect("a multipart mail").trim_matches('"').to_owned();
    let (mut text, mut html) = (String::new(), String::new());
    for part in body.split(&format!("--{boundary}")).skip(1).filter(|part| !part.starts_with("--")) {
        let (head, content) = part.trim_start_matches('\n').split_once("\n\n").expect("a part");
        let content = decoded(&header(head, "Content-Transfer-Encoding").unwrap_or_default(), content);
        if header(head, "Content-Type").is_some_and(|kind| kind.starts_with("text/html")) {
            html = content;
        } else {
            text = content;
        }
    }
    Mail {
        to: header(head, "To").expect("a recipient"),
        subject: words(&header(head, "Subject").expect("a subject")),
        text,
        html,
    }
}

fn header(head: &str, name: &str) -> Option<String> {
    let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
    let prefix = format!("{name}: ");
    unfolded.lines().find_map(|line| line.strip_prefix(&prefix)).map(str::to_owned)
}

fn decoded(encoding: &str, content: &str) -> String {
    match encoding {
        "base64" => {
            let joined: String = content.split_whitespace().collect();
            String::from_utf8(STANDARD.decode(joined).expect("base64")).expect("UTF-8")
        }
        "quoted-printable" => quoted_printable(content),
        "7bit" | "8bit" | "" => content.to_owned(),
        other => panic!("a mail in {other}"),
    }
}

fn quoted_printable(content: &str) -> String {
    let joined = content.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'=' {
            let code = std::str::from_utf8(&after[..2]).expect("two digits");
            bytes.push(u8::from_str_radix(code, 16).expect("hexadecimal"));
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// Encoded words (RFC 2047) of a header, in base64 as they are sent.
fn words(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("=?utf-8?b?") {
        let before = &rest[..at];
        if !(out.is_empty() || before.trim().is_empty()) || out.is_empty() {
            out.push_str(before);
        }
        let (word, after) = rest[at + 10..].split_once("?=").expect("the end of the word");
        out.push_str(&String::from_utf8(STANDARD.decode(word).expect("base64")).expect("UTF-8"));
        rest = after;
    }
    out + rest
}
