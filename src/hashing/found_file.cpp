#include "hashing/found_file.hpp"

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/paths.hpp"
#include "base/utf8.hpp"
#include "modelstore/error.hpp"
#include "platform/errors.hpp"

namespace modelstore::hashing {
namespace {

[[noreturn]] void throw_error(int error_number, const std::filesystem::path& given) {
  platform::throw_errno(error_number, platform::Intent::Read, "look at", given.native());
}

std::string real_path_of(const std::filesystem::path& path, const std::filesystem::path& given) {
  std::error_code error;
  std::string result = std::filesystem::canonical(path, error).native();
  if (error) throw_error(error.value(), given);
  return result;
}

}  // namespace

FoundFile FileFinder::find(const std::filesystem::path& given) {
  base::check_path(given, "a file to hash");
  const std::string_view text = given.native();
  const std::size_t slash = text.rfind('/');
  const std::string_view name = text.substr(slash == std::string_view::npos ? 0 : slash + 1);
  FoundFile found;
  std::optional<platform::FileStat> stat;
  bool whole = slash == std::string_view::npos || name.empty() || name == "." || name == "..";
  if (!whole) {
    found.real_path = real_folder(text.substr(0, slash), given);
    if (found.real_path.back() != '/') found.real_path += '/';
    found.real_path += name;
    stat = platform::stat_link(found.real_path);
    whole = stat && stat->kind == platform::FileKind::Symlink;
  }
  if (whole) {
    found.real_path = real_path_of(given, given);
    stat = platform::stat_link(found.real_path);
  }
  if (!stat) throw_error(ENOENT, given);
  if (stat->kind != platform::FileKind::Regular)
    throw Error(ErrorCode::NotRegularFile,
                "cannot hash " + base::printable(text) +
                    (stat->kind == platform::FileKind::Directory ? ": it is a folder"
                                                                 : ": it is not a regular file"));
  found.stat = *stat;
  return found;
}

const std::string& FileFinder::real_folder(std::string_view folder, const std::filesystem::path& given) {
  if (last_ != nullptr && last_->first == folder) return last_->second;
  std::string key(folder);
  auto known = folders_.find(key);
  if (known == folders_.end()) {
    std::string real = real_path_of(folder.empty() ? "/" : std::filesystem::path(folder), given);
    known = folders_.emplace(std::move(key), std::move(real)).first;
  }
  last_ = &*known;
  return last_->second;
}

bool is_unchanged(const catalog::HashRow& row, const platform::FileStat& now) noexcept {
  return row.size_bytes == now.size_bytes && row.mtime_ns == now.mtime_ns &&
         (!row.inode || *row.inode == now.inode);
}

}  // namespace modelstore::hashing
