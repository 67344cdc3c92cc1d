/// The target of a request, taken apart strictly: what is malformed is refused, not repaired.
///
/// Pure functions and plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server {

/// Replaces %XX once. With `plus_is_space` as forms and URLSearchParams write it. Nothing if a percent sign is
/// not followed by two hexadecimal digits, or if the result is no UTF-8 or holds a NUL.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

/// Whether `text` is well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// The parameters of a query, in the order in which they came.
class Query {
 public:
  /// Nothing if a name or a value cannot be decoded.
  [[nodiscard]] static std::optional<Query> parse(std::string_view text);

  /// The value of a parameter that may be given once. Nothing if it is absent.
  /// Errors: HttpError (400) if it is given twice.
  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;

  /// All values of a parameter that may be repeated.
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;

  [[nodiscard]] bool empty() const noexcept { return parameters_.empty(); }

 private:
  std::vector<std::pair<std::string, std::string>> parameters_;
};

/// A path and a query. "/a/b?c=d" has the segments "a" and "b"; "/" has one that is empty.
struct Target {
  std::vector<std::string> segments;
  Query query;

  /// Nothing unless it is a path from the root, of which no decoded segment is "." or ".." or holds a slash, a
  /// backslash or a control character.
  [[nodiscard]] static std::optional<Target> parse(std::string_view text);
};

}  // namespace server
