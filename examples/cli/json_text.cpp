#include "json_text.hpp"

#include <array>
#include <cstdio>

#include <boost/json.hpp>

#include "text.hpp"

namespace cli {
namespace {

/// As deep as metadata may be, and one more, so that the library is the one that refuses.
constexpr std::size_t kDepth = 128;

boost::json::value parse(std::string_view text, boost::json::error_code& error) {
  boost::json::parse_options options;
  options.max_depth = kDepth;
  return boost::json::parse(boost::json::string_view(text.data(), text.size()), error, {}, options);
}

/// Where the value that begins at `begin` of a valid document ends.
std::size_t value_end(std::string_view json, std::size_t begin) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t at = begin; at < json.size(); ++at) {
    const char letter = json[at];
    if (quoted) {
      if (letter == '\\') ++at;
      if (letter == '"') quoted = false;
    } else if (letter == '"') {
      quoted = true;
    } else if (letter == '{' || letter == '[') {
      ++depth;
    } else if (letter == '}' || letter == ']') {
      if (depth == 0) return at;
      --depth;
    } else if (depth == 0 && (letter == ',' || letter == ':')) {
      return at;
    }
  }
  return json.size();
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char letter : is_utf8(text) ? std::string(text) : to_utf8(text)) {
    switch (letter) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(letter) < 0x20) {
          std::array<char, 8> escape{};
          (void)std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(letter));
          out += escape.data();
        } else {
          out += letter;
        }
    }
  }
  out += '"';
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

bool is_json(std::string_view text) {
  boost::json::error_code error;
  (void)parse(text, error);
  return !error;
}

std::vector<JsonMember> json_members(std::string_view json) {
  json = trimmed(json);
  boost::json::error_code error;
  const boost::json::value whole = parse(json, error);
  if (error || !whole.is_object()) return {};
  std::vector<JsonMember> members;
  std::size_t at = 1;
  while (!trimmed(json.substr(at)).starts_with('}')) {
    const std::size_t colon = value_end(json, at);
    const std::size_t end = value_end(json, colon + 1);
    members.emplace_back(json_plain(std::string(trimmed(json.substr(at, colon - at)))),
                         trimmed(json.substr(colon + 1, end - colon - 1)));
    at = json[end] == ',' ? end + 1 : end;
  }
  return members;
}

std::string json_object(const std::vector<JsonMember>& members) {
  std::string out = "{";
  for (const auto& [name, value] : members) {
    if (out.size() > 1) out += ',';
    append_json_string(out, name);
    out += ':';
    out += value;
  }
  return out + "}";
}

std::string json_plain(const std::string& json) {
  boost::json::error_code error;
  const boost::json::value value = parse(json, error);
  if (error || !value.is_string()) return json;
  return {value.get_string().data(), value.get_string().size()};
}

}  // namespace cli
