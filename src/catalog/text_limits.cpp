#include "catalog/text_limits.hpp"

#include <string>

#include "base/utf8.hpp"
#include "modelstore/error.hpp"

namespace modelstore::catalog {

void check_text(std::string_view what, std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes)
    throw Error(ErrorCode::LimitExceeded, std::string(what) + " of " + std::to_string(text.size()) +
                                              " bytes is longer than " + std::to_string(max_bytes));
  if (!base::is_utf8(text))
    throw Error(ErrorCode::InvalidArgument, std::string(what) + " is not UTF-8: " + base::printable(text));
  if (text.find('\0') != std::string_view::npos)
    throw Error(ErrorCode::InvalidArgument, std::string(what) + " contains a NUL: " + base::printable(text));
}

void check_terms(std::string_view what, std::size_t count) {
  if (count > kMaxTerms)
    throw Error(ErrorCode::LimitExceeded, "a query has at most " + std::to_string(kMaxTerms) + " " +
                                              std::string(what) + ", not " + std::to_string(count));
}

}  // namespace modelstore::catalog
