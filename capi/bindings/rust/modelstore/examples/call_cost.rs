//! What a call costs: nanoseconds of the smallest calls, in C and through this crate.
//!
//! call_cost FOLDER

use modelstore::{Job, Store, StoreOptions, VerifyOptions, VerifyReport};
use modelstore_sys as sys;
use std::os::raw::c_char;
use std::ptr;
use std::time::Instant;

const CALLS: u32 = 1_000_000;

/// The best of several measurements, since others only ever make it longer.
fn measure(name: &str, mut call: impl FnMut()) {
    let mut best = f64::MAX;
    for _ in 0..5 {
        let begin = Instant::now();
        for _ in 0..CALLS {
            call();
        }
        best = best.min(begin.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS));
    }
    println!("{:<28} {:>6.1} ns", name, best);
}

fn main() -> modelstore::Result<()> {
    let folder = std::env::args().nth(1).expect("usage: call_cost FOLDER");
    let store = Store::open(&folder, &StoreOptions { create: true, ..Default::default() })?;
    let job: Job<VerifyReport> = store.verify(&VerifyOptions::default())?;
    job.get()?;

    let mut raw = sys::modelstore_store { value: 0 };
    let mut raw_job = sys::modelstore_job { value: 0 };
    let text = sys::modelstore_text { data: folder.as_ptr() as *const c_char, size: folder.len() as u64 };
    let none = ptr::null_mut();
    // SAFETY: all arguments outlive the calls; a null error is allowed.
    unsafe {
        assert_eq!(sys::modelstore_store_open(text, ptr::null(), &mut raw, none), sys::MODELSTORE_OK);
        assert_eq!(sys::modelstore_store_verify(raw, ptr::null(), &mut raw_job, none), sys::MODELSTORE_OK);
        sys::modelstore_job_wait(raw_job, -1, &mut 0, none);
    }

    let mut answer = 0;
    // SAFETY: as above.
    measure("C: store_read_only", || unsafe {
        sys::modelstore_store_read_only(raw, &mut answer, none);
    });
    measure("Rust: Store::read_only", || {
        store.read_only().expect("the store is open");
    });
    let mut progress = sys::modelstore_progress { done: 0, total: 0, unit: 0, reserved: 0 };
    // SAFETY: as above.
    measure("C: job_progress", || unsafe {
        sys::modelstore_job_progress(raw_job, &mut progress, none);
    });
    measure("Rust: Job::progress", || {
        job.progress().expect("the job is there");
    });
    // SAFETY: each handle is destroyed once.
    unsafe {
        sys::modelstore_job_destroy(raw_job, none);
        sys::modelstore_store_destroy(raw, none);
    }
    Ok(())
}
