//! Stage 2 of a migration: a pending record becomes a model as soon as its hash is known.

use crate::error::{Error, ErrorCode, Result};
use crate::ffi::{self, c_enum, FromC};
use crate::handle::Handle;
use crate::job::Job;
use crate::path_rule::{self, PathRule};
use crate::record_id::RecordId;
use crate::sha256::Sha256;
use crate::store::Store;
use modelstore_sys as sys;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

c_enum! {
    /// What happens to a record whose content is a model already.
    ConflictPolicy: modelstore_conflict_policy {
        /// Fill the model's empty fields, unite tags, append pictures, add the location.
        Merge = MODELSTORE_POLICY_MERGE,
        /// Change nothing and say so.
        Report = MODELSTORE_POLICY_REPORT,
        /// What the record has of texts, tags and pictures takes the place of what the model has of each; add
        /// the location.
        Replace = MODELSTORE_POLICY_REPLACE,
        /// Leave the record pending, with its hash.
        Keep = MODELSTORE_POLICY_KEEP,
        /// Remove the record; the model gets the location and nothing else.
        Discard = MODELSTORE_POLICY_DISCARD,
    }
}

impl ConflictPolicy {
    /// "merge" and so on; "unknown" for one that the library does not know.
    pub fn name(self) -> &'static str {
        // SAFETY: takes any number, and answers a static text that ends in a zero byte.
        ffi::static_text(unsafe { sys::modelstore_conflict_policy_name(self.to_c()) })
    }
}

impl fmt::Display for ConflictPolicy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The policy of that name. Errors: InvalidArgument.
impl FromStr for ConflictPolicy {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        // SAFETY: `name` and the out-parameters outlive the call.
        let policy = ffi::value(|out, error| unsafe {
            sys::modelstore_conflict_policy_parse(ffi::text(name), out, error)
        })?;
        Ok(ConflictPolicy::from_number(policy))
    }
}

/// A record whose content is a model already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationConflict {
    /// 0: a model whose claimed hash was wrong.
    pub pending_id: i64,
    /// Its file.
    pub pending_path: String,
    /// Its content.
    pub sha256: Sha256,
    /// The model's first location.
    pub existing_path: String,
    /// What was done about it.
    pub resolution: ConflictPolicy,
}

impl FromC<sys::modelstore_migration_conflict> for MigrationConflict {
    unsafe fn from_c(c: &sys::modelstore_migration_conflict) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            MigrationConflict {
                pending_id: c.pending_id,
                pending_path: String::from_c(&c.pending_path),
                sha256: Sha256::from_c(&c.sha256),
                existing_path: String::from_c(&c.existing_path),
                resolution: ConflictPolicy::from_number(c.resolution),
            }
        }
    }
}

/// A claimed hash that turned out wrong, or a model's verified file that has another content now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimMismatch {
    /// The record or model as it was known.
    pub record: RecordId,
    /// Its file.
    pub path: String,
    /// What was said.
    pub claimed: Sha256,
    /// What it is.
    pub computed: Sha256,
    /// The model took the computed hash as its identity.
    pub rekeyed: bool,
    /// The file was verified to have the hash, and was changed since.
    pub changed: bool,
}

impl FromC<sys::modelstore_claim_mismatch> for ClaimMismatch {
    unsafe fn from_c(c: &sys::modelstore_claim_mismatch) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            ClaimMismatch {
                record: RecordId::from_c(&c.record),
                path: String::from_c(&c.path),
                claimed: Sha256::from_c(&c.claimed),
                computed: Sha256::from_c(&c.computed),
                rekeyed: c.rekeyed != 0,
                changed: c.changed != 0,
            }
        }
    }
}

/// How to hash and promote one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrateHashOptions {
    /// Promote the record that waits for this file; false: only hash.
    pub migrate: bool,
    /// Read the file even if its hash is remembered.
    pub reread: bool,
    /// What to do about a model with that content.
    pub policy: ConflictPolicy,
}

impl Default for MigrateHashOptions {
    fn default() -> Self {
        MigrateHashOptions { migrate: true, reread: false, policy: ConflictPolicy::Merge }
    }
}

/// What one file was hashed to, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrateHashResult {
    /// Of its content.
    pub sha256: Sha256,
    /// Its size.
    pub size_bytes: i64,
    /// Remembered: the file was not read.
    pub cached: bool,
    /// A pending record was promoted, or joined a model.
    pub migrated: bool,
    /// There was a model with that content.
    pub conflict: Option<MigrationConflict>,
    /// A claim was wrong.
    pub mismatch: Option<ClaimMismatch>,
}

/// How to hash and promote many records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrateOptions {
    /// What to do about models with their content.
    pub policy: ConflictPolicy,
    /// Tried for a record whose own path leads nowhere; what is found is stored.
    pub path_map: Vec<PathRule>,
    /// Files that are hashed at once; 0: chosen from the device.
    pub parallel: u32,
}

impl Default for MigrateOptions {
    fn default() -> Self {
        MigrateOptions { policy: ConflictPolicy::Report, path_map: Vec::new(), parallel: 0 }
    }
}

impl MigrateOptions {
    /// Calls `function` with the options as C has them.
    fn with_c<R>(&self, function: impl FnOnce(&sys::modelstore_migrate_options) -> R) -> R {
        let path_map = path_rule::to_c(&self.path_map);
        function(&sys::modelstore_migrate_options {
            policy: self.policy.to_c(),
            path_map: path_map.as_ptr(),
            path_map_count: path_map.len() as u64,
            parallel: self.parallel,
            ..sys::modelstore_migrate_options::init()
        })
    }
}

/// A record that could not be promoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationFailure {
    /// Its name in the catalogue.
    pub id: RecordId,
    /// Its file.
    pub path: String,
    /// Why.
    pub error: Error,
}

impl FromC<sys::modelstore_migration_failure> for MigrationFailure {
    unsafe fn from_c(c: &sys::modelstore_migration_failure) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            MigrationFailure {
                id: RecordId::from_c(&c.id),
                path: String::from_c(&c.path),
                error: Error::new(ErrorCode::from_number(c.status), String::from_c(&c.message)),
            }
        }
    }
}

/// What became of many records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationReport {
    /// Records that became models.
    pub promoted_ids: Vec<i64>,
    /// Records that joined a model.
    pub merged_ids: Vec<i64>,
    /// Models whose claimed hash was confirmed for the first time.
    pub verified: Vec<Sha256>,
    /// Records whose content was a model already.
    pub conflicts: Vec<MigrationConflict>,
    /// Claims that were wrong.
    pub mismatches: Vec<ClaimMismatch>,
    /// Records that stay as they were.
    pub failed: Vec<MigrationFailure>,
    /// Read and hashed, without remembered files.
    pub bytes_hashed: i64,
    /// How long it took.
    pub elapsed_ms: i64,
}

/// Hashes and promotes. Promotion is all or nothing: the record's texts and tags move, its pictures become
/// previews, and the record goes; or it stays as it was. Where a model with that content exists already, a
/// [`ConflictPolicy`] decides.
///
/// A migrator runs one batch at a time (another is refused as Busy); single hashes may run beside it. It may
/// be used and cancelled from any thread.
#[derive(Debug)]
pub struct ReactiveMigrator {
    handle: Handle<sys::modelstore_reactive_migrator>,
}

impl ReactiveMigrator {
    /// A migrator in `store`. Errors: Closed.
    pub fn new(store: &Store) -> Result<Self> {
        // SAFETY: the out-parameters outlive the call.
        let handle = Handle::make(|out, error| unsafe {
            sys::modelstore_reactive_migrator_create(store.raw(), out, error)
        })?;
        Ok(ReactiveMigrator { handle })
    }

    /// Hashes one file ahead of all batches, remembers the hash, and promotes the record that waits for it,
    /// or settles the claim of the model that is said to be there. Progress counts bytes.
    /// Job errors: FileMissing, FileUnreadable, FileChanged, NotRegularFile, BadImage (a picture of the
    /// record; it stays), Conflict (the record is being promoted elsewhere), Io, Cancelled, and those of a
    /// change to the store.
    pub fn hash(
        &self,
        path: impl AsRef<Path>,
        options: &MigrateHashOptions,
    ) -> Result<Job<MigrateHashResult>> {
        let path = ffi::path(path.as_ref());
        let only_hash = !options.migrate;
        let c = sys::modelstore_migrate_hash_options {
            only_hash: only_hash.into(),
            reread: options.reread.into(),
            policy: options.policy.to_c(),
            ..sys::modelstore_migrate_hash_options::init()
        };
        Job::start(hash_result, |out, error| {
            // SAFETY: all arguments outlive the call.
            unsafe { sys::modelstore_reactive_migrator_hash(self.raw(), path, &c, out, error) }
        })
    }

    /// Hashes and promotes these records; for a model, hashes its reachable locations and settles their
    /// claims. One that fails is an item of the report; the others go on. Progress counts bytes. What was
    /// committed before a cancellation stays. Job errors: Busy, Cancelled, and those of a change to the
    /// store.
    pub fn migrate(&self, ids: &[RecordId], options: &MigrateOptions) -> Result<Job<MigrationReport>> {
        let ids: Vec<_> = ids.iter().map(|id| id.to_c()).collect();
        options.with_c(|c| {
            Job::start(migrate_result, |out, error| {
                let (data, count) = (ids.as_ptr(), ids.len() as u64);
                // SAFETY: all arguments outlive the call.
                unsafe { sys::modelstore_reactive_migrator_migrate(self.raw(), data, count, c, out, error) }
            })
        })
    }

    /// As [`migrate`](ReactiveMigrator::migrate), for all pending records that are not in the trash.
    pub fn migrate_all(&self, options: &MigrateOptions) -> Result<Job<MigrationReport>> {
        options.with_c(|c| {
            Job::start(migrate_result, |out, error| {
                // SAFETY: all arguments outlive the call.
                unsafe { sys::modelstore_reactive_migrator_migrate_all(self.raw(), c, out, error) }
            })
        })
    }

    /// As [`migrate`](ReactiveMigrator::migrate), for all models whose hash was only claimed and that are not
    /// in the trash.
    pub fn verify_claims(&self, options: &MigrateOptions) -> Result<Job<MigrationReport>> {
        options.with_c(|c| {
            Job::start(migrate_result, |out, error| {
                // SAFETY: all arguments outlive the call.
                unsafe { sys::modelstore_reactive_migrator_verify_claims(self.raw(), c, out, error) }
            })
        })
    }

    fn raw(&self) -> sys::modelstore_reactive_migrator {
        self.handle.raw()
    }
}

fn hash_result(job: sys::modelstore_job) -> Result<MigrateHashResult> {
    // SAFETY: the out-parameters outlive the call.
    let block =
        ffi::block(|out, error| unsafe { sys::modelstore_reactive_migrator_hash_result(job, out, error) })?;
    let c: &sys::modelstore_migrate_hash_result = &block;
    // SAFETY: the block is the library's; both pointers are null or lead into it.
    let (conflict, mismatch) = unsafe { (c.conflict.as_ref(), c.mismatch.as_ref()) };
    Ok(MigrateHashResult {
        sha256: Sha256::new(c.sha256.bytes),
        size_bytes: c.size_bytes,
        cached: c.cached != 0,
        migrated: c.migrated != 0,
        // SAFETY: as above.
        conflict: conflict.map(|conflict| unsafe { MigrationConflict::from_c(conflict) }),
        // SAFETY: as above.
        mismatch: mismatch.map(|mismatch| unsafe { ClaimMismatch::from_c(mismatch) }),
    })
}

fn migrate_result(job: sys::modelstore_job) -> Result<MigrationReport> {
    // SAFETY: the out-parameters outlive the call.
    let block = ffi::block(|out, error| unsafe {
        sys::modelstore_reactive_migrator_migrate_result(job, out, error)
    })?;
    let c: &sys::modelstore_migration_report = &block;
    // SAFETY: the block is the library's.
    unsafe {
        Ok(MigrationReport {
            promoted_ids: ffi::list(c.promoted_ids, c.promoted_ids_count),
            merged_ids: ffi::list(c.merged_ids, c.merged_ids_count),
            verified: ffi::list(c.verified, c.verified_count),
            conflicts: ffi::list(c.conflicts, c.conflicts_count),
            mismatches: ffi::list(c.mismatches, c.mismatches_count),
            failed: ffi::list(c.failed, c.failed_count),
            bytes_hashed: c.bytes_hashed,
            elapsed_ms: c.elapsed_ms,
        })
    }
}
