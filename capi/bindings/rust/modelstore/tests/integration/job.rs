use crate::support::{code, eventually, paused_hasher, EmptyStore, Folder, DEADLINE};
use modelstore::{ErrorCode, FileHasher, HashBatchOptions, HashOptions, ProgressUnit, VerifyOptions};
use std::ops::ControlFlow;
use std::sync::mpsc;
use std::time::Duration;

#[test]
fn a_job_tells_how_far_it_is_and_ends() {
    let folder = Folder::new();
    let path = folder.write("a.bin", vec![0; 100_000]);
    let hasher = FileHasher::alone(1).unwrap();
    let job = hasher.hash_all(&[path], HashBatchOptions::default()).unwrap();
    let mut last = None;
    let batch = job.wait_with(|progress| {
        last = Some(progress);
        ControlFlow::Continue(())
    });
    assert!(batch.unwrap().items[0].hash.is_ok());
    let last = last.unwrap();
    assert_eq!((last.done, last.total, last.unit), (100_000, 100_000, ProgressUnit::Bytes));
    assert!(job.done().unwrap());
    assert!(job.wait_for(Duration::ZERO).unwrap());
    assert_eq!(job.progress().unwrap(), last);
    assert_eq!(job.get().unwrap(), job.clone().get().unwrap());
    job.cancel().unwrap();
    assert!(job.get().is_ok());
}

#[test]
fn a_closure_cancels() {
    let folder = Folder::new();
    let hasher = paused_hasher();
    let job = hasher.hash_all(&[folder.write("a", "a")], HashBatchOptions::default()).unwrap();
    let mut calls = 0;
    let ended = job.wait_with_interval(Duration::from_millis(1), |_| {
        calls += 1;
        if calls == 3 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert_eq!(code(ended), ErrorCode::Cancelled);
    assert_eq!(calls, 3);
}

#[test]
fn any_clone_on_any_thread_cancels() {
    let folder = Folder::new();
    let hasher = paused_hasher();
    let job = hasher.hash_all(&[folder.write("a", "a")], HashBatchOptions::default()).unwrap();
    assert!(!job.wait_for(Duration::from_millis(1)).unwrap());
    let other = job.clone();
    let waiting = std::thread::spawn(move || other.get());
    job.cancel().unwrap();
    assert_eq!(code(waiting.join().unwrap()), ErrorCode::Cancelled);
    assert!(job.wait_for(DEADLINE).unwrap());
}

#[test]
fn a_job_without_handles_goes_on() {
    let folder = Folder::new();
    let hasher = paused_hasher();
    let (sender, receiver) = mpsc::channel();
    let on_file = Box::new(move |index, _: &_| {
        sender.send(index).unwrap();
        ControlFlow::Continue(())
    });
    let options = HashBatchOptions { on_file: Some(on_file), ..Default::default() };
    drop(hasher.hash_all(&[folder.write("a", "a")], options).unwrap());
    hasher.resume().unwrap();
    assert_eq!(receiver.recv_timeout(DEADLINE).unwrap(), 0);
}

#[test]
fn the_end_is_told_before_and_behind_it() {
    let folder = Folder::new();
    let hasher = paused_hasher();
    let job = hasher.hash_all(&[folder.write("a", "a")], HashBatchOptions::default()).unwrap();
    let (sender, receiver) = mpsc::channel();
    for number in 0..2 {
        let sender = sender.clone();
        job.on_done(move |job| sender.send((number, job.get().map(|batch| batch.items.len()))).unwrap())
            .unwrap();
    }
    hasher.resume().unwrap();
    let mut told = [receiver.recv_timeout(DEADLINE).unwrap(), receiver.recv_timeout(DEADLINE).unwrap()];
    told.sort_by_key(|(number, _)| *number);
    assert_eq!(told, [(0, Ok(1)), (1, Ok(1))]);
    let thread = std::thread::current().id();
    job.on_done(move |_| assert_eq!(std::thread::current().id(), thread)).unwrap();
    job.on_done(move |job| sender.send((2, job.get().map(|batch| batch.items.len()))).unwrap()).unwrap();
    assert_eq!(receiver.recv_timeout(DEADLINE).unwrap(), (2, Ok(1)));
    assert!(receiver.try_recv().is_err());
}

#[test]
fn a_callback_must_not_wait_for_a_job_that_runs() {
    let folder = Folder::new();
    let path = folder.write("a", "a");
    let paused = paused_hasher();
    let running = paused.hash_all(&[&path], HashBatchOptions::default()).unwrap();
    let hasher = paused_hasher();
    let job = hasher.hash_all(&[&path], HashBatchOptions::default()).unwrap();
    let (sender, receiver) = mpsc::channel();
    job.on_done(move |_| sender.send(running.get().map(|_| ())).unwrap()).unwrap();
    hasher.resume().unwrap();
    assert_eq!(code(receiver.recv_timeout(DEADLINE).unwrap()), ErrorCode::InvalidArgument);
}

#[test]
fn a_hasher_that_goes_cancels_its_jobs() {
    let folder = Folder::new();
    let hasher = paused_hasher();
    let job = hasher.hash_all(&[folder.write("a", "a")], HashBatchOptions::default()).unwrap();
    drop(hasher);
    assert!(job.done().unwrap());
    assert_eq!(code(job.get()), ErrorCode::Cancelled);
}

#[test]
fn a_store_that_closes_cancels_its_jobs() {
    let made = EmptyStore::new();
    let hasher = FileHasher::new(&made.store).unwrap();
    hasher.pause().unwrap();
    let job = hasher.hash_all(&[made.folder.write("a", "a")], HashBatchOptions::default()).unwrap();
    let done = made.store.verify(&VerifyOptions::default()).unwrap();
    done.get().unwrap();
    made.store.close().unwrap();
    assert_eq!(code(job.get()), ErrorCode::Cancelled);
    assert!(done.get().is_ok(), "a job that was done keeps its result");
    assert_eq!(code(made.store.verify(&VerifyOptions::default())), ErrorCode::Closed);
}

#[test]
fn thousands_of_jobs_come_and_go() {
    let folder = Folder::new();
    let path = folder.write("a", "a");
    let hasher = FileHasher::alone(2).unwrap();
    let jobs: Vec<_> = (0..2000).map(|_| hasher.hash(&path, &HashOptions::default()).unwrap()).collect();
    eventually("all are done", || jobs.iter().all(|job| job.done().unwrap()));
    assert!(jobs.iter().all(|job| job.get().is_ok()));
}
