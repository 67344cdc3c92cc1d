use crate::support::{EmptyStore, Folder};
use modelstore::{
    Database, Error, FileHasher, HashBatchOptions, HashOptions, ImageProcessor, ImportReport, Job,
    LegacyImporter, MigrationReport, Model, NewPending, ReactiveMigrator, RecordFilter, RecordId,
    RecordQuery, Scanner, Sha256, StateFilter, Store, StoreOptions, Task, VerifyOptions,
};
use std::sync::Arc;

#[test]
fn everything_may_go_to_any_thread() {
    fn both<T: Send + Sync + 'static>() {}
    fn send<T: Send + 'static>() {}
    both::<Store>();
    both::<Database>();
    both::<ImageProcessor>();
    both::<FileHasher>();
    both::<Scanner>();
    both::<LegacyImporter>();
    both::<ReactiveMigrator>();
    both::<Job<MigrationReport>>();
    both::<Job<ImportReport>>();
    both::<StoreOptions>();
    both::<(Error, Model, RecordId, Sha256)>();
    send::<HashBatchOptions>();
    send::<Task>();
}

#[test]
fn threads_share_a_store() {
    const THREADS: usize = 8;
    const RECORDS: usize = 20;
    let made = EmptyStore::new();
    let file = made.folder.write("a.bin", "abc");
    let EmptyStore { store, folder } = made;
    let store = Arc::new(store);
    let database = Arc::new(Database::new(&store).unwrap());
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let (store, database, file) = (Arc::clone(&store), Arc::clone(&database), file.clone());
            std::thread::spawn(move || {
                let own = Database::new(&store).unwrap();
                let hasher = FileHasher::new(&store).unwrap();
                for number in 0..RECORDS {
                    let path = format!("/m/{}/{}", thread, number).into();
                    let id = own.add_pending(&NewPending { path, ..Default::default() }).unwrap();
                    assert_eq!(database.pending(id).unwrap().id, id);
                    assert_eq!(
                        hasher.hash(&file, &HashOptions::default()).unwrap().get().unwrap().size_bytes,
                        3
                    );
                    database.list(&RecordQuery::default()).unwrap();
                }
                assert!(store.verify(&VerifyOptions::default()).unwrap().get().unwrap().ok());
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let all = RecordFilter { state: StateFilter::All, ..Default::default() };
    assert_eq!(database.facets(&all).unwrap().total, (THREADS * RECORDS) as i64);
    drop((database, store));
    drop(folder);
}

#[test]
fn a_store_may_be_closed_while_others_use_it() {
    let EmptyStore { store, folder } = EmptyStore::new();
    let store = Arc::new(store);
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let database = Database::new(&store).unwrap();
            std::thread::spawn(move || while database.statistics().is_ok() {})
        })
        .collect();
    store.close().unwrap();
    for thread in threads {
        thread.join().unwrap();
    }
    drop(store);
    drop(folder);
}

#[test]
fn stores_of_one_process_do_not_mix() {
    let folder = Folder::new();
    let options = StoreOptions { create: true, threads: 1, ..Default::default() };
    let open = |name: &str| Store::open(folder.path().join(name), &options).unwrap();
    let (first, second) = (open("first"), open("second"));
    let database = Database::new(&first).unwrap();
    database.add_pending(&NewPending { path: "/a".into(), ..Default::default() }).unwrap();
    first.close().unwrap();
    assert_eq!(Database::new(&second).unwrap().statistics().unwrap().pending, 0);
}
