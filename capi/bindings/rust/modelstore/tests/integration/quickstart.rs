//! The quickstart does what that in C++ does.

use crate::support::{program, sample_database, Folder};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// This crate's, which cargo builds with the tests.
fn quickstart() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().join("examples").join("quickstart")
}

fn run(program: &Path, folder: &Folder, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).current_dir(folder.path()).output().expect("it can be run")
}

/// Name and content of the files in a folder.
fn files(folder: &Folder) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.is_file());
    files.map(|path| (path.file_name().unwrap().into(), std::fs::read(&path).unwrap())).collect()
}

#[test]
fn it_prints_and_saves_what_that_in_cpp_does() {
    let database = sample_database();
    let database = database.to_str().unwrap();
    let (rust, cpp) = (Folder::new(), Folder::new());
    // The second run finds everything done.
    for words in ["lighthouse", "anime"] {
        let in_rust = run(&quickstart(), &rust, &["data", database, words]);
        let in_cpp = run(&program("MODELSTORE_QUICKSTART"), &cpp, &["data", database, words]);
        assert!(in_cpp.status.success() && in_rust.status.success(), "{:?} {:?}", in_cpp, in_rust);
        assert_eq!(String::from_utf8_lossy(&in_rust.stdout), String::from_utf8_lossy(&in_cpp.stdout));
        assert!(in_rust.stdout.ends_with(b"\n") && in_rust.stdout.len() > 100);
    }
    assert_eq!(files(&rust), files(&cpp));
    assert!(!files(&rust).is_empty());
}

#[test]
fn it_fails_as_that_in_cpp_does() {
    let folder = Folder::new();
    for arguments in [&["data"][..], &["data", "absent.db", "x"]] {
        let in_rust = run(&quickstart(), &folder, arguments);
        let in_cpp = run(&program("MODELSTORE_QUICKSTART"), &folder, arguments);
        assert_eq!(in_rust.status.code(), in_cpp.status.code());
        let last = |output: &Output| -> String {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            text[text
                .rfind("quickstart")
                .map_or(0, |begin| text[..begin].rfind('\r').map_or(0, |at| at + 1))..]
                .to_owned()
        };
        assert_eq!(last(&in_rust).trim_start_matches("0 of 0"), last(&in_cpp).trim_start_matches("0 of 0"));
    }
}
