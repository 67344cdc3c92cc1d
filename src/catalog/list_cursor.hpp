/// The position behind a record in a sorted list, as text that a program hands back for the next page.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "modelstore/record_query.hpp"

namespace modelstore::catalog {

struct ListCursor {
  std::string text_key;         ///< name
  std::string type_key;         ///< type, where that is the first key
  std::int64_t number_key = 0;  ///< size or time
  int table = 0;                ///< 0: models, 1: pending records
  std::int64_t id = 0;          ///< internal

  friend bool operator==(const ListCursor&, const ListCursor&) = default;
};

[[nodiscard]] std::string encode_cursor(const ListCursor& cursor, SortKey sort, SortOrder order);

/// Errors: InvalidArgument (malformed, or of a list in another order).
[[nodiscard]] ListCursor decode_cursor(std::string_view text, SortKey sort, SortOrder order);

}  // namespace modelstore::catalog
