/// Reads what clients name things by. Everything is refused that is not exactly of the form. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "modelstore/record_query.hpp"
#include "target.hpp"

namespace server {

/// 64 hexadecimal digits. Errors: HttpError (400).
[[nodiscard]] modelstore::Sha256 sha256_parameter(std::string_view text);

/// A whole number from `smallest` on, without sign or leading zeros. Errors: HttpError (400).
[[nodiscard]] std::int64_t number_parameter(std::string_view name, std::string_view text,
                                            std::int64_t smallest = 1);

/// A parameter that has to be there. Errors: HttpError (400).
[[nodiscard]] std::string required(const Query& query, std::string_view name);

/// "high", "medium" or "low"; anything else is high.
[[nodiscard]] modelstore::Tier tier_parameter(const std::optional<std::string>& quality) noexcept;

/// Which records, in which order: state, type, q, tag, not_tag, sort, order, limit, cursor.
/// Errors: HttpError (400).
[[nodiscard]] modelstore::RecordQuery record_query(const Query& query);

}  // namespace server
