#include "http_message.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "json_writer.hpp"

namespace server {

std::string_view method_name(Method method) noexcept {
  constexpr std::array<std::string_view, 8> kNames = {"GET",   "HEAD",   "POST",    "PUT",
                                                      "PATCH", "DELETE", "OPTIONS", ""};
  return kNames[static_cast<std::size_t>(method)];
}

std::string_view Request::header(std::string_view name) const noexcept {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const Header& header) { return header.name == name; });
  return found == headers.end() ? std::string_view() : found->value;
}

std::size_t Request::count_headers(std::string_view name) const noexcept {
  return static_cast<std::size_t>(std::count_if(headers.begin(), headers.end(),
                                                [&](const Header& header) { return header.name == name; }));
}

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) (void)::close(descriptor_);
}

std::string OpenFile::read(std::uint64_t offset, std::size_t size) const {
  std::string bytes(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t got =
        ::pread(descriptor_, bytes.data() + filled, size - filled, static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

void Response::set_text(std::string text) {
  body = {};
  body.size = text.size();
  body.text = std::make_shared<const std::string>(std::move(text));
}

Response json_response(std::string json, unsigned status) {
  Response response;
  response.status = status;
  response.set("Content-Type", "application/json").set("Cache-Control", "no-store");
  response.set_text(std::move(json));
  return response;
}

Response error_response(unsigned status, std::string_view code, std::string_view message) {
  JsonWriter json;
  json.begin_object().member("error", message).member("code", code).end_object();
  return json_response(json.text(), status);
}

}  // namespace server
