/// A copy of a SQLite database, with its write-ahead log or rollback journal, so that the original is not opened
/// by SQLite, which would write beside it. Used by one thread at a time.
#pragma once

#include <filesystem>
#include <functional>

namespace modelstore::sqlite {

class PrivateCopy {
 public:
  /// Copies the database at `source`, a path without links, into `folder`, which holds no copy yet and
  /// outlives this object. Files that change meanwhile are copied again, three times at most. `between` is
  /// called between pieces and may throw.
  /// Errors: FileMissing, FileUnreadable, NotRegularFile, UnsupportedFormat (not SQLite), Busy (it changes all
  /// the time), NoSpace, ReadOnly, Io.
  PrivateCopy(const std::filesystem::path& source, std::filesystem::path folder,
              const std::function<void()>& between);
  PrivateCopy(const PrivateCopy&) = delete;
  PrivateCopy& operator=(const PrivateCopy&) = delete;
  /// Removes the copy, which no connection has open any more, and what SQLite made beside it.
  ~PrivateCopy();

  [[nodiscard]] std::filesystem::path path() const;

 private:
  void remove() const;

  std::filesystem::path folder_;
};

}  // namespace modelstore::sqlite
