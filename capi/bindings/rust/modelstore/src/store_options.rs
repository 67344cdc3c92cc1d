//! How a store is opened.

use crate::callback;
use crate::ffi::{self, c_enum};
use modelstore_sys as sys;
use std::fmt;
use std::os::raw::c_void;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

c_enum! {
    /// How important a line of the log is.
    LogLevel: modelstore_log_level {
        /// Of interest to those who look for a mistake.
        Debug = MODELSTORE_LOG_DEBUG,
        /// Of interest.
        Info = MODELSTORE_LOG_INFO,
        /// Something that may need attention.
        Warning = MODELSTORE_LOG_WARNING,
        /// Something that went wrong.
        Error = MODELSTORE_LOG_ERROR,
    }
}

/// Receives one line of the log, on any thread.
pub type LogCallback = Arc<dyn Fn(LogLevel, &str) + Send + Sync>;

/// Receives a task that is to be run on the program's own loop, on any thread.
pub type PostCallback = Arc<dyn Fn(Task) + Send + Sync>;

/// A callback that is to be run on the program's own loop. One that is dropped runs there, so that none is
/// lost.
#[derive(Debug)]
pub struct Task {
    run: unsafe extern "C" fn(*mut c_void),
    task: *mut c_void,
}

// SAFETY: the library lets any thread run a task, once.
unsafe impl Send for Task {}

impl Task {
    /// Runs it.
    pub fn run(self) {}
}

impl Drop for Task {
    fn drop(&mut self) {
        // SAFETY: a task is run once, here: it cannot be copied.
        unsafe { (self.run)(self.task) }
    }
}

/// The encoding of one preview tier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TierOptions {
    /// Of the high tier's width and height; 1 for the high tier itself.
    pub scale: f64,
    /// WebP quality, 1 to 100.
    pub quality: i32,
    /// WebP effort, 0 (fast) to 6 (small).
    pub effort: i32,
}

impl TierOptions {
    fn to_c(self) -> sys::modelstore_tier_options {
        sys::modelstore_tier_options {
            scale: if self.scale == 0.0 { -1.0 } else { self.scale },
            quality: ffi::explicit(self.quality),
            effort: ffi::explicit(self.effort),
        }
    }
}

/// How previews are made. The defaults were chosen by measuring size, similarity and time.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewOptions {
    /// Pixels of the high tier; larger pictures are scaled down to it.
    pub max_pixels: i64,
    /// The high tier.
    pub high: TierOptions,
    /// The medium tier.
    pub medium: TierOptions,
    /// The low tier.
    pub low: TierOptions,
    /// Bytes of a picture file; larger ones are refused.
    pub max_source_bytes: i64,
    /// Pixels that a picture's header announces, all frames together.
    pub max_source_pixels: i64,
    /// Also AVIF, HEIF, TIFF and JPEG XL, where the library can read them.
    pub accept_more_formats: bool,
    /// Keep the original file beside the tiers.
    pub keep_originals: bool,
    /// Decode in a process of its own.
    pub isolated: bool,
    /// The program that decodes there; none: the one that was installed with the library.
    pub decoder: Option<PathBuf>,
    /// Bytes of address space that it may use; 0: no limit.
    pub decoder_memory_bytes: i64,
    /// Time that it may take for one picture, from the start of its process; at least a millisecond.
    pub decoder_timeout: Duration,
}

impl Default for PreviewOptions {
    fn default() -> Self {
        PreviewOptions {
            max_pixels: 2_000_000,
            high: TierOptions { scale: 1.0, quality: 80, effort: 2 },
            medium: TierOptions { scale: 0.66, quality: 60, effort: 2 },
            low: TierOptions { scale: 0.33, quality: 45, effort: 4 },
            max_source_bytes: 256 << 20,
            max_source_pixels: 100_000_000,
            accept_more_formats: false,
            keep_originals: false,
            isolated: false,
            decoder: None,
            decoder_memory_bytes: 2 << 30,
            decoder_timeout: Duration::from_secs(60),
        }
    }
}

impl PreviewOptions {
    /// The options as C has them; they borrow these.
    pub(crate) fn to_c(&self) -> sys::modelstore_preview_options {
        sys::modelstore_preview_options {
            accept_more_formats: self.accept_more_formats.into(),
            max_pixels: ffi::explicit(self.max_pixels),
            high: self.high.to_c(),
            medium: self.medium.to_c(),
            low: self.low.to_c(),
            max_source_bytes: ffi::explicit(self.max_source_bytes),
            max_source_pixels: ffi::explicit(self.max_source_pixels),
            keep_originals: self.keep_originals.into(),
            isolated: self.isolated.into(),
            decoder: ffi::optional_path(self.decoder.as_deref()),
            // C has -1 for "no limit", which is refused here like all that is negative.
            decoder_memory_bytes: match self.decoder_memory_bytes {
                0 => -1,
                -1 => -2,
                bytes => bytes,
            },
            decoder_timeout_ms: ffi::explicit(ffi::milliseconds(self.decoder_timeout)),
            ..sys::modelstore_preview_options::init()
        }
    }
}

/// How a store is opened.
#[derive(Clone)]
pub struct StoreOptions {
    /// Make a new store if the folder is absent or empty.
    pub create: bool,
    /// Change nothing, not even by recovery; works in a folder without write access.
    pub read_only: bool,
    /// Workers for background work; 0: one for each processor.
    pub threads: u32,
    /// How long a writer waits for others before Busy.
    pub busy_timeout: Duration,
    /// How previews are made.
    pub previews: PreviewOptions,
    /// Where the callbacks of jobs run. None: on the library's threads.
    pub post: Option<PostCallback>,
    /// Receives what the library has to say. None: nothing is reported.
    pub log: Option<LogCallback>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        StoreOptions {
            create: false,
            read_only: false,
            threads: 0,
            busy_timeout: Duration::from_secs(5),
            previews: PreviewOptions::default(),
            post: None,
            log: None,
        }
    }
}

impl fmt::Debug for StoreOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("StoreOptions")
            .field("create", &self.create)
            .field("read_only", &self.read_only)
            .field("threads", &self.threads)
            .field("busy_timeout", &self.busy_timeout)
            .field("previews", &self.previews)
            .field("post", &self.post.as_ref().map(|_| ".."))
            .field("log", &self.log.as_ref().map(|_| ".."))
            .finish()
    }
}

impl StoreOptions {
    /// The options as C has them. They borrow `previews`; the library has to be called with them, since it
    /// alone destroys what their callbacks need.
    pub(crate) fn to_c(&self, previews: &sys::modelstore_preview_options) -> sys::modelstore_store_options {
        let mut c = sys::modelstore_store_options {
            create: self.create.into(),
            read_only: self.read_only.into(),
            threads: self.threads,
            busy_timeout_ms: ffi::explicit(ffi::milliseconds(self.busy_timeout)),
            previews,
            ..sys::modelstore_store_options::init()
        };
        if let Some(post) = &self.post {
            c.post = Some(on_post);
            c.post_user_data = callback::user_data::<PostCallback>(Arc::clone(post));
            c.post_destroy = callback::destroy::<PostCallback>();
        }
        if let Some(log) = &self.log {
            c.log = Some(on_log);
            c.log_user_data = callback::user_data::<LogCallback>(Arc::clone(log));
            c.log_destroy = callback::destroy::<LogCallback>();
        }
        c
    }
}

unsafe extern "C" fn on_post(
    user_data: *mut c_void,
    run: unsafe extern "C" fn(task: *mut c_void),
    task: *mut c_void,
) {
    // SAFETY: `user_data` is what `to_c` made, and only read.
    let post = unsafe { &*user_data.cast::<PostCallback>() };
    let task = Task { run, task };
    // A closure that panics drops the task, which runs it.
    callback::contain(move || post(task));
}

unsafe extern "C" fn on_log(
    user_data: *mut c_void,
    level: sys::modelstore_log_level,
    line: sys::modelstore_text,
) {
    // SAFETY: `user_data` is what `to_c` made, and only read; `line` is valid during the call.
    let (log, line) = unsafe { (&*user_data.cast::<LogCallback>(), ffi::bytes_of(&line)) };
    callback::contain(|| log(LogLevel::from_number(level), &String::from_utf8_lossy(line)));
}
