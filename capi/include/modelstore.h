/* modelstore: the C interface.
 *
 * A store catalogues the model files of generative AI by the SHA-256 of their content, keeps their preview
 * pictures, and takes over the catalogue of an older model manager. This header is the whole interface,
 * for C11 and C++ and for every language that can call C. The C++ headers of the same library say at more
 * length what each operation does; names, words and numbers are the same.
 *
 * Conventions
 *
 *  1. Every function returns a modelstore_status: MODELSTORE_OK, or the reason why it did nothing. The few
 *     that cannot fail return their answer. A call that changes the store changes all that it was asked to
 *     or nothing.
 *  2. Results come through out-parameters, which are cleared on entry and must not be null unless the
 *     comment says so. The last parameter, `error`, may be null. Otherwise it receives an error that the
 *     caller owns and frees with modelstore_error_free, or null on success.
 *  3. Handles are plain values. All zero is no handle. A handle that is zero, was destroyed, or is of
 *     another kind is recognised and refused (InvalidArgument or Closed), never followed. Each is destroyed
 *     once, by the function named *_destroy; destroying no handle does nothing. Copies of a handle are the
 *     same handle.
 *  4. A result that is handed out through a pointer to a pointer is one block of memory, which holds
 *     everything that its pointers point to. The caller owns it and frees it as a whole with
 *     modelstore_free. It is constant, and stays valid when the store is gone. Its first member is its size
 *     in bytes. An array without items is null.
 *  5. Texts are UTF-8, given as pointer and length, and may be anything between. Those that the library
 *     hands out end in a zero byte which the length does not count. Paths are texts too, bytes as the file
 *     system has them. A null pointer is no text, which is not the same as an empty one where the comment
 *     says so.
 *  6. Structs of options begin with `struct_size`, which says which members the caller knows: set them with
 *     the macro *_INIT or to sizeof and zeros. Members that the caller does not know have their defaults; a
 *     struct_size of 0, above 4,096, or that is no multiple of the struct's alignment, is InvalidArgument;
 *     members that this library does not know, `reserved` ones among them, are Unsupported unless they are
 *     zero.
 *     Zero is the default of every member; where zero itself is wanted and is not the default, the comment
 *     names the value that stands for it. A null pointer to options stands for all defaults.
 *  7. Everything may be called from any thread at once. Callbacks come with `user_data` and with `destroy`,
 *     which may be null and is called exactly once with it when no further call will come, also if the
 *     function that it was given to fails, and at the latest in the *_destroy of the store. Callbacks run
 *     with no lock held and may call anything but a *_destroy of a store or of a hasher without one, which
 *     answers InvalidArgument there. None runs, or will, once such a *_destroy has returned. Where a
 *     callback returns int, anything but 0 cancels the job that it is called for. A callback must not throw
 *     or jump out.
 *  8. Jobs run in the background. Destroying a job's handle neither cancels nor waits for it; destroying its
 *     store does both. What a job has come to can be read even then: one that had not ended has been
 *     Cancelled.
 *  9. Nothing here is thread-local, no signal, locale or other setting of the process is changed, nothing is
 *     printed. After fork a child's use of its parent's handles fails with Forked.
 *
 * What it does not do: it downloads nothing, runs no model, and never moves, renames or deletes a model
 * file.
 *
 * Within one SONAME (libmodelstore_c.so.1) functions, enumerators and members of option structs are only
 * added; structs that the library hands out do not change.
 */
#ifndef MODELSTORE_H
#define MODELSTORE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define MODELSTORE_API __attribute__((visibility("default")))
#else
#define MODELSTORE_API
#endif

/* The version of these headers; modelstore_version() is the library's. */
#define MODELSTORE_C_VERSION_MAJOR 1
#define MODELSTORE_C_VERSION_MINOR 0
#define MODELSTORE_C_VERSION_PATCH 0

/* The library's version, "major.minor.patch". Static. */
MODELSTORE_API const char* modelstore_version(void);

/* ---- Errors -------------------------------------------------------------------------------------------- */

/* Why a call failed. The numbers are the same in every version and in every language. */
typedef int32_t modelstore_status;
enum {
  MODELSTORE_OK = 0,
  MODELSTORE_INVALID_ARGUMENT = 1,    /* the caller's argument is malformed */
  MODELSTORE_NOT_FOUND = 2,           /* no such model, record, tag, preview or root */
  MODELSTORE_ALREADY_EXISTS = 3,      /* the name, path or content is taken */
  MODELSTORE_CONFLICT = 4,            /* another record or a concurrent change is in the way */
  MODELSTORE_BUSY = 5,                /* another writer kept its lock for longer than busy_timeout_ms */
  MODELSTORE_CANCELLED = 6,           /* the job was cancelled, or its store was destroyed */
  MODELSTORE_FILE_MISSING = 7,        /* no file at that path */
  MODELSTORE_FILE_UNREADABLE = 8,     /* the file exists and may not be read */
  MODELSTORE_FILE_CHANGED = 9,        /* the file changed while it was being read */
  MODELSTORE_NOT_REGULAR_FILE = 10,   /* a folder, device, FIFO or socket where a file is needed */
  MODELSTORE_UNSUPPORTED_FORMAT = 11, /* not a picture or catalogue of a kind that is accepted */
  MODELSTORE_BAD_IMAGE = 12,          /* a picture of a known kind that cannot be decoded */
  MODELSTORE_LIMIT_EXCEEDED = 13,     /* larger, longer or deeper than a documented limit */
  MODELSTORE_CORRUPT = 14,            /* a database file is damaged */
  MODELSTORE_NOT_A_STORE = 15,        /* the folder holds no model store */
  MODELSTORE_SCHEMA_TOO_NEW = 16,     /* the store was written by a newer version of the library */
  MODELSTORE_READ_ONLY = 17,          /* the store, or the folder it is in, cannot be written */
  MODELSTORE_NO_SPACE = 18,           /* the disk or the quota is full */
  MODELSTORE_IO = 19,                 /* the operating system reported an input or output error */
  MODELSTORE_POISONED = 20,           /* an earlier write failed half-way: reopen the store to recover */
  MODELSTORE_CLOSED = 21,             /* the store or the handle was destroyed */
  MODELSTORE_FORKED = 22,             /* the store was opened by the parent of this process */
  MODELSTORE_OUT_OF_MEMORY = 23,      /* memory ran out */
  MODELSTORE_DECODER_CRASHED = 24,    /* the isolated picture decoder died */
  MODELSTORE_CLAIM_MISMATCH = 25,     /* the content has another hash than a catalogue claimed */
  MODELSTORE_UNSUPPORTED = 26,        /* not available on this system or in this build */
  MODELSTORE_INTERNAL = 27            /* a defect of the library: please report it */
};

/* The status's name, for instance "NotFound"; "Ok" for MODELSTORE_OK, "Unknown" for any other number.
 * Static. */
MODELSTORE_API const char* modelstore_status_name(modelstore_status status);

typedef struct modelstore_error modelstore_error;

/* The status of an error; MODELSTORE_OK for null. */
MODELSTORE_API modelstore_status modelstore_error_status(const modelstore_error* error);

/* One line of UTF-8 that names the thing that failed and the cause; "" for null. Lives as long as the
 * error. */
MODELSTORE_API const char* modelstore_error_message(const modelstore_error* error);

/* Frees an error; null is allowed. */
MODELSTORE_API void modelstore_error_free(modelstore_error* error);

/* Frees a block that a function handed out; null is allowed. */
MODELSTORE_API void modelstore_free(const void* block);

/* ---- Values -------------------------------------------------------------------------------------------- */

typedef struct modelstore_text {
  const char* data; /* null: no text */
  uint64_t size;    /* bytes */
} modelstore_text;

/* A text from a string that ends in a zero byte, which must outlive it. Null stays null. */
static inline modelstore_text modelstore_text_of(const char* string) {
  modelstore_text text;
  text.data = string;
  text.size = string ? (uint64_t)strlen(string) : 0;
  return text;
}

typedef struct modelstore_bytes {
  const uint8_t* data;
  uint64_t size;
} modelstore_bytes;

/* A SHA-256 digest (FIPS 180-4). */
typedef struct modelstore_sha256 {
  uint8_t bytes[32];
} modelstore_sha256;

/* Reads 64 hexadecimal digits of either case. Errors: InvalidArgument. */
MODELSTORE_API modelstore_status modelstore_sha256_parse(modelstore_text text, modelstore_sha256* sha256,
                                                         modelstore_error** error);

/* Writes 64 lowercase hexadecimal digits and a zero byte; no digits for null. `text` must not be null. */
MODELSTORE_API void modelstore_sha256_format(const modelstore_sha256* sha256, char text[65]);

/* The name of a record: of a model by its digest, of a pending record by its number. */
typedef struct modelstore_record_id {
  modelstore_sha256 sha256; /* all zero for a pending record */
  int64_t pending;          /* its number; 0 for a model */
} modelstore_record_id;

/* Reads the text form of an id: 64 hexadecimal digits, or "pending:" and a number. Errors:
 * InvalidArgument. */
MODELSTORE_API modelstore_status modelstore_record_id_parse(modelstore_text text, modelstore_record_id* id,
                                                            modelstore_error** error);

/* Writes the text form and a zero byte; no text for null. `text` must not be null. */
MODELSTORE_API void modelstore_record_id_format(const modelstore_record_id* id, char text[65]);

/* A rule that turns paths of another machine into paths of this one: a path that is `from`, or lies below it,
 * continues at `to`. `from` may be a Windows path. `to` is absolute: jobs that store mapped paths fail as
 * InvalidArgument otherwise. */
typedef struct modelstore_path_rule {
  modelstore_text from;
  modelstore_text to;
} modelstore_path_rule;

typedef struct modelstore_text_block {
  uint64_t block_size;
  modelstore_text text;
} modelstore_text_block;

/* Reads "FROM=TO", split at the first `=`. The texts of the rule are parts of `text`. Errors: InvalidArgument
 * (no `=`, or an empty side). */
MODELSTORE_API modelstore_status modelstore_path_rule_parse(modelstore_text text, modelstore_path_rule* rule,
                                                            modelstore_error** error);

/* What the first rule that matches makes of `path`; a null text in the block if none does. */
MODELSTORE_API modelstore_status modelstore_map_path(const modelstore_path_rule* rules, uint64_t rules_count,
                                                     modelstore_text path, modelstore_text_block** mapped,
                                                     modelstore_error** error);

/* What the macros *_INIT are made of: `struct_size`, and zero for the rest. */
#ifdef __cplusplus
extern "C++" {
template <class Options>
inline Options modelstore_init() noexcept {
  Options options = Options();
  options.struct_size = static_cast<uint32_t>(sizeof(Options));
  return options;
}
}
#define MODELSTORE_INIT(options) modelstore_init<options>()
#else
#define MODELSTORE_INIT(options) \
  { .struct_size = (uint32_t)sizeof(options) }
#endif

/* A destructor for what a callback needs. */
typedef void (*modelstore_destroy_callback)(void* user_data);

/* ---- Handles ------------------------------------------------------------------------------------------- */

typedef struct modelstore_store {
  uint64_t value;
} modelstore_store;
typedef struct modelstore_database {
  uint64_t value;
} modelstore_database;
typedef struct modelstore_image_processor {
  uint64_t value;
} modelstore_image_processor;
typedef struct modelstore_file_hasher {
  uint64_t value;
} modelstore_file_hasher;
typedef struct modelstore_scanner {
  uint64_t value;
} modelstore_scanner;
typedef struct modelstore_legacy_importer {
  uint64_t value;
} modelstore_legacy_importer;
typedef struct modelstore_reactive_migrator {
  uint64_t value;
} modelstore_reactive_migrator;
typedef struct modelstore_job {
  uint64_t value;
} modelstore_job;

/* ---- Jobs ---------------------------------------------------------------------------------------------- */

typedef int32_t modelstore_progress_unit;
enum {
  MODELSTORE_PROGRESS_BYTES = 0,
  MODELSTORE_PROGRESS_FILES = 1,
  MODELSTORE_PROGRESS_ROWS = 2,
  MODELSTORE_PROGRESS_PICTURES = 3,
  MODELSTORE_PROGRESS_RECORDS = 4
};

/* How far a job has come. `total` is 0 until it is known and may grow; a job with phases starts again from
 * 0 with another unit. */
typedef struct modelstore_progress {
  uint64_t done;
  uint64_t total;
  modelstore_progress_unit unit;
  int32_t reserved;
} modelstore_progress;

/* Called on the thread that waits. Anything but 0 cancels the job. */
typedef int (*modelstore_progress_callback)(void* user_data, const modelstore_progress* progress);

/* Called once when a job is done, on one of the library's threads, or where `post` of the store puts it,
 * or at once by the caller if it is done already; `destroy` follows there. `status` is what its result would
 * answer. */
typedef void (*modelstore_done_callback)(void* user_data, modelstore_job job, modelstore_status status);

/* Whether the job is done; never blocks. */
MODELSTORE_API modelstore_status modelstore_job_done(modelstore_job job, int32_t* done,
                                                     modelstore_error** error);

/* Waits at most `timeout_ms` milliseconds, without end if that is negative, and says whether the job is done.
 * What the job failed with is told by its result, not here.
 * Errors: InvalidArgument on one of the library's own threads while the job runs. */
MODELSTORE_API modelstore_status modelstore_job_wait(modelstore_job job, int64_t timeout_ms, int32_t* done,
                                                     modelstore_error** error);

/* Waits for the end and meanwhile calls `callback` on this thread every `interval_ms` milliseconds (0:
 * 100), and once more at the end; once the store was destroyed it only waits. There is no `destroy`: the
 * call ends after the last callback. Errors: as modelstore_job_wait. */
MODELSTORE_API modelstore_status modelstore_job_watch(modelstore_job job, uint32_t interval_ms,
                                                      modelstore_progress_callback callback, void* user_data,
                                                      modelstore_error** error);

MODELSTORE_API modelstore_status modelstore_job_progress(modelstore_job job, modelstore_progress* progress,
                                                         modelstore_error** error);

/* Asks the job to end, which it does within 100 ms: what it had committed stays. */
MODELSTORE_API modelstore_status modelstore_job_cancel(modelstore_job job, modelstore_error** error);

/* Calls `callback` when the job is done; several may be added. The `job` that it gets is this handle.
 * Errors: Closed if the store was destroyed. */
MODELSTORE_API modelstore_status modelstore_job_on_done(modelstore_job job, modelstore_done_callback callback,
                                                        void* user_data, modelstore_destroy_callback destroy,
                                                        modelstore_error** error);

MODELSTORE_API modelstore_status modelstore_job_destroy(modelstore_job job, modelstore_error** error);

/* The results of jobs are read by the functions named *_result beside those that start them. They wait for
 * the end, may be called again, and fail with what the job failed with; Cancelled if it was;
 * InvalidArgument for a job of another kind. */

/* ---- Store --------------------------------------------------------------------------------------------- */

typedef int32_t modelstore_log_level;
enum {
  MODELSTORE_LOG_DEBUG = 0,
  MODELSTORE_LOG_INFO = 1,
  MODELSTORE_LOG_WARNING = 2,
  MODELSTORE_LOG_ERROR = 3
};

/* Called from any thread with one line. */
typedef void (*modelstore_log_callback)(void* user_data, modelstore_log_level level, modelstore_text line);

/* Called from any thread: `run(task)` is to be called exactly once, on the program's own loop. After the
 * store was destroyed it only frees the task. */
typedef void (*modelstore_post_callback)(void* user_data, void (*run)(void* task), void* task);

/* The encoding of one preview tier. */
typedef struct modelstore_tier_options {
  double scale;    /* of the high tier's width and height; of the high tier itself always 1 */
  int32_t quality; /* WebP quality, 1 to 100 */
  int32_t effort;  /* WebP effort, 1 (fast) to 6 (small); -1: 0, the fastest */
} modelstore_tier_options;

/* How previews are made. */
typedef struct modelstore_preview_options {
  uint32_t struct_size;
  int32_t accept_more_formats;    /* not 0: also AVIF, HEIF, TIFF and JPEG XL */
  int64_t max_pixels;             /* of the high tier; 0: 2,000,000 */
  modelstore_tier_options high;   /* 0: 1.0, 80, 2 */
  modelstore_tier_options medium; /* 0: 0.66, 60, 2 */
  modelstore_tier_options low;    /* 0: 0.33, 45, 4 */
  int64_t max_source_bytes;       /* of a picture file; 0: 256 MiB */
  int64_t max_source_pixels;      /* all frames together; 0: 100,000,000 */
  int32_t keep_originals;         /* not 0: keep the original file beside the tiers */
  int32_t isolated;               /* not 0: decode in a process of its own */
  modelstore_text decoder;        /* that program; null: the one that was installed with the library */
  int64_t decoder_memory_bytes;   /* of address space; 0: 2 GiB; -1: no limit */
  int64_t decoder_timeout_ms;     /* for one picture; 0: 60,000 */
} modelstore_preview_options;
#define MODELSTORE_PREVIEW_OPTIONS_INIT MODELSTORE_INIT(modelstore_preview_options)

typedef struct modelstore_store_options {
  uint32_t struct_size;
  int32_t create;          /* not 0: make a new store if the folder is absent or empty */
  int32_t read_only;       /* not 0: change nothing, not even by recovery */
  uint32_t threads;        /* for background work; 0: one for each processor */
  int64_t busy_timeout_ms; /* how long a writer waits for others; 0: 5,000; -1: not at all */
  const modelstore_preview_options* previews; /* null: the defaults */
  modelstore_post_callback post;              /* null: callbacks run on the library's threads */
  void* post_user_data;
  modelstore_destroy_callback post_destroy;
  modelstore_log_callback log; /* null: nothing is reported */
  void* log_user_data;
  modelstore_destroy_callback log_destroy;
} modelstore_store_options;
#define MODELSTORE_STORE_OPTIONS_INIT MODELSTORE_INIT(modelstore_store_options)

/* Opens the store in the folder `root`. What a dead process left half-done is finished or undone first.
 * Errors: NotAStore, Corrupt, SchemaTooNew, ReadOnly, Busy, NoSpace, Io, FileUnreadable, InvalidArgument,
 * OutOfMemory (or no thread). */
MODELSTORE_API modelstore_status modelstore_store_open(modelstore_text root,
                                                       const modelstore_store_options* options,
                                                       modelstore_store* store, modelstore_error** error);

/* Cancels all jobs, waits for them and for all callbacks, closes the files. What was made from the store
 * then fails with Closed, but for the jobs, and still has to be destroyed. Errors: InvalidArgument in a
 * callback. */
MODELSTORE_API modelstore_status modelstore_store_destroy(modelstore_store store, modelstore_error** error);

/* The folder, absolute and without links. */
MODELSTORE_API modelstore_status modelstore_store_root(modelstore_store store, modelstore_text_block** root,
                                                       modelstore_error** error);

MODELSTORE_API modelstore_status modelstore_store_read_only(modelstore_store store, int32_t* read_only,
                                                            modelstore_error** error);

typedef int32_t modelstore_problem_kind;
enum {
  MODELSTORE_PROBLEM_DATABASE_DAMAGED = 0,
  MODELSTORE_PROBLEM_DANGLING_REFERENCE = 1,
  MODELSTORE_PROBLEM_PREVIEW_FILE_MISSING = 2,
  MODELSTORE_PROBLEM_PREVIEW_FILE_DIFFERS = 3,
  MODELSTORE_PROBLEM_PENDING_FILE_MISSING = 4,
  MODELSTORE_PROBLEM_PENDING_FILE_DIFFERS = 5,
  MODELSTORE_PROBLEM_UNKNOWN_FILE = 6,
  MODELSTORE_PROBLEM_BAD_FILE_NAME = 7,
  MODELSTORE_PROBLEM_COUNTER_TOO_LOW = 8,
  MODELSTORE_PROBLEM_SEARCH_OUT_OF_DATE = 9,
  MODELSTORE_PROBLEM_OPERATION_LEFT = 10,
  MODELSTORE_PROBLEM_MODEL_MISSING = 11,
  MODELSTORE_PROBLEM_MODEL_DIFFERS = 12
};

/* "PreviewFileMissing" and so on; "Unknown" for any other number. Static. */
MODELSTORE_API const char* modelstore_problem_kind_name(modelstore_problem_kind kind);

typedef struct modelstore_problem {
  modelstore_text subject; /* the path or the id */
  modelstore_text message; /* one line */
  modelstore_problem_kind kind;
  int32_t reserved;
} modelstore_problem;

typedef struct modelstore_verify_options {
  uint32_t struct_size;
  int32_t deep; /* not 0: also hash every model's file again */
} modelstore_verify_options;
#define MODELSTORE_VERIFY_OPTIONS_INIT MODELSTORE_INIT(modelstore_verify_options)

typedef struct modelstore_verify_report {
  uint64_t block_size;
  const modelstore_problem* problems; /* none: the store is sound */
  uint64_t problems_count;
  int64_t records_checked;
  int64_t files_checked;
  int64_t bytes_hashed;
} modelstore_verify_report;

/* Checks that the database, the files in the store and the search index agree; changes nothing. Progress
 * counts files, then bytes. Job errors: Cancelled, Busy, Io, Closed, Forked. */
MODELSTORE_API modelstore_status modelstore_store_verify(modelstore_store store,
                                                         const modelstore_verify_options* options,
                                                         modelstore_job* job, modelstore_error** error);
MODELSTORE_API modelstore_status modelstore_store_verify_result(modelstore_job job,
                                                                modelstore_verify_report** report,
                                                                modelstore_error** error);

typedef struct modelstore_repair_options {
  uint32_t struct_size;
  int32_t apply; /* 0: a dry run, which only says what would be done */
} modelstore_repair_options;
#define MODELSTORE_REPAIR_OPTIONS_INIT MODELSTORE_INIT(modelstore_repair_options)

typedef struct modelstore_repair {
  modelstore_problem problem;
  modelstore_text action; /* one line; empty if the library cannot mend it */
  int32_t done;
  int32_t reserved;
} modelstore_repair;

typedef struct modelstore_repair_report {
  uint64_t block_size;
  const modelstore_repair* repairs;
  uint64_t repairs_count;
  modelstore_text quarantine; /* the folder that files were moved to; empty if none were */
} modelstore_repair_report;

/* Mends what verify without `deep` finds; no file is deleted. Job errors: as verify, NoSpace, ReadOnly. */
MODELSTORE_API modelstore_status modelstore_store_repair(modelstore_store store,
                                                         const modelstore_repair_options* options,
                                                         modelstore_job* job, modelstore_error** error);
MODELSTORE_API modelstore_status modelstore_store_repair_result(modelstore_job job,
                                                                modelstore_repair_report** report,
                                                                modelstore_error** error);

/* ---- Records ------------------------------------------------------------------------------------------- */

/* Times are milliseconds since 1970-01-01 UTC, 0 where unknown. Sizes are bytes. Texts that are not known are
 * empty. Metadata is a JSON object as text. */

typedef struct modelstore_tag {
  int64_t id;
  modelstore_text name;
  modelstore_text color; /* null if it has none */
} modelstore_tag;

typedef int32_t modelstore_location_state;
enum {
  MODELSTORE_LOCATION_PRESENT = 0, /* the file was there */
  MODELSTORE_LOCATION_MISSING = 1, /* its folder was there, the file was not, or held another content */
  MODELSTORE_LOCATION_OFFLINE = 2, /* the drive or share that holds it was not mounted */
  MODELSTORE_LOCATION_UNKNOWN = 3  /* never looked at */
};

typedef struct modelstore_location {
  modelstore_text path;      /* as it was given; may be a path of another machine */
  modelstore_text real_path; /* absolute and without links; empty until the file was seen */
  modelstore_location_state state;
  int32_t verified; /* the library itself computed the model's hash from this file */
} modelstore_location;

typedef int32_t modelstore_tier;
enum { MODELSTORE_TIER_HIGH = 0, MODELSTORE_TIER_MEDIUM = 1, MODELSTORE_TIER_LOW = 2 };

/* One published file. */
typedef struct modelstore_tier_file {
  modelstore_text name; /* below `images/` of the store; null where there is no such file */
  int64_t size_bytes;
  modelstore_sha256 sha256; /* of the file's bytes */
} modelstore_tier_file;

typedef struct modelstore_preview {
  int64_t id;       /* never reused */
  int64_t position; /* in show order, from 0, without gaps */
  int32_t width;    /* of the high tier, in pixels */
  int32_t height;
  modelstore_tier_file files[3]; /* high, medium, low */
  modelstore_tier_file original; /* if it was kept */
  modelstore_text source_format; /* "png", "jpeg", "webp", "gif" */
  modelstore_text source_text;   /* JSON object: what the picture said about itself */
} modelstore_preview;

typedef struct modelstore_pending_picture {
  int64_t id; /* never reused */
  int64_t position;
  modelstore_text file_name;     /* below `images/pending/` of the store */
  modelstore_text original_name; /* the name that it came with */
  modelstore_text format;        /* as `source_format` of a preview */
  int64_t size_bytes;
  modelstore_sha256 sha256;
} modelstore_pending_picture;

typedef struct modelstore_model {
  uint64_t block_size;
  modelstore_sha256 sha256;
  modelstore_text name;
  modelstore_text type;
  int64_t size_bytes;
  int64_t created_at;
  int32_t verified; /* the library computed this hash itself */
  int32_t trashed;
  modelstore_text metadata;
  const modelstore_tag* tags; /* by name */
  uint64_t tags_count;
  const modelstore_location* locations; /* present ones first */
  uint64_t locations_count;
  const modelstore_preview* previews; /* in show order */
  uint64_t previews_count;
} modelstore_model;

typedef int32_t modelstore_hash_state;
enum {
  MODELSTORE_HASH_UNKNOWN = 0,
  MODELSTORE_HASH_CLAIMED = 1, /* a catalogue or sidecar stated it */
  MODELSTORE_HASH_COMPUTED = 2 /* the library computed it, and the record was kept pending nevertheless */
};

typedef struct modelstore_pending_record {
  uint64_t block_size;
  int64_t id;
  modelstore_text path;
  modelstore_text name;
  modelstore_text type;
  int64_t size_bytes;
  int64_t created_at;
  modelstore_hash_state hash_state;
  int32_t trashed;
  modelstore_sha256 sha256; /* claimed or computed; all zero if unknown */
  modelstore_text metadata;
  const modelstore_tag* tags; /* by name */
  uint64_t tags_count;
  const modelstore_pending_picture* pictures; /* in show order */
  uint64_t pictures_count;
  modelstore_status
      last_error; /* why the last attempt to hash or promote it failed; MODELSTORE_OK if none did */
  int32_t reserved;
  modelstore_text last_error_message;
} modelstore_pending_record;

/* What lists show of a model or a pending record alike. */
typedef struct modelstore_record_summary {
  modelstore_record_id id;
  modelstore_sha256 sha256; /* of a model; of a pending record claimed or computed; else all zero */
  modelstore_text name;
  modelstore_text type;
  modelstore_text path; /* the first location's; empty if there is none */
  int64_t size_bytes;
  int64_t created_at;
  int32_t verified;
  int32_t trashed;
  int64_t images_count;
  const modelstore_tag* tags; /* by name */
  uint64_t tags_count;
  modelstore_text first_image;  /* file of the first picture: a model's low tier, a record's original */
  modelstore_status last_error; /* as of a pending record */
  int32_t reserved;
  modelstore_text last_error_message;
} modelstore_record_summary;

typedef struct modelstore_record_page {
  uint64_t block_size;
  const modelstore_record_summary* records;
  uint64_t records_count;
  int64_t total;               /* of all pages, at the time of this one */
  modelstore_text next_cursor; /* empty on the last page */
} modelstore_record_page;

/* ---- Database ------------------------------------------------------------------------------------------ */

/* Errors that every function can answer beside its own: Closed, Forked, Corrupt, Io, OutOfMemory. Every
 * one that changes something: ReadOnly, Busy, NoSpace, Poisoned. A change is durable when the call
 * returns. */

typedef int32_t modelstore_state_filter;
enum {
  MODELSTORE_STATE_ACTIVE = 0,  /* models */
  MODELSTORE_STATE_PENDING = 1, /* pending records */
  MODELSTORE_STATE_ALL = 2,     /* both */
  MODELSTORE_STATE_TRASH = 3    /* both, of those that were deleted */
};

typedef int32_t modelstore_sort_key;
enum {
  MODELSTORE_SORT_NAME = 0,
  MODELSTORE_SORT_SIZE = 1,
  MODELSTORE_SORT_CREATED = 2,
  MODELSTORE_SORT_TYPE = 3
};

typedef int32_t modelstore_sort_order;
enum { MODELSTORE_ASCENDING = 0, MODELSTORE_DESCENDING = 1 };

/* Which records. Everything that is set must hold. */
typedef struct modelstore_record_filter {
  uint32_t struct_size;
  modelstore_state_filter state;
  modelstore_text type;        /* exactly this type; null: any */
  const modelstore_text* tags; /* names: a record has all of them */
  uint64_t tags_count;
  const modelstore_text* not_tags; /* names: a record has none of them */
  uint64_t not_tags_count;
  modelstore_text text; /* words that all occur in name, path, description or tags */
} modelstore_record_filter;
#define MODELSTORE_RECORD_FILTER_INIT MODELSTORE_INIT(modelstore_record_filter)

typedef struct modelstore_record_query {
  uint32_t struct_size;
  modelstore_sort_key sort;
  modelstore_sort_order order;
  int32_t reserved;
  const modelstore_record_filter* filter; /* null: all models */
  int64_t limit;                          /* records a page, 1 to 10,000; 0: 100 */
  modelstore_text cursor; /* `next_cursor` of the page before; null or empty: the first page */
} modelstore_record_query;
#define MODELSTORE_RECORD_QUERY_INIT MODELSTORE_INIT(modelstore_record_query)

/* Several records: those listed, or, if `filter` is not null, all that it lets pass. */
typedef struct modelstore_selection {
  uint32_t struct_size;
  int32_t reserved;
  const modelstore_record_id* ids;
  uint64_t ids_count;
  const modelstore_record_filter* filter;
} modelstore_selection;
#define MODELSTORE_SELECTION_INIT MODELSTORE_INIT(modelstore_selection)

/* A tag in an edit: by its id unless that is 0, else by its name, which is created if no tag has it. */
typedef struct modelstore_tag_ref {
  int64_t id;
  modelstore_text name;
} modelstore_tag_ref;

/* What to change about a record. A text that is null stays as it is. */
typedef struct modelstore_record_edit {
  uint32_t struct_size;
  int32_t set_tags; /* not 0: the record gets exactly `tags` */
  modelstore_text name;
  modelstore_text type;
  modelstore_text path;     /* of a pending record only */
  modelstore_text metadata; /* a JSON object: each of its keys replaces the same key; null removes it */
  const modelstore_tag_ref* tags;
  uint64_t tags_count;
  const modelstore_tag_ref* add_tags;
  uint64_t add_tags_count;
  const modelstore_tag_ref* remove_tags;
  uint64_t remove_tags_count;
} modelstore_record_edit;
#define MODELSTORE_RECORD_EDIT_INIT MODELSTORE_INIT(modelstore_record_edit)

/* A record to add by hand. */
typedef struct modelstore_new_record {
  uint32_t struct_size;
  int32_t reserved;
  modelstore_text path; /* required for a pending record */
  modelstore_text name; /* of a pending record, null or empty: the last component of the path */
  modelstore_text type;
  int64_t size_bytes;
  int64_t created_at;       /* 0: now */
  modelstore_text metadata; /* null: {} */
  const modelstore_tag_ref* tags;
  uint64_t tags_count;
} modelstore_new_record;
#define MODELSTORE_NEW_RECORD_INIT MODELSTORE_INIT(modelstore_new_record)

typedef struct modelstore_tag_list {
  uint64_t block_size;
  const modelstore_tag* tags;
  uint64_t tags_count;
} modelstore_tag_list;

typedef struct modelstore_type_count {
  modelstore_text type;
  int64_t count;
} modelstore_type_count;

typedef struct modelstore_tag_count {
  modelstore_tag tag;
  int64_t count;
} modelstore_tag_count;

typedef struct modelstore_text_list {
  uint64_t block_size;
  const modelstore_text* texts;
  uint64_t texts_count;
} modelstore_text_list;

/* A preview together with the model that it is a picture of. */
typedef struct modelstore_model_preview {
  uint64_t block_size;
  modelstore_sha256 model;
  modelstore_preview preview;
} modelstore_model_preview;

typedef struct modelstore_facets {
  uint64_t block_size;
  int64_t total;
  const modelstore_type_count* types; /* most frequent first, then by name */
  uint64_t types_count;
  const modelstore_tag_count* tags; /* most frequent first, then by name */
  uint64_t tags_count;
} modelstore_facets;

typedef struct modelstore_statistics {
  uint64_t block_size;
  int64_t models;
  int64_t models_unverified;
  int64_t pending;
  int64_t trashed;
  int64_t locations;
  int64_t tags;
  int64_t previews;
  int64_t pending_pictures;
  int64_t model_bytes;   /* sizes of all models, each content once */
  int64_t pending_bytes; /* sizes of all pending records */
  int64_t preview_bytes; /* of all tier files */
  int64_t database_bytes;
  int64_t revision;
  int64_t schema_version;
} modelstore_statistics;

typedef int32_t modelstore_change_kind;
enum { MODELSTORE_CREATED = 0, MODELSTORE_CHANGED = 1, MODELSTORE_DELETED = 2 };

typedef struct modelstore_record_change {
  modelstore_record_id id;
  int64_t revision;
  modelstore_change_kind kind;
  int32_t reserved;
} modelstore_record_change;

typedef struct modelstore_change_list {
  uint64_t block_size;
  int64_t revision; /* what to ask for next */
  const modelstore_record_change* changes;
  uint64_t changes_count;
} modelstore_change_list;

typedef struct modelstore_path_pair {
  modelstore_text from;
  modelstore_text to;
} modelstore_path_pair;

typedef struct modelstore_relocate_report {
  uint64_t block_size;
  int64_t locations; /* of models */
  int64_t pending;
  const modelstore_path_pair* examples; /* old and new path, the first few */
  uint64_t examples_count;
  const modelstore_text* conflicts; /* paths that stay because the new one is another record's */
  uint64_t conflicts_count;
} modelstore_relocate_report;

/* Answers to modelstore_database_find_by_paths, in the order of the paths. */
typedef struct modelstore_found_list {
  uint64_t block_size;
  const modelstore_record_id* ids; /* all zero where no record has the path */
  uint64_t ids_count;
} modelstore_found_list;

MODELSTORE_API modelstore_status modelstore_database_create(modelstore_store store,
                                                            modelstore_database* database,
                                                            modelstore_error** error);
MODELSTORE_API modelstore_status modelstore_database_destroy(modelstore_database database,
                                                             modelstore_error** error);

/* The model with this content, trashed or not. Errors: NotFound. */
MODELSTORE_API modelstore_status modelstore_database_model(modelstore_database database,
                                                           const modelstore_sha256* sha256,
                                                           modelstore_model** model,
                                                           modelstore_error** error);

/* The pending record with this number, trashed or not. Errors: NotFound. */
MODELSTORE_API modelstore_status modelstore_database_pending(modelstore_database database, int64_t id,
                                                             modelstore_pending_record** record,
                                                             modelstore_error** error);

/* What a person typed: the text form of an id, or the beginning of a SHA-256 (4 digits or more) that only one
 * model has. Errors: NotFound, Conflict (several), InvalidArgument. */
MODELSTORE_API modelstore_status modelstore_database_resolve(modelstore_database database,
                                                             modelstore_text text, modelstore_record_id* id,
                                                             modelstore_error** error);

/* The record whose file is at `path`, which is compared as given, lexically normalised, and with links
 * resolved. `found` is 0 if there is none. */
MODELSTORE_API modelstore_status modelstore_database_find_by_path(modelstore_database database,
                                                                  modelstore_text path,
                                                                  modelstore_record_id* id, int32_t* found,
                                                                  modelstore_error** error);

/* As modelstore_database_find_by_path for many paths in one call. */
MODELSTORE_API modelstore_status modelstore_database_find_by_paths(modelstore_database database,
                                                                   const modelstore_text* paths,
                                                                   uint64_t paths_count,
                                                                   modelstore_found_list** found,
                                                                   modelstore_error** error);

/* One page of records. Errors: InvalidArgument (limit, cursor). */
MODELSTORE_API modelstore_status modelstore_database_list(modelstore_database database,
                                                          const modelstore_record_query* query,
                                                          modelstore_record_page** page,
                                                          modelstore_error** error);

/* How the records that `filter` lets pass are spread over types and tags. */
MODELSTORE_API modelstore_status modelstore_database_facets(modelstore_database database,
                                                            const modelstore_record_filter* filter,
                                                            modelstore_facets** facets,
                                                            modelstore_error** error);

/* The types that models and pending records have, in order, without the empty one and the trash. */
MODELSTORE_API modelstore_status modelstore_database_types(modelstore_database database,
                                                           modelstore_text_list** types,
                                                           modelstore_error** error);

/* A preview by its id. Errors: NotFound. */
MODELSTORE_API modelstore_status modelstore_database_preview(modelstore_database database, int64_t id,
                                                             modelstore_model_preview** preview,
                                                             modelstore_error** error);

/* The preview of a model that is shown at `position`, from 0. Errors: NotFound. */
MODELSTORE_API modelstore_status modelstore_database_preview_at(modelstore_database database,
                                                                const modelstore_sha256* model,
                                                                int64_t position,
                                                                modelstore_model_preview** preview,
                                                                modelstore_error** error);

/* The number of the last commit, by any process: while it stays the same, so does everything that is read here. */
MODELSTORE_API modelstore_status modelstore_database_revision(modelstore_database database, int64_t* revision,
                                                              modelstore_error** error);

/* All tags by name. */
MODELSTORE_API modelstore_status modelstore_database_tags(modelstore_database database,
                                                          modelstore_tag_list** tags,
                                                          modelstore_error** error);

MODELSTORE_API modelstore_status modelstore_database_statistics(modelstore_database database,
                                                                modelstore_statistics** statistics,
                                                                modelstore_error** error);

/* What was committed after the revision `since`, by any process; 0 stands for the beginning. `limit` 0:
 * 10,000. Errors: NotFound if `since` lies before what is kept, or is still to come. */
MODELSTORE_API modelstore_status modelstore_database_changes(modelstore_database database, int64_t since,
                                                             int64_t limit, modelstore_change_list** changes,
                                                             modelstore_error** error);

/* Adds a pending record. Errors: AlreadyExists (the path is another record's), InvalidArgument,
 * LimitExceeded. */
MODELSTORE_API modelstore_status modelstore_database_add_pending(modelstore_database database,
                                                                 const modelstore_new_record* record,
                                                                 int64_t* id, modelstore_error** error);

/* Adds an unverified model. Errors: AlreadyExists (the hash or the path), InvalidArgument, LimitExceeded. */
MODELSTORE_API modelstore_status modelstore_database_add_model(modelstore_database database,
                                                               const modelstore_sha256* sha256,
                                                               const modelstore_new_record* model,
                                                               modelstore_error** error);

/* Changes one record. Errors: NotFound (record or tag id), AlreadyExists (the path), InvalidArgument,
 * LimitExceeded. */
MODELSTORE_API modelstore_status modelstore_database_edit(modelstore_database database,
                                                          const modelstore_record_id* id,
                                                          const modelstore_record_edit* edit,
                                                          modelstore_error** error);

/* Changes several records, all or none; `count`, which may be null, tells how many. Errors: as for one. */
MODELSTORE_API modelstore_status modelstore_database_edit_many(modelstore_database database,
                                                               const modelstore_selection* selection,
                                                               const modelstore_record_edit* edit,
                                                               int64_t* count, modelstore_error** error);

/* Moves records to the trash, all or none; `count`, which may be null, tells how many were not there yet.
 * Errors: NotFound. */
MODELSTORE_API modelstore_status modelstore_database_trash(modelstore_database database,
                                                           const modelstore_selection* selection,
                                                           int64_t* count, modelstore_error** error);

/* Takes records out of the trash, all or none; `count`, which may be null, tells how many were in it.
 * Errors: NotFound. */
MODELSTORE_API modelstore_status modelstore_database_restore(modelstore_database database,
                                                             const modelstore_selection* selection,
                                                             int64_t* count, modelstore_error** error);

/* Removes for ever what is in the trash, with its previews; `count`, which may be null, tells how many
 * records. */
MODELSTORE_API modelstore_status modelstore_database_empty_trash(modelstore_database database, int64_t* count,
                                                                 modelstore_error** error);

/* Replaces the beginning `from` of every stored path by `to`; if `dry_run` is not 0, only says what it
 * would do. Errors: InvalidArgument. */
MODELSTORE_API modelstore_status modelstore_database_relocate(modelstore_database database,
                                                              modelstore_text from, modelstore_text to,
                                                              int32_t dry_run,
                                                              modelstore_relocate_report** report,
                                                              modelstore_error** error);

/* Gets or creates one tag for each name, in that order. Names are trimmed, blank ones skipped. Errors:
 * InvalidArgument (longer than 1,024 bytes, not UTF-8). */
MODELSTORE_API modelstore_status modelstore_database_add_tags(modelstore_database database,
                                                              const modelstore_text* names,
                                                              uint64_t names_count,
                                                              modelstore_tag_list** tags,
                                                              modelstore_error** error);

/* Renames or colours a tag; a null text leaves that as it is, an empty colour removes it. Errors: NotFound,
 * AlreadyExists (the name), InvalidArgument. */
MODELSTORE_API modelstore_status modelstore_database_edit_tag(modelstore_database database, int64_t id,
                                                              modelstore_text name, modelstore_text color,
                                                              modelstore_error** error);

/* Deletes a tag and its links. Errors: NotFound. */
MODELSTORE_API modelstore_status modelstore_database_delete_tag(modelstore_database database, int64_t id,
                                                                modelstore_error** error);

/* ---- Pictures ------------------------------------------------------------------------------------------ */

/* Errors of a picture: UnsupportedFormat, BadImage, LimitExceeded, OutOfMemory, DecoderCrashed; of its file:
 * FileMissing, FileUnreadable, NotRegularFile, Io. */

typedef struct modelstore_encoded_tier {
  int32_t width; /* pixels */
  int32_t height;
  modelstore_bytes webp;
} modelstore_encoded_tier;

typedef struct modelstore_tier_set {
  uint64_t block_size;
  modelstore_encoded_tier tiers[3]; /* high, medium, low */
  modelstore_text source_format;
  modelstore_text source_text; /* JSON object: what the picture said about itself */
} modelstore_tier_set;

typedef struct modelstore_bytes_block {
  uint64_t block_size;
  modelstore_bytes bytes;
} modelstore_bytes_block;

typedef struct modelstore_preview_list {
  uint64_t block_size;
  const modelstore_preview* previews;
  uint64_t previews_count;
} modelstore_preview_list;

typedef struct modelstore_pending_picture_list {
  uint64_t block_size;
  const modelstore_pending_picture* pictures;
  uint64_t pictures_count;
} modelstore_pending_picture_list;

/* Makes the three tiers of an encoded picture; needs no store. Errors: those of a picture. */
MODELSTORE_API modelstore_status modelstore_make_tiers(modelstore_bytes picture,
                                                       const modelstore_preview_options* options,
                                                       modelstore_tier_set** tiers, modelstore_error** error);

MODELSTORE_API modelstore_status modelstore_image_processor_create(modelstore_store store,
                                                                   modelstore_image_processor* images,
                                                                   modelstore_error** error);
MODELSTORE_API modelstore_status modelstore_image_processor_destroy(modelstore_image_processor images,
                                                                    modelstore_error** error);

/* Adds the picture in a file behind the last one of a record: for a model a preview, for a pending record
 * the original. `id`, which may be null, tells the new one's. Errors: those of a picture and of its file,
 * NotFound. */
MODELSTORE_API modelstore_status modelstore_image_processor_add(modelstore_image_processor images,
                                                                const modelstore_record_id* record,
                                                                modelstore_text path, int64_t* id,
                                                                modelstore_error** error);

/* As above, from memory. `original_name`, which may be null, is kept with a pending record's picture. */
MODELSTORE_API modelstore_status modelstore_image_processor_add_bytes(modelstore_image_processor images,
                                                                      const modelstore_record_id* record,
                                                                      modelstore_bytes picture,
                                                                      modelstore_text original_name,
                                                                      int64_t* id, modelstore_error** error);

/* As modelstore_image_processor_add, in the background. Progress counts pictures. */
MODELSTORE_API modelstore_status modelstore_image_processor_add_async(modelstore_image_processor images,
                                                                      const modelstore_record_id* record,
                                                                      modelstore_text path,
                                                                      modelstore_job* job,
                                                                      modelstore_error** error);
MODELSTORE_API modelstore_status modelstore_image_processor_add_result(modelstore_job job, int64_t* id,
                                                                       modelstore_error** error);

/* A model's previews in show order. Errors: NotFound. */
MODELSTORE_API modelstore_status modelstore_image_processor_previews(modelstore_image_processor images,
                                                                     const modelstore_sha256* model,
                                                                     modelstore_preview_list** previews,
                                                                     modelstore_error** error);

/* A pending record's pictures in show order. Errors: NotFound. */
MODELSTORE_API modelstore_status modelstore_image_processor_pending_pictures(
    modelstore_image_processor images, int64_t pending, modelstore_pending_picture_list** pictures,
    modelstore_error** error);

/* The WebP bytes of one tier. Errors: NotFound, FileMissing, Io, InvalidArgument (no such tier). */
MODELSTORE_API modelstore_status modelstore_image_processor_read(modelstore_image_processor images,
                                                                 int64_t preview_id, modelstore_tier tier,
                                                                 modelstore_bytes_block** webp,
                                                                 modelstore_error** error);

/* The original bytes of a preview's picture. Errors: NotFound (also where it was not kept), FileMissing,
 * Io. */
MODELSTORE_API modelstore_status modelstore_image_processor_read_original(modelstore_image_processor images,
                                                                          int64_t preview_id,
                                                                          modelstore_bytes_block** picture,
                                                                          modelstore_error** error);

/* The original bytes of a pending record's picture. Errors: NotFound, FileMissing, Io. */
MODELSTORE_API modelstore_status modelstore_image_processor_read_pending(modelstore_image_processor images,
                                                                         int64_t picture_id,
                                                                         modelstore_bytes_block** picture,
                                                                         modelstore_error** error);

/* Shows a record's pictures in this order: `ids` are all of them, each once. Errors: NotFound,
 * InvalidArgument. */
MODELSTORE_API modelstore_status modelstore_image_processor_reorder(modelstore_image_processor images,
                                                                    const modelstore_record_id* record,
                                                                    const int64_t* ids, uint64_t ids_count,
                                                                    modelstore_error** error);

/* Deletes one preview of a model, or one picture of a pending record, with its files. Errors: NotFound. */
MODELSTORE_API modelstore_status modelstore_image_processor_remove(modelstore_image_processor images,
                                                                   const modelstore_record_id* record,
                                                                   int64_t picture_id,
                                                                   modelstore_error** error);

/* ---- Hashing ------------------------------------------------------------------------------------------- */

typedef struct modelstore_file_hash {
  uint64_t block_size;
  modelstore_text path;
  modelstore_sha256 sha256;
  int64_t size_bytes;
  int32_t cached; /* remembered: the file was not read */
  int32_t reserved;
} modelstore_file_hash;

/* One file of a batch: hashed if `status` is MODELSTORE_OK. */
typedef struct modelstore_hash_item {
  modelstore_text path;
  modelstore_sha256 sha256;
  int64_t size_bytes;
  int32_t cached;
  modelstore_status status;
  modelstore_text message; /* why not; empty on success */
} modelstore_hash_item;

typedef struct modelstore_hash_batch {
  uint64_t block_size;
  const modelstore_hash_item* items; /* in the order of the paths */
  uint64_t items_count;
  int64_t bytes_hashed; /* without remembered files */
} modelstore_hash_batch;

/* Called as soon as a file's outcome is known, on one of the library's threads, one call at a time. `item`
 * is valid during the call. Anything but 0 cancels the batch. */
typedef int (*modelstore_hash_callback)(void* user_data, uint64_t index, const modelstore_hash_item* item);

typedef struct modelstore_hash_options {
  uint32_t struct_size;
  int32_t reread;    /* not 0: read the file even if its hash is remembered */
  uint32_t parallel; /* of a batch: files at once; 0: chosen from the device */
  int32_t reserved;
  modelstore_hash_callback on_file; /* of a batch; may be null */
  void* on_file_user_data;
  modelstore_destroy_callback on_file_destroy;
} modelstore_hash_options;
#define MODELSTORE_HASH_OPTIONS_INIT MODELSTORE_INIT(modelstore_hash_options)

/* A hasher that remembers in the store's catalogue and runs on its threads. */
MODELSTORE_API modelstore_status modelstore_file_hasher_create(modelstore_store store,
                                                               modelstore_file_hasher* hasher,
                                                               modelstore_error** error);

/* A hasher of its own that remembers nothing. `threads` 0: one for each processor. Errors: InvalidArgument
 * (more than 1,024), OutOfMemory (or no thread). */
MODELSTORE_API modelstore_status modelstore_file_hasher_create_alone(uint32_t threads,
                                                                     modelstore_file_hasher* hasher,
                                                                     modelstore_error** error);

/* A hasher of its own cancels its jobs and waits for them. Errors: InvalidArgument for such a one in a
 * callback. */
MODELSTORE_API modelstore_status modelstore_file_hasher_destroy(modelstore_file_hasher hasher,
                                                                modelstore_error** error);

/* Hashes one file ahead of all batches. Progress counts bytes. Job errors: FileMissing, FileUnreadable,
 * FileChanged, NotRegularFile, Io, Cancelled. */
MODELSTORE_API modelstore_status modelstore_file_hasher_hash(modelstore_file_hasher hasher,
                                                             modelstore_text path,
                                                             const modelstore_hash_options* options,
                                                             modelstore_job* job, modelstore_error** error);
MODELSTORE_API modelstore_status modelstore_file_hasher_hash_result(modelstore_job job,
                                                                    modelstore_file_hash** hash,
                                                                    modelstore_error** error);

/* Hashes many files; one that fails is an item of the result. Progress counts bytes. Job errors:
 * Cancelled, Closed. */
MODELSTORE_API modelstore_status modelstore_file_hasher_hash_all(
    modelstore_file_hasher hasher, const modelstore_text* paths, uint64_t paths_count,
    const modelstore_hash_options* options, modelstore_job* job, modelstore_error** error);
MODELSTORE_API modelstore_status modelstore_file_hasher_hash_all_result(modelstore_job job,
                                                                        modelstore_hash_batch** batch,
                                                                        modelstore_error** error);

/* Suspends this hasher's batches within 100 ms, and lets them go on; single files are hashed nevertheless. */
MODELSTORE_API modelstore_status modelstore_file_hasher_pause(modelstore_file_hasher hasher,
                                                              modelstore_error** error);
MODELSTORE_API modelstore_status modelstore_file_hasher_resume(modelstore_file_hasher hasher,
                                                               modelstore_error** error);
MODELSTORE_API modelstore_status modelstore_file_hasher_paused(modelstore_file_hasher hasher, int32_t* paused,
                                                               modelstore_error** error);

/* ---- Scanning ------------------------------------------------------------------------------------------ */

typedef struct modelstore_scan_options {
  uint32_t struct_size;
  int32_t reserved;
  const modelstore_text*
      extensions; /* endings of model files with their dot; null: those of the usual formats */
  uint64_t extensions_count;
} modelstore_scan_options;
#define MODELSTORE_SCAN_OPTIONS_INIT MODELSTORE_INIT(modelstore_scan_options)

typedef struct modelstore_scan_skip {
  modelstore_text path;
  modelstore_text reason;
} modelstore_scan_skip;

typedef struct modelstore_scan_report {
  uint64_t block_size;
  int64_t files_seen;         /* with a model's ending */
  int64_t added;              /* new pending records */
  int64_t known;              /* already in the catalogue, the trash included */
  int64_t missing;            /* below the roots in the catalogue, and not found any more */
  int64_t changed;            /* hashed before, and of another size or time now */
  const int64_t* pending_ids; /* the new records */
  uint64_t pending_ids_count;
  const modelstore_scan_skip* skipped;
  uint64_t skipped_count;
  int64_t elapsed_ms;
} modelstore_scan_report;

MODELSTORE_API modelstore_status modelstore_scanner_create(modelstore_store store,
                                                           modelstore_scanner* scanner,
                                                           modelstore_error** error);
MODELSTORE_API modelstore_status modelstore_scanner_destroy(modelstore_scanner scanner,
                                                            modelstore_error** error);

/* The endings that are scanned for unless others are given, with their dot. */
MODELSTORE_API modelstore_status modelstore_scanner_usual_extensions(modelstore_text_list** extensions,
                                                                     modelstore_error** error);

/* Walks `roots`: a new file becomes a pending record, typed by the first folder below its root. Progress
 * counts files. Job errors: InvalidArgument, FileMissing (all roots), Cancelled, and those of a change to
 * the store. */
MODELSTORE_API modelstore_status modelstore_scanner_scan(modelstore_scanner scanner,
                                                         const modelstore_text* roots, uint64_t roots_count,
                                                         const modelstore_scan_options* options,
                                                         modelstore_job* job, modelstore_error** error);
MODELSTORE_API modelstore_status modelstore_scanner_scan_result(modelstore_job job,
                                                                modelstore_scan_report** report,
                                                                modelstore_error** error);

/* ---- Stage 1: import of a legacy catalogue ------------------------------------------------------------- */

typedef struct modelstore_import_options {
  uint32_t struct_size;
  int32_t dry_run;          /* not 0: report what would happen and write nothing */
  modelstore_text database; /* the SQLite file; required */
  modelstore_text pictures; /* its pictures folder; null: `images` beside the file, if it exists */
  const modelstore_path_rule* path_map;
  uint64_t path_map_count;
  modelstore_text source_id; /* the name under which rows are remembered; null: the real path of the file */
} modelstore_import_options;
#define MODELSTORE_IMPORT_OPTIONS_INIT MODELSTORE_INIT(modelstore_import_options)

typedef struct modelstore_skipped_row {
  int64_t legacy_id;
  modelstore_text reason;
} modelstore_skipped_row;

typedef struct modelstore_import_conflict {
  int64_t legacy_id;
  modelstore_text field;  /* "id", "hash", "path", "name", "description", "images", ... */
  modelstore_text reason; /* one line */
  modelstore_text kept;   /* the value that stands in the catalogue now */
  modelstore_text lost;   /* the value that does not */
} modelstore_import_conflict;

/* Always: models_read = active + pending + merged + unchanged + skipped. */
typedef struct modelstore_import_report {
  uint64_t block_size;
  int64_t models_read;
  int64_t active;
  int64_t pending;
  int64_t merged;
  int64_t unchanged;
  int64_t skipped;
  int64_t tags;
  int64_t links;
  int64_t images_imported;
  int64_t images_missing;
  int64_t images_failed;
  const modelstore_skipped_row* skipped_rows;
  uint64_t skipped_rows_count;
  const modelstore_import_conflict* conflicts;
  uint64_t conflicts_count;
  int64_t elapsed_ms;
} modelstore_import_report;

MODELSTORE_API modelstore_status modelstore_legacy_importer_create(modelstore_store store,
                                                                   modelstore_legacy_importer* importer,
                                                                   modelstore_error** error);
MODELSTORE_API modelstore_status modelstore_legacy_importer_destroy(modelstore_legacy_importer importer,
                                                                    modelstore_error** error);

/* Imports, or continues an import. Progress counts rows, then pictures. Job errors: FileMissing,
 * FileUnreadable, NotRegularFile, UnsupportedFormat, Corrupt, Busy, InvalidArgument (a path rule), Cancelled,
 * and those of a change to the store. */
MODELSTORE_API modelstore_status modelstore_legacy_importer_import(modelstore_legacy_importer importer,
                                                                   const modelstore_import_options* options,
                                                                   modelstore_job* job,
                                                                   modelstore_error** error);
MODELSTORE_API modelstore_status modelstore_legacy_importer_import_result(modelstore_job job,
                                                                          modelstore_import_report** report,
                                                                          modelstore_error** error);

/* ---- Stage 2: reactive migration ----------------------------------------------------------------------- */

/* What happens to a record whose content is a model already. */
typedef int32_t modelstore_conflict_policy;
enum {
  MODELSTORE_POLICY_DEFAULT = 0, /* merge for a single file, report for a batch */
  MODELSTORE_POLICY_MERGE = 1,
  MODELSTORE_POLICY_REPORT = 2,
  MODELSTORE_POLICY_REPLACE = 3,
  MODELSTORE_POLICY_KEEP = 4,
  MODELSTORE_POLICY_DISCARD = 5
};

/* "merge", "report", "replace", "keep", "discard"; "unknown" for any other number. Static. */
MODELSTORE_API const char* modelstore_conflict_policy_name(modelstore_conflict_policy policy);

/* The policy of that name. Errors: InvalidArgument. */
MODELSTORE_API modelstore_status modelstore_conflict_policy_parse(modelstore_text name,
                                                                  modelstore_conflict_policy* policy,
                                                                  modelstore_error** error);

typedef struct modelstore_migration_conflict {
  int64_t pending_id; /* 0: a model whose claimed hash was wrong */
  modelstore_text pending_path;
  modelstore_sha256 sha256;
  modelstore_text existing_path;
  modelstore_conflict_policy resolution; /* what was done about it; never the default */
  int32_t reserved;
} modelstore_migration_conflict;

/* A claimed hash that turned out wrong, or a model's verified file that has another content now. */
typedef struct modelstore_claim_mismatch {
  modelstore_record_id record; /* as it was known */
  modelstore_text path;
  modelstore_sha256 claimed;
  modelstore_sha256 computed;
  int32_t rekeyed; /* the model took the computed hash as its identity */
  int32_t changed; /* the file was verified to have the hash, and was changed since */
} modelstore_claim_mismatch;

typedef struct modelstore_migration_failure {
  modelstore_record_id id;
  modelstore_text path;
  modelstore_text message;
  modelstore_status status;
  int32_t reserved;
} modelstore_migration_failure;

typedef struct modelstore_migrate_hash_options {
  uint32_t struct_size;
  int32_t only_hash; /* not 0: promote nothing */
  int32_t reread;    /* not 0: read the file even if its hash is remembered */
  modelstore_conflict_policy policy;
} modelstore_migrate_hash_options;
#define MODELSTORE_MIGRATE_HASH_OPTIONS_INIT MODELSTORE_INIT(modelstore_migrate_hash_options)

typedef struct modelstore_migrate_hash_result {
  uint64_t block_size;
  modelstore_sha256 sha256;
  int64_t size_bytes;
  int32_t cached;                                /* remembered: the file was not read */
  int32_t migrated;                              /* a pending record was promoted, or joined a model */
  const modelstore_migration_conflict* conflict; /* may be null */
  const modelstore_claim_mismatch* mismatch;     /* may be null */
} modelstore_migrate_hash_result;

typedef struct modelstore_migrate_options {
  uint32_t struct_size;
  modelstore_conflict_policy policy;
  const modelstore_path_rule* path_map; /* tried for a record whose own path leads nowhere */
  uint64_t path_map_count;
  uint32_t parallel; /* files at once; 0: chosen from the device */
  int32_t reserved;
} modelstore_migrate_options;
#define MODELSTORE_MIGRATE_OPTIONS_INIT MODELSTORE_INIT(modelstore_migrate_options)

typedef struct modelstore_migration_report {
  uint64_t block_size;
  const int64_t* promoted_ids; /* records that became models */
  uint64_t promoted_ids_count;
  const int64_t* merged_ids; /* records that joined a model */
  uint64_t merged_ids_count;
  const modelstore_sha256* verified; /* models whose claimed hash was confirmed for the first time */
  uint64_t verified_count;
  const modelstore_migration_conflict* conflicts;
  uint64_t conflicts_count;
  const modelstore_claim_mismatch* mismatches;
  uint64_t mismatches_count;
  const modelstore_migration_failure* failed;
  uint64_t failed_count;
  int64_t bytes_hashed; /* without remembered files */
  int64_t elapsed_ms;
} modelstore_migration_report;

MODELSTORE_API modelstore_status modelstore_reactive_migrator_create(modelstore_store store,
                                                                     modelstore_reactive_migrator* migrator,
                                                                     modelstore_error** error);
MODELSTORE_API modelstore_status modelstore_reactive_migrator_destroy(modelstore_reactive_migrator migrator,
                                                                      modelstore_error** error);

/* Hashes one file ahead of all batches and promotes the record that waits for it. Progress counts bytes.
 * Job errors: FileMissing, FileUnreadable, FileChanged, NotRegularFile, BadImage, Conflict, Io, Cancelled,
 * and those of a change to the store. */
MODELSTORE_API modelstore_status modelstore_reactive_migrator_hash(
    modelstore_reactive_migrator migrator, modelstore_text path,
    const modelstore_migrate_hash_options* options, modelstore_job* job, modelstore_error** error);
MODELSTORE_API modelstore_status modelstore_reactive_migrator_hash_result(
    modelstore_job job, modelstore_migrate_hash_result** result, modelstore_error** error);

/* Hashes and promotes these records; for a model, hashes its locations and settles their claims. One that fails
 * is an item of the report: as Busy if another program kept it from being committed, after some attempts. Progress
 * counts bytes. Job errors: Busy (another batch), InvalidArgument (a path rule), Cancelled, and those of a change
 * to the store. */
MODELSTORE_API modelstore_status modelstore_reactive_migrator_migrate(
    modelstore_reactive_migrator migrator, const modelstore_record_id* ids, uint64_t ids_count,
    const modelstore_migrate_options* options, modelstore_job* job, modelstore_error** error);

/* The same for all pending records that are not in the trash. */
MODELSTORE_API modelstore_status modelstore_reactive_migrator_migrate_all(
    modelstore_reactive_migrator migrator, const modelstore_migrate_options* options, modelstore_job* job,
    modelstore_error** error);

/* The same for all models whose hash was only claimed and that are not in the trash. */
MODELSTORE_API modelstore_status modelstore_reactive_migrator_verify_claims(
    modelstore_reactive_migrator migrator, const modelstore_migrate_options* options, modelstore_job* job,
    modelstore_error** error);

/* The result of any of the three. */
MODELSTORE_API modelstore_status modelstore_reactive_migrator_migrate_result(
    modelstore_job job, modelstore_migration_report** report, modelstore_error** error);

#ifdef __cplusplus
}
#endif

#endif
