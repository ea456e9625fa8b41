//! `candor inspect` on large and on small workbooks, beside what reading them cannot do without, each in a process of its
//! own: streaming the cells once with calamine, and nothing else. And how much memory the reading process takes at most.

mod pair;

use calamine::Reader;
use candor::platform::workbook::{ReadLimits, SUBCOMMAND};
use rust_xlsxwriter::Workbook;
use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

const CANDOR: &str = env!("CARGO_BIN_EXE_candor");
/// The argument that makes this program the floor.
const FLOOR: &str = "stream-the-cells";
const COLUMNS: u16 = 10;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, what, file] = arguments.as_slice()
        && what == FLOOR
    {
        return stream(Path::new(file));
    }
    let folder = tempfile::tempdir()?;
    for (rows, rounds) in [(100_000, 5), (300, 50)] {
        let file = folder.path().join(format!("{rows}.xlsx"));
        write(&file, rows)?;
        let this = std::env::current_exe()?;
        let inspect = || run(Command::new(CANDOR).arg("inspect").arg(&file).arg("--json"));
        let floor = || run(Command::new(&this).arg(FLOOR).arg(&file));
        let name = format!("inspect {rows} x {COLUMNS}, spawn included");
        pair::pair(&name, rounds, async |_| inspect(), async |_| floor()).await;
        println!("{:<44} {:>10} KiB", "  the reading process takes at most", peak(&file)?);
    }
    Ok(())
}

/// All that reading cannot do without.
fn stream(file: &Path) -> Result<(), Box<dyn Error>> {
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(file)?;
    let sheets = workbook.sheet_names();
    let mut cells = workbook.worksheet_cells_reader(sheets.first().ok_or("no sheet")?)?;
    while let Some(cell) = cells.next_cell()? {
        std::hint::black_box(cell.get_value());
    }
    Ok(())
}

/// A questionnaire with that many questions.
fn write(file: &Path, rows: u32) -> Result<(), Box<dyn Error>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    let headings = ["No.", "Question", "Answer", "Comment", "Owner", "Date", "Score", "Region", "Reference", "Note"];
    for (column, heading) in (0..COLUMNS).zip(headings) {
        sheet.write(0, column, heading)?;
    }
    for row in 1..=rows {
        sheet.write(row, 0, format!("Q-{row}"))?;
        let question = format!("Do you keep a record of change number {row} to the model, and who approved it?");
        sheet.write(row, 1, question)?;
        sheet.write(row, 2, ["Yes", "No", "Partly"][row as usize % 3])?;
        for column in 3..COLUMNS {
            match column {
                6 => sheet.write(row, column, row % 5)?,
                _ => sheet.write(row, column, format!("Text {column} of row {row}"))?,
            };
        }
    }
    workbook.save(file)?;
    Ok(())
}

fn run(command: &mut Command) {
    let status = command.stdout(Stdio::null()).status().expect("the program starts");
    assert!(status.success(), "{status}");
}

/// The most memory that the reading process had at once, in KiB: what the system last says of it while it runs.
fn peak(file: &Path) -> Result<u64, Box<dyn Error>> {
    let limits = serde_json::to_string(&ReadLimits::default())?;
    let mut child =
        Command::new(CANDOR).args([SUBCOMMAND, &limits]).stdin(File::open(file)?).stdout(Stdio::null()).spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait()?.is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        most = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0).max(most);
    }
    Ok(most)
}
