// JSON that is written in one go: strings are quoted, the rest is put together by hand.
#pragma once

#include <string>
#include <string_view>

namespace sample {

/// The text as a JSON string. UTF-8 stays as it is.
[[nodiscard]] inline std::string json_string(std::string_view text) {
  std::string json = "\"";
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
      case '\t':
        json += "\\t";
        break;
      default:
        json += c;
    }
  }
  return json + "\"";
}

}  // namespace sample
