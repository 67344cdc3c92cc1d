//! What the tests share: folders that go with the test, the sample store, and waiting.

use modelstore::{Error, ErrorCode, FileHasher, Store, StoreOptions};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Long enough for everything on a machine that does much else.
pub const DEADLINE: Duration = Duration::from_secs(120);

/// A folder of its own, which is removed with everything in it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{}", std::process::id(), number));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder is made");
        Folder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file below the folder.
    pub fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("the folder is made");
        std::fs::write(&path, content).expect("the file is written");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An empty store in a folder of its own; it is closed before the folder goes.
pub struct EmptyStore {
    pub store: Store,
    pub folder: Folder,
}

impl EmptyStore {
    pub fn new() -> Self {
        let folder = Folder::new();
        let options = StoreOptions { create: true, threads: 2, ..Default::default() };
        let store = Store::open(folder.path().join("store"), &options).expect("a store is made");
        EmptyStore { store, folder }
    }
}

/// A hasher without a store whose batches stand still until it is told to resume.
pub fn paused_hasher() -> FileHasher {
    let hasher = FileHasher::alone(2).expect("a hasher is made");
    hasher.pause().expect("it can be paused");
    hasher
}

/// A program that was built with the library.
pub fn program(variable: &str) -> PathBuf {
    match std::env::var_os(variable) {
        Some(path) => path.into(),
        None => panic!("{} must name a program; ctest sets it", variable),
    }
}

/// The sample legacy store, made once and only read.
pub fn sample() -> PathBuf {
    static MADE: Mutex<bool> = Mutex::new(false);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sample");
    let mut made = MADE.lock().expect("no test failed in here");
    if !*made {
        let _ = std::fs::remove_dir_all(&path);
        let done =
            Command::new(program("MODELSTORE_SAMPLE_STORE")).arg(&path).output().expect("it can be run");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        *made = true;
    }
    path
}

pub fn sample_database() -> PathBuf {
    sample().join("legacy").join("hikaze_mm.sqlite3")
}

/// The first picture of the sample with this ending.
pub fn sample_picture(ending: &str) -> PathBuf {
    let folder = sample().join("legacy").join("images");
    let mut pictures: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the sample has pictures")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().map_or(false, |found| found == ending))
        .filter(|path| std::fs::metadata(path).map_or(false, |file| file.len() > 1000))
        .collect();
    pictures.sort();
    pictures.swap_remove(0)
}

/// The code that a call failed with.
pub fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> ErrorCode {
    let error = result.expect_err("the call must fail");
    assert!(!error.message().is_empty(), "an error without a message: {:?}", error);
    assert!(!error.message().contains('\n'), "an error of several lines: {:?}", error);
    error.code()
}

/// Waits until something holds.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < DEADLINE, "waited in vain until {}", what);
        std::thread::sleep(Duration::from_millis(5));
    }
}
