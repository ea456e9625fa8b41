//! The embedded search index and its folder: one process at a time, kept over restarts and kills, thrown away when it
//! cannot be trusted.

use candor::platform::search::{
    Change, Document, Embedded, Facets, OpenError, Request, SearchError, SearchIndex, Standing, Synonyms,
};
use domain::ids::OrganisationId;
use domain::register::{Query, Subject, Topic};
use futures::stream;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use uuid::Uuid;

const BUYER: OrganisationId = OrganisationId(Uuid::from_u128(1));
/// The folder in which the process that is to be killed writes.
const VICTIM: &str = "CANDOR_TEST_SEARCH_FOLDER";

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

fn open(folder: &Path) -> (Embedded, Standing) {
    Embedded::open(folder, Subject::Entries, Synonyms::default()).expect("the folder can be used")
}

fn entry(n: u128, name: &str) -> Document {
    let texts = vec![(Topic::NAME, name.to_owned())];
    Document {
        organisation: BUYER,
        id: Uuid::from_u128(n),
        part: None,
        texts,
        facets: Facets::default(),
        numbers: BTreeMap::new(),
        updated_at: 0,
    }
}

fn filled(folder: &Path) {
    let (index, _) = open(folder);
    let entries = (1..=50).map(|n| entry(n, "Copilot")).collect();
    run(index.rebuild(Box::pin(stream::iter([Ok(entries)])))).expect("filled");
    run(index.apply(vec![Change::Upsert(Box::new(entry(51, "Gemini")))])).expect("one more");
}

fn total(index: &Embedded, text: &str) -> u64 {
    let query = Query::parse(text);
    run(index.search(BUYER, &Request { query, ..Request::default() })).expect("found").total
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder.join("index")).expect("the engine's files");
    let mut files: Vec<PathBuf> = listed.map(|file| file.expect("a file").path()).collect();
    files.sort();
    files
}

#[test]
fn it_is_as_it_was_left() {
    let folder = tempfile::tempdir().expect("a folder");
    filled(folder.path());
    let (index, opened) = open(folder.path());
    assert_eq!(opened, Standing::Ready);
    assert_eq!((total(&index, "copilot"), total(&index, "gemini")), (50, 1));
}

#[test]
fn it_belongs_to_one_process_at_a_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, _) = open(folder.path());
    let second = Embedded::open(folder.path(), Subject::Entries, Synonyms::default());
    assert!(matches!(second, Err(OpenError::InUse(_))));
    drop(first);
    open(folder.path());
}

#[test]
fn an_index_that_was_never_filled_is_not_trusted() {
    let folder = tempfile::tempdir().expect("a folder");
    let (index, opened) = open(folder.path());
    assert!(matches!(opened, Standing::Empty(_)));
    run(index.apply(vec![Change::Upsert(Box::new(entry(1, "Copilot")))])).expect("applied");
    drop(index);
    let (index, opened) = open(folder.path());
    assert!(matches!(opened, Standing::Empty(_)));
    assert_eq!(total(&index, ""), 0);
}

#[test]
fn an_index_that_lacks_a_change_is_found_in_and_filled_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    filled(folder.path());
    let (index, opened) = open(folder.path());
    assert_eq!(opened, Standing::Ready);
    run(index.doubt()).expect("doubted");
    assert!(matches!(run(index.standing()), Ok(Standing::Empty(_))));
    assert_eq!(total(&index, "copilot"), 50, "what it has is found");
    let entries = (1..=50).map(|n| entry(n, "Copilot")).collect();
    run(index.rebuild(Box::pin(stream::iter([Ok(entries)])))).expect("filled anew");
    assert_eq!(run(index.standing()).expect("its standing"), Standing::Ready);
}

#[test]
fn what_the_disk_refuses_is_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    filled(folder.path());
    let (index, _) = open(folder.path());
    let (there, aside) = (folder.path().join("index"), folder.path().join("aside"));
    fs::rename(&there, &aside).expect("put aside");
    // What nobody can go into, root neither.
    std::os::unix::fs::symlink(&there, &there).expect("a link to itself");
    let gemini = || vec![Change::Upsert(Box::new(entry(52, "Gemini")))];
    let refused = run(index.apply(gemini()));
    assert!(matches!(refused, Err(SearchError::Down(_))), "{refused:?}");
    assert_eq!(run(index.standing()).expect("an answer"), Standing::Ready, "nothing of it is lost");
    fs::remove_file(&there).expect("removed");
    fs::rename(&aside, &there).expect("put back");
    run(index.apply(gemini())).expect("it passed");
    assert_eq!(total(&index, "gemini"), 2, "the one that was there, and this one");
}

#[test]
fn what_is_gone_is_filled_anew_without_a_restart() {
    let whole_folder = |folder: &Path| fs::remove_dir_all(folder.join("index")).expect("removed");
    let what_is_in_it = |folder: &Path| fs::remove_file(folder.join("index/meta.json")).expect("removed");
    for lose in [&whole_folder as &dyn Fn(&Path), &what_is_in_it] {
        let folder = tempfile::tempdir().expect("a folder");
        filled(folder.path());
        let (index, _) = open(folder.path());
        let all = total(&index, "");
        lose(folder.path());
        let gemini = || Change::Upsert(Box::new(entry(52, "Gemini")));
        let lost = run(index.apply(vec![gemini()]));
        assert!(matches!(lost, Err(SearchError::Down(_))), "the change waits: {lost:?}");
        assert!(matches!(run(index.standing()), Ok(Standing::Empty(_))), "it is to be filled anew");
        assert_eq!(total(&index, ""), all, "until then the earlier one is asked");
        let Change::Upsert(document) = gemini() else { unreachable!() };
        let documents = Box::pin(stream::iter([Ok(vec![*document])]));
        assert_eq!(run(index.rebuild(documents)).expect("filled"), 1);
        assert_eq!((total(&index, ""), total(&index, "gemini")), (1, 1));
        run(index.apply(vec![Change::Upsert(Box::new(entry(53, "Claude")))])).expect("it takes changes again");
        drop(index);
        let (index, opened) = open(folder.path());
        assert_eq!((opened, total(&index, "")), (Standing::Ready, 2), "and is whole");
    }
}

#[test]
fn another_format_is_thrown_away() {
    let whole = |change: &str, to: serde_json::Value| {
        let folder = tempfile::tempdir().expect("a folder");
        filled(folder.path());
        let stamp = fs::read(folder.path().join("stamp.json")).expect("a stamp");
        let mut stamp: serde_json::Value = serde_json::from_slice(&stamp).expect("JSON");
        stamp[change] = to;
        stamp.to_string()
    };
    let (older, newer) = (whole("format", 1.into()), whole("format", 999.into()));
    // Another catalogue of fields.
    let others = whole("topics", "name:t vendor:tf".into());
    for stamp in [&older, &newer, &others, "", "{", r#"{"format":"x"}"#] {
        let folder = tempfile::tempdir().expect("a folder");
        filled(folder.path());
        fs::write(folder.path().join("stamp.json"), stamp).expect("written");
        let (index, opened) = open(folder.path());
        assert!(matches!(opened, Standing::Empty(_)), "{stamp}");
        assert_eq!(total(&index, ""), 0);
    }
}

#[test]
fn nothing_else_in_the_folder_is_touched() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("theirs.txt"), "keep").expect("written");
    filled(folder.path());
    fs::write(folder.path().join("stamp.json"), "").expect("written");
    open(folder.path());
    assert_eq!(fs::read_to_string(folder.path().join("theirs.txt")).expect("still there"), "keep");
}

#[test]
fn damage_to_any_file_is_noticed_when_it_is_opened() {
    let source = tempfile::tempdir().expect("a folder");
    filled(source.path());
    let names: Vec<_> =
        files(source.path()).iter().filter_map(|file| file.file_name().map(ToOwned::to_owned)).collect();
    for name in names.iter().filter(|name| !name.to_string_lossy().starts_with('.')) {
        for damage in ["missing", "empty", "cut", "flipped", "noise"] {
            let folder = tempfile::tempdir().expect("a folder");
            fs::create_dir(folder.path().join("index")).expect("made");
            fs::copy(source.path().join("stamp.json"), folder.path().join("stamp.json")).expect("copied");
            for file in files(source.path()) {
                let to = folder.path().join("index").join(file.file_name().expect("a name"));
                fs::copy(&file, to).expect("copied");
            }
            let file = folder.path().join("index").join(name);
            let mut bytes = fs::read(&file).expect("read");
            match damage {
                "missing" => {}
                "empty" => bytes.clear(),
                "cut" => bytes.truncate(bytes.len() / 2),
                "flipped" => {
                    let middle = bytes.len() / 2;
                    bytes[middle] ^= 0x55;
                }
                _ => bytes.iter_mut().enumerate().for_each(|(n, byte)| *byte = (n * 37 + 11) as u8),
            }
            if damage == "missing" {
                fs::remove_file(&file).expect("removed");
            } else {
                fs::write(&file, bytes).expect("written");
            }
            let (index, opened) = open(folder.path());
            let what = format!("{} {damage}", name.to_string_lossy());
            if opened == Standing::Ready {
                // Then nothing that matters was lost.
                assert_eq!((total(&index, "copilot"), total(&index, "gemini")), (50, 1), "{what}");
                run(index.apply(vec![Change::Upsert(Box::new(entry(52, "Claude")))])).expect(&what);
            } else {
                assert_eq!(total(&index, ""), 0, "{what}");
            }
        }
    }
}

/// Not a test by itself: what [`a_killed_process_leaves_the_last_commit`] starts and kills.
#[test]
fn victim() {
    let Some(folder) = std::env::var_os(VICTIM) else {
        return;
    };
    let (index, _) = open(Path::new(&folder));
    for round in 0_u128.. {
        let name = format!("Round{round}");
        if round % 7 == 6 {
            let entries = (1..=50).map(|n| entry(n, &name)).collect();
            run(index.rebuild(Box::pin(stream::iter([Ok(entries)])))).expect("rebuilt");
        } else {
            let changes = (1..=50).map(|n| Change::Upsert(Box::new(entry(n, &name)))).collect();
            run(index.apply(changes)).expect("applied");
        }
        let beside = Path::new(&folder).join("acknowledged.new");
        fs::write(&beside, round.to_string()).expect("noted");
        fs::rename(&beside, Path::new(&folder).join("acknowledged")).expect("noted");
    }
}

#[test]
fn a_killed_process_leaves_the_last_commit() {
    let folder = tempfile::tempdir().expect("a folder");
    filled(folder.path());
    let module = module_path!().split_once("::").map_or("", |(_, module)| module);
    for kill in 0..12 {
        let mut victim = Command::new(std::env::current_exe().expect("this program"))
            .args([&format!("{module}::victim"), "--exact", "--test-threads=1"])
            .env(VICTIM, folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        let acknowledged = folder.path().join("acknowledged");
        let begun = Instant::now();
        while !acknowledged.exists() && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(3 + kill * 5));
        victim.kill().expect("killed");
        victim.wait().expect("gone");
        let last: u128 = fs::read_to_string(&acknowledged).expect("acknowledged").parse().expect("a round");
        fs::remove_file(&acknowledged).expect("removed");

        let (index, opened) = open(folder.path());
        assert_eq!(opened, Standing::Ready, "kill {kill}");
        assert_eq!(total(&index, "") - total(&index, "\"gemini\""), 50, "kill {kill}");
        // All fifty say the same round: the last acknowledged one or the one after it.
        let of = |round: u128| total(&index, &format!("\"Round{round}\""));
        assert_eq!(of(last) + of(last + 1), 50, "kill {kill} after {last}");
        assert!(of(last) == 0 || of(last + 1) == 0);
    }
}
