/// The hash of one file, computed or remembered, on the calling thread. For the tasks of FileHasher and of
/// the migrator; functions may be called from any thread at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "catalog/hash_rows.hpp"
#include "digest/sha256_engine.hpp"
#include "hashing/found_file.hpp"
#include "hashing/pause_gate.hpp"
#include "hashing/read_ahead.hpp"
#include "modelstore/sha256.hpp"
#include "platform/file.hpp"
#include "runtime/executor.hpp"

namespace modelstore::detail {
class StoreCore;
}

namespace modelstore::hashing {

struct Digested {
  Sha256 sha256;
  platform::FileStat stat;                      ///< while it had this hash
  bool cached = false;                          ///< remembered: the file was not read
  std::string real_path;                        ///< absolute, without links
  bool had_row = false;                         ///< some hash was remembered for that path
  std::optional<catalog::HashRow> to_remember;  ///< nothing if cached, or if it was modified too lately
};

/// Told how many bytes more have been hashed.
using OnBytes = std::function<void(std::uint64_t)>;

/// Computes the hash of one file, in several goes if need be. Used by one thread at a time.
class FileDigest {
 public:
  /// `given` is where the file was found; messages name it so. `had_row`: whether some hash is remembered for
  /// its path.
  FileDigest(runtime::Executor& executor, std::filesystem::path given, FoundFile file, bool had_row);
  FileDigest(const FileDigest&) = delete;
  FileDigest& operator=(const FileDigest&) = delete;
  ~FileDigest();

  /// Reads and hashes to the end, while reading goes on ahead. Nothing if `gate` (may be null) was closed
  /// meanwhile, or the time `until` came: call again to go on.
  /// Errors: Cancelled; FileChanged, also if the path leads to another file by now; FileMissing,
  /// FileUnreadable, NotRegularFile, Io. No further call after an error.
  [[nodiscard]] std::optional<Digested> advance(const runtime::JobControl& control, const PauseGate* gate,
                                                const OnBytes& on_bytes,
                                                std::chrono::steady_clock::time_point until = kNoEnd);

 private:
  static constexpr auto kNoEnd = std::chrono::steady_clock::time_point::max();

  class Input;

  void start(const runtime::JobControl& control);
  [[nodiscard]] Digested finish();

  runtime::Executor& executor_;
  const std::filesystem::path given_;
  const FoundFile file_;
  const bool had_row_;
  const std::unique_ptr<digest::Sha256Engine> engine_;
  std::shared_ptr<Input> input_;  // shared with the reader, which may outlive this
  std::shared_ptr<ReadAhead> content_;
  std::int64_t started_ns_ = 0;
  std::chrono::steady_clock::time_point started_;
};

/// What is remembered of the file at this real path. Nothing without a core (null); a catalogue that cannot be
/// read counts as empty, and the log says so. Errors: Closed, Forked.
[[nodiscard]] std::optional<catalog::HashRow> find_row(detail::StoreCore* core, const std::string& real_path);

/// The remembered hash as a result, if the file is unchanged.
[[nodiscard]] std::optional<Digested> take_remembered(const FoundFile& file,
                                                      const std::optional<catalog::HashRow>& row);

/// How a file's hash comes: one of the two is set.
struct BegunDigest {
  std::optional<Digested> remembered;
  std::unique_ptr<FileDigest> computed;
};

/// The remembered hash, unless `reread` is set, or else what computes it. `core` may be null: then nothing is
/// remembered. Errors: as FileFinder::find; Closed, Forked.
[[nodiscard]] BegunDigest begin_digest(detail::StoreCore* core, runtime::Executor& executor,
                                       const std::filesystem::path& path, bool reread);

/// As `begin_digest`, to the end. Keeping the result is up to the caller: HashMemory, or `remember` in its own transaction.
/// Errors: as FileFinder::find and FileDigest::advance; Closed, Forked.
[[nodiscard]] Digested digest_file(detail::StoreCore* core, runtime::Executor& executor,
                                   const runtime::JobControl& control, const std::filesystem::path& path,
                                   bool reread, const OnBytes& on_bytes);

/// Writes the hash down, within the caller's transaction; nothing if it was remembered already. A file that
/// was modified too lately to be known again is forgotten instead. Errors: those of SQLite.
void remember(const sqlite::Connection& database, const Digested& digested);

/// Whether a file that was modified at `mtime_ns`, and was not modified since until `now_ns`, will be seen to
/// be modified after that. Not within two seconds, for file systems keep times that coarsely, and not if
/// it was modified in the future, which the clock will yet reach.
[[nodiscard]] bool is_settled(std::int64_t mtime_ns, std::int64_t now_ns) noexcept;

}  // namespace modelstore::hashing
