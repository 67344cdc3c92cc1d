/// Requests and responses as the handlers see them: plain values that know nothing of sockets.
///
/// The session makes a Request of what it has read and writes the Response; what lies between works on these
/// alone. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "target.hpp"

namespace server {

enum class Method : std::uint8_t { Get, Head, Post, Put, Patch, Delete, Options, Other };

/// "GET" and so on; empty for Other.
[[nodiscard]] std::string_view method_name(Method method) noexcept;

struct Header {
  std::string name;
  std::string value;
};

struct Request {
  Method method = Method::Other;
  std::string raw_target;       ///< as it was sent
  Target target;                ///< decoded
  std::vector<Header> headers;  ///< names in lower case
  bool has_body = false;        ///< announced by Content-Length above 0 or by Transfer-Encoding
  std::string body;

  /// The value of the first header of that name (in lower case); empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
  [[nodiscard]] std::size_t count_headers(std::string_view name) const noexcept;

  /// GET and HEAD are answered alike, but for the body.
  [[nodiscard]] bool reads() const noexcept { return method == Method::Get || method == Method::Head; }
  /// Whether it asks for a change: everything but GET, HEAD and OPTIONS.
  [[nodiscard]] bool changes() const noexcept { return !reads() && method != Method::Options; }
};

/// An open file, closed with the last handle to it.
class OpenFile {
 public:
  explicit OpenFile(int descriptor) noexcept : descriptor_(descriptor) {}
  ~OpenFile();
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  /// Up to `size` bytes from `offset` on; fewer at the end of the file or after an error.
  [[nodiscard]] std::string read(std::uint64_t offset, std::size_t size) const;

 private:
  int descriptor_;
};

/// What a response carries: text in memory that may be shared with a cache, or a part of a file.
struct Body {
  std::shared_ptr<const std::string> text;
  std::shared_ptr<const OpenFile> file;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  ///< of the part that is sent
};

struct Response {
  unsigned status = 200;
  std::vector<Header> headers;
  Body body;

  Response& set(std::string name, std::string value) {
    headers.push_back({std::move(name), std::move(value)});
    return *this;
  }
  void set_text(std::string text);
};

/// Receives the response of one request, once, on any thread.
using Reply = std::function<void(Response)>;

/// A JSON document.
[[nodiscard]] Response json_response(std::string json, unsigned status = 200);

/// {"error": message, "code": code}.
[[nodiscard]] Response error_response(unsigned status, std::string_view code, std::string_view message);

}  // namespace server
