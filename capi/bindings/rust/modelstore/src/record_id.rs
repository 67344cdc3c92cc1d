//! The name of one record of the catalogue.

use crate::error::{Error, ErrorCode, Result};
use crate::ffi::{self, FromC};
use crate::sha256::{digits, Sha256};
use modelstore_sys as sys;
use std::fmt;
use std::os::raw::c_char;
use std::str::FromStr;

/// The name of a record: of a model by its digest, of a pending record by its number.
///
/// The text form is 64 lowercase hexadecimal digits, or `pending:` and the number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId {
    sha256: Sha256,
    number: i64, // 0 for a model
}

impl RecordId {
    /// The model with this content.
    pub const fn model(sha256: Sha256) -> Self {
        RecordId { sha256, number: 0 }
    }

    /// The pending record with this number, which must be positive. Errors: InvalidArgument.
    pub fn pending(number: i64) -> Result<Self> {
        if number <= 0 {
            let message = format!("not the number of a pending record: {}", number);
            return Err(Error::new(ErrorCode::InvalidArgument, message));
        }
        Ok(RecordId { sha256: Sha256::default(), number })
    }

    /// Whether it is a model's.
    pub const fn is_model(&self) -> bool {
        self.number == 0
    }

    /// Whether it is a pending record's.
    pub const fn is_pending(&self) -> bool {
        self.number != 0
    }

    /// The model's digest; nothing for a pending record.
    pub fn sha256(&self) -> Option<Sha256> {
        Some(self.sha256).filter(|_| self.is_model())
    }

    /// The pending record's number; nothing for a model.
    pub fn number(&self) -> Option<i64> {
        Some(self.number).filter(|_| self.is_pending())
    }

    pub(crate) fn to_c(self) -> sys::modelstore_record_id {
        sys::modelstore_record_id { sha256: self.sha256.to_c(), pending: self.number }
    }

    /// What all zeros, which stand for no record, do not name.
    pub(crate) fn known(self) -> Option<Self> {
        Some(self).filter(|id| id.is_pending() || id.sha256.known().is_some())
    }
}

impl From<Sha256> for RecordId {
    fn from(sha256: Sha256) -> Self {
        RecordId::model(sha256)
    }
}

impl FromC<sys::modelstore_record_id> for RecordId {
    unsafe fn from_c(c: &sys::modelstore_record_id) -> Self {
        RecordId { sha256: Sha256::new(c.sha256.bytes), number: c.pending }
    }
}

/// Reads the text form; hexadecimal digits may be of either case. Errors: InvalidArgument.
impl FromStr for RecordId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        // SAFETY: `text` and the out-parameters outlive the call.
        let c =
            ffi::value(|out, error| unsafe { sys::modelstore_record_id_parse(ffi::text(text), out, error) })?;
        // SAFETY: an id has no pointers.
        Ok(unsafe { RecordId::from_c(&c) })
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 65];
        // SAFETY: 65 bytes are what the function writes.
        unsafe { sys::modelstore_record_id_format(&self.to_c(), text.as_mut_ptr() as *mut c_char) };
        formatter.pad(digits(&text))
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RecordId({})", self)
    }
}
