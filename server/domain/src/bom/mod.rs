//! Bills of materials: CycloneDX and SPDX documents as register entries, each fact with the place that says it.
//!
//! Read by ourselves, on quick-xml for XML: the crates that know these standards keep no places, and none of them knows
//! CycloneDX 1.7 or the AI profile of SPDX 3. Only what the register can use is read; anything else may stand there.

mod compare;
mod cyclonedx;
mod describe;
mod gaps;
mod graph;
mod json;
mod notes;
mod refusal;
mod result;
mod spdx;
mod text;
mod tree;
mod words;
mod write;
mod xml;

pub use compare::{Changed, ChangedEntry, Comparison, compare};
pub use refusal::Refusal;
pub use result::{Bom, Entry, Fact, Format, Place, Relation, Subject, Syntax, Tie, Totals};

use tree::{Tree, Value};

/// Versions of CycloneDX that are read.
pub const CYCLONEDX_VERSIONS: [&str; 4] = ["1.4", "1.5", "1.6", "1.7"];
/// What the namespace of a CycloneDX document begins with.
const CYCLONEDX_NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";

/// How much of a document is read. Memory is bounded by them: at most some three times `bytes`, 80 bytes for each of
/// `values`, and a kilobyte for each of `facts` and `relations`.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Of the file.
    pub bytes: u64,
    /// Objects, lists, texts and numbers of the document.
    pub values: usize,
    /// How deep they may be nested: a component within a component is two levels.
    pub depth: usize,
    /// Models, datasets, services and AI systems.
    pub entries: usize,
    /// Between them.
    pub relations: usize,
    /// Said of all of them together.
    pub facts: usize,
}

impl Default for Limits {
    /// A bill of materials of 50,000 packages has about two million values in 50 MB; real ones nest some ten deep.
    fn default() -> Self {
        Self {
            bytes: 64 * 1024 * 1024,
            values: 2_500_000,
            depth: 64,
            entries: 10_000,
            relations: 100_000,
            facts: 250_000,
        }
    }
}

/// Reads a document. `sha256` is that of the file, given by the caller.
///
/// A thin document is read, and says what is missing (`gaps`); only what is no bill of materials, or not well formed, or
/// has something else where a name, a type, a version or a list must stand, is refused.
///
/// # Errors
/// Why it is not read, and where.
pub fn read(bytes: &[u8], sha256: &str, limits: &Limits) -> Result<Bom, Refusal> {
    let given = bytes.len();
    if u64::try_from(given).is_ok_and(|given| given > limits.bytes) {
        return Err(Refusal::whole("bom-too-large").with("most", limits.bytes).with("given", given));
    }
    let text = text::text_of(bytes)?;
    if text.trim_start().starts_with('<') {
        let (tree, namespace) = xml::read(&text, limits)?;
        let version = xml_version(&tree, &namespace)?;
        return cyclonedx::read(&tree, version, sha256, limits);
    }
    let tree = json::read(&text, limits)?;
    let root = tree.root();
    if *tree.value(root) != Value::Members {
        let refusal = Refusal::new("not-a-bom", tree.place(root));
        return Err(refusal.with("expected", "an object").with("found", tree.kind_of(root)));
    }
    if tree.get(root, "bomFormat").is_some() {
        let version = json_version(&tree)?;
        return cyclonedx::read(&tree, version, sha256, limits);
    }
    spdx::read(&tree, sha256, limits)
}

fn json_version<'t>(tree: &'t Tree<'_>) -> Result<&'t str, Refusal> {
    let root = tree.root();
    let format = tree.required(root, "bomFormat", "\"CycloneDX\"")?;
    if format != "CycloneDX" {
        let place = tree.get(root, "bomFormat").map_or_else(Place::default, |id| tree.place(id));
        return Err(Refusal::new("not-a-bom", place)
            .with("expected", "\"CycloneDX\"")
            .with("found", format!("\"{format}\"")));
    }
    let version = tree.required(root, "specVersion", "the version of the standard")?;
    known_version(version, tree.get(root, "specVersion").map_or_else(Place::default, |id| tree.place(id)))
}

fn xml_version<'n>(tree: &Tree<'_>, namespace: &'n str) -> Result<&'n str, Refusal> {
    let root = tree.root();
    let place = tree.place(root);
    match namespace.strip_prefix(CYCLONEDX_NAMESPACE) {
        Some(version) if tree.name(root) == "bom" => known_version(version, place),
        _ => {
            let expected = format!("the element bom of the namespace {CYCLONEDX_NAMESPACE}...");
            let found = match namespace {
                "" => format!("{} of no namespace", tree.name(root)),
                other => format!("{} of {other}", tree.name(root)),
            };
            Err(Refusal::new("not-a-bom", place).with("expected", expected).with("found", found))
        }
    }
}

fn known_version(version: &str, place: Place) -> Result<&str, Refusal> {
    if CYCLONEDX_VERSIONS.contains(&version) {
        return Ok(version);
    }
    let expected = format!("CycloneDX {}", CYCLONEDX_VERSIONS.join(", "));
    Err(Refusal::new("version-not-read", place).with("expected", expected).with("found", format!("\"{version}\"")))
}
