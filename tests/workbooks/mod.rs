//! Workbooks: reading strangers' files, and our own there and back.

mod reading;
mod round_trip;
