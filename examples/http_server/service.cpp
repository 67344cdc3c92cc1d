#include "service.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include "http_error.hpp"
#include "routes.hpp"

namespace server {
namespace {

/// What a page may load, and where it may be shown.
constexpr const char* kPagePolicy =
    "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";
/// Data is no page: nothing in it runs, whatever it looks like.
constexpr const char* kDataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

AccessOptions access_options(const Options& options, std::uint16_t port) {
  return {options.address, port, options.allow_hosts, options.allow_origins, options.token};
}

// How many calls of a lane run at once. The others wait for those of their own lane only.

unsigned read_threads() {
  return std::max(2U, std::thread::hardware_concurrency());
}

/// They take turns at the catalogue anyway.
constexpr unsigned kChangeThreads = 4;
/// Both are long work for a processor, and short of memory before they are short of threads.
constexpr unsigned kWholeListThreads = 1;
constexpr unsigned kPictureThreads = 2;

bool is_interface(const Request& request) {
  const std::string& first = request.target.segments.front();
  return first == "api" || first == "files";
}

/// Of the front end, scripts too: a worker is bound by the policy that its script came with.
bool is_of_front_end(const Request& request) {
  return !request.target.segments.empty() && !is_interface(request);
}

/// What the target names, for errors that are about it.
std::string subject_of(const Call& call) {
  if (!call.captures.empty()) return call.captures.back();
  for (const char* const name : {"id", "sha256"})
    if (const auto values = call.request.target.query.all(name); !values.empty()) return values.front();
  return {};
}

}  // namespace

Service::Service(const Options& options, std::uint16_t port, Backend& backend)
    : backend_(backend),
      rules_(access_options(options, port)),
      site_(options.www),
      reads_(read_threads()),
      changes_(kChangeThreads),
      whole_lists_(kWholeListThreads, WorkerPool::Priority::Low),
      pictures_(kPictureThreads, WorkerPool::Priority::Low) {
  add_model_routes(router_, backend);
  add_pending_routes(router_, backend);
  add_migration_routes(router_, backend);
  add_image_routes(router_, backend);
}

std::optional<Response> Service::decide(Admission& admission) {
  const Request& request = admission.call.request;
  rules_.check_source(request);
  // Such a body means nothing, and would take up memory without a token.
  if (request.has_body && !request.changes()) throw HttpError(400, "a request that only reads has no body");
  auto target = Target::parse(request.raw_target);
  if (!target) throw HttpError(400, "the target of the request is malformed");
  admission.call.request.target = std::move(*target);
  if (auto response = backend_.files.answer_at_once(request)) return response;

  Router::Match match = router_.find(request);
  if (match.allowed.empty() && !is_interface(request) && !site_.empty()) match.allowed = "GET, HEAD";
  const bool is_file = match.route == nullptr && !is_interface(request) && request.reads();
  if (match.allowed.empty() && !is_file)
    throw HttpError(404, "there is nothing at " + excerpt(request.raw_target));
  if (request.method == Method::Options) {
    Response options;
    options.status = 204;
    return options.set("Allow", match.allowed + ", OPTIONS");
  }
  if (match.route == nullptr && !is_file) {
    Response refused = error_response(405, "InvalidArgument", "that method is not for this path");
    return refused.set("Allow", match.allowed + ", OPTIONS");
  }
  if (request.changes()) rules_.check_change(request, match.route->body);
  admission.route = match.route;
  admission.call.captures = std::move(match.captures);
  return std::nullopt;
}

Service::Admission Service::admit(Request request) {
  Admission admission;
  admission.call.request = std::move(request);
  try {
    admission.response = decide(admission);
  } catch (...) {
    admission.response = response_for_current_exception();
  }
  if (admission.response) complete(admission.call.request, *admission.response);
  return admission;
}

WorkerPool& Service::pool_for(const Admission& admission) {
  const Route* const route = admission.route;
  if (route == nullptr) return reads_;
  if (route->is_whole && route->is_whole(admission.call.request.target.query)) return whole_lists_;
  switch (route->lane) {
    case Lane::Changes:
      return changes_;
    case Lane::Pictures:
      return pictures_;
    case Lane::Reads:
      break;
  }
  return reads_;
}

void Service::run(Admission admission, const Reply& reply) {
  const auto shared = std::make_shared<Admission>(std::move(admission));
  pool_for(*shared).post([this, shared, reply] {
    const Reply completed = [this, shared, reply](Response response) {
      complete(shared->call.request, response);
      reply(std::move(response));
    };
    try {
      if (shared->route == nullptr)
        completed(site_.answer(shared->call.request));
      else
        shared->route->handler(shared->call, completed);
    } catch (...) {
      completed(response_for_current_exception(subject_of(shared->call)));
    }
  });
}

Response Service::protocol_error(unsigned status, const Request& request) const {
  Response response = error_response(status, status == 400 ? "InvalidArgument" : "LimitExceeded",
                                     status == 413   ? "the body is larger than 20 MiB"
                                     : status == 431 ? "the headers are longer than 16 KiB"
                                     : status == 503 ? "too many requests at once"
                                                     : "that is no HTTP request");
  complete(request, response);
  return response;
}

void Service::complete(const Request& request, Response& response) const {
  response.set("X-Content-Type-Options", "nosniff").set("Referrer-Policy", "no-referrer");
  response.set("Content-Security-Policy", is_of_front_end(request) ? kPagePolicy : kDataPolicy);
  rules_.add_cors_headers(request, response);
  if (is_page(response) && request.reads() && response.status == 200) rules_.add_cookie(request, response);
  if (response.status == 401) response.set("WWW-Authenticate", "Bearer");
  if (response.status == 503) response.set("Retry-After", "1");
}

void Service::stop() {
  for (WorkerPool* workers : {&reads_, &changes_, &whole_lists_, &pictures_}) workers->stop();
}

}  // namespace server
