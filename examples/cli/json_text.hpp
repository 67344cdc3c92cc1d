/// JSON as text: quoting, checking, and taking objects apart without touching how their values are written.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

/// Appends `text` as a JSON string. What is not UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// `text` as a JSON string.
[[nodiscard]] std::string json_string(std::string_view text);

/// Whether `text` is one JSON value, with space around it or not.
[[nodiscard]] bool is_json(std::string_view text);

/// One member of an object: its name, and its value as it is written.
using JsonMember = std::pair<std::string, std::string>;

/// The members of the object that `json` is, in order. Empty if it is not a valid object.
[[nodiscard]] std::vector<JsonMember> json_members(std::string_view json);

/// The object with these members.
[[nodiscard]] std::string json_object(const std::vector<JsonMember>& members);

/// What a JSON value says to a person: the text of a string, any other value as it is written.
[[nodiscard]] std::string json_plain(const std::string& json);

}  // namespace cli
