#include "parameters.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "http_error.hpp"

namespace server {
namespace {

using modelstore::SortKey;
using modelstore::SortOrder;
using modelstore::StateFilter;

constexpr std::int64_t kLongestPage = 10'000;

template <class Value, std::size_t N>
Value choice(std::string_view name, std::string_view text,
             const std::array<std::pair<std::string_view, Value>, N>& choices) {
  std::string known;
  for (const auto& [word, value] : choices) {
    if (word == text) return value;
    known += (known.empty() ? "" : ", ") + std::string(word);
  }
  throw HttpError(400, std::string(name) + " is one of " + known + ", not " + excerpt(text));
}

constexpr std::array<std::pair<std::string_view, StateFilter>, 4> kStates = {
    {{"active", StateFilter::Active},
     {"pending", StateFilter::Pending},
     {"all", StateFilter::All},
     {"trash", StateFilter::Trash}}};

constexpr std::array<std::pair<std::string_view, SortKey>, 6> kSorts = {{{"name", SortKey::Name},
                                                                         {"size", SortKey::Size},
                                                                         {"created", SortKey::Created},
                                                                         {"type", SortKey::Type},
                                                                         {"size_bytes", SortKey::Size},
                                                                         {"created_at", SortKey::Created}}};

constexpr std::array<std::pair<std::string_view, SortOrder>, 2> kOrders = {
    {{"asc", SortOrder::Ascending}, {"desc", SortOrder::Descending}}};

bool is_others(std::string_view type) {
  constexpr std::string_view kOthers = "others";
  return std::equal(type.begin(), type.end(), kOthers.begin(), kOthers.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

}  // namespace

modelstore::Sha256 sha256_parameter(std::string_view text) {
  const auto digest = modelstore::Sha256::parse(text);
  if (!digest) throw HttpError(400, "a SHA-256 has 64 hexadecimal digits, unlike " + excerpt(text));
  return *digest;
}

std::int64_t number_parameter(std::string_view name, std::string_view text, std::int64_t smallest) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool canonical = text == "0" || (!text.empty() && text.front() >= '1' && text.front() <= '9');
  if (!canonical || error != std::errc() || end != text.data() + text.size() || number < smallest)
    throw HttpError(400, std::string(name) + " is a whole number from " + std::to_string(smallest) +
                             " on, not " + excerpt(text));
  return number;
}

std::string required(const Query& query, std::string_view name) {
  auto value = query.find(name);
  if (!value) throw HttpError(400, "the parameter " + std::string(name) + " is missing");
  return std::move(*value);
}

modelstore::Tier tier_parameter(const std::optional<std::string>& quality) noexcept {
  if (quality == "medium") return modelstore::Tier::Medium;
  if (quality == "low") return modelstore::Tier::Low;
  return modelstore::Tier::High;
}

modelstore::RecordQuery record_query(const Query& query) {
  modelstore::RecordQuery records;
  if (const auto state = query.find("state"); state && !state->empty())
    records.filter.state = choice("state", *state, kStates);
  if (const auto type = query.find("type"); type && !type->empty()) {
    // The types that exist are all listed, so that what is left has none.
    records.filter.type = is_others(*type) ? "" : *type;
  }
  records.filter.tags = query.all("tag");
  records.filter.not_tags = query.all("not_tag");
  records.filter.text = query.find("q").value_or("");
  if (const auto sort = query.find("sort")) records.sort = choice("sort", *sort, kSorts);
  if (const auto order = query.find("order")) records.order = choice("order", *order, kOrders);
  if (const auto limit = query.find("limit")) {
    records.limit = number_parameter("limit", *limit);
    if (records.limit > kLongestPage)
      throw HttpError(400, "limit is at most " + std::to_string(kLongestPage));
  }
  records.cursor = query.find("cursor").value_or("");
  return records;
}

}  // namespace server
