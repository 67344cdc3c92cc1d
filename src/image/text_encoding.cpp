#include "image/text_encoding.hpp"

#include <cstdint>

#include <glib.h>

#include "base/utf8.hpp"
#include "image/vips_scope.hpp"

namespace modelstore::image {

std::string utf8_or_latin1(std::string_view text) {
  if (base::is_utf8(text)) return std::string(text);
  std::string converted;
  converted.reserve(text.size() * 2);
  for (const char c : text) base::append_code_point(converted, static_cast<unsigned char>(c));
  return converted;
}

namespace {

char32_t utf16_unit(std::string_view bytes, std::size_t index, bool big_endian) noexcept {
  const auto first = static_cast<unsigned char>(bytes[2 * index]);
  const auto second = static_cast<unsigned char>(bytes[2 * index + 1]);
  return big_endian ? static_cast<char32_t>(first << 8 | second) : static_cast<char32_t>(second << 8 | first);
}

bool guess_big_endian(std::string_view bytes, bool otherwise) noexcept {
  std::size_t zero_first = 0;
  std::size_t zero_second = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    if (bytes[i] == '\0' && bytes[i + 1] != '\0') ++zero_first;
    if (bytes[i] != '\0' && bytes[i + 1] == '\0') ++zero_second;
  }
  return zero_first == zero_second ? otherwise : zero_first > zero_second;
}

}  // namespace

std::string utf8_of_utf16(std::string_view bytes, bool big_endian) {
  constexpr char32_t kReplacement = 0xFFFD;
  if (bytes.starts_with("\xFE\xFF")) {
    big_endian = true;
    bytes.remove_prefix(2);
  } else if (bytes.starts_with("\xFF\xFE")) {
    big_endian = false;
    bytes.remove_prefix(2);
  } else {
    big_endian = guess_big_endian(bytes, big_endian);
  }
  std::string text;
  text.reserve(bytes.size());
  const std::size_t count = bytes.size() / 2;
  for (std::size_t i = 0; i < count; ++i) {
    char32_t unit = utf16_unit(bytes, i, big_endian);
    if (unit >= 0xD800 && unit <= 0xDFFF) {
      const char32_t next = i + 1 < count ? utf16_unit(bytes, i + 1, big_endian) : 0;
      if (unit <= 0xDBFF && next >= 0xDC00 && next <= 0xDFFF) {
        unit = 0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00);
        ++i;
      } else {
        unit = kReplacement;
      }
    }
    base::append_code_point(text, unit);
  }
  return text;
}

std::string utf8_of_jis(std::string_view bytes) {
  gsize written = 0;
  const GPtr<gchar> converted(g_convert(bytes.data(), static_cast<gssize>(bytes.size()), "UTF-8",
                                        "ISO-2022-JP", nullptr, &written, nullptr));
  return converted ? std::string(converted.get(), written) : std::string();
}

}  // namespace modelstore::image
