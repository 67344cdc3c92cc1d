/// What every function of the library throws when it cannot do what it was asked to.
///
/// There is one exception type. Its code says what a program can do about it, its message tells a
/// person what happened: one line, no prefix, no full stop, naming the path or the id and the cause.
/// Values of both types may be copied and used from any thread.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace modelstore {

/// Why a call failed. The numbers are the same in every version and in every language.
enum class ErrorCode : std::int32_t {
  InvalidArgument = 1,     ///< the caller's argument is malformed
  NotFound = 2,            ///< no such model, record, tag, preview or root
  AlreadyExists = 3,       ///< the name, path or content is taken
  Conflict = 4,            ///< another record or a concurrent change is in the way
  Busy = 5,                ///< another writer kept its lock for longer than `busy_timeout`
  Cancelled = 6,           ///< the job was cancelled, or its store was destroyed
  FileMissing = 7,         ///< no file at that path
  FileUnreadable = 8,      ///< the file exists and may not be read
  FileChanged = 9,         ///< the file changed while it was being read
  NotRegularFile = 10,     ///< a folder, device, FIFO or socket where a file is needed
  UnsupportedFormat = 11,  ///< not a picture or catalogue of a kind that is accepted
  BadImage = 12,           ///< a picture of a known kind that cannot be decoded
  LimitExceeded = 13,      ///< larger, longer or deeper than a documented limit
  Corrupt = 14,            ///< a database file is damaged
  NotAStore = 15,          ///< the folder holds no model store
  SchemaTooNew = 16,       ///< the store was written by a newer version of the library
  ReadOnly = 17,           ///< the store, or the folder it is in, cannot be written
  NoSpace = 18,            ///< the disk or the quota is full
  Io = 19,                 ///< the operating system reported an input or output error
  Poisoned = 20,           ///< an earlier write failed half-way: reopen the store to recover
  Closed = 21,             ///< the store was closed or moved from
  Forked = 22,             ///< the store was opened by the parent of this process
  OutOfMemory = 23,        ///< memory ran out
  DecoderCrashed = 24,     ///< the isolated picture decoder died
  ClaimMismatch = 25,      ///< the content has another hash than a catalogue claimed
  Unsupported = 26,        ///< not available on this system or in this build
  Internal = 27,           ///< a defect of the library: please report it
};

/// The code's name as it stands above, for instance "NotFound". "Unknown" for any other number.
/// Valid for the life of the program; safe from any thread; never fails.
[[nodiscard]] std::string_view error_code_name(ErrorCode code) noexcept;

/// The one exception of the library.
class Error : public std::runtime_error {
 public:
  /// `message` is one line of UTF-8 that names the thing that failed and the cause.
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

  /// What a program can act on. `what()` is the line for a person.
  [[nodiscard]] ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

/// A failure that is reported as a value, for one item among many that goes on without it.
struct Failure {
  ErrorCode code = ErrorCode::Internal;
  std::string message;

  friend bool operator==(const Failure&, const Failure&) = default;
};

}  // namespace modelstore
