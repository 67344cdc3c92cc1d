//! What every call answers when it cannot do what it was asked to.

use crate::ffi;
use modelstore_sys as sys;
use std::fmt;

/// What every call that can fail returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $status:ident,)*) => {
        /// Why a call failed. The numbers are the same in every version and in every language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)*
            /// A code that only newer versions of the library know, by its number.
            Other(i32),
        }

        impl ErrorCode {
            /// The number that stands for the code in every language.
            pub fn number(self) -> i32 {
                match self {
                    $(ErrorCode::$name => sys::$status,)*
                    ErrorCode::Other(number) => number,
                }
            }

            pub(crate) fn from_number(number: i32) -> Self {
                match number {
                    $(sys::$status => ErrorCode::$name,)*
                    _ => ErrorCode::Other(number),
                }
            }
        }
    };
}

error_codes! {
    /// The caller's argument is malformed.
    InvalidArgument = MODELSTORE_INVALID_ARGUMENT,
    /// No such model, record, tag, preview or root.
    NotFound = MODELSTORE_NOT_FOUND,
    /// The name, path or content is taken.
    AlreadyExists = MODELSTORE_ALREADY_EXISTS,
    /// Another record or a concurrent change is in the way.
    Conflict = MODELSTORE_CONFLICT,
    /// Another writer kept its lock for longer than `busy_timeout`.
    Busy = MODELSTORE_BUSY,
    /// The job was cancelled, or its store was closed.
    Cancelled = MODELSTORE_CANCELLED,
    /// No file at that path.
    FileMissing = MODELSTORE_FILE_MISSING,
    /// The file exists and may not be read.
    FileUnreadable = MODELSTORE_FILE_UNREADABLE,
    /// The file changed while it was being read.
    FileChanged = MODELSTORE_FILE_CHANGED,
    /// A folder, device, FIFO or socket where a file is needed.
    NotRegularFile = MODELSTORE_NOT_REGULAR_FILE,
    /// Not a picture or catalogue of a kind that is accepted.
    UnsupportedFormat = MODELSTORE_UNSUPPORTED_FORMAT,
    /// A picture of a known kind that cannot be decoded.
    BadImage = MODELSTORE_BAD_IMAGE,
    /// Larger, longer or deeper than a documented limit.
    LimitExceeded = MODELSTORE_LIMIT_EXCEEDED,
    /// A database file is damaged.
    Corrupt = MODELSTORE_CORRUPT,
    /// The folder holds no model store.
    NotAStore = MODELSTORE_NOT_A_STORE,
    /// The store was written by a newer version of the library.
    SchemaTooNew = MODELSTORE_SCHEMA_TOO_NEW,
    /// The store, or the folder it is in, cannot be written.
    ReadOnly = MODELSTORE_READ_ONLY,
    /// The disk or the quota is full.
    NoSpace = MODELSTORE_NO_SPACE,
    /// The operating system reported an input or output error.
    Io = MODELSTORE_IO,
    /// An earlier write failed half-way: reopen the store to recover.
    Poisoned = MODELSTORE_POISONED,
    /// The store was closed.
    Closed = MODELSTORE_CLOSED,
    /// The store was opened by the parent of this process.
    Forked = MODELSTORE_FORKED,
    /// Memory ran out.
    OutOfMemory = MODELSTORE_OUT_OF_MEMORY,
    /// The isolated picture decoder died.
    DecoderCrashed = MODELSTORE_DECODER_CRASHED,
    /// The content has another hash than a catalogue claimed.
    ClaimMismatch = MODELSTORE_CLAIM_MISMATCH,
    /// Not available on this system or in this build.
    Unsupported = MODELSTORE_UNSUPPORTED,
    /// A defect of the library: please report it.
    Internal = MODELSTORE_INTERNAL,
}

impl ErrorCode {
    /// The code's name, for instance "NotFound"; "Unknown" for one that the library does not know.
    pub fn name(self) -> &'static str {
        // SAFETY: takes any number, and answers a static text that ends in a zero byte.
        ffi::static_text(unsafe { sys::modelstore_status_name(self.number()) })
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The one error of the library, also where it is reported as a value for one item among many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    code: ErrorCode,
    message: String,
}

impl Error {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Error { code, message: message.into() }
    }

    /// What a program can act on.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// One line for a person: what failed and the cause, without prefix and full stop.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
