//! What a reviewer found of one answer, how long that stands, and how far a review has come.

use super::said::{Piece, Said};
use crate::answer::Reply;
use crate::problem::{Problem, Problems};
use crate::scoring::Level;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::Date;

/// What a reviewer found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The answer stands as it is.
    Accepted,
    /// The vendor is asked again.
    AskedBack,
    /// It does not apply indeed.
    NaAccepted,
    /// It does apply.
    NaRefused,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Accepted, Self::AskedBack, Self::NaAccepted, Self::NaRefused];

    /// Its name in the database, the API and wording.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::AskedBack => "asked_back",
            Self::NaAccepted => "na_accepted",
            Self::NaRefused => "na_refused",
        }
    }

    /// The verdict of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.name() == name)
    }
}

/// What files do for an answer that is to stand at a level, before ageing: those that are not judged one by one are judged so
/// that it does. At `claimed` no file shows it, at `documented` none was judged, at `verified` each shows it.
///
/// # Errors
/// At `level`: `not-an-option` for a level that only a certificate brings; `nothing-attached` for one that takes a file;
/// `files-say-otherwise` where verdict, or files that are judged one by one, make another level of it.
pub fn at_level(
    said: &Said,
    verdict: Verdict,
    level: Level,
    mut judged: BTreeMap<String, Support>,
) -> Result<BTreeMap<String, Support>, Problem> {
    let refused = |code: &str| Err(Problem::new("level", code));
    let of_the_others = match level {
        Level::Claimed => Some(Support::Refused),
        Level::Documented => None,
        Level::Verified => Some(Support::Accepted),
        Level::Certified => return refused("not-an-option"),
    };
    if said.evidence.is_empty() && level != Level::Claimed {
        return refused("nothing-attached");
    }
    for piece in &said.evidence {
        if let Some(support) = of_the_others {
            judged.entry(piece.sha256.clone()).or_insert(support);
        }
    }
    let review = Review { verdict, evidence: judged, answer_sha256: said.sha256() };
    let reached = levels(said, Some(&review)).into_iter().map(|(level, _)| level).max().unwrap_or(Level::Claimed);
    if reached == level { Ok(review.evidence) } else { refused("files-say-otherwise") }
}

/// What a piece of evidence does for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    /// It shows what the answer says.
    Accepted,
    /// It does not show it.
    Refused,
    /// It shows something else.
    Contradicts,
}

/// A reviewer's finding of one answer. It is about what was said then, and stands as long as that is what is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// What was found.
    pub verdict: Verdict,
    /// By SHA-256 of a file: what it does. Files that nobody judged are left out.
    pub evidence: BTreeMap<String, Support>,
    /// [`Said::sha256`] of what was judged.
    pub answer_sha256: String,
}

impl Review {
    /// A review of what is said, with what the reviewer writes to go with it.
    ///
    /// # Errors
    /// At `verdict`: `nothing-said`, `says-not-applicable` for accepting an N/A like an answer, `says-no-not-applicable` for
    /// an N/A verdict on anything else. At `note`: `required` for asking back and for refusing an N/A. At
    /// `evidence.<sha256>`: `unknown` for a file that is not there.
    pub fn of(
        said: &Said,
        verdict: Verdict,
        evidence: BTreeMap<String, Support>,
        note: Option<&str>,
    ) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let says_na = matches!(said.reply, Some(Reply::NotApplicable { .. }));
        match verdict {
            Verdict::Accepted if said.reply.is_none() => problems.push(Problem::new("verdict", "nothing-said")),
            Verdict::Accepted if says_na => problems.push(Problem::new("verdict", "says-not-applicable")),
            Verdict::NaAccepted | Verdict::NaRefused if !says_na => {
                problems.push(Problem::new("verdict", "says-no-not-applicable"));
            }
            _ => {}
        }
        let needs_note = matches!(verdict, Verdict::AskedBack | Verdict::NaRefused);
        if needs_note && note.is_none_or(|note| note.trim().is_empty()) {
            problems.push(Problem::new("note", "required"));
        }
        let unknown = evidence.keys().filter(|sha256| said.evidence.iter().all(|piece| piece.sha256 != **sha256));
        problems.extend(unknown.map(|sha256| Problem::new(format!("evidence.{sha256}"), "unknown")));
        Problems::none_or(problems, Self { verdict, evidence, answer_sha256: said.sha256() })
    }

    /// Whether it is about what is said now.
    pub fn stands(&self, said: &Said) -> bool {
        self.answer_sha256 == said.sha256()
    }

    /// What the file does for the answer, as far as it was judged.
    pub fn support(&self, piece: &Piece) -> Option<Support> {
        self.evidence.get(&piece.sha256).copied()
    }
}

/// The review as far as it stands.
pub fn standing<'a>(said: &Said, review: Option<&'a Review>) -> Option<&'a Review> {
    review.filter(|review| review.stands(said))
}

/// The level that each file earns its answer, before ageing, with the day from which it is effective. Files that a standing
/// review refused are left out.
pub fn levels(said: &Said, review: Option<&Review>) -> Vec<(Level, Date)> {
    let review = standing(said, review);
    let level = |piece: &Piece| match review.and_then(|review| Some((review.verdict, review.support(piece)?))) {
        Some((_, Support::Refused | Support::Contradicts)) => None,
        Some((Verdict::Accepted, Support::Accepted)) => Some((Level::Verified, piece.effective_on)),
        _ => Some((Level::Documented, piece.effective_on)),
    };
    said.evidence.iter().filter_map(level).collect()
}

/// How far answering and reviewing have come, in questions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Questions that are shown.
    pub asked: usize,
    /// Those with a reply, "does not apply" and "we decline to say" included.
    pub answered: usize,
    /// Those with a reply and a review that stands.
    pub reviewed: usize,
    /// Of the reviewed ones, those asked back.
    pub asked_back: usize,
    /// Those whose review was of another answer.
    pub overtaken: usize,
}

/// The progress over the questions that are shown.
pub fn progress<'a>(shown: impl IntoIterator<Item = (&'a Said, Option<&'a Review>)>) -> Progress {
    let mut progress = Progress::default();
    for (said, review) in shown {
        progress.asked += 1;
        if said.reply.is_none() {
            continue;
        }
        progress.answered += 1;
        match review {
            Some(review) if review.stands(said) => {
                progress.reviewed += 1;
                progress.asked_back += usize::from(review.verdict == Verdict::AskedBack);
            }
            Some(_) => progress.overtaken += 1,
            None => {}
        }
    }
    progress
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn yes(files: &[(&str, Date)]) -> Said {
        let piece =
            |(sha256, effective_on): &(&str, Date)| Piece { sha256: (*sha256).to_owned(), effective_on: *effective_on };
        Said {
            reply: Some(Reply::Choice { option: "yes".to_owned() }),
            comment: None,
            evidence: files.iter().map(piece).collect(),
        }
    }

    fn codes(result: Result<Review, Problems>) -> Vec<(String, String)> {
        result.expect_err("refused").0.into_iter().map(|problem| (problem.at, problem.code)).collect()
    }

    #[test]
    fn a_verdict_fits_what_was_said() {
        let na = Said { reply: Some(Reply::NotApplicable { reason: "no model".to_owned() }), ..Said::default() };
        let none = BTreeMap::new;
        let at = |place: &str, code: &str| vec![(place.to_owned(), code.to_owned())];
        assert_eq!(codes(Review::of(&Said::default(), Verdict::Accepted, none(), None)), at("verdict", "nothing-said"));
        assert_eq!(codes(Review::of(&na, Verdict::Accepted, none(), None)), at("verdict", "says-not-applicable"));
        assert_eq!(
            codes(Review::of(&yes(&[]), Verdict::NaAccepted, none(), None)),
            at("verdict", "says-no-not-applicable")
        );
        assert_eq!(codes(Review::of(&yes(&[]), Verdict::AskedBack, none(), Some(" "))), at("note", "required"));
        assert_eq!(codes(Review::of(&na, Verdict::NaRefused, none(), None)), at("note", "required"));
        let foreign = BTreeMap::from([("cc".to_owned(), Support::Accepted)]);
        assert_eq!(codes(Review::of(&yes(&[]), Verdict::Accepted, foreign, None)), at("evidence.cc", "unknown"));
        assert!(Review::of(&na, Verdict::NaAccepted, none(), None).is_ok());
        assert!(Review::of(&Said::default(), Verdict::AskedBack, none(), Some("please answer")).is_ok());
    }

    #[test]
    fn what_was_accepted_is_verified_until_the_answer_changes() {
        let (first, second) = (date!(2026 - 01 - 01), date!(2026 - 03 - 01));
        let said = yes(&[("aa", first), ("bb", second)]);
        assert_eq!(levels(&said, None), [(Level::Documented, first), (Level::Documented, second)]);
        let judged = BTreeMap::from([("aa".to_owned(), Support::Accepted), ("bb".to_owned(), Support::Refused)]);
        let review = Review::of(&said, Verdict::Accepted, judged, None).expect("a review");
        assert_eq!(levels(&said, Some(&review)), [(Level::Verified, first)]);
        let changed = Said { comment: Some("from next year on".to_owned()), ..said.clone() };
        assert!(!review.stands(&changed));
        assert_eq!(levels(&changed, Some(&review)), [(Level::Documented, first), (Level::Documented, second)]);
    }

    #[test]
    fn a_level_is_set_by_judging_the_files_and_says_so_where_they_say_otherwise() {
        let day = date!(2026 - 01 - 01);
        let said = yes(&[("aa", day), ("bb", day)]);
        let none = BTreeMap::new;
        let one = |support| BTreeMap::from([("aa".to_owned(), support)]);
        let set = |verdict, level, judged| at_level(&said, verdict, level, judged).map_err(|problem| problem.code);
        let all = |support| BTreeMap::from([("aa".to_owned(), support), ("bb".to_owned(), support)]);
        assert_eq!(set(Verdict::Accepted, Level::Verified, none()), Ok(all(Support::Accepted)));
        assert_eq!(set(Verdict::Accepted, Level::Documented, none()), Ok(none()));
        assert_eq!(set(Verdict::Accepted, Level::Claimed, none()), Ok(all(Support::Refused)));
        // One of them contradicts, the other one shows it: it stands at the better one's level.
        let mixed = BTreeMap::from([("aa".to_owned(), Support::Contradicts), ("bb".to_owned(), Support::Accepted)]);
        assert_eq!(set(Verdict::Accepted, Level::Verified, one(Support::Contradicts)), Ok(mixed));
        let otherwise = Err("files-say-otherwise".to_owned());
        assert_eq!(set(Verdict::Accepted, Level::Claimed, one(Support::Accepted)), otherwise);
        assert_eq!(set(Verdict::Accepted, Level::Documented, one(Support::Accepted)), otherwise);
        assert_eq!(set(Verdict::AskedBack, Level::Verified, none()), otherwise, "what is asked back is not verified");
        assert_eq!(set(Verdict::Accepted, Level::Certified, none()), Err("not-an-option".to_owned()));
        let bare = |level| at_level(&yes(&[]), Verdict::Accepted, level, none()).map_err(|problem| problem.code);
        assert_eq!(bare(Level::Verified), Err("nothing-attached".to_owned()));
        assert_eq!(bare(Level::Claimed), Ok(none()));
    }

    #[test]
    fn answering_and_reviewing_are_counted_apart() {
        let (one, two) = (yes(&[]), Said { comment: Some("x".to_owned()), ..yes(&[]) });
        let review = Review::of(&one, Verdict::Accepted, BTreeMap::new(), None).expect("a review");
        let back = Review::of(&one, Verdict::AskedBack, BTreeMap::new(), Some("why?")).expect("a review");
        let open = Said::default();
        let shown = [(&one, Some(&review)), (&one, Some(&back)), (&two, Some(&review)), (&one, None), (&open, None)];
        let expected = Progress { asked: 5, answered: 4, reviewed: 2, asked_back: 1, overtaken: 1 };
        assert_eq!(progress(shown), expected);
    }
}
