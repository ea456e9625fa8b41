//! Workbooks: reading strangers' files, and our own there and back.

mod lookalikes;
mod matching;
mod reading;
mod round_trip;
mod template;
