use std::path::Path;

fn read_all(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).expect("the sources are there");
    entries.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect()
}

#[test]
fn every_function_and_callback_of_the_header_is_used() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bindings = std::fs::read_to_string(crates.join("../modelstore-sys/src/bindings.rs")).unwrap();
    let sources = read_all(&crates.join("src"));
    let used = |name: &str| {
        sources.match_indices(name).any(|(begin, _)| {
            !sources[begin + name.len()..]
                .starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
        })
    };
    let functions: Vec<&str> = bindings
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("pub fn modelstore_"))
        .map(|rest| &rest[..rest.find('(').unwrap()])
        .collect();
    assert!(functions.len() > 80, "only {} functions", functions.len());
    let unused: Vec<&&str> = functions.iter().filter(|name| !used(&format!("modelstore_{}", name))).collect();
    assert!(unused.is_empty(), "{:?}", unused);
}

#[test]
fn every_member_of_the_structs_that_are_handed_out_is_read_or_set() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bindings = std::fs::read_to_string(crates.join("../modelstore-sys/src/bindings.rs")).unwrap();
    let sources = read_all(&crates.join("src"));
    let housekeeping = ["struct_size", "block_size", "reserved", "value"];
    for line in bindings.lines() {
        if let Some(member) = line.strip_prefix("    pub ").filter(|rest| !rest.starts_with("fn ")) {
            let member = &member[..member.find(':').unwrap()];
            if !housekeeping.contains(&member) {
                assert!(sources.contains(member), "{} is never used", member);
            }
        }
    }
}
