#include "catalog/list_cursor.hpp"

#include <charconv>
#include <vector>

#include "base/hex.hpp"
#include "base/utf8.hpp"
#include "modelstore/error.hpp"

namespace modelstore::catalog {
namespace {

std::string to_hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += base::hex_digit(static_cast<unsigned char>(byte) >> 4U);
    text += base::hex_digit(static_cast<unsigned char>(byte));
  }
  return text;
}

bool from_hex(std::string_view text, std::string& bytes) {
  if (text.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = base::hex_value(text[i]);
    const auto low = base::hex_value(text[i + 1]);
    if (!high || !low) return false;
    bytes += static_cast<char>((*high << 4U) | *low);
  }
  return base::is_utf8(bytes);
}

bool to_number(std::string_view text, std::int64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

/// Tells lists in different orders apart.
std::string order_name(SortKey sort, SortOrder order) {
  return std::to_string(static_cast<int>(sort)) + (order == SortOrder::Ascending ? "a" : "d");
}

}  // namespace

std::string encode_cursor(const ListCursor& cursor, SortKey sort, SortOrder order) {
  return order_name(sort, order) + "." + std::to_string(cursor.table) + "." + std::to_string(cursor.id) +
         "." + std::to_string(cursor.number_key) + "." + to_hex(cursor.type_key) + "." +
         to_hex(cursor.text_key);
}

ListCursor decode_cursor(std::string_view text, SortKey sort, SortOrder order) {
  const auto parts = split(text, '.');
  ListCursor cursor;
  std::int64_t table = 0;
  const bool fine = parts.size() == 6 && parts[0] == order_name(sort, order) && to_number(parts[1], table) &&
                    (table == 0 || table == 1) && to_number(parts[2], cursor.id) &&
                    to_number(parts[3], cursor.number_key) && from_hex(parts[4], cursor.type_key) &&
                    from_hex(parts[5], cursor.text_key);
  if (!fine)
    throw Error(ErrorCode::InvalidArgument,
                "not a cursor of a list in this order: '" + base::printable(text, 80) + "'");
  cursor.table = static_cast<int>(table);
  return cursor;
}

}  // namespace modelstore::catalog
