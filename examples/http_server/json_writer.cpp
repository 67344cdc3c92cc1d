#include "json_writer.hpp"

#include <array>
#include <cstdio>

#include "target.hpp"

namespace server {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

void append_escaped(std::string& out, char letter) {
  std::array<char, 8> escape{};
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
    default:
      (void)std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(letter));
      out += escape.data();
  }
}

bool is_plain(char letter) noexcept {
  return static_cast<unsigned char>(letter) >= 0x20 && letter != '"' && letter != '\\';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  const bool valid = is_utf8(text);
  out += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain]) &&
           (valid || static_cast<unsigned char>(text[plain]) < 0x80))
      ++plain;
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    if (static_cast<unsigned char>(text.front()) >= 0x80)
      out += kReplacement;
    else
      append_escaped(out, text.front());
    text.remove_prefix(1);
  }
  out += '"';
}

void JsonWriter::separate() {
  if (!first_) text_ += ',';
  first_ = false;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  text_ += bracket;
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  text_ += bracket;
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_json_string(text_, name);
  text_ += ':';
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  append_json_string(text_, text);
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  text_ += json;
  return *this;
}

}  // namespace server
