/// The folder of a front end. Any thread may use it.
#pragma once

#include <filesystem>
#include <string>

#include "http_message.hpp"

namespace server {

class StaticSite {
 public:
  /// Errors: HttpError (400) if `folder` is none. An empty name stands for no front end: nothing is found.
  explicit StaticSite(const std::string& folder);

  [[nodiscard]] bool empty() const noexcept { return folder_.empty(); }

  /// The file at the request's path; index.html for a folder. What lies outside of the folder, also through links, and
  /// names that begin with a dot are not found. Errors: HttpError (404).
  [[nodiscard]] Response answer(const Request& request) const;

 private:
  std::filesystem::path folder_;  // absolute, without links
};

/// Whether a response is a page that may run scripts, as opposed to data.
[[nodiscard]] bool is_page(const Response& response);

}  // namespace server
