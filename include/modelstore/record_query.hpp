/// What to list, and what a list answers.
///
/// Plain values: any thread may use its own copy. A list is read page by page: each page carries a
/// cursor that continues behind its last record, however much was added or removed meanwhile. No
/// statement stays open between pages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "modelstore/records.hpp"

namespace modelstore {

enum class StateFilter : std::uint8_t {
  Active,   ///< models
  Pending,  ///< pending records
  All,      ///< both
  Trash,    ///< both, of those that were deleted
};

/// Ties are broken by the record's age in the catalogue, so that every order is total.
enum class SortKey : std::uint8_t {
  Name,     ///< without regard to ASCII case
  Size,     ///< bytes
  Created,  ///< `created_at`
  Type,     ///< then by name
};

enum class SortOrder : std::uint8_t { Ascending, Descending };

/// Which records. Everything that is set must hold; an empty filter lets every record pass. It has at most 100 tags,
/// 100 tags to leave out, and 100 words (LimitExceeded).
struct RecordFilter {
  StateFilter state = StateFilter::Active;
  std::optional<std::string> type = {};    ///< exactly this type
  std::vector<std::string> tags = {};      ///< names: a record has all of them
  std::vector<std::string> not_tags = {};  ///< names: a record has none of them

  /// Words that all occur, in any order, anywhere in name, path, description or tags. A word matches
  /// inside of others; case and the difference between `_`, `-` and space do not count.
  std::string text = {};
};

struct RecordQuery {
  RecordFilter filter = {};
  SortKey sort = SortKey::Name;
  SortOrder order = SortOrder::Ascending;
  std::int64_t limit = 100;  ///< records a page, 1 to 10,000
  std::string cursor = {};   ///< `next_cursor` of the page before; empty: the first page
};

struct RecordPage {
  std::vector<RecordSummary> records;
  std::int64_t total = 0;   ///< of all pages, at the time of this one
  std::string next_cursor;  ///< empty on the last page
};

/// How many of a filter's records have a type or a tag.
struct TypeCount {
  std::string type;
  std::int64_t count = 0;
};

struct TagCount {
  Tag tag;
  std::int64_t count = 0;
};

struct Facets {
  std::int64_t total = 0;
  std::vector<TypeCount> types;  ///< most frequent first, then by name
  std::vector<TagCount> tags;    ///< most frequent first, then by name; without those of count 0
};

}  // namespace modelstore
