#include "journal/recovery.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "base/utf8.hpp"
#include "journal/operation_rows.hpp"
#include "journal/settlement.hpp"
#include "platform/file.hpp"

namespace modelstore::journal {
namespace {

constexpr std::string_view kLockEnding = ".lock";
constexpr std::size_t kOwnerLength = 36;

/// Tells dead owners from live ones. Under the writer lock, where no owner comes to life.
class Owners {
 public:
  explicit Owners(detail::StoreCore& core) : core_(core) {}

  bool dead(const std::string& owner) {
    const auto [found, added] = dead_.try_emplace(owner, false);
    if (added) found->second = look(owner);
    return found->second;
  }

 private:
  bool look(const std::string& owner) {
    if (owner == core_.owner()) return false;
    if (!is_owner_name(owner)) return true;
    const std::string name = owner + std::string(kLockEnding);
    if (!core_.owners().stat(name)) return true;
    return platform::LockFile::open(core_.owners().path() / name).try_lock();
  }

  detail::StoreCore& core_;
  std::map<std::string, bool> dead_;
};

void remove_tree(const platform::Directory& parent, const std::string& name) {
  {
    const platform::Directory folder = parent.subdirectory(name);
    for (const platform::DirectoryEntry& entry : folder.entries()) {
      if (entry.kind == platform::FileKind::Directory)
        remove_tree(folder, entry.name);
      else
        (void)folder.remove_file(entry.name);
    }
  }
  (void)parent.remove_directory(name);
}

/// Staging folders of dead owners.
std::vector<std::string> dead_staging_folders(detail::StoreCore& core, Owners& owners) {
  std::vector<std::string> names;
  for (platform::DirectoryEntry& entry : core.staging().entries())
    if (entry.kind == platform::FileKind::Directory && is_owner_name(entry.name) && owners.dead(entry.name))
      names.push_back(std::move(entry.name));
  return names;
}

void remove_dead_locks(detail::StoreCore& core) {
  for (const platform::DirectoryEntry& entry : core.owners().entries()) {
    if (entry.kind != platform::FileKind::Regular || !entry.name.ends_with(kLockEnding)) continue;
    const std::string owner = entry.name.substr(0, entry.name.size() - kLockEnding.size());
    if (!is_owner_name(owner) || owner == core.owner()) continue;
    // Kept locked until the name is gone, so that nobody takes it for a live one in between.
    platform::LockFile lock = platform::LockFile::open(core.owners().path() / entry.name);
    if (lock.try_lock()) (void)core.owners().remove_file(entry.name);
  }
}

}  // namespace

bool is_owner_name(std::string_view name) noexcept {
  return name.size() == kOwnerLength && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
         });
}

bool is_owner_lock_name(std::string_view name) noexcept {
  return name.ends_with(kLockEnding) && is_owner_name(name.substr(0, name.size() - kLockEnding.size()));
}

RecoveryReport recover(detail::StoreCore& core) {
  RecoveryReport report;
  core.with_writer_lock([&](const sqlite::Connection& database) {
    Owners owners(core);
    std::vector<std::int64_t> left;
    for (const OperationRow& operation : operations(database)) {
      if (!owners.dead(operation.owner)) continue;
      left.push_back(operation.id);
      ++(operation.done ? report.finished : report.undone);
    }
    if (!left.empty()) {
      sqlite::Transaction transaction(database, sqlite::Transaction::Kind::Immediate);
      settle(core, database, left);
      core.commit(database);
    }
    for (const std::string& folder : dead_staging_folders(core, owners)) {
      remove_tree(core.staging(), folder);
      ++report.staging_folders;
    }
    remove_dead_locks(core);
  });
  if (report.finished + report.undone > 0)
    core.log(LogLevel::Info, "recovered " + core.root().string() + ": " + std::to_string(report.finished) +
                                 " operations finished, " + std::to_string(report.undone) + " undone");
  return report;
}

std::vector<Leftover> leftovers(detail::StoreCore& core) {
  std::vector<Leftover> left;
  core.with_writer_lock([&](const sqlite::Connection& database) {
    Owners owners(core);
    for (const OperationRow& operation : operations(database))
      if (owners.dead(operation.owner))
        left.push_back({"operation " + std::to_string(operation.id),
                        base::printable(operation.kind) + " of a process that is gone, not " +
                            (operation.done ? "cleaned up" : "undone")});
    for (const std::int64_t record : claims_without_operation(database))
      left.push_back({"pending:" + std::to_string(record), "is claimed by an operation that is gone"});
    for (const std::string& folder : dead_staging_folders(core, owners))
      left.push_back({"staging/" + folder, "belongs to a process that is gone"});
  });
  return left;
}

}  // namespace modelstore::journal
