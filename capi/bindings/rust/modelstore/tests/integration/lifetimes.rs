//! Handles that outlive what they were made from, and that are dropped in odd orders and places.

use crate::support::{code, eventually, paused_hasher, EmptyStore, Folder};
use modelstore::{
    Database, ErrorCode, FileHasher, HashBatchOptions, HashOptions, ImageProcessor, LegacyImportOptions,
    LegacyImporter, MigrateHashOptions, MigrateOptions, NewPending, ReactiveMigrator, RecordQuery,
    RepairOptions, ScanOptions, Scanner, Tier, VerifyOptions,
};
use std::ops::ControlFlow;
use std::sync::Arc;

#[test]
fn what_outlives_its_store_says_that_it_is_closed() {
    let made = EmptyStore::new();
    let database = Database::new(&made.store).unwrap();
    let images = ImageProcessor::new(&made.store).unwrap();
    let hasher = FileHasher::new(&made.store).unwrap();
    let scanner = Scanner::new(&made.store).unwrap();
    let importer = LegacyImporter::new(&made.store).unwrap();
    let migrator = ReactiveMigrator::new(&made.store).unwrap();
    let job = made.store.verify(&VerifyOptions::default()).unwrap();
    made.store.close().unwrap();

    assert_eq!(code(database.list(&RecordQuery::default())), ErrorCode::Closed);
    let record = NewPending { path: "/a".into(), ..Default::default() };
    assert_eq!(code(database.add_pending(&record)), ErrorCode::Closed);
    assert_eq!(code(images.read(1, Tier::High)), ErrorCode::Closed);
    assert_eq!(code(hasher.hash("/a", &HashOptions::default()).and_then(|job| job.get())), ErrorCode::Closed);
    assert_eq!(
        code(scanner.scan(&["/tmp"], &ScanOptions::default()).and_then(|job| job.get())),
        ErrorCode::Closed
    );
    let import = LegacyImportOptions { database: "/a".into(), ..Default::default() };
    assert_eq!(code(importer.import(&import).and_then(|job| job.get())), ErrorCode::Closed);
    assert_eq!(
        code(migrator.migrate_all(&MigrateOptions::default()).and_then(|job| job.get())),
        ErrorCode::Closed
    );
    let hash = migrator.hash("/a", &MigrateHashOptions::default());
    assert_eq!(code(hash.and_then(|job| job.get())), ErrorCode::Closed);
    assert!(job.done().unwrap());

    let store = &made.store;
    assert_eq!(code(store.root()), ErrorCode::Closed);
    assert_eq!(code(store.read_only()), ErrorCode::Closed);
    assert_eq!(code(store.repair(&RepairOptions::default())), ErrorCode::Closed);
    assert_eq!(code(Database::new(store)), ErrorCode::Closed);
    assert_eq!(code(ImageProcessor::new(store)), ErrorCode::Closed);
    assert_eq!(code(FileHasher::new(store)), ErrorCode::Closed);
    assert_eq!(code(Scanner::new(store)), ErrorCode::Closed);
    assert_eq!(code(LegacyImporter::new(store)), ErrorCode::Closed);
    assert_eq!(code(ReactiveMigrator::new(store)), ErrorCode::Closed);
    drop(made);
    drop((scanner, database, job, importer, images, migrator, hasher));
}

#[test]
fn a_job_is_waited_for_when_its_store_is_gone() {
    let made = EmptyStore::new();
    let job = made.store.verify(&VerifyOptions::default()).unwrap();
    assert!(job.get().is_ok());
    made.store.close().unwrap();
    assert!(job.wait_with(|_| ControlFlow::Break(())).is_ok());
}

#[test]
fn a_store_may_go_before_and_behind_what_was_made_from_it() {
    for before in [true, false] {
        let made = EmptyStore::new();
        let database = Database::new(&made.store).unwrap();
        let hasher = FileHasher::new(&made.store).unwrap();
        let job = hasher.hash(made.folder.write("a", "a"), &HashOptions::default()).unwrap();
        if before {
            drop(made);
            drop((database, hasher, job));
        } else {
            drop((job, hasher, database));
            drop(made);
        }
    }
}

#[test]
fn the_last_store_may_go_in_a_callback() {
    let made = EmptyStore::new();
    let EmptyStore { store, folder } = made;
    let outliving = Database::new(&store).unwrap();
    let hasher = FileHasher::new(&store).unwrap();
    hasher.pause().unwrap();
    let job = hasher.hash_all(&[folder.write("a", "a")], HashBatchOptions::default()).unwrap();
    let store = Arc::new(store);
    let last = Arc::clone(&store);
    job.on_done(move |_| {
        assert!(last.close().is_err(), "a store cannot wait for its own callback");
        drop(last);
    })
    .unwrap();
    drop(store);
    hasher.resume().unwrap();
    eventually("the store is closed", || outliving.statistics().is_err());
    assert_eq!(code(outliving.statistics()), ErrorCode::Closed);
}

#[test]
fn the_last_hasher_may_go_in_a_callback() {
    let folder = Folder::new();
    let hasher = Arc::new(paused_hasher());
    let job = hasher.hash_all(&[folder.write("a", "a")], HashBatchOptions::default()).unwrap();
    let last = Arc::clone(&hasher);
    let gone = Arc::new(());
    let held = Arc::clone(&gone);
    job.on_done(move |_| drop((last, held))).unwrap();
    hasher.resume().unwrap();
    drop(hasher);
    eventually("the closure ran", || Arc::strong_count(&gone) == 1);
    assert!(job.get().is_ok());
}
