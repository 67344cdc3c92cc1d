/// Writing JSON (RFC 8259) by hand where no document is at hand. Pure functions: safe from any thread.
#pragma once

#include <string>
#include <string_view>

namespace modelstore::base {

/// Appends `text`, which is well-formed UTF-8, as a JSON string with its quotes.
void append_json_string(std::string& json, std::string_view text);

}  // namespace modelstore::base
