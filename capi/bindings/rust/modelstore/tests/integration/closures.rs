//! Closures that the library calls, and when they are dropped.

use crate::support::{code, eventually, paused_hasher, EmptyStore, Folder, DEADLINE};
use modelstore::{
    ErrorCode, FileHasher, HashBatchItem, HashBatchOptions, LogLevel, Store, StoreOptions, Task,
};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{mpsc, Arc, Mutex};

#[test]
fn every_file_is_told_once() {
    let folder = Folder::new();
    let mut paths: Vec<_> = (0..50).map(|number| folder.write(number.to_string(), "x")).collect();
    paths.push(folder.path().join("absent"));
    let hasher = FileHasher::alone(2).unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let telling = Arc::clone(&told);
    let on_file = Box::new(move |index, item: &HashBatchItem| {
        telling.lock().unwrap().push((index, item.clone()));
        ControlFlow::Continue(())
    });
    let options = HashBatchOptions { on_file: Some(on_file), ..Default::default() };
    let batch = hasher.hash_all(&paths, options).unwrap().get().unwrap();
    eventually("the closure is dropped", || Arc::strong_count(&told) == 1);
    let mut told = told.lock().unwrap();
    told.sort_by_key(|(index, _)| *index);
    assert_eq!(told.len(), paths.len());
    for (number, (index, item)) in told.iter().enumerate() {
        assert_eq!((number, &batch.items[number]), (*index, item));
    }
    assert_eq!(told[50].1.hash.as_ref().unwrap_err().code(), ErrorCode::FileMissing);
}

#[test]
fn a_closure_cancels_a_batch() {
    let folder = Folder::new();
    let paths: Vec<_> = (0..500).map(|number| folder.write(number.to_string(), "x")).collect();
    let hasher = FileHasher::alone(1).unwrap();
    let options =
        HashBatchOptions { on_file: Some(Box::new(|_, _| ControlFlow::Break(()))), ..Default::default() };
    assert_eq!(code(hasher.hash_all(&paths, options).unwrap().get()), ErrorCode::Cancelled);
}

#[test]
fn a_closure_is_dropped_when_the_call_fails() {
    let made = EmptyStore::new();
    let hasher = FileHasher::new(&made.store).unwrap();
    let paused = paused_hasher();
    let job = paused.hash_all(&[made.folder.write("a", "a")], HashBatchOptions::default()).unwrap();
    made.store.close().unwrap();
    let token = Arc::new(());
    let held = Arc::clone(&token);
    let on_file = Box::new(move |_, _: &_| {
        let _ = &held;
        ControlFlow::Continue(())
    });
    let options = HashBatchOptions { on_file: Some(on_file), ..Default::default() };
    assert_eq!(code(hasher.hash_all(&["/a"], options)), ErrorCode::Closed);
    assert_eq!(Arc::strong_count(&token), 1);

    let held = Arc::clone(&token);
    job.on_done(move |_| drop(held)).unwrap();
    assert_eq!(Arc::strong_count(&token), 2);
    drop(paused);
    eventually("the closure is dropped", || Arc::strong_count(&token) == 1);
}

#[test]
fn the_log_is_told_and_dropped_with_the_store() {
    let folder = Folder::new();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let telling = Arc::clone(&lines);
    let log = move |level: LogLevel, line: &str| telling.lock().unwrap().push((level, line.to_owned()));
    let options = StoreOptions { create: true, log: Some(Arc::new(log)), ..Default::default() };
    let path = folder.path().join("store");
    let store = Store::open(&path, &options).unwrap();
    let other = Store::open(folder.path().join("absent"), &StoreOptions { create: false, ..options.clone() });
    assert_eq!(code(other), ErrorCode::NotAStore);
    drop(options);
    assert_eq!(Arc::strong_count(&lines), 2, "the store holds the closure, the one that failed does not");
    drop(store);
    assert_eq!(Arc::strong_count(&lines), 1);
    assert!(lines.lock().unwrap().iter().all(|(_, line)| !line.contains('\n')));
}

#[test]
fn callbacks_run_where_they_are_posted() {
    let folder = Folder::new();
    let (post, posted) = mpsc::channel::<Task>();
    let post = Mutex::new(post);
    let options = StoreOptions {
        create: true,
        post: Some(Arc::new(move |task| post.lock().unwrap().send(task).unwrap())),
        ..Default::default()
    };
    let store = Store::open(folder.path().join("store"), &options).unwrap();
    let hasher = FileHasher::new(&store).unwrap();
    hasher.pause().unwrap();
    let job = hasher.hash_all(&[folder.write("a", "a")], HashBatchOptions::default()).unwrap();
    let called = Arc::new(AtomicUsize::new(0));
    let here = std::thread::current().id();
    for _ in 0..2 {
        let called = Arc::clone(&called);
        job.on_done(move |_| {
            assert_eq!(std::thread::current().id(), here);
            called.fetch_add(1, Ordering::SeqCst);
        })
        .unwrap();
    }
    hasher.resume().unwrap();
    job.get().unwrap();
    let first = posted.recv_timeout(DEADLINE).unwrap();
    let second = posted.recv_timeout(DEADLINE).unwrap();
    assert_eq!(called.load(Ordering::SeqCst), 0);
    first.run();
    assert_eq!(called.load(Ordering::SeqCst), 1);
    drop(second);
    assert_eq!(called.load(Ordering::SeqCst), 2, "a task that is dropped runs");
}
