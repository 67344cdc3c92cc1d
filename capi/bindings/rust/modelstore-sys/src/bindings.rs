// Made from modelstore.h by generate_sys.py; do not edit.

use std::os::raw::{c_char, c_int, c_void};

pub const MODELSTORE_C_VERSION_MAJOR: i32 = 1;

pub const MODELSTORE_C_VERSION_MINOR: i32 = 0;

pub const MODELSTORE_C_VERSION_PATCH: i32 = 0;

/// Why a call failed. The numbers are the same in every version and in every language.
pub type modelstore_status = i32;

pub const MODELSTORE_OK: modelstore_status = 0;
/// the caller's argument is malformed
pub const MODELSTORE_INVALID_ARGUMENT: modelstore_status = 1;
/// no such model, record, tag, preview or root
pub const MODELSTORE_NOT_FOUND: modelstore_status = 2;
/// the name, path or content is taken
pub const MODELSTORE_ALREADY_EXISTS: modelstore_status = 3;
/// another record or a concurrent change is in the way
pub const MODELSTORE_CONFLICT: modelstore_status = 4;
/// another writer kept its lock for longer than busy_timeout_ms
pub const MODELSTORE_BUSY: modelstore_status = 5;
/// the job was cancelled, or its store was destroyed
pub const MODELSTORE_CANCELLED: modelstore_status = 6;
/// no file at that path
pub const MODELSTORE_FILE_MISSING: modelstore_status = 7;
/// the file exists and may not be read
pub const MODELSTORE_FILE_UNREADABLE: modelstore_status = 8;
/// the file changed while it was being read
pub const MODELSTORE_FILE_CHANGED: modelstore_status = 9;
/// a folder, device, FIFO or socket where a file is needed
pub const MODELSTORE_NOT_REGULAR_FILE: modelstore_status = 10;
/// not a picture or catalogue of a kind that is accepted
pub const MODELSTORE_UNSUPPORTED_FORMAT: modelstore_status = 11;
/// a picture of a known kind that cannot be decoded
pub const MODELSTORE_BAD_IMAGE: modelstore_status = 12;
/// larger, longer or deeper than a documented limit
pub const MODELSTORE_LIMIT_EXCEEDED: modelstore_status = 13;
/// a database file is damaged
pub const MODELSTORE_CORRUPT: modelstore_status = 14;
/// the folder holds no model store
pub const MODELSTORE_NOT_A_STORE: modelstore_status = 15;
/// the store was written by a newer version of the library
pub const MODELSTORE_SCHEMA_TOO_NEW: modelstore_status = 16;
/// the store, or the folder it is in, cannot be written
pub const MODELSTORE_READ_ONLY: modelstore_status = 17;
/// the disk or the quota is full
pub const MODELSTORE_NO_SPACE: modelstore_status = 18;
/// the operating system reported an input or output error
pub const MODELSTORE_IO: modelstore_status = 19;
/// an earlier write failed half-way: reopen the store to recover
pub const MODELSTORE_POISONED: modelstore_status = 20;
/// the store or the handle was destroyed
pub const MODELSTORE_CLOSED: modelstore_status = 21;
/// the store was opened by the parent of this process
pub const MODELSTORE_FORKED: modelstore_status = 22;
/// memory ran out
pub const MODELSTORE_OUT_OF_MEMORY: modelstore_status = 23;
/// the isolated picture decoder died
pub const MODELSTORE_DECODER_CRASHED: modelstore_status = 24;
/// the content has another hash than a catalogue claimed
pub const MODELSTORE_CLAIM_MISMATCH: modelstore_status = 25;
/// not available on this system or in this build
pub const MODELSTORE_UNSUPPORTED: modelstore_status = 26;
/// a defect of the library: please report it
pub const MODELSTORE_INTERNAL: modelstore_status = 27;

#[repr(C)]
pub struct modelstore_error {
    _opaque: [u8; 0],
    _not_send: core::marker::PhantomData<*mut u8>,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_text {
    /// null: no text
    pub data: *const c_char,
    /// bytes
    pub size: u64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_bytes {
    pub data: *const u8,
    pub size: u64,
}

/// A SHA-256 digest (FIPS 180-4).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_sha256 {
    pub bytes: [u8; 32],
}

/// The name of a record: of a model by its digest, of a pending record by its number.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_record_id {
    /// all zero for a pending record
    pub sha256: modelstore_sha256,
    /// its number; 0 for a model
    pub pending: i64,
}

/// A rule that turns paths of another machine into paths of this one: a path that is `from`, or lies below it,
/// continues at `to`. `from` may be a Windows path. `to` is absolute: jobs that store mapped paths fail as
/// InvalidArgument otherwise.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_path_rule {
    pub from: modelstore_text,
    pub to: modelstore_text,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_text_block {
    pub block_size: u64,
    pub text: modelstore_text,
}

/// A destructor for what a callback needs.
pub type modelstore_destroy_callback = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_store {
    pub value: u64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_database {
    pub value: u64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_image_processor {
    pub value: u64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_file_hasher {
    pub value: u64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_scanner {
    pub value: u64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_legacy_importer {
    pub value: u64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_reactive_migrator {
    pub value: u64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_job {
    pub value: u64,
}

pub type modelstore_progress_unit = i32;

pub const MODELSTORE_PROGRESS_BYTES: modelstore_progress_unit = 0;
pub const MODELSTORE_PROGRESS_FILES: modelstore_progress_unit = 1;
pub const MODELSTORE_PROGRESS_ROWS: modelstore_progress_unit = 2;
pub const MODELSTORE_PROGRESS_PICTURES: modelstore_progress_unit = 3;
pub const MODELSTORE_PROGRESS_RECORDS: modelstore_progress_unit = 4;

/// How far a job has come. `total` is 0 until it is known and may grow; a job with phases starts again from
/// 0 with another unit.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_progress {
    pub done: u64,
    pub total: u64,
    pub unit: modelstore_progress_unit,
    pub reserved: i32,
}

/// Called on the thread that waits. Anything but 0 cancels the job.
pub type modelstore_progress_callback = Option<unsafe extern "C" fn(user_data: *mut c_void, progress: *const modelstore_progress) -> c_int>;

/// Called once when a job is done, on one of the library's threads, or where `post` of the store puts it,
/// or at once by the caller if it is done already; `destroy` follows there. `status` is what its result would
/// answer.
pub type modelstore_done_callback = Option<unsafe extern "C" fn(user_data: *mut c_void, job: modelstore_job, status: modelstore_status)>;

pub type modelstore_log_level = i32;

pub const MODELSTORE_LOG_DEBUG: modelstore_log_level = 0;
pub const MODELSTORE_LOG_INFO: modelstore_log_level = 1;
pub const MODELSTORE_LOG_WARNING: modelstore_log_level = 2;
pub const MODELSTORE_LOG_ERROR: modelstore_log_level = 3;

/// Called from any thread with one line.
pub type modelstore_log_callback = Option<unsafe extern "C" fn(user_data: *mut c_void, level: modelstore_log_level, line: modelstore_text)>;

/// Called from any thread: `run(task)` is to be called exactly once, on the program's own loop. After the
/// store was destroyed it only frees the task.
pub type modelstore_post_callback = Option<unsafe extern "C" fn(user_data: *mut c_void, run: unsafe extern "C" fn(task: *mut c_void), task: *mut c_void)>;

/// The encoding of one preview tier.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_tier_options {
    /// of the high tier's width and height; of the high tier itself always 1
    pub scale: f64,
    /// WebP quality, 1 to 100
    pub quality: i32,
    /// WebP effort, 1 (fast) to 6 (small); -1: 0, the fastest
    pub effort: i32,
}

/// How previews are made.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_preview_options {
    pub struct_size: u32,
    /// not 0: also AVIF, HEIF, TIFF and JPEG XL
    pub accept_more_formats: i32,
    /// of the high tier; 0: 2,000,000
    pub max_pixels: i64,
    /// 0: 1.0, 80, 2
    pub high: modelstore_tier_options,
    /// 0: 0.66, 60, 2
    pub medium: modelstore_tier_options,
    /// 0: 0.33, 45, 4
    pub low: modelstore_tier_options,
    /// of a picture file; 0: 256 MiB
    pub max_source_bytes: i64,
    /// all frames together; 0: 100,000,000
    pub max_source_pixels: i64,
    /// not 0: keep the original file beside the tiers
    pub keep_originals: i32,
    /// not 0: decode in a process of its own
    pub isolated: i32,
    /// that program; null: the one that was installed with the library
    pub decoder: modelstore_text,
    /// of address space; 0: 2 GiB; -1: no limit
    pub decoder_memory_bytes: i64,
    /// for one picture; 0: 60,000
    pub decoder_timeout_ms: i64,
}

impl modelstore_preview_options {
    /// As MODELSTORE_PREVIEW_OPTIONS_INIT: all members have their defaults.
    pub fn init() -> Self {
        // SAFETY: integers, floats, null pointers and absent callbacks are all zero bits.
        let mut options: Self = unsafe { core::mem::zeroed() };
        options.struct_size = core::mem::size_of::<Self>() as u32;
        options
    }
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_store_options {
    pub struct_size: u32,
    /// not 0: make a new store if the folder is absent or empty
    pub create: i32,
    /// not 0: change nothing, not even by recovery
    pub read_only: i32,
    /// for background work; 0: one for each processor
    pub threads: u32,
    /// how long a writer waits for others; 0: 5,000; -1: not at all
    pub busy_timeout_ms: i64,
    /// null: the defaults
    pub previews: *const modelstore_preview_options,
    /// null: callbacks run on the library's threads
    pub post: modelstore_post_callback,
    pub post_user_data: *mut c_void,
    pub post_destroy: modelstore_destroy_callback,
    /// null: nothing is reported
    pub log: modelstore_log_callback,
    pub log_user_data: *mut c_void,
    pub log_destroy: modelstore_destroy_callback,
}

impl modelstore_store_options {
    /// As MODELSTORE_STORE_OPTIONS_INIT: all members have their defaults.
    pub fn init() -> Self {
        // SAFETY: integers, floats, null pointers and absent callbacks are all zero bits.
        let mut options: Self = unsafe { core::mem::zeroed() };
        options.struct_size = core::mem::size_of::<Self>() as u32;
        options
    }
}

pub type modelstore_problem_kind = i32;

pub const MODELSTORE_PROBLEM_DATABASE_DAMAGED: modelstore_problem_kind = 0;
pub const MODELSTORE_PROBLEM_DANGLING_REFERENCE: modelstore_problem_kind = 1;
pub const MODELSTORE_PROBLEM_PREVIEW_FILE_MISSING: modelstore_problem_kind = 2;
pub const MODELSTORE_PROBLEM_PREVIEW_FILE_DIFFERS: modelstore_problem_kind = 3;
pub const MODELSTORE_PROBLEM_PENDING_FILE_MISSING: modelstore_problem_kind = 4;
pub const MODELSTORE_PROBLEM_PENDING_FILE_DIFFERS: modelstore_problem_kind = 5;
pub const MODELSTORE_PROBLEM_UNKNOWN_FILE: modelstore_problem_kind = 6;
pub const MODELSTORE_PROBLEM_BAD_FILE_NAME: modelstore_problem_kind = 7;
pub const MODELSTORE_PROBLEM_COUNTER_TOO_LOW: modelstore_problem_kind = 8;
pub const MODELSTORE_PROBLEM_SEARCH_OUT_OF_DATE: modelstore_problem_kind = 9;
pub const MODELSTORE_PROBLEM_OPERATION_LEFT: modelstore_problem_kind = 10;
pub const MODELSTORE_PROBLEM_MODEL_MISSING: modelstore_problem_kind = 11;
pub const MODELSTORE_PROBLEM_MODEL_DIFFERS: modelstore_problem_kind = 12;

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_problem {
    /// the path or the id
    pub subject: modelstore_text,
    /// one line
    pub message: modelstore_text,
    pub kind: modelstore_problem_kind,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_verify_options {
    pub struct_size: u32,
    /// not 0: also hash every model's file again
    pub deep: i32,
}

impl modelstore_verify_options {
    /// As MODELSTORE_VERIFY_OPTIONS_INIT: all members have their defaults.
    pub fn init() -> Self {
        // SAFETY: integers, floats, null pointers and absent callbacks are all zero bits.
        let mut options: Self = unsafe { core::mem::zeroed() };
        options.struct_size = core::mem::size_of::<Self>() as u32;
        options
    }
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_verify_report {
    pub block_size: u64,
    /// none: the store is sound
    pub problems: *const modelstore_problem,
    pub problems_count: u64,
    pub records_checked: i64,
    pub files_checked: i64,
    pub bytes_hashed: i64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_repair_options {
    pub struct_size: u32,
    /// 0: a dry run, which only says what would be done
    pub apply: i32,
}

impl modelstore_repair_options {
    /// As MODELSTORE_REPAIR_OPTIONS_INIT: all members have their defaults.
    pub fn init() -> Self {
        // SAFETY: integers, floats, null pointers and absent callbacks are all zero bits.
        let mut options: Self = unsafe { core::mem::zeroed() };
        options.struct_size = core::mem::size_of::<Self>() as u32;
        options
    }
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_repair {
    pub problem: modelstore_problem,
    /// one line; empty if the library cannot mend it
    pub action: modelstore_text,
    pub done: i32,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_repair_report {
    pub block_size: u64,
    pub repairs: *const modelstore_repair,
    pub repairs_count: u64,
    /// the folder that files were moved to; empty if none were
    pub quarantine: modelstore_text,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_tag {
    pub id: i64,
    pub name: modelstore_text,
    /// null if it has none
    pub color: modelstore_text,
}

pub type modelstore_location_state = i32;

/// the file was there
pub const MODELSTORE_LOCATION_PRESENT: modelstore_location_state = 0;
/// its folder was there, the file was not, or held another content
pub const MODELSTORE_LOCATION_MISSING: modelstore_location_state = 1;
/// the drive or share that holds it was not mounted
pub const MODELSTORE_LOCATION_OFFLINE: modelstore_location_state = 2;
/// never looked at
pub const MODELSTORE_LOCATION_UNKNOWN: modelstore_location_state = 3;

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_location {
    /// as it was given; may be a path of another machine
    pub path: modelstore_text,
    /// absolute and without links; empty until the file was seen
    pub real_path: modelstore_text,
    pub state: modelstore_location_state,
    /// the library itself computed the model's hash from this file
    pub verified: i32,
}

pub type modelstore_tier = i32;

pub const MODELSTORE_TIER_HIGH: modelstore_tier = 0;
pub const MODELSTORE_TIER_MEDIUM: modelstore_tier = 1;
pub const MODELSTORE_TIER_LOW: modelstore_tier = 2;

/// One published file.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_tier_file {
    /// below `images/` of the store; null where there is no such file
    pub name: modelstore_text,
    pub size_bytes: i64,
    /// of the file's bytes
    pub sha256: modelstore_sha256,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_preview {
    /// never reused
    pub id: i64,
    /// in show order, from 0, without gaps
    pub position: i64,
    /// of the high tier, in pixels
    pub width: i32,
    pub height: i32,
    /// high, medium, low
    pub files: [modelstore_tier_file; 3],
    /// if it was kept
    pub original: modelstore_tier_file,
    /// "png", "jpeg", "webp", "gif"
    pub source_format: modelstore_text,
    /// JSON object: what the picture said about itself
    pub source_text: modelstore_text,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_pending_picture {
    /// never reused
    pub id: i64,
    pub position: i64,
    /// below `images/pending/` of the store
    pub file_name: modelstore_text,
    /// the name that it came with
    pub original_name: modelstore_text,
    /// as `source_format` of a preview
    pub format: modelstore_text,
    pub size_bytes: i64,
    pub sha256: modelstore_sha256,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_model {
    pub block_size: u64,
    pub sha256: modelstore_sha256,
    pub name: modelstore_text,
    pub type_: modelstore_text,
    pub size_bytes: i64,
    pub created_at: i64,
    /// the library computed this hash itself
    pub verified: i32,
    pub trashed: i32,
    pub metadata: modelstore_text,
    /// by name
    pub tags: *const modelstore_tag,
    pub tags_count: u64,
    /// present ones first
    pub locations: *const modelstore_location,
    pub locations_count: u64,
    /// in show order
    pub previews: *const modelstore_preview,
    pub previews_count: u64,
}

pub type modelstore_hash_state = i32;

pub const MODELSTORE_HASH_UNKNOWN: modelstore_hash_state = 0;
/// a catalogue or sidecar stated it
pub const MODELSTORE_HASH_CLAIMED: modelstore_hash_state = 1;
/// the library computed it, and the record was kept pending nevertheless
pub const MODELSTORE_HASH_COMPUTED: modelstore_hash_state = 2;

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_pending_record {
    pub block_size: u64,
    pub id: i64,
    pub path: modelstore_text,
    pub name: modelstore_text,
    pub type_: modelstore_text,
    pub size_bytes: i64,
    pub created_at: i64,
    pub hash_state: modelstore_hash_state,
    pub trashed: i32,
    /// claimed or computed; all zero if unknown
    pub sha256: modelstore_sha256,
    pub metadata: modelstore_text,
    /// by name
    pub tags: *const modelstore_tag,
    pub tags_count: u64,
    /// in show order
    pub pictures: *const modelstore_pending_picture,
    pub pictures_count: u64,
    /// why the last attempt to hash or promote it failed; MODELSTORE_OK if none did
    pub last_error: modelstore_status,
    pub reserved: i32,
    pub last_error_message: modelstore_text,
}

/// What lists show of a model or a pending record alike.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_record_summary {
    pub id: modelstore_record_id,
    /// of a model; of a pending record claimed or computed; else all zero
    pub sha256: modelstore_sha256,
    pub name: modelstore_text,
    pub type_: modelstore_text,
    /// the first location's; empty if there is none
    pub path: modelstore_text,
    pub size_bytes: i64,
    pub created_at: i64,
    pub verified: i32,
    pub trashed: i32,
    pub images_count: i64,
    /// by name
    pub tags: *const modelstore_tag,
    pub tags_count: u64,
    /// file of the first picture: a model's low tier, a record's original
    pub first_image: modelstore_text,
    /// as of a pending record
    pub last_error: modelstore_status,
    pub reserved: i32,
    pub last_error_message: modelstore_text,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_record_page {
    pub block_size: u64,
    pub records: *const modelstore_record_summary,
    pub records_count: u64,
    /// of all pages, at the time of this one
    pub total: i64,
    /// empty on the last page
    pub next_cursor: modelstore_text,
}

pub type modelstore_state_filter = i32;

/// models
pub const MODELSTORE_STATE_ACTIVE: modelstore_state_filter = 0;
/// pending records
pub const MODELSTORE_STATE_PENDING: modelstore_state_filter = 1;
/// both
pub const MODELSTORE_STATE_ALL: modelstore_state_filter = 2;
/// both, of those that were deleted
pub const MODELSTORE_STATE_TRASH: modelstore_state_filter = 3;

pub type modelstore_sort_key = i32;

pub const MODELSTORE_SORT_NAME: modelstore_sort_key = 0;
pub const MODELSTORE_SORT_SIZE: modelstore_sort_key = 1;
pub const MODELSTORE_SORT_CREATED: modelstore_sort_key = 2;
pub const MODELSTORE_SORT_TYPE: modelstore_sort_key = 3;

pub type modelstore_sort_order = i32;

pub const MODELSTORE_ASCENDING: modelstore_sort_order = 0;
pub const MODELSTORE_DESCENDING: modelstore_sort_order = 1;

/// Which records. Everything that is set must hold.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_record_filter {
    pub struct_size: u32,
    pub state: modelstore_state_filter,
    /// exactly this type; null: any
    pub type_: modelstore_text,
    /// names: a record has all of them
    pub tags: *const modelstore_text,
    pub tags_count: u64,
    /// names: a record has none of them
    pub not_tags: *const modelstore_text,
    pub not_tags_count: u64,
    /// words that all occur in name, path, description or tags
    pub text: modelstore_text,
}

impl modelstore_record_filter {
    /// As MODELSTORE_RECORD_FILTER_INIT: all members have their defaults.
    pub fn init() -> Self {
        // SAFETY: integers, floats, null pointers and absent callbacks are all zero bits.
        let mut options: Self = unsafe { core::mem::zeroed() };
        options.struct_size = core::mem::size_of::<Self>() as u32;
        options
    }
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_record_query {
    pub struct_size: u32,
    pub sort: modelstore_sort_key,
    pub order: modelstore_sort_order,
    pub reserved: i32,
    /// null: all models
    pub filter: *const modelstore_record_filter,
    /// records a page, 1 to 10,000; 0: 100
    pub limit: i64,
    /// `next_cursor` of the page before; null or empty: the first page
    pub cursor: modelstore_text,
}

impl modelstore_record_query {
    /// As MODELSTORE_RECORD_QUERY_INIT: all members have their defaults.
    pub fn init() -> Self {
        // SAFETY: integers, floats, null pointers and absent callbacks are all zero bits.
        let mut options: Self = unsafe { core::mem::zeroed() };
        options.struct_size = core::mem::size_of::<Self>() as u32;
        options
    }
}

/// Several records: those listed, or, if `filter` is not null, all that it lets pass.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_selection {
    pub struct_size: u32,
    pub reserved: i32,
    pub ids: *const modelstore_record_id,
    pub ids_count: u64,
    pub filter: *const modelstore_record_filter,
}

impl modelstore_selection {
    /// As MODELSTORE_SELECTION_INIT: all members have their defaults.
    pub fn init() -> Self {
        // SAFETY: integers, floats, null pointers and absent callbacks are all zero bits.
        let mut options: Self = unsafe { core::mem::zeroed() };
        options.struct_size = core::mem::size_of::<Self>() as u32;
        options
    }
}

/// A tag in an edit: by its id unless that is 0, else by its name, which is created if no tag has it.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_tag_ref {
    pub id: i64,
    pub name: modelstore_text,
}

/// What to change about a record. A text that is null stays as it is.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_record_edit {
    pub struct_size: u32,
    /// not 0: the record gets exactly `tags`
    pub set_tags: i32,
    pub name: modelstore_text,
    pub type_: modelstore_text,
    /// of a pending record only
    pub path: modelstore_text,
    /// a JSON object: each of its keys replaces the same key; null removes it
    pub metadata: modelstore_text,
    pub tags: *const modelstore_tag_ref,
    pub tags_count: u64,
    pub add_tags: *const modelstore_tag_ref,
    pub add_tags_count: u64,
    pub remove_tags: *const modelstore_tag_ref,
    pub remove_tags_count: u64,
}

impl modelstore_record_edit {
    /// As MODELSTORE_RECORD_EDIT_INIT: all members have their defaults.
    pub fn init() -> Self {
        // SAFETY: integers, floats, null pointers and absent callbacks are all zero bits.
        let mut options: Self = unsafe { core::mem::zeroed() };
        options.struct_size = core::mem::size_of::<Self>() as u32;
        options
    }
}

/// A record to add by hand.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_new_record {
    pub struct_size: u32,
    pub reserved: i32,
    /// required for a pending record
    pub path: modelstore_text,
    /// of a pending record, null or empty: the last component of the path
    pub name: modelstore_text,
    pub type_: modelstore_text,
    pub size_bytes: i64,
    /// 0: now
    pub created_at: i64,
    /// null: {}
    pub metadata: modelstore_text,
    pub tags: *const modelstore_tag_ref,
    pub tags_count: u64,
}

impl modelstore_new_record {
    /// As MODELSTORE_NEW_RECORD_INIT: all members have their defaults.
    pub fn init() -> Self {
        // SAFETY: integers, floats, null pointers and absent callbacks are all zero bits.
        let mut options: Self = unsafe { core::mem::zeroed() };
        options.struct_size = core::mem::size_of::<Self>() as u32;
        options
    }
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_tag_list {
    pub block_size: u64,
    pub tags: *const modelstore_tag,
    pub tags_count: u64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_type_count {
    pub type_: modelstore_text,
    pub count: i64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_tag_count {
    pub tag: modelstore_tag,
    pub count: i64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_text_list {
    pub block_size: u64,
    pub texts: *const modelstore_text,
    pub texts_count: u64,
}

/// A preview together with the model that it is a picture of.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_model_preview {
    pub block_size: u64,
    pub model: modelstore_sha256,
    pub preview: modelstore_preview,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_facets {
    pub block_size: u64,
    pub total: i64,
    /// most frequent first, then by name
    pub types: *const modelstore_type_count,
    pub types_count: u64,
    /// most frequent first, then by name
    pub tags: *const modelstore_tag_count,
    pub tags_count: u64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_statistics {
    pub block_size: u64,
    pub models: i64,
    pub models_unverified: i64,
    pub pending: i64,
    pub trashed: i64,
    pub locations: i64,
    pub tags: i64,
    pub previews: i64,
    pub pending_pictures: i64,
    /// sizes of all models, each content once
    pub model_bytes: i64,
    /// sizes of all pending records
    pub pending_bytes: i64,
    /// of all tier files
    pub preview_bytes: i64,
    pub database_bytes: i64,
    pub revision: i64,
    pub schema_version: i64,
}

pub type modelstore_change_kind = i32;

pub const MODELSTORE_CREATED: modelstore_change_kind = 0;
pub const MODELSTORE_CHANGED: modelstore_change_kind = 1;
pub const MODELSTORE_DELETED: modelstore_change_kind = 2;

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_record_change {
    pub id: modelstore_record_id,
    pub revision: i64,
    pub kind: modelstore_change_kind,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_change_list {
    pub block_size: u64,
    /// what to ask for next
    pub revision: i64,
    pub changes: *const modelstore_record_change,
    pub changes_count: u64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_path_pair {
    pub from: modelstore_text,
    pub to: modelstore_text,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_relocate_report {
    pub block_size: u64,
    /// of models
    pub locations: i64,
    pub pending: i64,
    /// old and new path, the first few
    pub examples: *const modelstore_path_pair,
    pub examples_count: u64,
    /// paths that stay because the new one is another record's
    pub conflicts: *const modelstore_text,
    pub conflicts_count: u64,
}

/// Answers to modelstore_database_find_by_paths, in the order of the paths.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_found_list {
    pub block_size: u64,
    /// all zero where no record has the path
    pub ids: *const modelstore_record_id,
    pub ids_count: u64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_encoded_tier {
    /// pixels
    pub width: i32,
    pub height: i32,
    pub webp: modelstore_bytes,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_tier_set {
    pub block_size: u64,
    /// high, medium, low
    pub tiers: [modelstore_encoded_tier; 3],
    pub source_format: modelstore_text,
    /// JSON object: what the picture said about itself
    pub source_text: modelstore_text,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_bytes_block {
    pub block_size: u64,
    pub bytes: modelstore_bytes,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_preview_list {
    pub block_size: u64,
    pub previews: *const modelstore_preview,
    pub previews_count: u64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_pending_picture_list {
    pub block_size: u64,
    pub pictures: *const modelstore_pending_picture,
    pub pictures_count: u64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_file_hash {
    pub block_size: u64,
    pub path: modelstore_text,
    pub sha256: modelstore_sha256,
    pub size_bytes: i64,
    /// remembered: the file was not read
    pub cached: i32,
    pub reserved: i32,
}

/// One file of a batch: hashed if `status` is MODELSTORE_OK.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_hash_item {
    pub path: modelstore_text,
    pub sha256: modelstore_sha256,
    pub size_bytes: i64,
    pub cached: i32,
    pub status: modelstore_status,
    /// why not; empty on success
    pub message: modelstore_text,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_hash_batch {
    pub block_size: u64,
    /// in the order of the paths
    pub items: *const modelstore_hash_item,
    pub items_count: u64,
    /// without remembered files
    pub bytes_hashed: i64,
}

/// Called as soon as a file's outcome is known, on one of the library's threads, one call at a time. `item`
/// is valid during the call. Anything but 0 cancels the batch.
pub type modelstore_hash_callback = Option<unsafe extern "C" fn(user_data: *mut c_void, index: u64, item: *const modelstore_hash_item) -> c_int>;

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_hash_options {
    pub struct_size: u32,
    /// not 0: read the file even if its hash is remembered
    pub reread: i32,
    /// of a batch: files at once; 0: chosen from the device
    pub parallel: u32,
    pub reserved: i32,
    /// of a batch; may be null
    pub on_file: modelstore_hash_callback,
    pub on_file_user_data: *mut c_void,
    pub on_file_destroy: modelstore_destroy_callback,
}

impl modelstore_hash_options {
    /// As MODELSTORE_HASH_OPTIONS_INIT: all members have their defaults.
    pub fn init() -> Self {
        // SAFETY: integers, floats, null pointers and absent callbacks are all zero bits.
        let mut options: Self = unsafe { core::mem::zeroed() };
        options.struct_size = core::mem::size_of::<Self>() as u32;
        options
    }
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_scan_options {
    pub struct_size: u32,
    pub reserved: i32,
    /// endings of model files with their dot; null: those of the usual formats
    pub extensions: *const modelstore_text,
    pub extensions_count: u64,
}

impl modelstore_scan_options {
    /// As MODELSTORE_SCAN_OPTIONS_INIT: all members have their defaults.
    pub fn init() -> Self {
        // SAFETY: integers, floats, null pointers and absent callbacks are all zero bits.
        let mut options: Self = unsafe { core::mem::zeroed() };
        options.struct_size = core::mem::size_of::<Self>() as u32;
        options
    }
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_scan_skip {
    pub path: modelstore_text,
    pub reason: modelstore_text,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_scan_report {
    pub block_size: u64,
    /// with a model's ending
    pub files_seen: i64,
    /// new pending records
    pub added: i64,
    /// already in the catalogue, the trash included
    pub known: i64,
    /// below the roots in the catalogue, and not found any more
    pub missing: i64,
    /// hashed before, and of another size or time now
    pub changed: i64,
    /// the new records
    pub pending_ids: *const i64,
    pub pending_ids_count: u64,
    pub skipped: *const modelstore_scan_skip,
    pub skipped_count: u64,
    pub elapsed_ms: i64,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_import_options {
    pub struct_size: u32,
    /// not 0: report what would happen and write nothing
    pub dry_run: i32,
    /// the SQLite file; required
    pub database: modelstore_text,
    /// its pictures folder; null: `images` beside the file, if it exists
    pub pictures: modelstore_text,
    pub path_map: *const modelstore_path_rule,
    pub path_map_count: u64,
    /// the name under which rows are remembered; null: the real path of the file
    pub source_id: modelstore_text,
}

impl modelstore_import_options {
    /// As MODELSTORE_IMPORT_OPTIONS_INIT: all members have their defaults.
    pub fn init() -> Self {
        // SAFETY: integers, floats, null pointers and absent callbacks are all zero bits.
        let mut options: Self = unsafe { core::mem::zeroed() };
        options.struct_size = core::mem::size_of::<Self>() as u32;
        options
    }
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_skipped_row {
    pub legacy_id: i64,
    pub reason: modelstore_text,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_import_conflict {
    pub legacy_id: i64,
    /// "id", "hash", "path", "name", "description", "images", ...
    pub field: modelstore_text,
    /// one line
    pub reason: modelstore_text,
    /// the value that stands in the catalogue now
    pub kept: modelstore_text,
    /// the value that does not
    pub lost: modelstore_text,
}

/// Always: models_read = active + pending + merged + unchanged + skipped.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_import_report {
    pub block_size: u64,
    pub models_read: i64,
    pub active: i64,
    pub pending: i64,
    pub merged: i64,
    pub unchanged: i64,
    pub skipped: i64,
    pub tags: i64,
    pub links: i64,
    pub images_imported: i64,
    pub images_missing: i64,
    pub images_failed: i64,
    pub skipped_rows: *const modelstore_skipped_row,
    pub skipped_rows_count: u64,
    pub conflicts: *const modelstore_import_conflict,
    pub conflicts_count: u64,
    pub elapsed_ms: i64,
}

/// What happens to a record whose content is a model already.
pub type modelstore_conflict_policy = i32;

/// merge for a single file, report for a batch
pub const MODELSTORE_POLICY_DEFAULT: modelstore_conflict_policy = 0;
pub const MODELSTORE_POLICY_MERGE: modelstore_conflict_policy = 1;
pub const MODELSTORE_POLICY_REPORT: modelstore_conflict_policy = 2;
pub const MODELSTORE_POLICY_REPLACE: modelstore_conflict_policy = 3;
pub const MODELSTORE_POLICY_KEEP: modelstore_conflict_policy = 4;
pub const MODELSTORE_POLICY_DISCARD: modelstore_conflict_policy = 5;

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_migration_conflict {
    /// 0: a model whose claimed hash was wrong
    pub pending_id: i64,
    pub pending_path: modelstore_text,
    pub sha256: modelstore_sha256,
    pub existing_path: modelstore_text,
    /// what was done about it; never the default
    pub resolution: modelstore_conflict_policy,
    pub reserved: i32,
}

/// A claimed hash that turned out wrong, or a model's verified file that has another content now.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_claim_mismatch {
    /// as it was known
    pub record: modelstore_record_id,
    pub path: modelstore_text,
    pub claimed: modelstore_sha256,
    pub computed: modelstore_sha256,
    /// the model took the computed hash as its identity
    pub rekeyed: i32,
    /// the file was verified to have the hash, and was changed since
    pub changed: i32,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_migration_failure {
    pub id: modelstore_record_id,
    pub path: modelstore_text,
    pub message: modelstore_text,
    pub status: modelstore_status,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_migrate_hash_options {
    pub struct_size: u32,
    /// not 0: promote nothing
    pub only_hash: i32,
    /// not 0: read the file even if its hash is remembered
    pub reread: i32,
    pub policy: modelstore_conflict_policy,
}

impl modelstore_migrate_hash_options {
    /// As MODELSTORE_MIGRATE_HASH_OPTIONS_INIT: all members have their defaults.
    pub fn init() -> Self {
        // SAFETY: integers, floats, null pointers and absent callbacks are all zero bits.
        let mut options: Self = unsafe { core::mem::zeroed() };
        options.struct_size = core::mem::size_of::<Self>() as u32;
        options
    }
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_migrate_hash_result {
    pub block_size: u64,
    pub sha256: modelstore_sha256,
    pub size_bytes: i64,
    /// remembered: the file was not read
    pub cached: i32,
    /// a pending record was promoted, or joined a model
    pub migrated: i32,
    /// may be null
    pub conflict: *const modelstore_migration_conflict,
    /// may be null
    pub mismatch: *const modelstore_claim_mismatch,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_migrate_options {
    pub struct_size: u32,
    pub policy: modelstore_conflict_policy,
    /// tried for a record whose own path leads nowhere
    pub path_map: *const modelstore_path_rule,
    pub path_map_count: u64,
    /// files at once; 0: chosen from the device
    pub parallel: u32,
    pub reserved: i32,
}

impl modelstore_migrate_options {
    /// As MODELSTORE_MIGRATE_OPTIONS_INIT: all members have their defaults.
    pub fn init() -> Self {
        // SAFETY: integers, floats, null pointers and absent callbacks are all zero bits.
        let mut options: Self = unsafe { core::mem::zeroed() };
        options.struct_size = core::mem::size_of::<Self>() as u32;
        options
    }
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct modelstore_migration_report {
    pub block_size: u64,
    /// records that became models
    pub promoted_ids: *const i64,
    pub promoted_ids_count: u64,
    /// records that joined a model
    pub merged_ids: *const i64,
    pub merged_ids_count: u64,
    /// models whose claimed hash was confirmed for the first time
    pub verified: *const modelstore_sha256,
    pub verified_count: u64,
    pub conflicts: *const modelstore_migration_conflict,
    pub conflicts_count: u64,
    pub mismatches: *const modelstore_claim_mismatch,
    pub mismatches_count: u64,
    pub failed: *const modelstore_migration_failure,
    pub failed_count: u64,
    /// without remembered files
    pub bytes_hashed: i64,
    pub elapsed_ms: i64,
}

extern "C" {
    /// The library's version, "major.minor.patch". Static.
    pub fn modelstore_version() -> *const c_char;

    /// The status's name, for instance "NotFound"; "Ok" for MODELSTORE_OK, "Unknown" for any other number.
    /// Static.
    pub fn modelstore_status_name(
        status: modelstore_status,
    ) -> *const c_char;

    /// The status of an error; MODELSTORE_OK for null.
    pub fn modelstore_error_status(
        error: *const modelstore_error,
    ) -> modelstore_status;

    /// One line of UTF-8 that names the thing that failed and the cause; "" for null. Lives as long as the
    /// error.
    pub fn modelstore_error_message(
        error: *const modelstore_error,
    ) -> *const c_char;

    /// Frees an error; null is allowed.
    pub fn modelstore_error_free(
        error: *mut modelstore_error,
    );

    /// Frees a block that a function handed out; null is allowed.
    pub fn modelstore_free(
        block: *const c_void,
    );

    /// Reads 64 hexadecimal digits of either case. Errors: InvalidArgument.
    pub fn modelstore_sha256_parse(
        text: modelstore_text,
        sha256: *mut modelstore_sha256,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Writes 64 lowercase hexadecimal digits and a zero byte; no digits for null. `text` must not be null.
    pub fn modelstore_sha256_format(
        sha256: *const modelstore_sha256,
        text: *mut c_char,
    );

    /// Reads the text form of an id: 64 hexadecimal digits, or "pending:" and a number. Errors:
    /// InvalidArgument.
    pub fn modelstore_record_id_parse(
        text: modelstore_text,
        id: *mut modelstore_record_id,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Writes the text form and a zero byte; no text for null. `text` must not be null.
    pub fn modelstore_record_id_format(
        id: *const modelstore_record_id,
        text: *mut c_char,
    );

    /// Reads "FROM=TO", split at the first `=`. The texts of the rule are parts of `text`. Errors: InvalidArgument
    /// (no `=`, or an empty side).
    pub fn modelstore_path_rule_parse(
        text: modelstore_text,
        rule: *mut modelstore_path_rule,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// What the first rule that matches makes of `path`; a null text in the block if none does.
    pub fn modelstore_map_path(
        rules: *const modelstore_path_rule,
        rules_count: u64,
        path: modelstore_text,
        mapped: *mut *mut modelstore_text_block,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Whether the job is done; never blocks.
    pub fn modelstore_job_done(
        job: modelstore_job,
        done: *mut i32,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Waits at most `timeout_ms` milliseconds, without end if that is negative, and says whether the job is done.
    /// What the job failed with is told by its result, not here.
    /// Errors: InvalidArgument on one of the library's own threads while the job runs.
    pub fn modelstore_job_wait(
        job: modelstore_job,
        timeout_ms: i64,
        done: *mut i32,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Waits for the end and meanwhile calls `callback` on this thread every `interval_ms` milliseconds (0:
    /// 100), and once more at the end; once the store was destroyed it only waits. There is no `destroy`: the
    /// call ends after the last callback. Errors: as modelstore_job_wait.
    pub fn modelstore_job_watch(
        job: modelstore_job,
        interval_ms: u32,
        callback: modelstore_progress_callback,
        user_data: *mut c_void,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_job_progress(
        job: modelstore_job,
        progress: *mut modelstore_progress,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Asks the job to end, which it does within 100 ms: what it had committed stays.
    pub fn modelstore_job_cancel(
        job: modelstore_job,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Calls `callback` when the job is done; several may be added. The `job` that it gets is this handle.
    /// Errors: Closed if the store was destroyed.
    pub fn modelstore_job_on_done(
        job: modelstore_job,
        callback: modelstore_done_callback,
        user_data: *mut c_void,
        destroy: modelstore_destroy_callback,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_job_destroy(
        job: modelstore_job,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Opens the store in the folder `root`. What a dead process left half-done is finished or undone first.
    /// Errors: NotAStore, Corrupt, SchemaTooNew, ReadOnly, Busy, NoSpace, Io, FileUnreadable, InvalidArgument,
    /// OutOfMemory (or no thread).
    pub fn modelstore_store_open(
        root: modelstore_text,
        options: *const modelstore_store_options,
        store: *mut modelstore_store,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Cancels all jobs, waits for them and for all callbacks, closes the files. What was made from the store
    /// then fails with Closed, but for the jobs, and still has to be destroyed. Errors: InvalidArgument in a
    /// callback.
    pub fn modelstore_store_destroy(
        store: modelstore_store,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// The folder, absolute and without links.
    pub fn modelstore_store_root(
        store: modelstore_store,
        root: *mut *mut modelstore_text_block,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_store_read_only(
        store: modelstore_store,
        read_only: *mut i32,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// "PreviewFileMissing" and so on; "Unknown" for any other number. Static.
    pub fn modelstore_problem_kind_name(
        kind: modelstore_problem_kind,
    ) -> *const c_char;

    /// Checks that the database, the files in the store and the search index agree; changes nothing. Progress
    /// counts files, then bytes. Job errors: Cancelled, Busy, Io, Closed, Forked.
    pub fn modelstore_store_verify(
        store: modelstore_store,
        options: *const modelstore_verify_options,
        job: *mut modelstore_job,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_store_verify_result(
        job: modelstore_job,
        report: *mut *mut modelstore_verify_report,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Mends what verify without `deep` finds; no file is deleted. Job errors: as verify, NoSpace, ReadOnly.
    pub fn modelstore_store_repair(
        store: modelstore_store,
        options: *const modelstore_repair_options,
        job: *mut modelstore_job,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_store_repair_result(
        job: modelstore_job,
        report: *mut *mut modelstore_repair_report,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_database_create(
        store: modelstore_store,
        database: *mut modelstore_database,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_database_destroy(
        database: modelstore_database,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// The model with this content, trashed or not. Errors: NotFound.
    pub fn modelstore_database_model(
        database: modelstore_database,
        sha256: *const modelstore_sha256,
        model: *mut *mut modelstore_model,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// The pending record with this number, trashed or not. Errors: NotFound.
    pub fn modelstore_database_pending(
        database: modelstore_database,
        id: i64,
        record: *mut *mut modelstore_pending_record,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// What a person typed: the text form of an id, or the beginning of a SHA-256 (4 digits or more) that only one
    /// model has. Errors: NotFound, Conflict (several), InvalidArgument.
    pub fn modelstore_database_resolve(
        database: modelstore_database,
        text: modelstore_text,
        id: *mut modelstore_record_id,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// The record whose file is at `path`, which is compared as given, lexically normalised, and with links
    /// resolved. `found` is 0 if there is none.
    pub fn modelstore_database_find_by_path(
        database: modelstore_database,
        path: modelstore_text,
        id: *mut modelstore_record_id,
        found: *mut i32,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// As modelstore_database_find_by_path for many paths in one call.
    pub fn modelstore_database_find_by_paths(
        database: modelstore_database,
        paths: *const modelstore_text,
        paths_count: u64,
        found: *mut *mut modelstore_found_list,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// One page of records. Errors: InvalidArgument (limit, cursor).
    pub fn modelstore_database_list(
        database: modelstore_database,
        query: *const modelstore_record_query,
        page: *mut *mut modelstore_record_page,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// How the records that `filter` lets pass are spread over types and tags.
    pub fn modelstore_database_facets(
        database: modelstore_database,
        filter: *const modelstore_record_filter,
        facets: *mut *mut modelstore_facets,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// The types that models and pending records have, in order, without the empty one and the trash.
    pub fn modelstore_database_types(
        database: modelstore_database,
        types: *mut *mut modelstore_text_list,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// A preview by its id. Errors: NotFound.
    pub fn modelstore_database_preview(
        database: modelstore_database,
        id: i64,
        preview: *mut *mut modelstore_model_preview,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// The preview of a model that is shown at `position`, from 0. Errors: NotFound.
    pub fn modelstore_database_preview_at(
        database: modelstore_database,
        model: *const modelstore_sha256,
        position: i64,
        preview: *mut *mut modelstore_model_preview,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// The number of the last commit, by any process: while it stays the same, so does everything that is read here.
    pub fn modelstore_database_revision(
        database: modelstore_database,
        revision: *mut i64,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// All tags by name.
    pub fn modelstore_database_tags(
        database: modelstore_database,
        tags: *mut *mut modelstore_tag_list,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_database_statistics(
        database: modelstore_database,
        statistics: *mut *mut modelstore_statistics,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// What was committed after the revision `since`, by any process; 0 stands for the beginning. `limit` 0:
    /// 10,000. Errors: NotFound if `since` lies before what is kept, or is still to come.
    pub fn modelstore_database_changes(
        database: modelstore_database,
        since: i64,
        limit: i64,
        changes: *mut *mut modelstore_change_list,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Adds a pending record. Errors: AlreadyExists (the path is another record's), InvalidArgument,
    /// LimitExceeded.
    pub fn modelstore_database_add_pending(
        database: modelstore_database,
        record: *const modelstore_new_record,
        id: *mut i64,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Adds an unverified model. Errors: AlreadyExists (the hash or the path), InvalidArgument, LimitExceeded.
    pub fn modelstore_database_add_model(
        database: modelstore_database,
        sha256: *const modelstore_sha256,
        model: *const modelstore_new_record,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Changes one record. Errors: NotFound (record or tag id), AlreadyExists (the path), InvalidArgument,
    /// LimitExceeded.
    pub fn modelstore_database_edit(
        database: modelstore_database,
        id: *const modelstore_record_id,
        edit: *const modelstore_record_edit,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Changes several records, all or none; `count`, which may be null, tells how many. Errors: as for one.
    pub fn modelstore_database_edit_many(
        database: modelstore_database,
        selection: *const modelstore_selection,
        edit: *const modelstore_record_edit,
        count: *mut i64,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Moves records to the trash, all or none; `count`, which may be null, tells how many were not there yet.
    /// Errors: NotFound.
    pub fn modelstore_database_trash(
        database: modelstore_database,
        selection: *const modelstore_selection,
        count: *mut i64,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Takes records out of the trash, all or none; `count`, which may be null, tells how many were in it.
    /// Errors: NotFound.
    pub fn modelstore_database_restore(
        database: modelstore_database,
        selection: *const modelstore_selection,
        count: *mut i64,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Removes for ever what is in the trash, with its previews; `count`, which may be null, tells how many
    /// records.
    pub fn modelstore_database_empty_trash(
        database: modelstore_database,
        count: *mut i64,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Replaces the beginning `from` of every stored path by `to`; if `dry_run` is not 0, only says what it
    /// would do. Errors: InvalidArgument.
    pub fn modelstore_database_relocate(
        database: modelstore_database,
        from: modelstore_text,
        to: modelstore_text,
        dry_run: i32,
        report: *mut *mut modelstore_relocate_report,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Gets or creates one tag for each name, in that order. Names are trimmed, blank ones skipped. Errors:
    /// InvalidArgument (longer than 1,024 bytes, not UTF-8).
    pub fn modelstore_database_add_tags(
        database: modelstore_database,
        names: *const modelstore_text,
        names_count: u64,
        tags: *mut *mut modelstore_tag_list,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Renames or colours a tag; a null text leaves that as it is, an empty colour removes it. Errors: NotFound,
    /// AlreadyExists (the name), InvalidArgument.
    pub fn modelstore_database_edit_tag(
        database: modelstore_database,
        id: i64,
        name: modelstore_text,
        color: modelstore_text,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Deletes a tag and its links. Errors: NotFound.
    pub fn modelstore_database_delete_tag(
        database: modelstore_database,
        id: i64,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Makes the three tiers of an encoded picture; needs no store. Errors: those of a picture.
    pub fn modelstore_make_tiers(
        picture: modelstore_bytes,
        options: *const modelstore_preview_options,
        tiers: *mut *mut modelstore_tier_set,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_image_processor_create(
        store: modelstore_store,
        images: *mut modelstore_image_processor,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_image_processor_destroy(
        images: modelstore_image_processor,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Adds the picture in a file behind the last one of a record: for a model a preview, for a pending record
    /// the original. `id`, which may be null, tells the new one's. Errors: those of a picture and of its file,
    /// NotFound.
    pub fn modelstore_image_processor_add(
        images: modelstore_image_processor,
        record: *const modelstore_record_id,
        path: modelstore_text,
        id: *mut i64,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// As above, from memory. `original_name`, which may be null, is kept with a pending record's picture.
    pub fn modelstore_image_processor_add_bytes(
        images: modelstore_image_processor,
        record: *const modelstore_record_id,
        picture: modelstore_bytes,
        original_name: modelstore_text,
        id: *mut i64,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// As modelstore_image_processor_add, in the background. Progress counts pictures.
    pub fn modelstore_image_processor_add_async(
        images: modelstore_image_processor,
        record: *const modelstore_record_id,
        path: modelstore_text,
        job: *mut modelstore_job,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_image_processor_add_result(
        job: modelstore_job,
        id: *mut i64,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// A model's previews in show order. Errors: NotFound.
    pub fn modelstore_image_processor_previews(
        images: modelstore_image_processor,
        model: *const modelstore_sha256,
        previews: *mut *mut modelstore_preview_list,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// A pending record's pictures in show order. Errors: NotFound.
    pub fn modelstore_image_processor_pending_pictures(
        images: modelstore_image_processor,
        pending: i64,
        pictures: *mut *mut modelstore_pending_picture_list,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// The WebP bytes of one tier. Errors: NotFound, FileMissing, Io, InvalidArgument (no such tier).
    pub fn modelstore_image_processor_read(
        images: modelstore_image_processor,
        preview_id: i64,
        tier: modelstore_tier,
        webp: *mut *mut modelstore_bytes_block,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// The original bytes of a preview's picture. Errors: NotFound (also where it was not kept), FileMissing,
    /// Io.
    pub fn modelstore_image_processor_read_original(
        images: modelstore_image_processor,
        preview_id: i64,
        picture: *mut *mut modelstore_bytes_block,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// The original bytes of a pending record's picture. Errors: NotFound, FileMissing, Io.
    pub fn modelstore_image_processor_read_pending(
        images: modelstore_image_processor,
        picture_id: i64,
        picture: *mut *mut modelstore_bytes_block,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Shows a record's pictures in this order: `ids` are all of them, each once. Errors: NotFound,
    /// InvalidArgument.
    pub fn modelstore_image_processor_reorder(
        images: modelstore_image_processor,
        record: *const modelstore_record_id,
        ids: *const i64,
        ids_count: u64,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Deletes one preview of a model, or one picture of a pending record, with its files. Errors: NotFound.
    pub fn modelstore_image_processor_remove(
        images: modelstore_image_processor,
        record: *const modelstore_record_id,
        picture_id: i64,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// A hasher that remembers in the store's catalogue and runs on its threads.
    pub fn modelstore_file_hasher_create(
        store: modelstore_store,
        hasher: *mut modelstore_file_hasher,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// A hasher of its own that remembers nothing. `threads` 0: one for each processor. Errors: InvalidArgument
    /// (more than 1,024), OutOfMemory (or no thread).
    pub fn modelstore_file_hasher_create_alone(
        threads: u32,
        hasher: *mut modelstore_file_hasher,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// A hasher of its own cancels its jobs and waits for them. Errors: InvalidArgument for such a one in a
    /// callback.
    pub fn modelstore_file_hasher_destroy(
        hasher: modelstore_file_hasher,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Hashes one file ahead of all batches. Progress counts bytes. Job errors: FileMissing, FileUnreadable,
    /// FileChanged, NotRegularFile, Io, Cancelled.
    pub fn modelstore_file_hasher_hash(
        hasher: modelstore_file_hasher,
        path: modelstore_text,
        options: *const modelstore_hash_options,
        job: *mut modelstore_job,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_file_hasher_hash_result(
        job: modelstore_job,
        hash: *mut *mut modelstore_file_hash,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Hashes many files; one that fails is an item of the result. Progress counts bytes. Job errors:
    /// Cancelled, Closed.
    pub fn modelstore_file_hasher_hash_all(
        hasher: modelstore_file_hasher,
        paths: *const modelstore_text,
        paths_count: u64,
        options: *const modelstore_hash_options,
        job: *mut modelstore_job,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_file_hasher_hash_all_result(
        job: modelstore_job,
        batch: *mut *mut modelstore_hash_batch,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Suspends this hasher's batches within 100 ms, and lets them go on; single files are hashed nevertheless.
    pub fn modelstore_file_hasher_pause(
        hasher: modelstore_file_hasher,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_file_hasher_resume(
        hasher: modelstore_file_hasher,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_file_hasher_paused(
        hasher: modelstore_file_hasher,
        paused: *mut i32,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_scanner_create(
        store: modelstore_store,
        scanner: *mut modelstore_scanner,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_scanner_destroy(
        scanner: modelstore_scanner,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// The endings that are scanned for unless others are given, with their dot.
    pub fn modelstore_scanner_usual_extensions(
        extensions: *mut *mut modelstore_text_list,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Walks `roots`: a new file becomes a pending record, typed by the first folder below its root. Progress
    /// counts files. Job errors: InvalidArgument, FileMissing (all roots), Cancelled, and those of a change to
    /// the store.
    pub fn modelstore_scanner_scan(
        scanner: modelstore_scanner,
        roots: *const modelstore_text,
        roots_count: u64,
        options: *const modelstore_scan_options,
        job: *mut modelstore_job,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_scanner_scan_result(
        job: modelstore_job,
        report: *mut *mut modelstore_scan_report,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_legacy_importer_create(
        store: modelstore_store,
        importer: *mut modelstore_legacy_importer,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_legacy_importer_destroy(
        importer: modelstore_legacy_importer,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Imports, or continues an import. Progress counts rows, then pictures. Job errors: FileMissing,
    /// FileUnreadable, NotRegularFile, UnsupportedFormat, Corrupt, Busy, InvalidArgument (a path rule), Cancelled,
    /// and those of a change to the store.
    pub fn modelstore_legacy_importer_import(
        importer: modelstore_legacy_importer,
        options: *const modelstore_import_options,
        job: *mut modelstore_job,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_legacy_importer_import_result(
        job: modelstore_job,
        report: *mut *mut modelstore_import_report,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// "merge", "report", "replace", "keep", "discard"; "unknown" for any other number. Static.
    pub fn modelstore_conflict_policy_name(
        policy: modelstore_conflict_policy,
    ) -> *const c_char;

    /// The policy of that name. Errors: InvalidArgument.
    pub fn modelstore_conflict_policy_parse(
        name: modelstore_text,
        policy: *mut modelstore_conflict_policy,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_reactive_migrator_create(
        store: modelstore_store,
        migrator: *mut modelstore_reactive_migrator,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_reactive_migrator_destroy(
        migrator: modelstore_reactive_migrator,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Hashes one file ahead of all batches and promotes the record that waits for it. Progress counts bytes.
    /// Job errors: FileMissing, FileUnreadable, FileChanged, NotRegularFile, BadImage, Conflict, Io, Cancelled,
    /// and those of a change to the store.
    pub fn modelstore_reactive_migrator_hash(
        migrator: modelstore_reactive_migrator,
        path: modelstore_text,
        options: *const modelstore_migrate_hash_options,
        job: *mut modelstore_job,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    pub fn modelstore_reactive_migrator_hash_result(
        job: modelstore_job,
        result: *mut *mut modelstore_migrate_hash_result,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// Hashes and promotes these records; for a model, hashes its locations and settles their claims. One that fails
    /// is an item of the report: as Busy if another program kept it from being committed, after some attempts. Progress
    /// counts bytes. Job errors: Busy (another batch), InvalidArgument (a path rule), Cancelled, and those of a change
    /// to the store.
    pub fn modelstore_reactive_migrator_migrate(
        migrator: modelstore_reactive_migrator,
        ids: *const modelstore_record_id,
        ids_count: u64,
        options: *const modelstore_migrate_options,
        job: *mut modelstore_job,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// The same for all pending records that are not in the trash.
    pub fn modelstore_reactive_migrator_migrate_all(
        migrator: modelstore_reactive_migrator,
        options: *const modelstore_migrate_options,
        job: *mut modelstore_job,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// The same for all models whose hash was only claimed and that are not in the trash.
    pub fn modelstore_reactive_migrator_verify_claims(
        migrator: modelstore_reactive_migrator,
        options: *const modelstore_migrate_options,
        job: *mut modelstore_job,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;

    /// The result of any of the three.
    pub fn modelstore_reactive_migrator_migrate_result(
        job: modelstore_job,
        report: *mut *mut modelstore_migration_report,
        error: *mut *mut modelstore_error,
    ) -> modelstore_status;
}
