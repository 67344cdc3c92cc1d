/// The form in which texts are compared by a search. Pure functions: safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace modelstore::base {

/// Lower case after Unicode's simple mapping, with `_`, `-` and ASCII's control characters but the line break as
/// spaces: the index would end a text at its first NUL. `text` is well-formed UTF-8.
[[nodiscard]] std::string fold_for_search(std::string_view text);

/// Lower case after Unicode's simple mapping. `text` is well-formed UTF-8.
[[nodiscard]] std::string lower_case(std::string_view text);

/// The folded words of a query: what white space separates.
[[nodiscard]] std::vector<std::string> search_terms(std::string_view query);

}  // namespace modelstore::base
