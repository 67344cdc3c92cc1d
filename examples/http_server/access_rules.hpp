/// Who may ask for what: decided from the headers alone, before a body is read or a path is touched.
///
/// A server on a person's own machine is within reach of every page that their browser shows. What keeps those out:
/// the Host header (DNS rebinding), the Origin and Sec-Fetch-Site headers (requests of other pages), a token for
/// whatever changes something, and content types that no form can send. Immutable: any thread may use it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http_message.hpp"

namespace server {

struct AccessOptions {
  std::string address;  ///< that the server listens on
  std::uint16_t port = 0;
  std::vector<std::string> allowed_hosts;    ///< names beside those of the address
  std::vector<std::string> allowed_origins;  ///< pages of other servers that may use this one
  std::string token;                         ///< empty: changes need none
};

/// What the body of a request may be.
enum class BodyKind : std::uint8_t { Json, Multipart };

class AccessRules {
 public:
  explicit AccessRules(AccessOptions options);

  /// Host, Origin and Sec-Fetch-Site. Errors: HttpError (403).
  void check_source(const Request& request) const;

  /// For a request that changes something: the type of its body and the token. Errors: HttpError (415, 401).
  void check_change(const Request& request, BodyKind kind) const;

  /// The headers that let the page of an allowed origin read the response, and forbid it to any other.
  void add_cors_headers(const Request& request, Response& response) const;

  /// Gives a page its cookie with the token: on loopback always, elsewhere, and by a name that was allowed, if the
  /// request brought the token.
  void add_cookie(const Request& request, Response& response) const;

 private:
  [[nodiscard]] bool is_own_host(std::string_view host) const;
  [[nodiscard]] bool is_own_origin(std::string_view origin, std::string_view host) const;
  [[nodiscard]] bool is_further_host(std::string_view host) const;
  [[nodiscard]] bool is_allowed_origin(std::string_view origin) const;
  [[nodiscard]] bool brings_token(const Request& request) const;
  [[nodiscard]] bool is_token(std::string_view text) const noexcept;

  AccessOptions options_;
  std::vector<std::string> hosts_;          // in lower case, without port
  std::vector<std::string> further_hosts_;  // so too: those that were allowed by name
  std::string cookie_name_;
  bool loopback_;
};

}  // namespace server
