#include "preview_files.hpp"

#include <algorithm>

#include "conditional.hpp"
#include "http_error.hpp"
#include "modelstore/sha256.hpp"

namespace server {
namespace {

constexpr std::string_view kForever = "public, max-age=31536000, immutable";

bool is_digits(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 19 &&
         std::all_of(text.begin(), text.end(), [](char letter) { return letter >= '0' && letter <= '9'; });
}

Response whole_file(const Request& request, Body body, const std::string& name) {
  // A name is given to one content only, so it is as good as the content's digest.
  return content_response(request, std::move(body), "image/webp", '"' + name + '"', kForever);
}

}  // namespace

bool is_preview_file_name(std::string_view name) noexcept {
  const std::string_view hex = name.substr(0, modelstore::Sha256::kHexDigits);
  const bool lowercase = std::none_of(hex.begin(), hex.end(), [](char c) { return c >= 'A' && c <= 'F'; });
  if (!lowercase || !modelstore::Sha256::parse(hex)) return false;
  name.remove_prefix(hex.size());
  if (!name.starts_with('_')) return false;
  name.remove_prefix(1);
  const std::size_t underscore = name.find('_');
  if (underscore == std::string_view::npos || !is_digits(name.substr(0, underscore))) return false;
  name.remove_prefix(underscore + 1);
  return name == "high.webp" || name == "medium.webp" || name == "low.webp";
}

bool is_pending_file_name(std::string_view name) noexcept {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos || !is_digits(name.substr(0, dot))) return false;
  const std::string_view extension = name.substr(dot + 1);
  return !extension.empty() && extension.size() <= 8 &&
         std::all_of(extension.begin(), extension.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

std::optional<Response> PreviewFiles::answer_at_once(const Request& request) {
  const auto& path = request.target.segments;
  if (!request.reads() || path.size() != 2 || path.front() != "files") return std::nullopt;
  auto body = previews_.find_cached(path.back());
  if (!body) return std::nullopt;
  return whole_file(request, std::move(*body), path.back());
}

Response PreviewFiles::answer(const Request& request, const std::string& name) {
  if (!is_preview_file_name(name)) throw HttpError(404, "there is no such file: " + excerpt(name));
  auto body = previews_.open(name);
  if (!body) throw HttpError(404, "there is no such file: " + excerpt(name));
  return whole_file(request, std::move(*body), name);
}

}  // namespace server
