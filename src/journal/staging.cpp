#include "journal/staging.hpp"

#include <atomic>
#include <utility>

#include "digest/sha256_engine.hpp"

namespace modelstore::journal {
namespace {

platform::Directory make_folder(detail::StoreCore& core, const std::string& number) {
  core.check_writable();
  return core.staging().subdirectory(core.owner(), true).subdirectory(number, true);
}

std::string next_number() {
  static std::atomic<std::uint64_t> next{0};
  return std::to_string(next++);
}

}  // namespace

Staging::Staging(detail::StoreCore& core)
    : core_(&core), number_(next_number()), folder_(make_folder(core, number_)) {}

Staging::Staging(Staging&& other) noexcept
    : core_(std::exchange(other.core_, nullptr)),
      number_(std::move(other.number_)),
      folder_(std::move(other.folder_)),
      files_(other.files_) {}

Staging::~Staging() {
  if (core_ == nullptr) return;
  try {
    for (std::int64_t file = 0; file < files_; ++file) (void)folder_.remove_file(std::to_string(file));
    (void)core_->staging().subdirectory(core_->owner()).remove_directory(number_);
  } catch (const std::exception& error) {  // What stays goes when the store is opened again.
    core_->log(LogLevel::Warning, error.what());
  }
}

StagedFile Staging::add(std::span<const std::byte> content) {
  StagedFile file;
  file.name = std::to_string(files_++);
  file.size_bytes = static_cast<std::int64_t>(content.size());
  file.sha256 = digest::sha256_of(content);
  try {
    folder_.write_new(file.name, content);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::Io) core_->poison(error.what());
    throw;
  }
  return file;
}

}  // namespace modelstore::journal
