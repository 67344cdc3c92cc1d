/// The JSON object that a request carries, read strictly: a value of the wrong type is an error, an unknown key is
/// not.
///
/// One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "modelstore/database.hpp"

namespace server {

/// A member of a JSON object, its value as it is written.
using JsonMember = std::pair<std::string, std::string_view>;

/// The members of a JSON text that is known to be an object. Valid as long as the text.
[[nodiscard]] std::vector<JsonMember> json_members(std::string_view object);

/// All functions that read a member throw HttpError (400) if it has another type.
class JsonBody {
 public:
  /// Errors: HttpError (400) if `text` is no JSON object.
  explicit JsonBody(std::string text);
  ~JsonBody();
  JsonBody(const JsonBody&) = delete;
  JsonBody& operator=(const JsonBody&) = delete;

  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] bool is_null(std::string_view key) const;

  /// Errors: HttpError (400) too if it is absent.
  [[nodiscard]] std::string required_string(std::string_view key) const;
  [[nodiscard]] std::vector<std::int64_t> required_integers(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> required_strings(std::string_view key) const;

  /// Nothing if it is absent.
  [[nodiscard]] std::optional<std::string> string(std::string_view key) const;
  [[nodiscard]] std::optional<bool> boolean(std::string_view key) const;

  /// The text of a member that is an object, as it came.
  [[nodiscard]] std::optional<std::string> object_text(std::string_view key) const;

  /// Tags by number, by a number in a string, or as {id, name}, where the id -1 stands for the tag of that name,
  /// which is made if there is none.
  [[nodiscard]] std::optional<std::vector<modelstore::TagRef>> tags(std::string_view key) const;

  /// One object {from, to} or a list of such.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> rules(std::string_view key) const;

 private:
  struct Document;
  std::string text_;
  std::unique_ptr<const Document> document_;
};

}  // namespace server
