#include "access_rules.hpp"

#include <algorithm>

#include "http_error.hpp"

namespace server {
namespace {

using modelstore::ErrorCode;

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& letter : out)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return out;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_port(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char letter) { return letter >= '0' && letter <= '9'; });
}

/// "name:port" or "[v6]:port" without the port. Empty if it is malformed.
std::string_view host_name(std::string_view host) {
  const std::size_t colon = host.starts_with('[') ? host.find(':', host.find(']')) : host.find(':');
  if (colon == std::string_view::npos) return host;
  return is_port(host.substr(colon + 1)) ? host.substr(0, colon) : std::string_view();
}

[[noreturn]] void forbid(const std::string& message) {
  throw HttpError(403, ErrorCode::InvalidArgument, message);
}

}  // namespace

AccessRules::AccessRules(AccessOptions options)
    : options_(std::move(options)),
      cookie_name_("modelstore_" + std::to_string(options_.port)),
      loopback_(options_.address == "::1" || options_.address.starts_with("127.")) {
  const bool v6 = options_.address.find(':') != std::string::npos;
  hosts_ = {v6 ? "[" + options_.address + "]" : options_.address, "localhost", "127.0.0.1", "[::1]"};
  for (const std::string& name : options_.allowed_hosts)
    if (!is_own_host(name)) further_hosts_.push_back(lowered(name));
}

bool AccessRules::is_own_host(std::string_view host) const {
  const std::string name = lowered(host_name(host));
  if (name.empty()) return false;
  return is_further_host(host) || std::find(hosts_.begin(), hosts_.end(), name) != hosts_.end();
}

bool AccessRules::is_further_host(std::string_view host) const {
  const std::string name = lowered(host_name(host));
  return std::find(further_hosts_.begin(), further_hosts_.end(), name) != further_hosts_.end();
}

/// By a name that was allowed, a proxy with TLS may stand in front of the server.
bool AccessRules::is_own_origin(std::string_view origin, std::string_view host) const {
  const std::string text = lowered(origin);
  return text == "http://" + lowered(host) || (is_further_host(host) && text == "https://" + lowered(host));
}

bool AccessRules::is_allowed_origin(std::string_view origin) const {
  return std::find(options_.allowed_origins.begin(), options_.allowed_origins.end(), origin) !=
         options_.allowed_origins.end();
}

void AccessRules::check_source(const Request& request) const {
  if (request.count_headers("host") != 1) forbid("a request names its host once");
  const std::string_view host = request.header("host");
  if (!is_own_host(host)) forbid("this server does not answer for the host " + excerpt(host));
  if (!request.raw_target.starts_with('/')) forbid("the target of a request is a path");
  if (request.count_headers("origin") > 1) forbid("a request has one origin");
  if (request.count_headers("origin") == 1) {
    const std::string_view origin = request.header("origin");
    if (is_allowed_origin(origin)) return;
    if (!is_own_origin(origin, host)) forbid("pages of " + excerpt(origin) + " may not use this server");
  }
  if (request.count_headers("sec-fetch-site") > 1 ||
      lowered(request.header("sec-fetch-site")) == "cross-site")
    forbid("pages of other sites may not use this server");
}

void AccessRules::check_change(const Request& request, BodyKind kind) const {
  if (request.has_body) {
    const std::string_view wanted = kind == BodyKind::Json ? "application/json" : "multipart/form-data";
    const std::string_view header = request.header("content-type");
    if (request.count_headers("content-type") != 1 ||
        lowered(trimmed(header.substr(0, header.find(';')))) != wanted)
      throw HttpError(415, "the body has to be " + std::string(wanted));
    if (request.count_headers("content-encoding") != 0)
      throw HttpError(415, "an encoded body is not accepted");
  }
  if (options_.token.empty() || brings_token(request)) return;
  if (request.count_headers("origin") == 1 && is_allowed_origin(request.header("origin"))) return;
  throw HttpError(401, ErrorCode::InvalidArgument,
                  "whatever changes something needs the token that the server was started with");
}

bool AccessRules::is_token(std::string_view text) const noexcept {
  // In the same time wherever they differ.
  if (text.size() != options_.token.size()) return false;
  unsigned difference = 0;
  for (std::size_t at = 0; at < text.size(); ++at)
    difference |= static_cast<unsigned char>(text[at]) ^ static_cast<unsigned char>(options_.token[at]);
  return difference == 0;
}

bool AccessRules::brings_token(const Request& request) const {
  constexpr std::string_view kBearer = "bearer ";
  const std::string_view authorization = request.header("authorization");
  if (lowered(authorization.substr(0, kBearer.size())) == kBearer &&
      is_token(trimmed(authorization.substr(kBearer.size()))))
    return true;
  for (const Header& header : request.headers) {
    if (header.name != "cookie") continue;
    std::string_view rest = header.value;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      const std::string_view cookie = trimmed(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const std::size_t equals = cookie.find('=');
      if (equals != std::string_view::npos && cookie.substr(0, equals) == cookie_name_ &&
          is_token(cookie.substr(equals + 1)))
        return true;
    }
  }
  return false;
}

void AccessRules::add_cors_headers(const Request& request, Response& response) const {
  // Pictures are for pages of this site, which is any port of this machine. The page of another site asks for them with
  // its origin, by the attribute crossorigin: a picture without one could be wanted by any page there is.
  response.set("Cross-Origin-Resource-Policy",
               options_.allowed_origins.empty() ? "same-origin" : "same-site");
  if (options_.allowed_origins.empty()) return;
  response.set("Vary", "Origin");
  const std::string_view origin = request.header("origin");
  if (request.count_headers("origin") != 1 || !is_allowed_origin(origin)) return;
  response.set("Access-Control-Allow-Origin", std::string(origin));
  response.set("Access-Control-Expose-Headers", "ETag, Content-Range, Retry-After");
  if (request.method != Method::Options) return;
  response.set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE");
  response.set("Access-Control-Allow-Headers", "Authorization, Content-Type, If-None-Match, Range");
  response.set("Access-Control-Max-Age", "600");
}

void AccessRules::add_cookie(const Request& request, Response& response) const {
  if (options_.token.empty()) return;
  const auto given = request.target.query.all("token");
  const bool brought = given.size() == 1 && is_token(given.front());
  // Who comes by a name that was allowed may come from anywhere, by way of a proxy.
  if ((loopback_ && !is_further_host(request.header("host"))) || brought)
    response.set("Set-Cookie", cookie_name_ + "=" + options_.token + "; Path=/; HttpOnly; SameSite=Strict");
}

}  // namespace server
