//! No panic reaches the library, and none is lost that a caller could see.

use crate::support::{code, eventually, paused_hasher, EmptyStore, Folder, DEADLINE};
use modelstore::{
    Database, ErrorCode, FileHasher, HashBatchOptions, ImageProcessor, Store, StoreOptions, VerifyOptions,
};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::{mpsc, Arc};
use std::time::Duration;

#[test]
fn a_panic_in_a_progress_closure_goes_on_in_the_caller() {
    let folder = Folder::new();
    let hasher = paused_hasher();
    let job = hasher.hash_all(&[folder.write("a", "a")], HashBatchOptions::default()).unwrap();
    let panic = catch_unwind(AssertUnwindSafe(|| {
        job.wait_with_interval(Duration::from_millis(1), |_| panic!("on purpose")).map(|_| ())
    }));
    assert_eq!(panic.unwrap_err().downcast_ref(), Some(&"on purpose"));
    assert_eq!(code(job.get()), ErrorCode::Cancelled);
}

#[test]
fn a_panic_in_a_file_closure_cancels_the_batch() {
    let folder = Folder::new();
    let paths: Vec<_> = (0..200).map(|number| folder.write(number.to_string(), "x")).collect();
    let hasher = FileHasher::alone(1).unwrap();
    let options =
        HashBatchOptions { on_file: Some(Box::new(|_, _| panic!("on purpose"))), ..Default::default() };
    assert_eq!(code(hasher.hash_all(&paths, options).unwrap().get()), ErrorCode::Cancelled);
    assert!(hasher.hash_all(&paths, HashBatchOptions::default()).unwrap().get().is_ok());
}

#[test]
fn a_panic_at_the_end_of_a_job_ends_there() {
    let folder = Folder::new();
    let hasher = paused_hasher();
    let job = hasher.hash_all(&[folder.write("a", "a")], HashBatchOptions::default()).unwrap();
    let (sender, receiver) = mpsc::channel();
    job.on_done(|_| panic!("on purpose")).unwrap();
    job.on_done(move |_| sender.send(()).unwrap()).unwrap();
    hasher.resume().unwrap();
    receiver.recv_timeout(DEADLINE).unwrap();
    assert!(job.get().is_ok());
    job.on_done(|_| panic!("on purpose, on this thread")).unwrap();
}

#[test]
fn a_panic_of_what_a_closure_holds_ends_there() {
    struct Explosive;
    impl Drop for Explosive {
        fn drop(&mut self) {
            panic!("on purpose");
        }
    }
    let folder = Folder::new();
    let hasher = FileHasher::alone(1).unwrap();
    let job = hasher.hash_all(&[folder.write("a", "a")], HashBatchOptions::default()).unwrap();
    let held = Explosive;
    job.on_done(move |_| {
        let _held = &held;
    })
    .unwrap();
    assert!(job.get().is_ok());
}

#[test]
fn a_panic_in_the_log_or_in_posting_ends_there() {
    let folder = Folder::new();
    let options = StoreOptions {
        create: true,
        log: Some(Arc::new(|_, _| panic!("on purpose"))),
        post: Some(Arc::new(|_| panic!("on purpose"))),
        ..Default::default()
    };
    let store = Store::open(folder.path().join("store"), &options).unwrap();
    let job = store.verify(&VerifyOptions::default()).unwrap();
    let (sender, receiver) = mpsc::channel();
    job.on_done(move |_| sender.send(()).unwrap()).unwrap();
    receiver.recv_timeout(DEADLINE).unwrap();
    assert!(job.get().unwrap().ok());
}

#[test]
fn a_thread_that_panics_closes_what_it_holds() {
    let made = EmptyStore::new();
    let root = made.store.root().unwrap();
    let outliving = Database::new(&made.store).unwrap();
    let EmptyStore { store, folder } = made;
    let thread = std::thread::spawn(move || {
        let _images = ImageProcessor::new(&store).unwrap();
        panic!("on purpose");
    });
    assert!(thread.join().is_err());
    eventually("the store is closed", || outliving.statistics().is_err());
    assert_eq!(code(outliving.statistics()), ErrorCode::Closed);
    drop(Store::open(root, &StoreOptions::default()).unwrap());
    drop(folder);
}
