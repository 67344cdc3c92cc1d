#include "one_line.hpp"

#include <cstddef>

namespace modelstore::capi {
namespace {

/// Bytes of the well-formed UTF-8 character that `text` begins with (RFC 3629); 0 if there is none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned first = byte(0);
  const std::size_t length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (length == 0 || length > text.size() || first > 0xF4) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  if (length < 3) return length;
  const unsigned second = byte(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second > 0x9F;
  const bool too_large = first == 0xF4 && second > 0x8F;
  return overlong || surrogate || too_large ? 0 : length;
}

}  // namespace

std::string one_line(std::string_view message) {
  std::string line;
  line.reserve(message.size());
  while (!message.empty()) {
    const std::size_t length = character_length(message);
    const bool control = length == 1 && (static_cast<unsigned char>(message[0]) < 0x20 || message[0] == 0x7F);
    if (length == 0 || control)
      line += '?';
    else
      line += message.substr(0, length);
    message.remove_prefix(length == 0 ? 1 : length);
  }
  return line;
}

}  // namespace modelstore::capi
