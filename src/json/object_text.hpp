/// JSON (RFC 8259) that keeps the text it was given. Boost.JSON checks it; values stay as they were
/// written, so that numbers are not reformatted and unknown keys survive unchanged.
///
/// Plain values and pure functions: safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace modelstore::json {

/// Limits of metadata.
inline constexpr std::size_t kMaxBytes = 16U << 20U;
inline constexpr std::size_t kMaxDepth = 100;

enum class Kind : std::uint8_t { Null, Bool, Number, String, Array, Object };

/// Checks one JSON text against the limits. Nothing if it is fine, else what is wrong with it.
struct Defect {
  bool limit = false;  ///< well-formed as far as it was read, but too long or too deep
  std::string reason;
};
[[nodiscard]] std::optional<Defect> find_defect(std::string_view text, std::size_t max_bytes = kMaxBytes);

/// The kind of a checked value.
[[nodiscard]] Kind kind_of(std::string_view value) noexcept;

/// The content of a checked value that is a string.
[[nodiscard]] std::optional<std::string> string_content(std::string_view value);

/// The elements of a checked value that is an array, as text.
[[nodiscard]] std::vector<std::string> array_elements(std::string_view value);

/// `text`, which is well-formed UTF-8, as a JSON string.
[[nodiscard]] std::string quote(std::string_view text);

/// A JSON object as keys and the texts of their values, in order. Of a key that occurs twice the last value
/// counts.
class ObjectText {
 public:
  ObjectText() = default;

  /// Errors: InvalidArgument (no JSON, or no object), LimitExceeded. `what` stands in the message.
  [[nodiscard]] static ObjectText parse(std::string_view text, std::string_view what);

  /// As `parse`, for text that is known to be checked, such as a column of the catalogue.
  [[nodiscard]] static ObjectText parse_checked(std::string_view text);

  struct Member {
    std::string key;
    std::string value;
  };

  [[nodiscard]] const std::vector<Member>& members() const noexcept { return members_; }
  [[nodiscard]] bool empty() const noexcept { return members_.empty(); }

  /// The value's text. Null if there is no such key.
  [[nodiscard]] const std::string* find(std::string_view key) const;

  /// The content of a value that is a string; empty if there is none.
  [[nodiscard]] std::string string_or_empty(std::string_view key) const;

  /// Replaces the value where it stands, or adds it at the end. `value` is checked JSON.
  void set(std::string_view key, std::string value);
  void erase(std::string_view key);

  [[nodiscard]] std::string text() const;

 private:
  std::vector<Member> members_;
  std::unordered_map<std::string, std::size_t> positions_;  // a hostile object has a million keys
};

}  // namespace modelstore::json
