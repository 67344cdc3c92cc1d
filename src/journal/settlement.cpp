#include "journal/settlement.hpp"

#include <set>
#include <vector>

#include "catalog/preview_rows.hpp"
#include "digest/file_sha256.hpp"

namespace modelstore::journal {
namespace {

bool named_by_a_row(const sqlite::Connection& database, const Removal& file) {
  return file.folder == Folder::Images ? catalog::find_image_file(database, file.name).has_value()
                                       : catalog::names_pending_file(database, file.name);
}

void unlink_checked(detail::StoreCore& core, const sqlite::Connection& database, const Removal& file,
                    const KnownDigests& known) {
  const platform::Directory& folder = folder_of(core, file.folder);
  const auto now = folder.stat(file.name);
  if (!now) return;
  const char* reason = nullptr;
  try {
    if (named_by_a_row(database, file))
      reason = " is left: a row names it";
    else if (!known.match(core, file, *now))
      reason = " is left: it is not the file that the journal names";
  } catch (const Error& error) {
    // What cannot be read cannot be told to be ours; a store must open nevertheless.
    if (error.code() != ErrorCode::Io && error.code() != ErrorCode::FileUnreadable) throw;
    reason = " is left: it cannot be read";
  }
  if (reason != nullptr)
    core.log(LogLevel::Warning, (folder.path() / file.name).string() + reason);
  else
    (void)folder.remove_file(file.name);
}

}  // namespace

const platform::Directory& folder_of(const detail::StoreCore& core, Folder folder) {
  return folder == Folder::Images ? core.images() : core.pending_images();
}

void KnownDigests::look(const detail::StoreCore& core, const Removal& file) noexcept {
  try {
    const platform::Directory& folder = folder_of(core, file.folder);
    const platform::FileDescriptor opened = folder.open_regular(file.name);
    const platform::FileStat before = platform::stat_descriptor(opened, file.name);
    if (before.size_bytes != file.size_bytes) return;
    const Sha256 sha256 = digest::sha256_of_file(opened, folder.path() / file.name);
    if (platform::stat_descriptor(opened, file.name) != before) return;
    known_.insert_or_assign({file.folder, file.name}, std::pair(before, sha256));
  } catch (...) {  // It is looked at again, and any error reported, under the lock.
  }
}

bool KnownDigests::match(const detail::StoreCore& core, const Removal& file,
                         const platform::FileStat& now) const {
  if (now.kind != platform::FileKind::Regular || now.size_bytes != file.size_bytes) return false;
  if (const auto found = known_.find({file.folder, file.name});
      found != known_.end() && found->second.first == now)
    return found->second.second == file.sha256;
  const platform::Directory& folder = folder_of(core, file.folder);
  return digest::sha256_of_file(folder.open_regular(file.name), folder.path() / file.name) == file.sha256;
}

void settle(detail::StoreCore& core, const sqlite::Connection& database,
            std::span<const std::int64_t> operations, const KnownDigests& known) {
  std::vector<std::int64_t> settled;
  std::set<Folder> folders;
  try {
    for (const std::int64_t id : operations) {
      const auto operation = find_operation(database, id);
      if (!operation) continue;
      for (const Removal& file : files_of(database, id, operation->done ? Role::Removed : Role::Published)) {
        unlink_checked(core, database, file, known);
        // Synced even if there was nothing to unlink: an earlier try may have been cut off before its sync.
        folders.insert(file.folder);
      }
      settled.push_back(id);
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::Io) core.poison(error.what());
    throw;
  }
  for (const Folder folder : folders) {
    try {
      folder_of(core, folder).sync();
    } catch (const Error& error) {
      core.poison(error.what());
      throw;
    }
  }
  for (const std::int64_t id : settled) drop_operation(database, id);
}

void settle_left(detail::StoreCore& core) noexcept {
  std::vector<std::int64_t> left;
  try {
    left = core.take_left_operations();
    if (left.empty()) return;
    core.write([&](catalog::WriteTransaction& transaction) { settle(core, transaction.db(), left); });
  } catch (const std::exception& error) {
    core.log(LogLevel::Warning, error.what());
    try {
      for (const std::int64_t id : left) core.leave_operation(id);
    } catch (...) {  // Out of memory: they stay in the journal, for the next opening.
    }
  }
}

}  // namespace modelstore::journal
