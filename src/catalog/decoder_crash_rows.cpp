#include "catalog/decoder_crash_rows.hpp"

namespace modelstore::catalog {

bool has_decoder_crashes(const sqlite::Connection& database) {
  return database.integer("SELECT 1 FROM decoder_crashes LIMIT 1").has_value();
}

std::int64_t decoder_crashes(const sqlite::Connection& database, const Sha256& picture) {
  return database.integer("SELECT crashes FROM decoder_crashes WHERE sha256 = ?", picture).value_or(0);
}

void add_decoder_crash(const sqlite::Connection& database, const Sha256& picture) {
  database.run(
      "INSERT INTO decoder_crashes(sha256, crashes) VALUES (?, 1) ON CONFLICT(sha256) DO UPDATE SET "
      "crashes = crashes + 1",
      picture);
}

void forget_decoder_crashes(const sqlite::Connection& database, const Sha256& picture) {
  database.run("DELETE FROM decoder_crashes WHERE sha256 = ?", picture);
}

}  // namespace modelstore::catalog
