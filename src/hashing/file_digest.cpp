#include "hashing/file_digest.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "base/utf8.hpp"
#include "catalog/store_core.hpp"
#include "modelstore/error.hpp"
#include "platform/system.hpp"

namespace modelstore::hashing {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;

/// How coarsely times of files may be kept.
constexpr std::int64_t kCoarsestTime = 2'000 * kNanosecondsPerMillisecond;

/// The same for the file systems of Linux, which stamp with the kernel's tick of at most 10 ms.
constexpr std::int64_t kCoarsestTick = 20 * kNanosecondsPerMillisecond;

constexpr std::chrono::milliseconds kClockStep{1};

std::int64_t now_ns() noexcept {
  return platform::now_ms() * kNanosecondsPerMillisecond;
}

/// A write in the same tick as the one before leaves all times as they are. So nothing is read until the
/// last change is older than a tick: from then on no change goes unseen.
nanoseconds until_changes_show(const platform::FileStat& stat, bool exact_times) noexcept {
  const std::int64_t coarseness = exact_times ? kCoarsestTick : kCoarsestTime;
  const std::int64_t age = now_ns() - stat.ctime_ns;
  // A change far in the future was made before the clock was set back: it is no recent one.
  if (age >= coarseness || age < -coarseness) return nanoseconds::zero();
  return nanoseconds(coarseness - age);
}

void sleep_unless_cancelled(const runtime::JobControl& control, nanoseconds time) {
  std::mutex mutex;
  std::condition_variable cancelled;
  const auto hook = control.while_cancellable([&] {
    const std::lock_guard lock(mutex);
    cancelled.notify_all();
  });
  std::unique_lock lock(mutex);
  (void)cancelled.wait_for(lock, time, [&] { return control.cancelled(); });
}

[[noreturn]] void throw_changed(const std::filesystem::path& path) {
  throw Error(ErrorCode::FileChanged,
              "the file " + base::printable(path.native()) + " changed while it was read");
}

}  // namespace

/// The open file. Used by the reader until the end of the content, then by the consumer.
class FileDigest::Input {
 public:
  Input(std::filesystem::path given, std::string real_path)
      : given_(std::move(given)), real_path_(std::move(real_path)) {}

  std::size_t read(std::span<std::byte> buffer) {
    if (!file_) open();
    const std::size_t count = platform::read_fully(file_, buffer, given_);
    bytes_ += static_cast<std::int64_t>(count);
    if (bytes_ > opened_.size_bytes) throw_changed(given_);
    return count;
  }

  /// Errors: FileChanged if anything is not as it was when the file was opened.
  void check_unchanged() const {
    if (bytes_ != opened_.size_bytes || platform::stat_descriptor(file_, given_) != opened_)
      throw_changed(given_);
    auto at_path = platform::stat_path(given_);
    if (!at_path) throw_changed(given_);
    // Such file systems may number a file anew for each look at it.
    if (!stable_inodes_) at_path->inode = opened_.inode;
    if (*at_path != opened_) throw_changed(given_);
  }

  [[nodiscard]] const platform::FileStat& stat() const noexcept { return opened_; }
  [[nodiscard]] bool has_stable_inodes() const noexcept { return stable_inodes_; }

 private:
  void open() {
    file_ = platform::open_regular(real_path_);
    opened_ = platform::stat_descriptor(file_, given_);
    stable_inodes_ = platform::has_stable_inodes(file_);
    if (until_changes_show(opened_, stable_inodes_) > nanoseconds::zero()) throw_changed(given_);
    platform::advise_sequential(file_);
  }

  const std::filesystem::path given_;
  const std::string real_path_;
  platform::FileDescriptor file_;
  platform::FileStat opened_;
  bool stable_inodes_ = false;
  std::int64_t bytes_ = 0;
};

FileDigest::FileDigest(runtime::Executor& executor, std::filesystem::path given, FoundFile file, bool had_row)
    : executor_(executor),
      given_(std::move(given)),
      file_(std::move(file)),
      had_row_(had_row),
      engine_(digest::make_sha256_engine()) {}

FileDigest::~FileDigest() = default;

std::optional<Digested> FileDigest::advance(const runtime::JobControl& control, const PauseGate* gate,
                                            const OnBytes& on_bytes, steady_clock::time_point until) {
  if (!content_) start(control);
  while (gate == nullptr || !gate->paused()) {
    const std::span<const std::byte> bytes = content_->next(control);
    if (bytes.empty()) return finish();
    engine_->update(bytes);
    if (on_bytes) on_bytes(bytes.size());
    if (until != kNoEnd && steady_clock::now() >= until) break;
  }
  return std::nullopt;
}

void FileDigest::start(const runtime::JobControl& control) {
  started_ns_ = now_ns();
  started_ = steady_clock::now();
  input_ = std::make_shared<Input>(given_, file_.real_path);
  if (const auto stat = platform::stat_link(file_.real_path)) {
    const auto time = until_changes_show(*stat, platform::has_stable_inodes(file_.real_path));
    // And a little more, so that the clock has surely gone past it.
    if (time > nanoseconds::zero()) sleep_unless_cancelled(control, time + 2 * kClockStep);
  }
  control.throw_if_cancelled();
  content_ = ReadAhead::start(executor_, static_cast<std::uint64_t>(file_.stat.size_bytes),
                              [input = input_](std::span<std::byte> buffer) { return input->read(buffer); });
}

Digested FileDigest::finish() {
  // What the clock shows by now, unless it was set forward meanwhile.
  const std::int64_t elapsed = nanoseconds(steady_clock::now() - started_).count();
  const std::int64_t now = std::min(now_ns(), started_ns_ + elapsed);
  input_->check_unchanged();
  Digested result;
  result.sha256 = engine_->finish();
  result.stat = input_->stat();
  result.real_path = file_.real_path;
  result.had_row = had_row_;
  if (is_settled(result.stat.mtime_ns, now) && base::is_utf8(result.real_path)) {
    result.to_remember = catalog::HashRow{result.real_path,     result.stat.size_bytes, result.stat.mtime_ns,
                                          result.stat.ctime_ns, std::nullopt,           result.sha256};
    if (input_->has_stable_inodes()) result.to_remember->inode = result.stat.inode;
  }
  return result;
}

std::optional<catalog::HashRow> find_row(detail::StoreCore* core, const std::string& real_path) {
  if (core == nullptr || !base::is_utf8(real_path)) return std::nullopt;
  try {
    return catalog::find_hash(*core->reader(), real_path);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::Closed || error.code() == ErrorCode::Forked) throw;
    core->log(LogLevel::Warning, error.what());
    return std::nullopt;
  }
}

std::optional<Digested> take_remembered(const FoundFile& file, const std::optional<catalog::HashRow>& row) {
  if (!row || !is_unchanged(*row, file.stat)) return std::nullopt;
  Digested result;
  result.sha256 = row->sha256;
  result.stat = file.stat;
  result.cached = true;
  result.real_path = file.real_path;
  result.had_row = true;
  return result;
}

BegunDigest begin_digest(detail::StoreCore* core, runtime::Executor& executor,
                         const std::filesystem::path& path, bool reread) {
  FoundFile file = FileFinder().find(path);
  const auto row = find_row(core, file.real_path);
  BegunDigest begun;
  if (!reread) begun.remembered = take_remembered(file, row);
  if (!begun.remembered)
    begun.computed = std::make_unique<FileDigest>(executor, path, std::move(file), row.has_value());
  return begun;
}

Digested digest_file(detail::StoreCore* core, runtime::Executor& executor, const runtime::JobControl& control,
                     const std::filesystem::path& path, bool reread, const OnBytes& on_bytes) {
  BegunDigest begun = begin_digest(core, executor, path, reread);
  if (!begun.remembered) return begun.computed->advance(control, nullptr, on_bytes).value();
  if (on_bytes) on_bytes(static_cast<std::uint64_t>(begun.remembered->stat.size_bytes));
  return *std::move(begun.remembered);
}

void remember(const sqlite::Connection& database, const Digested& digested) {
  if (digested.cached) return;
  if (digested.to_remember)
    catalog::put_hash(database, *digested.to_remember);
  else if (digested.had_row)
    catalog::remove_hash(database, digested.real_path);
}

bool is_settled(std::int64_t mtime_ns, std::int64_t now_ns) noexcept {
  return mtime_ns <= now_ns - kCoarsestTime;
}

}  // namespace modelstore::hashing
