#include "json_body.hpp"

#include <charconv>

#include <boost/json.hpp>

#include "http_error.hpp"

namespace server {
namespace {

namespace json = boost::json;
using modelstore::TagRef;

/// Deeper than the library allows for metadata, so that the library is the one that refuses.
constexpr std::size_t kDepth = 128;

constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

json::value parse(std::string_view text, json::error_code& error) {
  json::parse_options options;
  options.max_depth = kDepth;
  return json::parse(json::string_view(text.data(), text.size()), error, {}, options);
}

/// Where the key or the value that begins at `at` of a valid document ends.
std::size_t value_end(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  bool in_string = false;
  for (; at < text.size(); ++at) {
    const char letter = text[at];
    if (in_string) {
      if (letter == '\\') ++at;
      if (letter == '"') in_string = false;
      continue;
    }
    if (letter == '"') in_string = true;
    if (letter == '{' || letter == '[') ++depth;
    const bool closes = letter == '}' || letter == ']';
    if (depth == 0 && (closes || letter == ',' || letter == ':')) return at;
    if (closes) --depth;
  }
  return text.size();
}

std::string plain(const json::string& text) {
  return {text.data(), text.size()};
}

[[noreturn]] void refuse(std::string_view key, std::string_view wanted) {
  throw HttpError(400, std::string(key) + " has to be " + std::string(wanted));
}

std::optional<std::int64_t> integer(const json::value& value) {
  if (value.is_int64()) return value.get_int64();
  return std::nullopt;
}

TagRef read_tag(std::string_view key, const json::value& value) {
  constexpr std::string_view kWanted = "a list of tags: numbers, or objects with id and name";
  if (const auto id = integer(value)) return *id;
  if (value.is_string()) {
    const json::string& text = value.get_string();
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc() || end != text.data() + text.size()) refuse(key, kWanted);
    return id;
  }
  if (!value.is_object()) refuse(key, kWanted);
  const json::object& tag = value.get_object();
  const json::value* id = tag.if_contains("id");
  const json::value* name = tag.if_contains("name");
  if (id == nullptr) refuse(key, kWanted);
  const auto number = integer(*id);
  if (number != -1) {
    if (id->is_object()) refuse(key, kWanted);
    return read_tag(key, *id);
  }
  if (name == nullptr || !name->is_string()) refuse(key, kWanted);
  return plain(name->get_string());
}

}  // namespace

std::vector<JsonMember> json_members(std::string_view object) {
  object = trimmed(object);
  std::vector<JsonMember> members;
  for (std::size_t at = 1; at < object.size();) {
    const std::size_t colon = value_end(object, at);
    if (colon >= object.size() || object[colon] != ':') break;
    const std::size_t end = value_end(object, colon + 1);
    json::error_code error;
    const json::value key = parse(trimmed(object.substr(at, colon - at)), error);
    if (!error && key.is_string())
      members.emplace_back(plain(key.get_string()), trimmed(object.substr(colon + 1, end - colon - 1)));
    at = end + 1;
  }
  return members;
}

struct JsonBody::Document {
  json::object root;

  [[nodiscard]] const json::value* find(std::string_view key) const {
    return root.if_contains(json::string_view(key.data(), key.size()));
  }
  [[nodiscard]] const json::value& require(std::string_view key) const {
    const json::value* value = find(key);
    if (value == nullptr) throw HttpError(400, std::string(key) + " is missing");
    return *value;
  }
};

JsonBody::JsonBody(std::string text) : text_(std::move(text)) {
  json::error_code error;
  json::value value = parse(text_, error);
  if (error || !value.is_object()) throw HttpError(400, "the body has to be a JSON object");
  document_ = std::make_unique<const Document>(Document{std::move(value.get_object())});
}

JsonBody::~JsonBody() = default;

bool JsonBody::has(std::string_view key) const {
  return document_->find(key) != nullptr;
}

bool JsonBody::is_null(std::string_view key) const {
  const json::value* value = document_->find(key);
  return value != nullptr && value->is_null();
}

std::string JsonBody::required_string(std::string_view key) const {
  const json::value& value = document_->require(key);
  if (!value.is_string()) refuse(key, "a string");
  return plain(value.get_string());
}

std::vector<std::int64_t> JsonBody::required_integers(std::string_view key) const {
  const json::value& value = document_->require(key);
  if (!value.is_array()) refuse(key, "a list of numbers");
  std::vector<std::int64_t> numbers;
  for (const json::value& element : value.get_array()) {
    const auto number = integer(element);
    if (!number) refuse(key, "a list of numbers");
    numbers.push_back(*number);
  }
  return numbers;
}

std::vector<std::string> JsonBody::required_strings(std::string_view key) const {
  const json::value& value = document_->require(key);
  if (!value.is_array()) refuse(key, "a list of strings");
  std::vector<std::string> texts;
  for (const json::value& element : value.get_array()) {
    if (!element.is_string()) refuse(key, "a list of strings");
    texts.push_back(plain(element.get_string()));
  }
  return texts;
}

std::optional<std::string> JsonBody::string(std::string_view key) const {
  if (!has(key)) return std::nullopt;
  return required_string(key);
}

std::optional<bool> JsonBody::boolean(std::string_view key) const {
  const json::value* value = document_->find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) refuse(key, "true or false");
  return value->get_bool();
}

std::optional<std::string> JsonBody::object_text(std::string_view key) const {
  const json::value* value = document_->find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_object()) refuse(key, "an object");
  // Of a key that occurs twice the last one counts, here as in the document.
  std::string text;
  for (const auto& [name, member] : json_members(text_))
    if (name == key) text = member;
  return text;
}

std::optional<std::vector<TagRef>> JsonBody::tags(std::string_view key) const {
  const json::value* value = document_->find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_array()) refuse(key, "a list of tags");
  std::vector<TagRef> tags;
  for (const json::value& element : value->get_array()) tags.push_back(read_tag(key, element));
  return tags;
}

std::vector<std::pair<std::string, std::string>> JsonBody::rules(std::string_view key) const {
  constexpr std::string_view kWanted = "an object {from, to}, or a list of such";
  const json::value* value = document_->find(key);
  if (value == nullptr || value->is_null()) return {};
  std::vector<std::pair<std::string, std::string>> rules;
  const auto add = [&](const json::value& rule) {
    if (!rule.is_object()) refuse(key, kWanted);
    const json::value* from = rule.get_object().if_contains("from");
    const json::value* to = rule.get_object().if_contains("to");
    if (from == nullptr || to == nullptr || !from->is_string() || !to->is_string()) refuse(key, kWanted);
    rules.emplace_back(plain(from->get_string()), plain(to->get_string()));
  };
  if (!value->is_array()) {
    add(*value);
  } else {
    for (const json::value& rule : value->get_array()) add(rule);
  }
  return rules;
}

}  // namespace server
