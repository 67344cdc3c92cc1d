/// The published previews and the pictures of pending records, as files of the store.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "file_source.hpp"

namespace server {

class PreviewFiles {
 public:
  /// The pictures of the store below `root`.
  explicit PreviewFiles(const std::filesystem::path& root)
      : previews_(root / "images"), pending_(root / "images" / "pending") {}

  [[nodiscard]] FileSource& previews() noexcept { return previews_; }
  [[nodiscard]] FileSource& pending() noexcept { return pending_; }

  /// Answers GET /files/{name} from memory, without a wait. Nothing if the file is not there in memory.
  [[nodiscard]] std::optional<Response> answer_at_once(const Request& request);

  /// Answers GET /files/{name}. Errors: HttpError (404).
  [[nodiscard]] Response answer(const Request& request, const std::string& name);

 private:
  FileSource previews_;
  FileSource pending_;
};

/// Whether `name` is <sha256>_<seq>_<tier>.webp in the form that the store gives to its files.
[[nodiscard]] bool is_preview_file_name(std::string_view name) noexcept;

/// Whether `name` is <number>.<extension>.
[[nodiscard]] bool is_pending_file_name(std::string_view name) noexcept;

}  // namespace server
