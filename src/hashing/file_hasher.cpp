#include "modelstore/file_hasher.hpp"

#include <utility>

#include "catalog/store_core.hpp"
#include "hashing/file_digest.hpp"
#include "hashing/hash_batch.hpp"
#include "hashing/hash_memory.hpp"
#include "hashing/pause_gate.hpp"
#include "platform/system.hpp"
#include "runtime/executor.hpp"

namespace modelstore {
namespace {

/// Where relative paths start, taken when the call is made: the program may change it before the job runs.
std::filesystem::path current_folder() {
  std::error_code error;
  return std::filesystem::current_path(error);
}

FileHash hash_one(detail::StoreCore* core, runtime::Executor& executor, const runtime::JobControl& control,
                  const std::filesystem::path& given, const std::filesystem::path& folder, bool reread) {
  Progress progress{0, 0, ProgressUnit::Bytes};
  std::error_code unknown;
  const std::filesystem::path path = given.is_absolute() || given.empty() ? given : folder / given;
  const auto size = std::filesystem::file_size(path, unknown);
  if (!unknown) progress.total = size;
  control.set_progress(progress);
  const hashing::Digested digested =
      hashing::digest_file(core, executor, control, path, reread, [&](std::uint64_t bytes) {
        progress.done += bytes;
        progress.total = std::max(progress.total, progress.done);
        control.set_progress(progress);
      });
  const auto memory = hashing::HashMemory::make(core);
  memory->add(digested);
  memory->finish(control);
  return {given, digested.sha256, digested.stat.size_bytes, digested.cached};
}

}  // namespace

class FileHasher::Impl {
 public:
  explicit Impl(std::shared_ptr<detail::StoreCore> core) : core_(std::move(core)) { core_->check_usable(); }
  explicit Impl(unsigned threads) : own_(std::make_unique<runtime::Executor>(threads)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (!own_) return;
    if (in_child())
      own_->abandon();  // The threads are the parent's: a child would wait for them for ever.
    else if (own_->on_own_thread())
      runtime::Executor::stop_elsewhere(std::move(own_));  // In a callback: a thread cannot wait for itself.
  }

  [[nodiscard]] detail::StoreCore* core() const noexcept { return core_.get(); }
  [[nodiscard]] const std::shared_ptr<hashing::PauseGate>& gate() const noexcept { return gate_; }

  /// Errors: Closed, Forked.
  [[nodiscard]] runtime::Executor& executor() const {
    if (own_) {
      if (in_child())
        throw Error(ErrorCode::Forked, "the file hasher was made by the parent of this process");
      return *own_;
    }
    core_->check_usable();
    return core_->executor();
  }

 private:
  [[nodiscard]] bool in_child() const noexcept { return platform::process_id() != process_; }

  const std::int64_t process_ = platform::process_id();
  const std::shared_ptr<detail::StoreCore> core_;
  const std::shared_ptr<hashing::PauseGate> gate_ = std::make_shared<hashing::PauseGate>();
  std::unique_ptr<runtime::Executor> own_;
};

FileHasher::FileHasher(const Store& store) : impl_(std::make_shared<Impl>(store.core())) {}
FileHasher::FileHasher(unsigned threads) : impl_(std::make_shared<Impl>(threads)) {}
FileHasher::~FileHasher() = default;
FileHasher::FileHasher(FileHasher&&) noexcept = default;
FileHasher& FileHasher::operator=(FileHasher&&) noexcept = default;

// Jobs hold the core by its address: they end before it does, and owning it they might be the ones to end it.

Job<FileHash> FileHasher::hash(std::filesystem::path path, const HashOptions& options) const {
  const Impl& own = impl();
  runtime::Executor& executor = own.executor();
  return executor.interactive<FileHash>([core = own.core(), &executor, path = std::move(path),
                                         folder = current_folder(),
                                         reread = options.reread](const runtime::JobControl& control) {
    return hash_one(core, executor, control, path, folder, reread);
  });
}

Job<HashBatch> FileHasher::hash_all(std::vector<std::filesystem::path> paths,
                                    HashBatchOptions options) const {
  struct Input {
    std::vector<std::filesystem::path> paths;
    HashBatchOptions options;
    std::filesystem::path folder;
  };
  const Impl& own = impl();
  runtime::Executor& executor = own.executor();
  auto input = std::make_shared<Input>(Input{std::move(paths), std::move(options), current_folder()});
  return executor.operation<HashBatch>(
      [core = own.core(), &executor, gate = own.gate(), input](const runtime::JobControl& control) {
        hashing::HashBatchRun run(core, executor, control, *gate, input->options, input->folder);
        return run.run(std::move(input->paths));
      });
}

void FileHasher::pause() const {
  impl().gate()->pause();
}

void FileHasher::resume() const {
  impl().gate()->resume();
}

bool FileHasher::paused() const {
  return impl().gate()->paused();
}

const FileHasher::Impl& FileHasher::impl() const {
  if (!impl_) throw Error(ErrorCode::Closed, "the file hasher was moved from");
  return *impl_;
}

}  // namespace modelstore
