/// The metadata of a record: a JSON object with some keys that the library knows. Pure functions.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace modelstore::json {

/// Applies an edit to a record's metadata: each key of `patch` replaces the same key of `metadata`, null
/// removes it. Keys that are the library's own to tell (`images`, `images_count`) are passed over.
/// Errors: InvalidArgument (no JSON object; a known key of a wrong type), LimitExceeded.
[[nodiscard]] std::string patch_metadata(std::string_view metadata, std::string_view patch);

/// Fills what `metadata` lacks from `other`: keys that are absent, and known texts that are empty.
/// `lost(key, kept, lost)`, if given, is called for each value of `other` that differs from what stands;
/// texts come as their content, anything else as JSON.
[[nodiscard]] std::string fill_metadata(
    std::string_view metadata, std::string_view other,
    const std::function<void(std::string_view key, const std::string& kept, const std::string& lost)>& lost =
        {});

/// The text under `description`; empty if there is none.
[[nodiscard]] std::string description_of(std::string_view metadata);

/// Whether the metadata says anything: some key whose value is not null, empty text, or made of such.
[[nodiscard]] bool says_something(std::string_view metadata);

}  // namespace modelstore::json
