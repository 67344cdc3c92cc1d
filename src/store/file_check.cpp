#include "store/file_check.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include "catalog/consistency.hpp"
#include "catalog/preview_names.hpp"
#include "catalog/preview_rows.hpp"
#include "digest/file_sha256.hpp"
#include "journal/operation_rows.hpp"
#include "journal/recovery.hpp"
#include "journal/settlement.hpp"
#include "platform/file.hpp"

namespace modelstore::store {
namespace {

using catalog::FileFacts;
using journal::Folder;

/// Files that are looked at again while the writer lock is held once.
constexpr std::size_t kRecheckStep = 64;

/// A second look without the writer lock must find the same more than once.
constexpr int kLooksWithoutLock = 3;

struct NamedFile {
  Folder folder = Folder::Images;
  std::string name;
};

std::string subject(const NamedFile& file) {
  return (file.folder == Folder::Images ? "images/" : "images/pending/") + file.name;
}

Problem missing(const NamedFile& file, const char* message) {
  return {file.folder == Folder::Images ? ProblemKind::PreviewFileMissing : ProblemKind::PendingFileMissing,
          subject(file), message};
}

Problem differs(const NamedFile& file, std::string message) {
  return {file.folder == Folder::Images ? ProblemKind::PreviewFileDiffers : ProblemKind::PendingFileDiffers,
          subject(file), std::move(message)};
}

/// What is wrong with a file that a row names.
std::optional<Problem> compare(const detail::StoreCore& core, const NamedFile& file, const FileFacts& facts) {
  const platform::Directory& folder = journal::folder_of(core, file.folder);
  try {
    const auto now = folder.stat(file.name);
    if (!now) return missing(file, "a row names this file, which is not there");
    if (now->kind != platform::FileKind::Regular)
      return missing(file, "a row names this file, which is not a regular file");
    if (now->size_bytes != facts.size_bytes)
      return differs(
          file, "has " + std::to_string(now->size_bytes) + " bytes, not " + std::to_string(facts.size_bytes));
    if (digest::sha256_of_file(folder.open_regular(file.name), folder.path() / file.name) != facts.sha256)
      return differs(file, "has another content than its row says");
    return std::nullopt;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::FileMissing)
      return missing(file, "a row names this file, which is not there");
    return differs(file, std::string("cannot be read: ") + error.what());
  }
}

/// What is wrong with a file, whether a row names it or not.
std::optional<Problem> look_again(const detail::StoreCore& core, const sqlite::Connection& database,
                                  const NamedFile& file) {
  const bool image = file.folder == Folder::Images;
  const auto facts = image ? catalog::find_image_file(database, file.name)
                           : catalog::expected_pending_file(database, file.name);
  if (facts) return compare(core, file, *facts);
  if (!journal::folder_of(core, file.folder).stat(file.name)) return std::nullopt;
  if (journal::names_file(database, file.folder, file.name)) return std::nullopt;
  const bool known_form = image ? catalog::parse_preview_file_name(file.name).has_value()
                                : catalog::parse_pending_file_name(file.name).has_value();
  if (known_form) return Problem{ProblemKind::UnknownFile, subject(file), "no row names this file"};
  return Problem{ProblemKind::BadFileName, subject(file), "is not a name that the store gives"};
}

class FileCheck {
 public:
  FileCheck(detail::StoreCore& core, const runtime::JobControl& control, VerifyReport& report)
      : core_(core), control_(control), report_(report) {}

  void run() {
    std::vector<catalog::NamedFacts> images;
    std::vector<catalog::NamedFacts> pending;
    {
      const auto reader = core_.reader();
      const sqlite::Transaction snapshot(*reader, sqlite::Transaction::Kind::Deferred);
      images = catalog::all_image_files(*reader);
      pending = catalog::expected_pending_files(*reader);
    }
    total_ = images.size() + pending.size();
    check_folder(Folder::Images, images);
    check_folder(Folder::PendingImages, pending);
    if (!core_.options().read_only) {
      check_staging();
      check_owners();
    }
    recheck();
    report_.files_checked += static_cast<std::int64_t>(total_);
  }

 private:
  void check_folder(Folder folder, const std::vector<catalog::NamedFacts>& expected) {
    std::unordered_set<std::string_view> names;
    for (const catalog::NamedFacts& file : expected) names.insert(file.name);
    for (platform::DirectoryEntry& entry : journal::folder_of(core_, folder).entries()) {
      const bool subfolder = folder == Folder::Images && entry.name == "pending";
      if (!subfolder && !names.contains(entry.name)) suspects_.push_back({folder, std::move(entry.name)});
    }
    std::mutex mutex;
    core_.executor().for_each(control_, expected.size(), 0, [&](std::size_t i) {
      const NamedFile file{folder, expected[i].name};
      const bool wrong = compare(core_, file, expected[i].facts).has_value();
      const std::lock_guard lock(mutex);
      if (wrong) suspects_.push_back(file);
      report_.bytes_hashed += expected[i].facts.size_bytes;
      control_.set_progress({++done_, total_, ProgressUnit::Files});
    });
  }

  void check_staging() {
    for (const platform::DirectoryEntry& entry : core_.staging().entries())
      if (entry.kind != platform::FileKind::Directory || !journal::is_owner_name(entry.name))
        report_.problems.push_back(
            {ProblemKind::UnknownFile, "staging/" + entry.name, "no operation has left this here"});
  }

  void check_owners() {
    for (const platform::DirectoryEntry& entry : core_.owners().entries())
      if (entry.kind != platform::FileKind::Regular || !journal::is_owner_lock_name(entry.name))
        report_.problems.push_back(
            {ProblemKind::UnknownFile, "owners/" + entry.name, "is not the lock of an owner"});
  }

  void recheck() {
    std::sort(suspects_.begin(), suspects_.end(), [](const NamedFile& a, const NamedFile& b) {
      return std::pair(a.folder, std::string_view(a.name)) < std::pair(b.folder, std::string_view(b.name));
    });
    for (std::size_t first = 0; first < suspects_.size(); first += kRecheckStep) {
      control_.throw_if_cancelled();
      const std::size_t last = std::min(first + kRecheckStep, suspects_.size());
      if (core_.options().read_only) {
        for (std::size_t i = first; i < last; ++i) look_without_lock(suspects_[i]);
        continue;
      }
      core_.with_writer_lock([&](const sqlite::Connection& database) {
        for (std::size_t i = first; i < last; ++i)
          if (auto problem = look_again(core_, database, suspects_[i]))
            report_.problems.push_back(std::move(*problem));
      });
    }
  }

  void look_without_lock(const NamedFile& file) {
    std::optional<Problem> problem;
    for (int look = 0; look < kLooksWithoutLock; ++look) {
      problem = look_again(core_, *core_.reader(), file);
      if (!problem) return;
    }
    report_.problems.push_back(std::move(*problem));
  }

  detail::StoreCore& core_;
  const runtime::JobControl& control_;
  VerifyReport& report_;
  std::vector<NamedFile> suspects_;
  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;
};

}  // namespace

std::optional<Problem> problem_with_file(const detail::StoreCore& core, const sqlite::Connection& database,
                                         Folder folder, const std::string& name) {
  return look_again(core, database, {folder, name});
}

void check_files(detail::StoreCore& core, const runtime::JobControl& control, VerifyReport& report) {
  FileCheck(core, control, report).run();
}

}  // namespace modelstore::store
