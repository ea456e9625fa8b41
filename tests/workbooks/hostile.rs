//! Files made to do harm, one by one: what each gets to hear, or that it is read and does nothing.

use super::made::{package, read_by_child, xlsx, zipped};
use crate::harness::way::{ask, enter};
use crate::harness::{Server, binary, fixture};
use candor::platform::workbook::{ReadLimits, Refusal};
use domain::access::Role;
use domain::sheet::{CellValue, Workbook};
use std::net::TcpListener;

fn read(bytes: &[u8]) -> Result<Workbook, Refusal> {
    read_by_child(&binary(), bytes, &ReadLimits::default())
}

/// What a person is told.
fn said(bytes: &[u8]) -> String {
    match read(bytes) {
        Ok(workbook) => format!("read: {}", shown(&workbook)),
        Err(refusal) => refusal.to_string(),
    }
}

/// The cells of the first sheets, row by row.
fn shown(workbook: &Workbook) -> String {
    let cell = |cell: &domain::sheet::Cell| match &cell.value {
        CellValue::NotComputed => "?".to_owned(),
        value => value.text().map_or_else(String::new, |text| text.into_owned()),
    };
    let rows = workbook.sheets.iter().flat_map(|sheet| &sheet.rows);
    rows.map(|row| row.cells.iter().map(cell).collect::<Vec<_>>().join(" | ")).collect::<Vec<_>>().join(" / ")
}

fn data(cells: &str) -> String {
    format!("<sheetData>{cells}</sheetData>")
}

/// A cell of text in A1 of a row of its own.
fn text(text: &str) -> String {
    data(&format!(r#"<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>"#))
}

const DAMAGED: &str = "open it in a spreadsheet program, save it again and try again";

fn damaged(at: &str, reason: &str) -> String {
    format!("{at}: the workbook is damaged ({reason}); {DAMAGED}")
}

#[test]
fn what_unpacks_too_far_or_holds_too_much_is_refused_at_its_place() {
    let few = ReadLimits { inflated_bytes: 2 << 20, ..ReadLimits::default() };
    let bomb = xlsx(&text(&" ".repeat(4 << 20)), &[]);
    assert!(bomb.len() < 20_000, "{} bytes", bomb.len());
    let refusal = read_by_child(&binary(), &bomb, &few).expect_err("a bomb");
    assert_eq!(refusal.to_string(), "xl/worksheets/sheet1.xml: the file unpacks to more than 2097152 bytes");
    let columns: String = (0..16_384).map(|_| "<c><v>1</v></c>").collect();
    let rows = |count: usize, cells: usize| {
        let cells = "<c><v>1</v></c>".repeat(cells);
        data(&format!("<row>{cells}</row>").repeat(count))
    };
    let shared = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(30_000));
    let cells: String = (0..40).map(|_| r#"<row><c t="s"><v>0</v></c></row>"#).collect();
    let texts = xlsx(&data(&cells), &[("xl/sharedStrings.xml", shared.as_bytes())]);
    let sheets: String = (2..10).map(|n| format!(r#"<sheets><sheet name="{n}" id="rId1"/></sheets>"#)).collect();
    // The limits themselves are two thousand times as high, and so is what reaching them takes.
    let low = ReadLimits { rows: 500, cells: 2_000, all_text: 1 << 20, sheets: 5, ..ReadLimits::default() };
    for (bytes, expected) in [
        (xlsx(&data(&format!("<row>{columns}</row>")), &[]), "Data!ALM1: the sheet has cells beyond column 1000"),
        (xlsx(&rows(501, 1), &[]), "Data!A501: the sheet has more than 500 rows that hold something"),
        (xlsx(&rows(21, 100), &[]), "Data!A21: the workbook has more than 2000 cells that hold something"),
        (xlsx(&text(&"x".repeat(10 << 20)), &[]), "Data!A1: the text is longer than 32767 characters"),
        ("x".repeat(10 << 20).into_bytes(), "csv!A1: the text is longer than 32767 characters"),
        (vec![b'x'; (20 << 20) + 1], "the file is too large: at most 20971520 bytes are read"),
        (texts, "Data!A35: the texts of the workbook have more than 1048576 bytes together"),
        (package("", &sheets, "", &[]), "the workbook has more than 5 sheets"),
    ] {
        let refusal = read_by_child(&binary(), &bytes, &low).expect_err(expected);
        assert_eq!(refusal.to_string(), expected);
    }
}

#[test]
fn what_a_file_says_of_itself_is_not_believed() {
    let strings = |count: &str| {
        format!("<sst uniqueCount=\"{count}\" count=\"{count}\"><si><t>one</t></si><si><t>two</t></si></sst>")
    };
    let two = data(r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>"#);
    for count in ["0", "1", "4000000000", "99999999999999999999", "many"] {
        let bytes = xlsx(&two, &[("xl/sharedStrings.xml", strings(count).as_bytes())]);
        assert_eq!(said(&bytes), "read: one | two", "{count}");
    }
    let third = data(r#"<row r="1"><c r="B7" t="s"><v>2</v></c></row>"#);
    let bytes = xlsx(&third, &[("xl/sharedStrings.xml", strings("3").as_bytes())]);
    assert_eq!(said(&bytes), damaged("Data!B7", "there is no shared text 2"));
    let styled = data(r#"<row r="1"><c r="A1" s="4000000000"><v>45000</v></c></row>"#);
    assert_eq!(said(&xlsx(&styled, &[("xl/styles.xml", b"<styleSheet/>")])), "read: 45000");
    let tall = r#"<dimension ref="A1:XFD1048576"/>"#.to_owned() + &text("small");
    assert_eq!(said(&xlsx(&tall, &[])), "read: small");
    for row in ["4000000000", "0", "-1", "x"] {
        let bytes = xlsx(&data(&format!(r#"<row r="{row}"><c><v>1</v></c></row>"#)), &[]);
        assert_eq!(said(&bytes), damaged("xl/worksheets/sheet1.xml", "a row has no number that it can have"), "{row}");
    }
    for at in ["XFE1", "A1048577", "1A", "A0", "A", ""] {
        let bytes = xlsx(&data(&format!(r#"<row r="1"><c r="{at}"><v>1</v></c></row>"#)), &[]);
        assert_eq!(said(&bytes), damaged("xl/worksheets/sheet1.xml", &format!("a cell stands at {at}")));
    }
    // A formula that says to be shared under a number from which a table would be made.
    let shared =
        data(r#"<row r="1"><c r="A1"><f t="shared" si="4000000000" ref="A1:XFD1048576">B1</f><v>7</v></c></row>"#);
    assert_eq!(said(&xlsx(&shared, &[])), "read: 7");
    let lies = |kind: u8, count: &[u8]| [&[kind][..], count].concat();
    // An xlsb record that says to be a quarter of a gigabyte long.
    let record = lies(0x00, &[0xFF, 0xFF, 0xFF, 0x7F]);
    // A number, 7, in column A of no row.
    let adrift = [&[0x02, 12][..], &[0; 8], &(7_u32 << 2 | 2).to_le_bytes()].concat();
    for (records, reason) in [(record, "it ends inside a record"), (adrift, "a cell stands in front of the first row")]
    {
        let mut parts = unzipped(&fixture("workbooks/beside-cells.xlsb"));
        replace(&mut parts, "xl/worksheets/sheet1.bin", records);
        assert_eq!(said(&rezipped(&parts)), damaged("xl/worksheets/sheet1.bin", reason));
    }
}

#[test]
fn what_goes_round_in_circles_is_left_alone() {
    let names = r#"<definedNames><definedName name="One">Two</definedName><definedName name="Two">One</definedName><definedName name="Self">Self</definedName></definedNames>"#;
    let sheet = data(
        r#"<row r="1"><c r="A1"><f>One</f></c><c r="B1"><f>Self&amp;"x"</f></c><c r="C1"><f>D1</f></c><c r="D1"><f>C1</f></c><c r="E1"><f>E1</f></c></row>"#,
    ) + r#"<dataValidations count="1"><dataValidation type="list" sqref="A2"><formula1>One</formula1></dataValidation></dataValidations>"#;
    let bytes = package(&sheet, names, "", &[]);
    let workbook = read(&bytes).expect("a workbook");
    assert_eq!((shown(&workbook).as_str(), workbook.sheets[0].drop_downs.len()), ("? | ? | ? | ? | ?", 0));
}

#[test]
fn xml_may_neither_nest_without_end_nor_declare_entities() {
    let laughs =
        r#"<!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>"#;
    let outside = r#"<!DOCTYPE sst [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst><si><t>&a;</t></si></sst>"#;
    let first = data(r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#);
    for strings in [laughs, outside] {
        let bytes = xlsx(&first, &[("xl/sharedStrings.xml", strings.as_bytes())]);
        assert_eq!(said(&bytes), damaged("xl/sharedStrings.xml", "it declares entities"));
    }
    assert_eq!(said(&xlsx(&text("a&nbsp;&laugh;b &amp; c"), &[])), "read: ab & c");
    let deep = "<a>".repeat(100_000) + &"</a>".repeat(100_000);
    assert_eq!(said(&xlsx(&deep, &[])), damaged("xl/worksheets/sheet1.xml", "elements nest deeper than 250"));
    let open = xlsx("<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row><!--", &[]);
    assert!(said(&open).starts_with("xl/worksheets/sheet1.xml: the workbook is damaged ("), "{}", said(&open));
    let content = r#"<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><table:table table:name="S"><table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>a<text:s text:c="4000000000"/></text:p></table:table-cell></table:table-row></table:table></office:document-content>"#;
    let ods = |content: &str| {
        zipped(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())])
    };
    assert_eq!(said(&ods(content)), "S!A1: the text is longer than 32767 characters");
    let content = content.replace("4000000000", "1");
    assert_eq!(said(&ods(&content)), "S!ALM1: the sheet has cells beyond column 1000");
    let cut = &content[..content.find("</text:p>").expect("a paragraph")];
    assert_eq!(said(&ods(cut)), damaged("content.xml", "it ends inside an element"));
    let note = format!("{}<office:annotation>", &content[..content.find("<text:p>").expect("a paragraph")]);
    assert_eq!(said(&ods(&note)), damaged("content.xml", "it ends inside an element"));
}

#[test]
fn nothing_outside_is_fetched_and_nothing_inside_is_run() {
    let outside = TcpListener::bind("127.0.0.1:0").expect("a port");
    outside.set_nonblocking(true).expect("a listener that does not wait");
    let address = format!("http://{}/x", outside.local_addr().expect("an address"));
    let folder = tempfile::tempdir().expect("a folder");
    let trace = folder.path().join("trace");
    let run = format!("cmd|'/c touch {}'!A1", trace.display());
    let formulas = ["[1]Sheet1!A1", &run, &format!("WEBSERVICE(\"{address}\")"), &format!("'{address}/[b.xlsx]S'!A1")];
    let cells: String =
        formulas.iter().map(|formula| format!("<c><f>{}</f></c>", formula.replace('"', "&quot;"))).collect();
    let kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let related = format!(
        r#"<Relationship Id="rId8" Type="{kinds}/externalLink" Target="externalLinks/externalLink1.xml"/><Relationship Id="rId9" Type="{kinds}/sharedStrings" TargetMode="External" Target="{address}"/><Relationship Id="rId7" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/>"#
    );
    let link = format!(
        r#"<externalLink xmlns:r="{kinds}"><ddeLink ddeService="cmd" ddeTopic="/c touch {0}"/><externalBook r:id="rId1"/></externalLink>"#,
        trace.display()
    );
    let target = format!(
        r#"<Relationships><Relationship Id="rId1" Type="{kinds}/externalLinkPath" Target="{address}" TargetMode="External"/></Relationships>"#
    );
    let bytes = package(
        &data(&format!(r#"<row r="1"><c t="inlineStr"><is><t>Kept</t></is></c>{cells}</row>"#)),
        r#"<externalReferences><externalReference r:id="rId8"/></externalReferences>"#,
        &related,
        &[
            ("xl/externalLinks/externalLink1.xml", link.as_bytes()),
            ("xl/externalLinks/_rels/externalLink1.xml.rels", target.as_bytes()),
            ("xl/vbaProject.bin", b"Attribute VB_Name = \"Auto_Open\""),
        ],
    );
    assert_eq!(said(&bytes), "read: Kept | ? | ? | ? | ?");
    let content = format!(
        r#"<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:xlink="l"><office:scripts><office:script>touch {0}</office:script></office:scripts><office:spreadsheet><table:table table:name="S"><table:table-source xlink:href="{address}"/><table:table-row><table:table-cell office:value-type="string"><text:p>Kept</text:p></table:table-cell><table:table-cell table:formula="of:=DDE(&quot;cmd&quot;;&quot;/c touch {0}&quot;;&quot;&quot;)"/></table:table-row></table:table><table:dde-links><table:dde-link><office:dde-source office:dde-application="cmd"/><table:table table:name="Link"><table:table-row><table:table-cell office:value-type="string"><text:p>From elsewhere</text:p></table:table-cell></table:table-row></table:table></table:dde-link></table:dde-links></office:spreadsheet></office:document-content>"#,
        trace.display()
    );
    let ods =
        zipped(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())]);
    assert_eq!(said(&ods), "read: Kept | ?");
    assert!(outside.accept().is_err_and(|e| e.kind() == std::io::ErrorKind::WouldBlock), "somebody called");
    assert!(!trace.exists(), "something ran");
}

// --- archives

pub fn unzipped(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip");
    let part = |n| {
        let mut part = zip.by_index(n).expect("a part");
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut bytes).expect("its bytes");
        (part.name().expect("a name").into_owned(), bytes)
    };
    (0..zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a zip").len()).map(part).collect()
}

fn replace(parts: &mut [(String, Vec<u8>)], name: &str, bytes: Vec<u8>) {
    parts.iter_mut().find(|part| part.0 == name).expect("the part").1 = bytes;
}

fn rezipped(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    zipped(&parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
}

/// Puts other bytes in the place of some, wherever they stand.
fn patched(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let mut patched = bytes.to_vec();
    let mut found = 0;
    for at in 0..=bytes.len() - old.len() {
        if bytes[at..].starts_with(old) {
            patched[at..at + new.len()].copy_from_slice(new);
            found += 1;
        }
    }
    assert!(found > 0, "nothing to change");
    patched
}

#[test]
fn names_in_an_archive_are_names_and_no_paths() {
    let folder = tempfile::tempdir().expect("a folder");
    let absolute = folder.path().join("evil.xml").display().to_string();
    let names =
        ["../../../../evil.xml", &absolute, "C:\\evil.xml", "..\\..\\evil.xml", "a\u{0}b", "xl/../xl/./evil.xml"];
    let more: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &b"<evil/>"[..])).collect();
    assert_eq!(said(&xlsx(&text("Kept"), &more)), "read: Kept");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "something was written");
    // A relation that climbs out of the package ends in it.
    let parts = [
        ("[Content_Types].xml", &b"spreadsheetml.sheet.main+xml"[..]),
        ("_rels/.rels", br#"<Relationships><Relationship Id="r" Type="x/officeDocument" Target="../../../../etc/passwd"/></Relationships>"#),
    ];
    assert_eq!(said(&zipped(&parts)), damaged("etc/passwd", "the part is missing"));
}

#[test]
fn an_archive_with_two_meanings_is_refused() {
    let (one, other) = (xlsx(&text("What the buyer saw"), &[]), xlsx(&text("What is read"), &[]));
    let both = [one.clone(), other.clone()].concat();
    assert_eq!(said(&both), damaged("file", "two archives stand in one file"));
    // The second directory hides in the comment of the first.
    let mut comment = other.clone();
    let length = u16::try_from(one.len()).expect("a short archive");
    let end = comment.len() - 2;
    comment[end..].copy_from_slice(&length.to_le_bytes());
    comment.extend(&one);
    assert!(said(&comment).contains("the workbook is damaged"), "{}", said(&comment));
    let twice = xlsx(&text("One"), &[("xl/worksheets/sheet2.xml", b"<worksheet/>")]);
    let twice = patched(&twice, b"xl/worksheets/sheet2.xml", b"xl/worksheets/sheet1.xml");
    let expected = damaged("file", "it does not hold as many parts, or not as many of different names, as it says");
    assert_eq!(said(&twice), expected);
    let inner = zipped(&[("inner.xlsx", &one)]);
    assert_eq!(said(&inner), "this is no workbook but a zip archive; save it as .xlsx, .ods or .csv and try again");
    // A workbook in a workbook is never opened.
    assert_eq!(said(&xlsx(&text("Kept"), &[("xl/embeddings/inner.xlsx", &both)])), "read: Kept");
}

#[test]
fn damage_is_noticed() {
    let whole = xlsx(&text("Whole"), &[]);
    let crc = {
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&whole)).expect("a zip");
        zip.by_name("xl/worksheets/sheet1.xml").expect("the part").crc32()
    };
    let wrong = patched(&whole, &crc.to_le_bytes(), &(crc ^ 1).to_le_bytes());
    assert_eq!(said(&wrong), damaged("xl/worksheets/sheet1.xml", "I/O error: Invalid checksum"));
    for tenth in 1..10 {
        let cut = &whole[..whole.len() * tenth / 10];
        assert_eq!(said(cut), "the file ends too early: it was cut off while being copied or downloaded", "{tenth}");
    }
    let old = fixture("workbooks/beside-cells.xls");
    for tenth in 1..10 {
        let outcome = said(&old[..old.len() * tenth / 10]);
        let known = outcome.contains("the workbook is damaged")
            || outcome.contains("ends too early")
            || outcome.contains("no workbook but");
        assert!(known, "{tenth}: {outcome}");
    }
}

#[test]
fn what_is_locked_is_told_to_be_unlocked() {
    const LOCKED: &str = "the workbook is encrypted; remove the password needed to open it and try again";
    // The code page of an old workbook becomes the record that says how it is encrypted.
    let old = patched(&fixture("workbooks/beside-cells.xls"), b"\x42\x00\x02\x00\xB0\x04", b"\x2F\x00\x02\x00\xB0\x04");
    assert_eq!(said(&old), LOCKED);
    let mut zipped_with_password = xlsx(&text("Secret"), &[]);
    for at in 0..zipped_with_password.len() - 10 {
        let flags = match &zipped_with_password[at..at + 4] {
            b"PK\x03\x04" => at + 6,
            b"PK\x01\x02" => at + 8,
            _ => continue,
        };
        zipped_with_password[flags] |= 1;
    }
    assert_eq!(said(&zipped_with_password), LOCKED);
    let ods = zipped(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", b"\x01\x02"),
        ("META-INF/manifest.xml", b"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"),
    ]);
    assert_eq!(said(&ods), LOCKED);
}

#[test]
fn other_documents_are_named_for_what_they_are() {
    let package = |kind: &str| {
        zipped(&[(
            "[Content_Types].xml",
            format!("application/vnd.openxmlformats-officedocument.{kind}.main+xml").as_bytes(),
        )])
    };
    let other = |what: &str| format!("this is no workbook but {what}; save it as .xlsx, .ods or .csv and try again");
    for (bytes, what) in [
        (package("wordprocessingml.document"), "a Word document"),
        (package("presentationml.presentation"), "a PowerPoint presentation"),
        (
            zipped(&[("mimetype", b"application/vnd.oasis.opendocument.text")]),
            "application/vnd.oasis.opendocument.text",
        ),
        (zipped(&[("a.txt", b"a")]), "a zip archive"),
        (b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n1 0 obj".to_vec(), "application/pdf"),
        (b"No,Question\n1,\0\0\0".to_vec(), "binary data"),
        (vec![0; 5_000], "binary data"),
    ] {
        assert_eq!(said(&bytes), other(what));
    }
    assert_eq!(said(b""), "the file is empty");
}

#[test]
fn bytes_that_are_no_text_do_not_spoil_the_rest() {
    let table = "No,Question\n1,Déjà vu?\n";
    let (little, big): (Vec<u8>, Vec<u8>) = (
        table.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        table.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    );
    for bytes in [table.as_bytes().to_vec(), little, big] {
        assert_eq!(said(&bytes), "read: No | Question / 1 | Déjà vu?");
    }
    assert_eq!(said(b"No,Question\n1,Caf\xE9 d\xC3\xA9j\xC3\xA0?\n"), "read: No | Question / 1 | Café déjà?");
    assert_eq!(said(&xlsx(&text("a_x0000_b&#0;c"), &[])), "read: abc");
    assert_eq!(
        said(b"\xFF\xFEa\0\0\0b\0"),
        "this is no workbook but binary data; save it as .xlsx, .ods or .csv and try again"
    );
}

#[test]
fn records_that_lie_are_refused_before_they_cost_anything() {
    let whole = fixture("workbooks/beside-cells.xls");
    // The rectangle that the first sheet says it has: rows 1 to 12, columns 1 to 6.
    let stated = [0_u32.to_le_bytes(), 12_u32.to_le_bytes()].concat();
    let at = (0..whole.len() - 8).find(|at| whole[*at..].starts_with(&[&b"\x00\x02\x0E\x00"[..], &stated].concat()));
    let at = at.expect("the record of the rectangle") + 4;
    let with = |first: u32, last: u32| {
        let mut bytes = whole.clone();
        bytes[at..at + 4].copy_from_slice(&first.to_le_bytes());
        bytes[at + 4..at + 8].copy_from_slice(&last.to_le_bytes());
        said(&bytes)
    };
    let far = "Questions: the cells lie too far apart, with more than 4000000 places between the first and the last; save the workbook as .xlsx and try again";
    assert_eq!(with(0, u32::MAX), far);
    assert_eq!(with(500, 12), damaged("Questions", "its last row stands before its first"));
}

#[test]
fn a_child_that_is_killed_is_told_of_in_a_sentence() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    for (signal, expected) in [
        (
            "KILL",
            "reading the file took more than 20 seconds and was stopped; save it again without unused sheets and rows",
        ),
        (
            "XCPU",
            "reading the file took more than 20 seconds and was stopped; save it again without unused sheets and rows",
        ),
        (
            "ABRT",
            "reading the file took more than 1073741824 bytes of memory and was stopped; save it again without unused sheets and rows",
        ),
        (
            "SEGV",
            "the reader broke off (signal: 11 (SIGSEGV)); open the file in a spreadsheet program, save it again and try again",
        ),
    ] {
        let dies = folder.path().join(signal);
        std::fs::write(&dies, format!("#!/bin/sh\nkill -{signal} $$\n")).expect("a script");
        std::fs::set_permissions(&dies, std::fs::Permissions::from_mode(0o755)).expect("a program");
        let refusal = read_by_child(&dies, b"a,b\n", &ReadLimits::default()).expect_err("no answer");
        assert_eq!(refusal.to_string(), expected);
    }
}

#[tokio::test]
async fn the_portal_says_so_and_goes_on() {
    let (server, _) = Server::set_up("Harbour Bank").await;
    let buyer = server.program("Harbour Bank", Role::Procurement);
    let asked = ask(&buyer, "Northwind").await;
    let vendor = enter(&server, &asked).await;
    let imports = format!("/api/v1/assessments/{}/imports", asked.assessment);
    let bomb = xlsx(&text(&" ".repeat(101 << 20)), &[]);
    let deep = xlsx(&"<a>".repeat(1_000), &[]);
    let shared = xlsx(&data(r#"<row r="1"><c t="s"><v>9</v></c></row>"#), &[]);
    for (name, file, code) in [
        ("bomb.xlsx", bomb, "inflates-too-far"),
        ("deep.xlsx", deep, "damaged"),
        ("index.xlsx", shared, "damaged"),
        ("zip.xlsx", zipped(&[("a", b"b")]), "not-a-workbook"),
    ] {
        let refused = vendor.upload(&imports, &[], (name, file)).await.expect(422, name);
        let refusals = refused.refusals();
        assert!(refusals.iter().any(|refusal| refusal.ends_with(code)), "{name}: {refusals:?}");
        vendor.get(&format!("/api/v1/assessments/{}/answers", asked.assessment)).await.expect(200, "still served");
    }
    server.finish().await;
}
