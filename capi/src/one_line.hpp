/// Messages as the interface promises them.
#pragma once

#include <string>
#include <string_view>

namespace modelstore::capi {

/// `message` as one line of UTF-8: what is no character of a line becomes '?'. A path may hold any bytes, and
/// messages name paths.
[[nodiscard]] std::string one_line(std::string_view message);

}  // namespace modelstore::capi
