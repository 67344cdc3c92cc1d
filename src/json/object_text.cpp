#include "json/object_text.hpp"

#include <algorithm>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include "modelstore/error.hpp"

namespace modelstore::json {
namespace {

/// Accepts everything that is well-formed and builds nothing.
struct CheckingHandler {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  using Code = boost::json::error_code;
  using Text = boost::json::string_view;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t, Code&) { return true; }
  bool on_object_begin(Code&) { return true; }
  bool on_object_end(std::size_t, Code&) { return true; }
  bool on_string_part(Text, std::size_t, Code&) { return true; }
  bool on_string(Text, std::size_t, Code&) { return true; }
  bool on_key_part(Text, std::size_t, Code&) { return true; }
  bool on_key(Text, std::size_t, Code&) { return true; }
  bool on_number_part(Text, Code&) { return true; }
  bool on_int64(std::int64_t, Text, Code&) { return true; }
  bool on_uint64(std::uint64_t, Text, Code&) { return true; }
  bool on_double(double, Text, Code&) { return true; }
  bool on_bool(bool, Code&) { return true; }
  bool on_null(Code&) { return true; }
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }
};

boost::json::string_view view(std::string_view text) {
  return {text.data(), text.size()};
}

bool is_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::size_t skip_space(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

/// Behind the string that begins at `at`.
std::size_t skip_string(std::string_view text, std::size_t at) noexcept {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\') ++at;
  return at + 1;
}

/// Behind the value that begins at `at`. The text was checked, so its brackets match.
std::size_t skip_value(std::string_view text, std::size_t at) noexcept {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = skip_string(text, at);
      if (depth == 0) return at;
      continue;
    }
    if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return at;
      if (--depth == 0) return at + 1;
    } else if (depth == 0 && (c == ',' || is_space(c))) {
      return at;
    }
    ++at;
  }
  return at;
}

std::string decode_string(std::string_view value) {
  const boost::json::value parsed = boost::json::parse(view(value));
  const boost::json::string& content = parsed.as_string();
  return {content.data(), content.size()};
}

}  // namespace

std::optional<Defect> find_defect(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes)
    return Defect{true,
                  std::to_string(text.size()) + " bytes of JSON, more than " + std::to_string(max_bytes)};
  boost::json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::json::basic_parser<CheckingHandler> parser(options);
  boost::json::error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (!error && skip_space(text, read) < text.size()) error = boost::json::error::extra_data;
  if (!error) return std::nullopt;
  if (error == boost::json::error::too_deep)
    return Defect{true, "JSON of more than " + std::to_string(kMaxDepth) + " levels"};
  return Defect{false, "not JSON: " + error.message() + " at byte " + std::to_string(read)};
}

Kind kind_of(std::string_view value) noexcept {
  const std::size_t start = skip_space(value, 0);
  switch (start < value.size() ? value[start] : 'n') {
    case 'n':
      return Kind::Null;
    case 't':
    case 'f':
      return Kind::Bool;
    case '"':
      return Kind::String;
    case '[':
      return Kind::Array;
    case '{':
      return Kind::Object;
    default:
      return Kind::Number;
  }
}

std::optional<std::string> string_content(std::string_view value) {
  if (kind_of(value) != Kind::String) return std::nullopt;
  return decode_string(value);
}

std::vector<std::string> array_elements(std::string_view value) {
  std::vector<std::string> elements;
  if (kind_of(value) != Kind::Array) return elements;
  std::size_t at = skip_space(value, skip_space(value, 0) + 1);
  while (at < value.size() && value[at] != ']') {
    const std::size_t end = skip_value(value, at);
    elements.emplace_back(value.substr(at, end - at));
    at = skip_space(value, end);
    if (at < value.size() && value[at] == ',') at = skip_space(value, at + 1);
  }
  return elements;
}

std::string quote(std::string_view text) {
  return boost::json::serialize(view(text));
}

ObjectText ObjectText::parse(std::string_view text, std::string_view what) {
  if (const auto defect = find_defect(text))
    throw Error(defect->limit ? ErrorCode::LimitExceeded : ErrorCode::InvalidArgument,
                std::string(what) + ": " + defect->reason);
  if (kind_of(text) != Kind::Object)
    throw Error(ErrorCode::InvalidArgument, std::string(what) + ": not a JSON object");
  return parse_checked(text);
}

ObjectText ObjectText::parse_checked(std::string_view text) {
  ObjectText object;
  if (kind_of(text) != Kind::Object) return object;
  std::size_t at = skip_space(text, skip_space(text, 0) + 1);
  while (at < text.size() && text[at] == '"') {
    const std::size_t key_end = skip_string(text, at);
    const std::string key = decode_string(text.substr(at, key_end - at));
    at = skip_space(text, skip_space(text, key_end) + 1);
    const std::size_t end = skip_value(text, at);
    object.set(key, std::string(text.substr(at, end - at)));
    at = skip_space(text, end);
    if (at < text.size() && text[at] == ',') at = skip_space(text, at + 1);
  }
  return object;
}

const std::string* ObjectText::find(std::string_view key) const {
  const auto found = positions_.find(std::string(key));
  return found == positions_.end() ? nullptr : &members_[found->second].value;
}

std::string ObjectText::string_or_empty(std::string_view key) const {
  const std::string* value = find(key);
  return value == nullptr ? std::string() : string_content(*value).value_or("");
}

void ObjectText::set(std::string_view key, std::string value) {
  const auto [found, added] = positions_.try_emplace(std::string(key), members_.size());
  if (added)
    members_.push_back({std::string(key), std::move(value)});
  else
    members_[found->second].value = std::move(value);
}

void ObjectText::erase(std::string_view key) {
  const auto found = positions_.find(std::string(key));
  if (found == positions_.end()) return;
  const std::size_t erased = found->second;
  positions_.erase(found);
  members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(erased));
  for (auto& [name, position] : positions_)
    if (position > erased) --position;
}

std::string ObjectText::text() const {
  std::string result = "{";
  for (const Member& member : members_) {
    if (result.size() > 1) result += ',';
    result += quote(member.key);
    result += ':';
    result += member.value;
  }
  return result + "}";
}

}  // namespace modelstore::json
