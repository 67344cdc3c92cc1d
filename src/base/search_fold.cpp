#include "base/search_fold.hpp"

#include <algorithm>
#include <clocale>
#include <cwctype>

#include "base/utf8.hpp"

namespace modelstore::base {
namespace {

/// glibc's C.UTF-8 has Unicode's mappings; as an object of its own it leaves the host's locale alone.
locale_t unicode_locale() noexcept {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

char32_t to_lower(char32_t code_point) noexcept {
  if (code_point < 0x80) return code_point >= 'A' && code_point <= 'Z' ? code_point - 'A' + 'a' : code_point;
  const locale_t locale = unicode_locale();
  if (locale == nullptr) return code_point;
  return static_cast<char32_t>(towlower_l(static_cast<wint_t>(code_point), locale));
}

/// A line break stays, as a border that no term crosses.
bool separates(char c) noexcept {
  return c == '_' || c == '-' || c == '\x7F' || (static_cast<unsigned char>(c) < ' ' && c != '\n');
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower;
  lower.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) append_code_point(lower, to_lower(next_code_point(text, i)));
  return lower;
}

std::string fold_for_search(std::string_view text) {
  std::string folded = lower_case(text);
  std::replace_if(folded.begin(), folded.end(), separates, ' ');
  return folded;
}

std::vector<std::string> search_terms(std::string_view query) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  std::vector<std::string> terms;
  while (true) {
    const std::size_t start = query.find_first_not_of(kSpace);
    if (start == std::string_view::npos) return terms;
    query.remove_prefix(start);
    const std::size_t length = std::min(query.find_first_of(kSpace), query.size());
    terms.push_back(fold_for_search(query.substr(0, length)));
    query.remove_prefix(length);
  }
}

}  // namespace modelstore::base
