// The SQLite file of the legacy store. Throws std::runtime_error. One thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace sample {

/// A row of `models`. Texts are stored byte for byte.
struct Row {
  std::string path{};
  std::string name{};
  std::string type{};
  std::int64_t size = 0;
  std::string hash{};  ///< empty: never hashed
  std::int64_t created_at = 0;
  std::optional<std::string> extra{};
  std::vector<std::string> tags{};  ///< beside its type
};

class Catalogue {
 public:
  /// Creates the file with the tables and the seven tags that exist from the start.
  explicit Catalogue(const std::filesystem::path& file);
  Catalogue(const Catalogue&) = delete;
  Catalogue& operator=(const Catalogue&) = delete;
  ~Catalogue();

  std::int64_t add(const Row& row);
  void remove(std::int64_t id);
  void set_extra(std::int64_t id, std::string_view extra);
  void add_tag(std::string_view name, std::optional<std::string_view> color);
  /// A link between things that do not exist.
  void add_dangling_link(std::int64_t model, std::int64_t tag);

  void begin();
  void commit();
  /// Moves what was committed into the main file.
  void checkpoint();
  [[nodiscard]] std::int64_t count(std::string_view table) const;

 private:
  void execute(std::string_view sql) const;
  std::int64_t tag_id(std::string_view name);

  sqlite3* database_ = nullptr;
};

}  // namespace sample
