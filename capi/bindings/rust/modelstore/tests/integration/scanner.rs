use crate::support::{code, EmptyStore};
use modelstore::{Database, ErrorCode, ScanOptions, Scanner};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

#[test]
fn new_files_become_pending_records() {
    let made = EmptyStore::new();
    let path = made.folder.write("models/Loras/a.safetensors", "a");
    made.folder.write("models/Loras/b.gguf", "b");
    made.folder.write("models/readme.txt", "c");
    let scanner = Scanner::new(&made.store).unwrap();
    let roots = [made.folder.path().join("models")];
    let report = scanner.scan(&roots, &ScanOptions::default()).unwrap().get().unwrap();
    assert_eq!((report.files_seen, report.added, report.known), (2, 2, 0));
    let database = Database::new(&made.store).unwrap();
    let id = database.find_by_path(&path).unwrap().unwrap();
    assert_eq!(database.pending(id.number().unwrap()).unwrap().type_, "loras");

    std::fs::remove_file(path).unwrap();
    let report = scanner.scan(&roots, &ScanOptions::default()).unwrap().get().unwrap();
    assert_eq!((report.added, report.known), (0, 1));

    let extensions = Some(vec![".txt".to_owned()]);
    let report = scanner.scan(&roots, &ScanOptions { extensions }).unwrap().get().unwrap();
    assert_eq!((report.files_seen, report.added), (1, 1));
}

#[test]
fn a_name_that_is_not_utf8_is_skipped_and_told() {
    let made = EmptyStore::new();
    let path = made.folder.write(Path::new("models").join(OsStr::from_bytes(b"caf\xE9.safetensors")), "a");
    let scanner = Scanner::new(&made.store).unwrap();
    let report =
        scanner.scan(&[made.folder.path().join("models")], &ScanOptions::default()).unwrap().get().unwrap();
    assert_eq!((report.added, report.skipped.len()), (0, 1));
    assert!(!report.skipped[0].reason.is_empty());
    assert_eq!(report.skipped[0].path.parent(), path.parent());
}

#[test]
fn roots_that_are_none_are_refused() {
    let made = EmptyStore::new();
    let file = made.folder.write("file.pt", "a");
    let scanner = Scanner::new(&made.store).unwrap();
    let scan = |roots: &[&Path]| code(scanner.scan(roots, &ScanOptions::default()).and_then(|job| job.get()));
    assert_eq!(scan(&[]), ErrorCode::InvalidArgument);
    assert_eq!(scan(&[&file]), ErrorCode::InvalidArgument);
    assert_eq!(scan(&[&made.folder.path().join("absent")]), ErrorCode::FileMissing);
}
