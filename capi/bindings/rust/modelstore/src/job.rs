//! Handles to work that goes on in the background.

use crate::callback;
use crate::error::Result;
use crate::ffi::{self, c_enum, ErrorOut};
use crate::handle::Handle;
use modelstore_sys as sys;
use std::any::Any;
use std::fmt;
use std::ops::ControlFlow;
use std::os::raw::{c_int, c_void};
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::sync::Arc;
use std::time::Duration;

c_enum! {
    /// What [`Progress`] counts.
    ProgressUnit: modelstore_progress_unit {
        /// Bytes of files.
        Bytes = MODELSTORE_PROGRESS_BYTES,
        /// Files.
        Files = MODELSTORE_PROGRESS_FILES,
        /// Rows of a catalogue.
        Rows = MODELSTORE_PROGRESS_ROWS,
        /// Pictures.
        Pictures = MODELSTORE_PROGRESS_PICTURES,
        /// Records.
        Records = MODELSTORE_PROGRESS_RECORDS,
    }
}

/// How far a job has come. A job with phases (rows, then pictures) starts again from 0 with another unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What has been done.
    pub done: u64,
    /// What there is to do; 0 until it is known. It may grow while more work is found.
    pub total: u64,
    /// What is counted.
    pub unit: ProgressUnit,
}

impl Progress {
    fn from_c(c: &sys::modelstore_progress) -> Self {
        Progress { done: c.done, total: c.total, unit: ProgressUnit::from_number(c.unit) }
    }
}

/// A handle to work that goes on in the background.
///
/// Clones stand for the same work, and any thread may use any of them. Dropping the last one neither cancels
/// nor waits. Closing the store (or dropping the [`FileHasher`](crate::FileHasher) that works without one)
/// cancels its jobs and waits for them: handles outlive it, and those that had not finished report
/// `Cancelled`.
pub struct Job<T> {
    handle: Arc<Handle<sys::modelstore_job>>,
    result: fn(sys::modelstore_job) -> Result<T>,
}

impl<T> Job<T> {
    /// Takes the job that `start` starts, whose result `result` reads.
    pub(crate) fn start(
        result: fn(sys::modelstore_job) -> Result<T>,
        start: impl FnOnce(*mut sys::modelstore_job, ErrorOut) -> sys::modelstore_status,
    ) -> Result<Self> {
        Ok(Job { handle: Arc::new(Handle::make(start)?), result })
    }

    /// Waits for the end and returns the result. May be called again, from any thread.
    /// Errors: what the job failed with; Cancelled; InvalidArgument in a callback while the job still runs,
    /// since that could wait for itself.
    pub fn get(&self) -> Result<T> {
        (self.result)(self.raw())
    }

    /// Waits until the job is done or the time is over, whichever is first; says whether it is done. What it
    /// failed with is told by [`get`](Job::get). Errors: InvalidArgument as for `get`.
    pub fn wait_for(&self, timeout: Duration) -> Result<bool> {
        let done = ffi::value(|out, error| {
            // SAFETY: the out-parameters outlive the call.
            unsafe { sys::modelstore_job_wait(self.raw(), ffi::milliseconds(timeout), out, error) }
        })?;
        Ok(done != 0)
    }

    /// Waits for the end, meanwhile calls `progress` on this thread every 100 ms and once more at the end,
    /// and returns the result. `ControlFlow::Break` cancels the job, and so does a panic, which goes on here.
    /// When the store was closed there are no more calls. Errors: as [`get`](Job::get).
    pub fn wait_with(&self, progress: impl FnMut(Progress) -> ControlFlow<()>) -> Result<T> {
        self.wait_with_interval(Duration::from_millis(100), progress)
    }

    /// As [`wait_with`](Job::wait_with), with another time between the calls, at least one millisecond.
    pub fn wait_with_interval(
        &self,
        interval: Duration,
        progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<T> {
        let mut watcher = Watcher { progress, stopped: false, panic: None };
        let interval = u32::try_from(interval.as_millis()).unwrap_or(u32::MAX).max(1);
        let user_data: *mut c_void = std::ptr::addr_of_mut!(watcher).cast();
        let watch = trampoline(&watcher);
        let watched = ffi::call(|error| {
            // SAFETY: `watcher` outlives the call, behind which no callback comes, and nothing else uses it
            // meanwhile.
            unsafe { sys::modelstore_job_watch(self.raw(), interval, watch, user_data, error) }
        });
        if let Some(panic) = watcher.panic {
            resume_unwind(panic);
        }
        watched?;
        self.get()
    }

    /// Whether a result or an error is there. Never blocks.
    pub fn done(&self) -> Result<bool> {
        // SAFETY: the out-parameters outlive the call.
        let done = ffi::value(|out, error| unsafe { sys::modelstore_job_done(self.raw(), out, error) })?;
        Ok(done != 0)
    }

    /// How far it has come. Never blocks for long.
    pub fn progress(&self) -> Result<Progress> {
        // SAFETY: the out-parameters outlive the call.
        let c = ffi::value(|out, error| unsafe { sys::modelstore_job_progress(self.raw(), out, error) })?;
        Ok(Progress::from_c(&c))
    }

    /// Asks the job to end, which it does within 100 ms; what it had committed stays, what it had only begun
    /// is undone. A job that is done is not affected.
    pub fn cancel(&self) -> Result<()> {
        // SAFETY: handles are checked by the library; `error` outlives the call.
        ffi::call(|error| unsafe { sys::modelstore_job_cancel(self.raw(), error) })
    }

    /// Calls `callback` with this job once it is done; several may be added. It runs on one of the library's
    /// threads, or where [`StoreOptions::post`](crate::StoreOptions::post) puts it, or at once if the job is
    /// done already. A panic in it ends there.
    pub fn on_done(&self, callback: impl FnOnce(&Job<T>) + Send + 'static) -> Result<()>
    where
        T: 'static,
    {
        let call_back = done_trampoline(&callback);
        let destroy = done_destroy(&callback);
        let user_data = callback::user_data(OnDone { job: self.clone(), callback: Some(callback) });
        // SAFETY: `user_data` is what the callback and its destructor expect, and the library's from here on,
        // also if the call fails.
        ffi::call(|error| unsafe {
            sys::modelstore_job_on_done(self.raw(), call_back, user_data, destroy, error)
        })
    }

    fn raw(&self) -> sys::modelstore_job {
        self.handle.raw()
    }
}

impl<T> Clone for Job<T> {
    fn clone(&self) -> Self {
        Job { handle: Arc::clone(&self.handle), result: self.result }
    }
}

impl<T> fmt::Debug for Job<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Job").field("handle", &self.raw().value).finish_non_exhaustive()
    }
}

/// What `wait_with` has on its stack.
struct Watcher<F> {
    progress: F,
    stopped: bool,
    panic: Option<Box<dyn Any + Send>>,
}

/// Names the type of a closure, which has no name.
fn trampoline<F: FnMut(Progress) -> ControlFlow<()>>(_: &Watcher<F>) -> sys::modelstore_progress_callback {
    Some(on_progress::<F>)
}

unsafe extern "C" fn on_progress<F: FnMut(Progress) -> ControlFlow<()>>(
    user_data: *mut c_void,
    progress: *const sys::modelstore_progress,
) -> c_int {
    // SAFETY: `user_data` is the watcher of the call that goes on; `progress` is valid during this one.
    let (watcher, progress) = unsafe { (&mut *user_data.cast::<Watcher<F>>(), Progress::from_c(&*progress)) };
    if watcher.stopped {
        return 1;
    }
    match catch_unwind(AssertUnwindSafe(|| (watcher.progress)(progress))) {
        Ok(ControlFlow::Continue(())) => return 0,
        Ok(ControlFlow::Break(())) => {}
        Err(panic) => watcher.panic = Some(panic),
    }
    watcher.stopped = true;
    1
}

/// What a callback of `on_done` needs.
struct OnDone<T, F> {
    job: Job<T>,
    callback: Option<F>,
}

fn done_trampoline<T, F: FnOnce(&Job<T>) + Send + 'static>(_: &F) -> sys::modelstore_done_callback {
    Some(on_done::<T, F>)
}

fn done_destroy<T: 'static, F: FnOnce(&Job<T>) + Send + 'static>(_: &F) -> sys::modelstore_destroy_callback {
    callback::destroy::<OnDone<T, F>>()
}

unsafe extern "C" fn on_done<T, F: FnOnce(&Job<T>)>(
    user_data: *mut c_void,
    _job: sys::modelstore_job,
    _status: sys::modelstore_status,
) {
    // SAFETY: `user_data` is what `Job::on_done` made; this is called once, and destroyed behind that.
    let on_done = unsafe { &mut *user_data.cast::<OnDone<T, F>>() };
    if let Some(callback) = on_done.callback.take() {
        callback::contain(|| callback(&on_done.job));
    }
}
