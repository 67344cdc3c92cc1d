/// The order in which the rows of a legacy catalogue are imported: by id, but rows with one hash together,
/// the newest first, where the first of them would stand. Used by one thread at a time.
///
/// Holds 48 bytes for each row with a hash while it is made, then 16 for each row that shares one.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "catalog/legacy_reader.hpp"

namespace modelstore::migration {

class ImportOrder {
 public:
  /// `between` is called now and then and may throw.
  ImportOrder(const catalog::LegacyReader& reader, const std::function<void()>& between);

  [[nodiscard]] std::int64_t row_count() const noexcept { return rows_; }

  /// The rows to import where the row with this id stands in the order of ids: for one that shares its hash,
  /// all of them if it is the first, none otherwise. Nothing said about other rows: `alone` is true then.
  struct Turn {
    bool alone = true;
    std::span<const std::int64_t> ids = {};
  };
  [[nodiscard]] Turn turn_of(std::int64_t id) const;

 private:
  struct Member {
    std::int64_t id = 0;
    std::uint32_t group = 0;
  };
  std::int64_t rows_ = 0;
  std::vector<std::int64_t> ids_;      // of each group, newest first
  std::vector<std::size_t> starts_;    // of groups in `ids_`, and the end
  std::vector<Member> members_;        // by id
  std::vector<std::int64_t> leaders_;  // of groups: the smallest id
};

}  // namespace modelstore::migration
