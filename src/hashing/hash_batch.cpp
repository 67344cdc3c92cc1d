#include "hashing/hash_batch.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <numeric>
#include <utility>

#include "base/utf8.hpp"
#include "catalog/store_core.hpp"

namespace modelstore::hashing {
namespace {

/// Files that one task looks up: enough to share a connection and a transaction, few enough to be cancelled
/// and paused in time.
constexpr std::size_t kLookUpAtOnce = 256;

/// What a file failed with. Errors: passes on what ends the whole batch.
Error failure_of(const std::filesystem::path& path) {
  try {
    throw;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::Cancelled || error.code() == ErrorCode::Closed ||
        error.code() == ErrorCode::Forked)
      throw;
    return error;
  } catch (const std::bad_alloc&) {
    return {ErrorCode::OutOfMemory, "memory ran out while hashing " + base::printable(path.native())};
  } catch (const std::exception& error) {
    return {ErrorCode::Internal, "cannot hash " + base::printable(path.native()) + ": " + error.what()};
  }
}

/// The rows of many files, read through one connection and in one transaction.
class RowReader {
 public:
  explicit RowReader(detail::StoreCore* core) : core_(core) {
    if (core_ == nullptr) return;
    try {
      reader_.emplace(core_->reader());
      transaction_.emplace(**reader_, sqlite::Transaction::Kind::Deferred);
    } catch (const Error& error) {
      give_up(error);
    }
  }

  [[nodiscard]] std::optional<catalog::HashRow> find(const std::string& real_path) {
    if (!transaction_ || !base::is_utf8(real_path)) return std::nullopt;
    try {
      return catalog::find_hash(**reader_, real_path);
    } catch (const Error& error) {
      give_up(error);
      return std::nullopt;
    }
  }

 private:
  /// A catalogue that cannot be read costs time, not the hashes.
  void give_up(const Error& error) {
    if (error.code() == ErrorCode::Closed || error.code() == ErrorCode::Forked) throw error;
    transaction_.reset();
    reader_.reset();
    core_->log(LogLevel::Warning, error.what());
  }

  detail::StoreCore* core_;
  std::optional<detail::StoreCore::Reader> reader_;
  std::optional<sqlite::Transaction> transaction_;
};

}  // namespace

HashBatchRun::HashBatchRun(detail::StoreCore* core, runtime::Executor& executor,
                           const runtime::JobControl& control, PauseGate& gate,
                           const HashBatchOptions& options, const std::filesystem::path& folder)
    : core_(core),
      executor_(executor),
      control_(control),
      gate_(gate),
      options_(options),
      folder_(folder),
      memory_(HashMemory::make(core)) {}

HashBatchRun::~HashBatchRun() = default;

HashBatch HashBatchRun::run(std::vector<std::filesystem::path> paths) {
  progress_.unit = ProgressUnit::Bytes;
  control_.set_progress(progress_);
  batch_.items.resize(paths.size());
  unread_.resize(paths.size());
  for (std::size_t i = 0; i < paths.size(); ++i) batch_.items[i].path = std::move(paths[i]);
  // Written down whatever comes: cancelling keeps what was computed.
  struct Finish {
    HashMemory& memory;
    const runtime::JobControl& control;
    ~Finish() { memory.finish(control); }
  };
  {
    const Finish finish{*memory_, control_};
    std::vector<std::size_t> chunks;
    for (std::size_t i = 0; i < batch_.items.size(); i += kLookUpAtOnce) chunks.push_back(i);
    for_each(std::move(chunks), 0, [&](std::size_t begin) {
      look_up(begin, std::min(begin + kLookUpAtOnce, batch_.items.size()));
      return true;
    });
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < unread_.size(); ++i)
      if (unread_[i]) indices.push_back(i);
    for_each(std::move(indices), width(), [&](std::size_t index) { return hash(index); });
  }
  return std::move(batch_);
}

void HashBatchRun::for_each(std::vector<std::size_t> indices, unsigned width,
                            const std::function<bool(std::size_t)>& step) {
  while (!indices.empty()) {
    gate_.wait(control_);
    control_.throw_if_cancelled();
    std::vector<char> finished(indices.size());
    executor_.step_each(control_, indices.size(), width, [&](std::size_t i) {
      if (!gate_.paused()) finished[i] = step(indices[i]) ? 1 : 0;
      return finished[i] != 0 || gate_.paused();
    });
    std::size_t left = 0;
    for (std::size_t i = 0; i < indices.size(); ++i)
      if (finished[i] == 0) indices[left++] = indices[i];
    indices.resize(left);
  }
}

unsigned HashBatchRun::width() const {
  if (options_.parallel != 0) return options_.parallel;
  const auto first =
      std::find_if(unread_.begin(), unread_.end(), [](const auto& file) { return file.has_value(); });
  return first != unread_.end() && platform::is_rotational((*first)->file.stat.device) ? 1 : 0;
}

void HashBatchRun::look_up(std::size_t begin, std::size_t end) {
  FileFinder finder;
  RowReader rows(core_);
  for (std::size_t i = begin; i < end; ++i) {
    control_.throw_if_cancelled();
    const std::filesystem::path& path = batch_.items[i].path;
    try {
      FoundFile file = path.is_absolute() ? finder.find(path) : finder.find(absolute(path));
      const auto row = rows.find(file.real_path);
      const auto size = static_cast<std::uint64_t>(file.stat.size_bytes);
      const auto remembered = options_.reread ? std::nullopt : take_remembered(file, row);
      {
        const std::lock_guard lock(progress_mutex_);
        progress_.total += size;
        if (remembered) progress_.done += size;
        control_.set_progress(progress_);
      }
      if (remembered)
        succeed(i, *remembered);
      else
        unread_[i].emplace(Unread{std::move(file), row.has_value(), nullptr, size, 0});
    } catch (const std::exception&) {
      fail(i, failure_of(path));
    }
  }
}

bool HashBatchRun::hash(std::size_t index) {
  Unread& unread = *unread_[index];
  try {
    if (!unread.digest)
      unread.digest = std::make_unique<FileDigest>(executor_, absolute(batch_.items[index].path),
                                                   std::move(unread.file), unread.had_row);
    const auto digested = unread.digest->advance(
        control_, &gate_,
        [&](std::uint64_t bytes) {
          count(unread, bytes);
          memory_->tick();
        },
        std::chrono::steady_clock::now() + runtime::kTurn);
    if (!digested) return false;
    memory_->add(*digested);
    end_count(unread);
    succeed(index, *digested);
  } catch (const std::exception&) {
    const Error error = failure_of(batch_.items[index].path);
    end_count(unread);
    fail(index, error);
  }
  unread_[index].reset();
  return true;
}

std::filesystem::path HashBatchRun::absolute(const std::filesystem::path& path) const {
  return path.is_absolute() || path.empty() ? path : folder_ / path;
}

void HashBatchRun::succeed(std::size_t index, const Digested& digested) {
  HashBatchItem& item = batch_.items[index];
  item.hash = FileHash{item.path, digested.sha256, digested.stat.size_bytes, digested.cached};
  announce(index);
}

void HashBatchRun::fail(std::size_t index, const Error& error) {
  batch_.items[index].failure = Failure{error.code(), error.what()};
  announce(index);
}

void HashBatchRun::announce(std::size_t index) {
  const HashBatchItem& item = batch_.items[index];
  const std::lock_guard lock(announce_mutex_);
  if (item.hash && !item.hash->cached) batch_.bytes_hashed += item.hash->size_bytes;
  if (options_.on_file)
    options_.on_file(index, item.hash ? &*item.hash : nullptr, item.failure ? &*item.failure : nullptr);
}

void HashBatchRun::count(Unread& unread, std::uint64_t bytes) {
  const std::lock_guard lock(progress_mutex_);
  unread.counted += bytes;
  progress_.done += bytes;
  if (unread.counted > unread.planned) {
    // The file has grown since it was looked up.
    progress_.total += unread.counted - unread.planned;
    unread.planned = unread.counted;
  }
  control_.set_progress(progress_);
}

void HashBatchRun::end_count(Unread& unread) {
  const std::lock_guard lock(progress_mutex_);
  progress_.done += unread.planned - unread.counted;
  unread.counted = unread.planned;
  control_.set_progress(progress_);
}

}  // namespace modelstore::hashing
