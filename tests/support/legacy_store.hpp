/// A legacy store as the old program leaves it: `hikaze_mm.sqlite3` in WAL mode, and `images/` beside it.
///
/// The builder writes what it is told, sound or hostile. A failing call throws std::runtime_error. One
/// thread at a time. Until `close` or `leave_hot_wal`, the file is open as it is while the old program
/// runs; any later call opens it again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "support/folder_snapshot.hpp"

namespace test {

/// One row of `models`. Texts are written byte for byte: NUL and invalid UTF-8 included.
struct LegacyModel {
  std::string path{};
  std::optional<std::string> name{};  ///< absent: the last component of the path
  std::string type = "checkpoints";
  std::optional<std::int64_t> size_bytes = 4096;  ///< absent: NULL
  std::string hash{};                             ///< empty: never hashed
  std::int64_t created_at = 1'700'000'000'000;    ///< ms since the epoch
  std::optional<std::string> extra_json{};        ///< absent: NULL
  std::optional<std::string> meta_json{};         ///< absent: NULL
  std::vector<std::string> tags{};                ///< by name, created where they do not exist
  bool type_tag = true;                           ///< tag it by its type, as the old program does
  std::optional<std::int64_t> id{};               ///< absent: the next one
};

class LegacyConnection;

/// A value of any SQLite type. A string is bound as text with its length.
struct LegacyBlob {
  std::string bytes;
};
using LegacyValue = std::variant<std::nullptr_t, std::int64_t, double, std::string, LegacyBlob>;

/// What `fill` writes.
struct LegacyFill {
  std::int64_t models = 1000;
  int links_per_model = 5;  ///< tags of each model, its type among them; 0 to 200
  std::uint64_t seed = 1;   ///< equal seeds give equal rows
  double hashed = 0.5;      ///< share of the models that have a hash
  double with_extra = 0.3;  ///< share of the models that have extra_json
  std::string root = "/srv/models";
};

class LegacyStore {
 public:
  enum class Schema {
    Version2,
    Version1,  ///< with the further columns dir_path, mtime_ns, hash_algo and updated_at
  };

  /// Makes the folder with an empty catalogue of the seven tags that exist from the start; all of that is
  /// in the main file, not in the log.
  explicit LegacyStore(std::filesystem::path folder, Schema schema = Schema::Version2);
  /// The same, with another file name.
  LegacyStore(std::filesystem::path folder, std::string file_name, Schema schema = Schema::Version2);
  LegacyStore(LegacyStore&&) noexcept;
  LegacyStore& operator=(LegacyStore&&) noexcept;
  /// Closes.
  ~LegacyStore();

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path database() const { return folder_ / file_name_; }
  [[nodiscard]] std::filesystem::path pictures() const { return folder_ / "images"; }

  /// Adds a row with its tags and returns its id.
  std::int64_t add_model(const LegacyModel& model);
  /// Deletes a row; its links go with it.
  void remove_model(std::int64_t id);
  /// Adds a tag and returns its id.
  std::int64_t add_tag(std::string_view name, std::optional<std::string_view> color = std::nullopt,
                       std::optional<std::int64_t> id = std::nullopt);
  /// The id of a tag, which is created if it does not exist.
  std::int64_t tag(std::string_view name);
  /// Links a model with a tag, whether or not they exist.
  void link(std::int64_t model, std::int64_t tag);

  /// Writes `images/<name>` and returns the reference that the old program stores: "/media/<name>".
  std::string add_picture(std::string_view name, std::string_view bytes);

  /// Inserts any row, without a look at foreign keys; returns its rowid.
  std::int64_t insert(std::string_view table,
                      const std::vector<std::pair<std::string, LegacyValue>>& columns);
  /// Runs statements of the test's own, foreign keys enforced as the old program has it.
  void execute(std::string_view sql);
  /// The first column of the first row as an integer; 0 without rows.
  std::int64_t query_int(std::string_view sql);

  /// Adds many plausible rows in one transaction.
  void fill(const LegacyFill& fill);

  /// Moves everything from the log into the main file.
  void checkpoint();
  /// Closes in good order: no log remains.
  void close();
  /// Closes as a killed program does: what was written since the last `checkpoint` (or since the store was
  /// made), deletions too, is only in the log, which stays beside the main file.
  void leave_hot_wal();

  /// The folder as it is now. Close first: an open catalogue changes its shared-memory file at will.
  [[nodiscard]] FolderSnapshot snapshot() const { return FolderSnapshot(folder_); }

 private:
  LegacyConnection& connection();

  std::filesystem::path folder_;
  std::string file_name_;
  Schema schema_;
  std::unique_ptr<LegacyConnection> connection_;
};

}  // namespace test
