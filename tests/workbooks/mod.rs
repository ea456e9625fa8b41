//! Workbooks: reading strangers' files, and our own there and back.

mod hostile;
mod lookalikes;
mod made;
mod matching;
mod reading;
mod round_trip;
mod template;
