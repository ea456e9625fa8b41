//! Workbooks: reading strangers' files, and our own there and back.

mod changed;
mod hostile;
mod lookalikes;
mod made;
mod matching;
mod reading;
mod round_trip;
mod sound;
mod template;
