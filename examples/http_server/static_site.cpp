#include "static_site.hpp"

#include <algorithm>
#include <array>
#include <system_error>

#include "conditional.hpp"
#include "file_source.hpp"
#include "http_error.hpp"

namespace server {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";

std::string_view content_type(const std::filesystem::path& path) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 30> kTypes = {
      {{".html", kHtml},
       {".htm", kHtml},
       {".css", "text/css; charset=utf-8"},
       {".js", "text/javascript; charset=utf-8"},
       {".mjs", "text/javascript; charset=utf-8"},
       {".json", "application/json"},
       {".map", "application/json"},
       {".webmanifest", "application/manifest+json"},
       {".txt", "text/plain; charset=utf-8"},
       {".md", "text/plain; charset=utf-8"},
       {".xml", "application/xml"},
       {".svg", "image/svg+xml"},
       {".png", "image/png"},
       {".jpg", "image/jpeg"},
       {".jpeg", "image/jpeg"},
       {".gif", "image/gif"},
       {".webp", "image/webp"},
       {".avif", "image/avif"},
       {".ico", "image/x-icon"},
       {".wasm", "application/wasm"},
       {".woff", "font/woff"},
       {".woff2", "font/woff2"},
       {".ttf", "font/ttf"},
       {".otf", "font/otf"},
       {".mp4", "video/mp4"},
       {".webm", "video/webm"},
       {".mp3", "audio/mpeg"},
       {".wav", "audio/wav"},
       {".pdf", "application/pdf"},
       {".csv", "text/csv; charset=utf-8"}}};
  std::string ending = path.extension().string();
  for (char& letter : ending)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  const auto* const found =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& type) { return type.first == ending; });
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

bool lies_below(const std::filesystem::path& folder, const std::filesystem::path& path) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

}  // namespace

StaticSite::StaticSite(const std::string& folder) {
  if (folder.empty()) return;
  std::error_code error;
  folder_ = std::filesystem::canonical(folder, error);
  if (error || !std::filesystem::is_directory(folder_, error))
    throw HttpError(400, "no such folder: " + folder);
}

Response StaticSite::answer(const Request& request) const {
  const auto not_found = [&] { return HttpError(404, "there is nothing at " + excerpt(request.raw_target)); };
  if (empty()) throw not_found();
  const auto& segments = request.target.segments;
  std::filesystem::path path = folder_;
  for (const std::string& segment : segments) {
    const bool last = &segment == &segments.back();
    if (segment.starts_with('.') || (segment.empty() && !last)) throw not_found();
    path /= segment.empty() ? "index.html" : segment;
  }
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  if (error || !lies_below(folder_, real)) throw not_found();
  if (std::filesystem::is_directory(real, error)) {
    // With the slash the page's relative links lead where they should. The path has no empty segment, and so does not
    // begin with two slashes, which would lead to another host.
    if (segments.back().empty()) throw not_found();
    const std::string& target = request.raw_target;
    const std::size_t query = std::min(target.find('?'), target.size());
    Response moved;
    moved.status = 308;
    moved.set_text({});
    return moved.set("Location", target.substr(0, query) + "/" + target.substr(query));
  }
  auto opened = open_file(real);
  if (!opened) throw not_found();
  auto& [body, facts] = *opened;
  constexpr std::uint64_t kInMemory = 64U << 10U;
  load(body, kInMemory);
  const std::string_view type = content_type(real);
  if (type == kHtml) {
    // Sent whole each time: with a page comes the cookie, which is another one after a restart.
    Response page;
    page.body = std::move(body);
    page.set("Content-Type", std::string(type)).set("Cache-Control", "no-store");
    return page;
  }
  const std::string tag = '"' + std::to_string(facts.size) + "-" + std::to_string(facts.mtime_ns) + '"';
  return content_response(request, std::move(body), type, tag, "no-cache");
}

bool is_page(const Response& response) {
  return std::any_of(response.headers.begin(), response.headers.end(), [](const Header& header) {
    return header.name == "Content-Type" && header.value == kHtml;
  });
}

}  // namespace server
