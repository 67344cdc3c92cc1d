//! What verifying and repairing a store reports.

use crate::error::Result;
use crate::ffi::{self, c_enum, FromC};
use modelstore_sys as sys;
use std::fmt;

c_enum! {
    /// What [`Store::verify`](crate::Store::verify) can find.
    ProblemKind: modelstore_problem_kind {
        /// The integrity check of the database reports it.
        DatabaseDamaged = MODELSTORE_PROBLEM_DATABASE_DAMAGED,
        /// A row refers to a row that does not exist.
        DanglingReference = MODELSTORE_PROBLEM_DANGLING_REFERENCE,
        /// A tier file that a row names is not there, or is no regular file.
        PreviewFileMissing = MODELSTORE_PROBLEM_PREVIEW_FILE_MISSING,
        /// A tier file has another size or digest than its row says.
        PreviewFileDiffers = MODELSTORE_PROBLEM_PREVIEW_FILE_DIFFERS,
        /// A pending record's picture is not there.
        PendingFileMissing = MODELSTORE_PROBLEM_PENDING_FILE_MISSING,
        /// A pending record's picture has another size or digest than its row says.
        PendingFileDiffers = MODELSTORE_PROBLEM_PENDING_FILE_DIFFERS,
        /// A file in the store that no row names.
        UnknownFile = MODELSTORE_PROBLEM_UNKNOWN_FILE,
        /// A file in `images/` whose name is not of the documented form.
        BadFileName = MODELSTORE_PROBLEM_BAD_FILE_NAME,
        /// A name could be given twice.
        CounterTooLow = MODELSTORE_PROBLEM_COUNTER_TOO_LOW,
        /// The search index and the records disagree.
        SearchOutOfDate = MODELSTORE_PROBLEM_SEARCH_OUT_OF_DATE,
        /// An operation or its staged files without a live owner.
        OperationLeft = MODELSTORE_PROBLEM_OPERATION_LEFT,
        /// (deep) No location of a model can be read.
        ModelMissing = MODELSTORE_PROBLEM_MODEL_MISSING,
        /// (deep) The file at a location has another content.
        ModelDiffers = MODELSTORE_PROBLEM_MODEL_DIFFERS,
    }
}

impl ProblemKind {
    /// "PreviewFileMissing" and so on; "Unknown" for one that the library does not know.
    pub fn name(self) -> &'static str {
        // SAFETY: takes any number, and answers a static text that ends in a zero byte.
        ffi::static_text(unsafe { sys::modelstore_problem_kind_name(self.to_c()) })
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// One thing that does not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What it is.
    pub kind: ProblemKind,
    /// The path or the id.
    pub subject: String,
    /// One line.
    pub message: String,
}

impl FromC<sys::modelstore_problem> for Problem {
    unsafe fn from_c(c: &sys::modelstore_problem) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            Problem {
                kind: ProblemKind::from_number(c.kind),
                subject: String::from_c(&c.subject),
                message: String::from_c(&c.message),
            }
        }
    }
}

/// How a store is verified.
#[derive(Debug, Clone, Default)]
pub struct VerifyOptions {
    /// Also hash every model's file again.
    pub deep: bool,
}

impl VerifyOptions {
    pub(crate) fn to_c(&self) -> sys::modelstore_verify_options {
        sys::modelstore_verify_options { deep: self.deep.into(), ..sys::modelstore_verify_options::init() }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// None: the store is sound.
    pub problems: Vec<Problem>,
    /// Records that were looked at.
    pub records_checked: i64,
    /// Files that were looked at.
    pub files_checked: i64,
    /// Bytes of model files that were read.
    pub bytes_hashed: i64,
}

impl VerifyReport {
    /// Whether the store is sound.
    pub fn ok(&self) -> bool {
        self.problems.is_empty()
    }
}

pub(crate) fn verify_result(job: sys::modelstore_job) -> Result<VerifyReport> {
    // SAFETY: the out-parameters outlive the call.
    let block = ffi::block(|out, error| unsafe { sys::modelstore_store_verify_result(job, out, error) })?;
    Ok(VerifyReport {
        // SAFETY: the block is the library's.
        problems: unsafe { ffi::list(block.problems, block.problems_count) },
        records_checked: block.records_checked,
        files_checked: block.files_checked,
        bytes_hashed: block.bytes_hashed,
    })
}

/// How a store is repaired.
#[derive(Debug, Clone)]
pub struct RepairOptions {
    /// Only say what would be done.
    pub dry_run: bool,
}

impl Default for RepairOptions {
    fn default() -> Self {
        RepairOptions { dry_run: true }
    }
}

impl RepairOptions {
    pub(crate) fn to_c(&self) -> sys::modelstore_repair_options {
        let apply = !self.dry_run;
        sys::modelstore_repair_options { apply: apply.into(), ..sys::modelstore_repair_options::init() }
    }
}

/// A problem and what mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// What is wrong.
    pub problem: Problem,
    /// One line; empty if the library cannot mend it.
    pub action: String,
    /// False in a dry run, or if it had gone by itself.
    pub done: bool,
}

impl FromC<sys::modelstore_repair> for Repair {
    unsafe fn from_c(c: &sys::modelstore_repair) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            Repair {
                problem: Problem::from_c(&c.problem),
                action: String::from_c(&c.action),
                done: c.done != 0,
            }
        }
    }
}

/// What was mended, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepairReport {
    /// One for each problem.
    pub repairs: Vec<Repair>,
    /// The folder that files were moved to, below the root; empty if none were.
    pub quarantine: String,
}

impl RepairReport {
    /// Whether nothing is left to be done.
    pub fn ok(&self) -> bool {
        self.repairs.iter().all(|repair| repair.done)
    }
}

pub(crate) fn repair_result(job: sys::modelstore_job) -> Result<RepairReport> {
    // SAFETY: the out-parameters outlive the call.
    let block = ffi::block(|out, error| unsafe { sys::modelstore_store_repair_result(job, out, error) })?;
    // SAFETY: the block is the library's.
    unsafe {
        Ok(RepairReport {
            repairs: ffi::list(block.repairs, block.repairs_count),
            quarantine: String::from_c(&block.quarantine),
        })
    }
}
