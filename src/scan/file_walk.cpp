#include "scan/file_walk.hpp"

#include <algorithm>

#include "base/search_fold.hpp"
#include "base/utf8.hpp"
#include "catalog/text_limits.hpp"
#include "modelstore/error.hpp"
#include "platform/file.hpp"
#include "runtime/executor.hpp"

namespace modelstore::scan {
namespace {

/// Entries of one folder between two looks at whether the job was cancelled.
constexpr std::size_t kBetweenChecks = 256;

void check_cancelled() {
  if (runtime::current_job_cancelled()) throw Error(ErrorCode::Cancelled, "the job was cancelled");
}

}  // namespace

FileWalk::FileWalk(std::vector<std::string> extensions, OnFile on_file, OnSkip on_skip, OnGap on_gap)
    : extensions_(std::move(extensions)),
      on_file_(std::move(on_file)),
      on_skip_(std::move(on_skip)),
      on_gap_(std::move(on_gap)) {}

void FileWalk::walk(const std::filesystem::path& root) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(root, error);
  if (error)
    on_gap_({root.string(), root.string(), error.message()});
  else
    walk_folder(root, real, {});
}

bool FileWalk::wanted(const std::string& name) const {
  return std::any_of(extensions_.begin(), extensions_.end(), [&](const std::string& extension) {
    return name.size() > extension.size() &&
           std::equal(extension.rbegin(), extension.rend(), name.rbegin(), [](char a, char b) {
             return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
           });
  });
}

void FileWalk::walk_folder(const std::filesystem::path& given, const std::filesystem::path& real,
                           const std::string& first) {
  check_cancelled();
  std::vector<platform::DirectoryEntry> entries;
  try {
    const platform::Directory folder = platform::Directory::open(real);
    const auto info = folder.stat(".");
    if (!info || !walked_.emplace(info->device, info->inode).second) return;
    entries = folder.entries();
  } catch (const Error& error) {
    on_gap_({given.string(), real.string(), error.what()});
    return;
  }
  // In the order of names, so that two scans of one tree give the same numbers.
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  std::size_t looked_at = 0;
  for (const platform::DirectoryEntry& entry : entries) {
    if (++looked_at % kBetweenChecks == 0) check_cancelled();
    const std::string child_first = first.empty() ? entry.name : first;
    const bool is_link = entry.kind == platform::FileKind::Symlink;
    if (entry.kind == platform::FileKind::Directory)
      walk_folder(given / entry.name, real / entry.name, child_first);
    else if (entry.kind == platform::FileKind::Regular || is_link)
      visit(given, real, entry.name, is_link, first);
    else if (wanted(entry.name))
      on_skip_({base::printable((given / entry.name).string(), catalog::kMaxPath), "not a regular file"});
  }
}

void FileWalk::visit(const std::filesystem::path& given, const std::filesystem::path& real,
                     const std::string& name, bool is_link, const std::string& first) {
  const std::filesystem::path path = given / name;
  const auto skip = [&](const std::string& reason) {
    on_skip_({base::printable(path.string(), catalog::kMaxPath), reason});
  };
  if (!is_link && !wanted(name)) return;
  try {
    const auto info = platform::stat_path(real / name);
    if (!info) {
      if (wanted(name)) skip("a link that leads nowhere");
      return;
    }
    std::filesystem::path resolved = real / name;
    if (is_link) resolved = std::filesystem::canonical(resolved);
    if (info->kind == platform::FileKind::Directory)
      return walk_folder(path, resolved, first.empty() ? name : first);
    if (!wanted(name)) return;
    if (info->kind != platform::FileKind::Regular) return skip("not a regular file");
    if (!base::is_utf8(path.string()) || !base::is_utf8(resolved.string()))
      return skip("the name is not UTF-8");
    if (path.string().size() > catalog::kMaxPath) return skip("the path is too long");
    on_file_({path.string(), resolved.string(), first, *info});
  } catch (const Error& error) {
    if (error.code() == ErrorCode::Cancelled) throw;
    skip(error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    skip(error.code().message());
  }
}

}  // namespace modelstore::scan
