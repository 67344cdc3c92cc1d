/// Rules that turn paths of another machine into paths of this one.
///
/// Plain values: any thread may use its own copy.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelstore {

/// One rule: a path that is `from`, or lies below it, continues at `to`. `from` may be a POSIX path or a
/// Windows one (`C:\models`, `\\server\share`), in which `\` and `/` are the same and ASCII case does not
/// count; what follows it then gets slashes. Only whole components match. What stores mapped paths refuses a `to`
/// that is not absolute.
struct PathRule {
  std::string from;
  std::string to;

  /// Reads "FROM=TO", split at the first `=`. Errors: InvalidArgument (no `=`, or an empty side).
  [[nodiscard]] static PathRule parse(std::string_view text);

  friend bool operator==(const PathRule&, const PathRule&) = default;
};

using PathMap = std::vector<PathRule>;

/// The first rule that matches decides. Nothing if none does. Never fails.
[[nodiscard]] std::optional<std::string> map_path(const PathMap& map, std::string_view path);

}  // namespace modelstore
