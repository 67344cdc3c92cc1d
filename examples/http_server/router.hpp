/// Which handler answers which method and path.
///
/// Filled once at the start, immutable afterwards: any thread may ask.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "access_rules.hpp"
#include "http_message.hpp"

namespace server {

/// A request on its way through a handler.
struct Call {
  Request request;
  std::vector<std::string> captures;  ///< what stands in the place of each {} of the pattern, decoded
};

/// Answers at once, on a worker thread. What it throws becomes the response.
using Handler = std::function<Response(const Call&)>;

/// Starts work and answers when that is done. What it throws becomes the response, if it has not replied.
using LongHandler = std::function<void(const Call&, const Reply&)>;

/// Where a handler runs. Whole lists have a lane of their own.
enum class Lane : std::uint8_t {
  Reads,     ///< short: what reads, and what starts a job
  Changes,   ///< may wait for whoever else changes the catalogue
  Pictures,  ///< decode
};

struct Route {
  LongHandler handler;
  BodyKind body = BodyKind::Json;
  Lane lane = Lane::Reads;
  std::function<bool(const Query&)> is_whole = {};  ///< of a list: whether all of it is asked for
};

class Router {
 public:
  /// `pattern` is a path, in which the segment {} stands for anything. A pattern without one counts before the others,
  /// of which that counts that was added first.
  void add(Method method, std::string_view pattern, Handler handler);
  void add(Method method, std::string_view pattern, Handler handler, Lane lane,
           BodyKind body = BodyKind::Json);
  void add_list(std::string_view pattern, Handler handler, std::function<bool(const Query&)> is_whole);
  void add_long(Method method, std::string_view pattern, LongHandler handler);

  struct Match {
    const Route* route = nullptr;  ///< null: nothing there, or not with this method
    std::vector<std::string> captures;
    std::string allowed;  ///< the methods of this path; empty if there is no such path
  };
  [[nodiscard]] Match find(const Request& request) const;

 private:
  struct Resource {
    std::vector<std::string> pattern;
    std::map<Method, Route> routes;
  };
  void add_route(Method method, std::string_view pattern, Route route);

  std::vector<Resource> resources_;
};

}  // namespace server
