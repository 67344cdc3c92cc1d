use crate::support::{code, EmptyStore, Folder};
use modelstore::{
    Database, ErrorCode, NewPending, ProblemKind, RepairOptions, Store, StoreOptions, VerifyOptions,
};
use std::time::Duration;

#[test]
fn a_store_is_made_and_opened_again() {
    let folder = Folder::new();
    let path = folder.path().join("store");
    let created = Store::open(&path, &StoreOptions { create: true, ..Default::default() }).unwrap();
    assert_eq!(created.root().unwrap(), path.canonicalize().unwrap());
    assert!(!created.read_only().unwrap());
    created.close().unwrap();
    created.close().unwrap();
    assert!(!Store::open(&path, &StoreOptions::default()).unwrap().read_only().unwrap());
}

#[test]
fn what_is_no_store_is_refused() {
    let folder = Folder::new();
    let absent = folder.path().join("absent");
    assert_eq!(code(Store::open(&absent, &StoreOptions::default())), ErrorCode::NotAStore);
    folder.write("other/file.txt", "x");
    let create = StoreOptions { create: true, ..Default::default() };
    assert_eq!(code(Store::open(folder.path().join("other"), &create)), ErrorCode::NotAStore);
    assert!(Store::open("", &create).is_err());
    assert!(Store::open("a\0b", &create).is_err());
}

#[test]
fn the_fastest_encoding_can_be_asked_for() {
    let folder = Folder::new();
    let mut options = StoreOptions { create: true, busy_timeout: Duration::ZERO, ..Default::default() };
    options.previews.low.effort = 0;
    Store::open(folder.path().join("store"), &options).unwrap();
}

#[test]
fn a_read_only_store_refuses_changes() {
    let made = EmptyStore::new();
    let root = made.store.root().unwrap();
    made.store.close().unwrap();
    let store = Store::open(root, &StoreOptions { read_only: true, ..Default::default() }).unwrap();
    assert!(store.read_only().unwrap());
    let database = Database::new(&store).unwrap();
    let record = NewPending { path: "/models/a.safetensors".into(), ..Default::default() };
    assert_eq!(code(database.add_pending(&record)), ErrorCode::ReadOnly);
    assert_eq!(database.statistics().unwrap().pending, 0);
}

#[test]
fn a_sound_store_is_found_sound() {
    let made = EmptyStore::new();
    let report = made.store.verify(&VerifyOptions { deep: true }).unwrap().get().unwrap();
    assert!(report.ok(), "{:?}", report);
    let repaired = made.store.repair(&RepairOptions::default()).unwrap().get().unwrap();
    assert!(repaired.ok() && repaired.repairs.is_empty() && repaired.quarantine.is_empty());
}

#[test]
fn what_does_not_belong_there_is_found_and_moved_away() {
    let made = EmptyStore::new();
    let stray = made.folder.write("store/images/stray.txt", "x");
    let report = made.store.verify(&VerifyOptions::default()).unwrap().get().unwrap();
    assert!(!report.ok());
    assert!(matches!(report.problems[0].kind, ProblemKind::BadFileName | ProblemKind::UnknownFile));
    assert!(report.problems[0].subject.contains("stray.txt"));

    let planned = made.store.repair(&RepairOptions::default()).unwrap().get().unwrap();
    assert!(!planned.ok() && !planned.repairs[0].action.is_empty());
    assert!(stray.exists());

    let repaired = made.store.repair(&RepairOptions { dry_run: false }).unwrap().get().unwrap();
    assert!(repaired.ok() && !repaired.quarantine.is_empty(), "{:?}", repaired);
    assert!(!stray.exists());
    assert!(made.store.verify(&VerifyOptions::default()).unwrap().get().unwrap().ok());
}
