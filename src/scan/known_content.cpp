#include "scan/known_content.hpp"

#include "catalog/hash_rows.hpp"
#include "catalog/model_rows.hpp"
#include "hashing/found_file.hpp"

namespace modelstore::scan {

KnownContent compare_content(const sqlite::Connection& database, const catalog::StoredPath& location,
                             const std::string& real_path, const platform::FileStat& stat) {
  const auto model = catalog::find_model(database, location.record.id);
  if (!model) return KnownContent::Unknown;
  if (const auto remembered = catalog::find_hash(database, real_path)) {
    const bool same = hashing::is_unchanged(*remembered, stat) && remembered->sha256 == model->sha256;
    return same ? KnownContent::Same : KnownContent::Other;
  }
  const bool other_size = location.was_verified && model->size_bytes != stat.size_bytes;
  return other_size ? KnownContent::Other : KnownContent::Unknown;
}

bool has_come_back(const sqlite::Connection& database, const catalog::StoredPath& location,
                   const std::string& real_path, const platform::FileStat& stat) {
  const KnownContent content = compare_content(database, location, real_path, stat);
  return content == KnownContent::Same || (content == KnownContent::Unknown && !location.was_verified);
}

}  // namespace modelstore::scan
