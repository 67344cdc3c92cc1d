#include "router.hpp"

#include <algorithm>

namespace server {
namespace {

constexpr std::string_view kAnything = "{}";

std::vector<std::string> split(std::string_view pattern) {
  std::vector<std::string> segments;
  for (pattern.remove_prefix(1);;) {
    const std::size_t slash = pattern.find('/');
    segments.emplace_back(pattern.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    pattern.remove_prefix(slash + 1);
  }
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(),
                    [](const std::string& wanted, const std::string& segment) {
                      return wanted == kAnything ? !segment.empty() : wanted == segment;
                    });
}

auto at_once(Handler handler) {
  return [handler = std::move(handler)](const Call& call, const Reply& reply) { reply(handler(call)); };
}

}  // namespace

void Router::add(Method method, std::string_view pattern, Handler handler) {
  add(method, pattern, std::move(handler), method == Method::Get ? Lane::Reads : Lane::Changes);
}

void Router::add(Method method, std::string_view pattern, Handler handler, Lane lane, BodyKind body) {
  add_route(method, pattern, {at_once(std::move(handler)), body, lane});
}

void Router::add_list(std::string_view pattern, Handler handler, std::function<bool(const Query&)> is_whole) {
  add_route(Method::Get, pattern,
            {at_once(std::move(handler)), BodyKind::Json, Lane::Reads, std::move(is_whole)});
}

void Router::add_long(Method method, std::string_view pattern, LongHandler handler) {
  add_route(method, pattern, {std::move(handler)});
}

void Router::add_route(Method method, std::string_view pattern, Route route) {
  std::vector<std::string> segments = split(pattern);
  auto found = std::find_if(resources_.begin(), resources_.end(),
                            [&](const Resource& resource) { return resource.pattern == segments; });
  if (found == resources_.end()) {
    const bool open = std::find(segments.begin(), segments.end(), kAnything) != segments.end();
    found = resources_.insert(open ? resources_.end() : resources_.begin(), {std::move(segments), {}});
  }
  found->routes.emplace(method, std::move(route));
}

Router::Match Router::find(const Request& request) const {
  Match match;
  const auto& path = request.target.segments;
  const auto found = std::find_if(resources_.begin(), resources_.end(),
                                  [&](const Resource& resource) { return fits(resource.pattern, path); });
  if (found == resources_.end()) return match;
  for (const auto& [method, route] : found->routes) {
    match.allowed += (match.allowed.empty() ? "" : ", ") + std::string(method_name(method));
    if (method == Method::Get) match.allowed += ", HEAD";
  }
  const auto route = found->routes.find(request.method == Method::Head ? Method::Get : request.method);
  if (route == found->routes.end()) return match;
  match.route = &route->second;
  for (std::size_t index = 0; index < path.size(); ++index)
    if (found->pattern[index] == kAnything) match.captures.push_back(path[index]);
  return match;
}

}  // namespace server
