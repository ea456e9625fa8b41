//! How much of a bill of materials is read.

use serde::{Deserialize, Serialize};

/// Limits of reading a bill of materials, which happens in a process of its own.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BomLimits {
    /// Bytes of the file: one of 50,000 packages has about 50 MB.
    pub file_bytes: u64,
    /// Objects, lists, texts and numbers of the document: that one has about two million.
    pub values: usize,
    /// How deep they may be nested. Real ones nest some ten deep.
    pub depth: usize,
    /// Models, datasets, services and AI systems: each becomes an entry of the register.
    pub entries: usize,
    /// Relations between them.
    pub relations: usize,
    /// What is said of all of them together: each becomes a fact of the register.
    pub facts: usize,
    /// Memory of the reading process in bytes: three times the file, and what its values take.
    pub memory_bytes: u64,
    /// Seconds of processor time of the reading process: the largest file takes three.
    pub cpu_seconds: u64,
    /// Seconds from start to end of the reading process, on a machine that is busy with other things too.
    pub wall_seconds: u64,
    /// Bytes of what the reading process says: it is held in the server's memory.
    pub answer_bytes: u64,
}

impl Default for BomLimits {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            values: 2_500_000,
            depth: 64,
            entries: 5_000,
            relations: 50_000,
            facts: 100_000,
            memory_bytes: 1 << 30,
            cpu_seconds: 20,
            wall_seconds: 30,
            answer_bytes: 100 << 20,
        }
    }
}

impl BomLimits {
    /// Those of the reader.
    pub fn domain(&self) -> domain::bom::Limits {
        domain::bom::Limits {
            bytes: self.file_bytes,
            values: self.values,
            depth: self.depth,
            entries: self.entries,
            relations: self.relations,
            facts: self.facts,
        }
    }
}
