fn main() {
    for f in std::env::args().skip(1) {
        let b = std::fs::read(&f).unwrap();
        match candor_fuzz::reading::read_here(&b, &candor_fuzz::ReadLimits::default()) {
            Ok(w) => { println!("{f}: {:?} {}", w.format, w.date_1904);
              for s in &w.sheets { println!(" {} {:?} merged {:?}", s.name, s.visibility, s.merged.iter().map(|a| a.to_string()).collect::<Vec<_>>());
                for d in &s.drop_downs { println!("  offers {:?} {:?} {:?}", d.areas.iter().map(|a| a.to_string()).collect::<Vec<_>>(), d.options, d.from_sheet); }
                for r in s.rows.iter().take(20) { println!("  {}{}: {:?}", r.number, if r.hidden {" hidden"} else {""}, r.cells.iter().map(|c| format!("{}={:?}{}", c.column, c.value, if c.formula {" f"} else {""})).collect::<Vec<_>>()); } } }
            Err(e) => println!("{f}: {e}"),
        }
    }
}
