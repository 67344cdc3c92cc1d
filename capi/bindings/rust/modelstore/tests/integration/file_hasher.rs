use crate::support::{code, paused_hasher, EmptyStore, Folder};
use modelstore::{ErrorCode, FileHasher, HashBatchOptions, HashOptions};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

#[test]
fn a_file_is_hashed() {
    let folder = Folder::new();
    let path = folder.write("abc.bin", "abc");
    let hasher = FileHasher::alone(0).unwrap();
    let hash = hasher.hash(&path, &HashOptions::default()).unwrap().get().unwrap();
    assert_eq!((hash.sha256.to_string().as_str(), hash.size_bytes, hash.cached), (ABC, 3, false));
    assert_eq!(hash.path, path);
}

#[test]
fn a_name_that_is_not_utf8_is_hashed() {
    let folder = Folder::new();
    let path = folder.write(Path::new(OsStr::from_bytes(b"caf\xE9 \xFF.bin")), "abc");
    let hasher = FileHasher::alone(1).unwrap();
    let hash = hasher.hash(&path, &HashOptions::default()).unwrap().get().unwrap();
    assert_eq!((hash.path.as_path(), hash.sha256.to_string().as_str()), (path.as_path(), ABC));
    let batch = hasher.hash_all(&[&path], HashBatchOptions::default()).unwrap().get().unwrap();
    assert_eq!(batch.items[0].path, path);
    let absent = folder.path().join(OsStr::from_bytes(b"\xFE"));
    assert_eq!(code(hasher.hash(absent, &HashOptions::default()).unwrap().get()), ErrorCode::FileMissing);
}

#[test]
fn what_cannot_be_hashed_says_why() {
    let folder = Folder::new();
    let hasher = FileHasher::alone(1).unwrap();
    let hash = |path: &Path| code(hasher.hash(path, &HashOptions::default()).and_then(|job| job.get()));
    assert_eq!(hash(&folder.path().join("absent")), ErrorCode::FileMissing);
    assert_eq!(hash(folder.path()), ErrorCode::NotRegularFile);
    assert_eq!(hash(Path::new("/dev/null")), ErrorCode::NotRegularFile);
    assert!(hasher.hash("a\0b", &HashOptions::default()).and_then(|job| job.get()).is_err());
    assert!(hasher.hash("", &HashOptions::default()).and_then(|job| job.get()).is_err());
}

#[test]
fn a_batch_goes_on_without_what_fails() {
    let folder = Folder::new();
    let mut paths: Vec<PathBuf> =
        (0..2000).map(|number| folder.write(number.to_string(), number.to_string())).collect();
    paths[1000] = folder.path().join("absent");
    let hasher = FileHasher::alone(2).unwrap();
    let batch = hasher.hash_all(&paths, HashBatchOptions::default()).unwrap().get().unwrap();
    assert_eq!(batch.items.len(), paths.len());
    for (number, (item, path)) in batch.items.iter().zip(&paths).enumerate() {
        assert_eq!(&item.path, path);
        match &item.hash {
            Ok(hash) => assert_eq!(hash.size_bytes, number.to_string().len() as i64),
            Err(error) => assert_eq!((number, error.code()), (1000, ErrorCode::FileMissing)),
        }
    }
    assert!(batch.items[1000].hash.is_err());
    assert!(hasher
        .hash_all::<&str>(&[], HashBatchOptions::default())
        .unwrap()
        .get()
        .unwrap()
        .items
        .is_empty());
}

#[test]
fn a_store_remembers() {
    let made = EmptyStore::new();
    let path = made.folder.write("old.bin", "abc");
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    // Without a way to set it in this version of Rust, `touch` does.
    let seconds = old.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let touched =
        std::process::Command::new("touch").arg("-d").arg(format!("@{}", seconds)).arg(&path).status();
    assert!(touched.unwrap().success());
    let hasher = FileHasher::new(&made.store).unwrap();
    let hash = |options: &HashOptions| hasher.hash(&path, options).unwrap().get().unwrap().cached;
    assert!(!hash(&HashOptions::default()));
    assert!(hash(&HashOptions::default()));
    assert!(!hash(&HashOptions { reread: true }));
    let batch = hasher.hash_all(&[&path], HashBatchOptions::default()).unwrap().get().unwrap();
    assert_eq!(batch.bytes_hashed, 0);
    let options = HashBatchOptions { reread: true, parallel: 1, ..Default::default() };
    assert_eq!(hasher.hash_all(&[&path], options).unwrap().get().unwrap().bytes_hashed, 3);
}

#[test]
fn a_paused_batch_waits_and_a_single_file_does_not() {
    let folder = Folder::new();
    let path = folder.write("abc.bin", "abc");
    let hasher = paused_hasher();
    assert!(hasher.paused().unwrap());
    let batch = hasher.hash_all(&[&path], HashBatchOptions::default()).unwrap();
    assert_eq!(hasher.hash(&path, &HashOptions::default()).unwrap().get().unwrap().size_bytes, 3);
    assert!(!batch.done().unwrap());
    hasher.resume().unwrap();
    assert!(!hasher.paused().unwrap());
    assert!(batch.get().unwrap().items[0].hash.is_ok());
}
