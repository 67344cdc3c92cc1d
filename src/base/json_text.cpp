#include "base/json_text.hpp"

#include "base/hex.hpp"

namespace modelstore::base {

void append_json_string(std::string& json, std::string_view text) {
  json += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        json += "\\\"";
        break;
      case '\\':
        json += "\\\\";
        break;
      case '\n':
        json += "\\n";
        break;
      case '\r':
        json += "\\r";
        break;
      case '\t':
        json += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          json += "\\u00";
          json += hex_digit(static_cast<unsigned char>(c) >> 4U);
          json += hex_digit(static_cast<unsigned char>(c));
        } else {
          json += c;
        }
    }
  }
  json += '"';
}

}  // namespace modelstore::base
