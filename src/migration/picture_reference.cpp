#include "migration/picture_reference.hpp"

#include <algorithm>

#include "base/hex.hpp"

namespace modelstore::migration {
namespace {

constexpr std::size_t kLongestName = 255;

bool is_file_name(std::string_view name) noexcept {
  return !name.empty() && name != "." && name != ".." && name.size() <= kLongestName &&
         name.find('\0') == std::string_view::npos && name.find('/') == std::string_view::npos;
}

std::string percent_decoded(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size()) {
      const auto high = base::hex_value(text[at + 1]);
      const auto low = base::hex_value(text[at + 2]);
      if (high && low) {
        result += static_cast<char>(*high * 16 + *low);
        at += 2;
        continue;
      }
    }
    result += text[at];
  }
  return result;
}

}  // namespace

std::string_view picture_name(std::string_view reference) noexcept {
  const std::size_t separator = reference.find_last_of("/\\");
  return separator == std::string_view::npos ? reference : reference.substr(separator + 1);
}

std::vector<std::string> picture_file_names(std::string_view reference) {
  std::vector<std::string> names;
  const auto add = [&](std::string_view text) {
    const std::string_view name = picture_name(text);
    if (is_file_name(name) && std::find(names.begin(), names.end(), name) == names.end())
      names.emplace_back(name);
  };
  const std::string_view bare = reference.substr(0, reference.find_first_of("?#"));
  // In a URL a slash in the query separates nothing; elsewhere `?` and `#` may be part of a folder's name.
  if (bare.find("://") == std::string_view::npos)
    add(reference);
  else if (const std::string_view name = reference.substr(bare.size() - picture_name(bare).size());
           picture_name(name).size() == name.size())
    add(name);
  add(bare);
  add(percent_decoded(bare));
  return names;
}

}  // namespace modelstore::migration
