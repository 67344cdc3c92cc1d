/// Takes a multipart/form-data body apart (RFC 7578, RFC 2046). Pure functions over the caller's memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace server {

struct FormPart {
  std::string name;
  std::string file_name;     ///< empty if the part is no file
  std::string_view content;  ///< a part of the body
};

/// The boundary of a Content-Type header. Nothing if that is not multipart/form-data or has none that is allowed.
[[nodiscard]] std::optional<std::string> multipart_boundary(std::string_view content_type);

/// The parts of a body, at most 32. Nothing if it is malformed: not closed by its last boundary, or a part with
/// headers longer than 4 KiB, without a name, or of a transfer encoding.
[[nodiscard]] std::optional<std::vector<FormPart>> parse_multipart(std::string_view body,
                                                                   std::string_view boundary);

}  // namespace server
