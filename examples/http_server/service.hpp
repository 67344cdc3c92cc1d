/// From a request to its response: the rules of access, the routes, and the threads on which handlers run.
///
/// It knows nothing of sockets. Any thread may use it.
#pragma once

#include <optional>

#include "access_rules.hpp"
#include "backend.hpp"
#include "router.hpp"
#include "static_site.hpp"
#include "worker_pool.hpp"

namespace server {

class Service {
 public:
  /// Errors: HttpError if the folder of the front end does not exist.
  Service(const Options& options, std::uint16_t port, Backend& backend);

  /// What the headers of a request decide, before its body is read.
  struct Admission {
    Call call;
    const Route* route = nullptr;      ///< null: a file of the front end
    std::optional<Response> response;  ///< the answer, if that is known already
  };
  [[nodiscard]] Admission admit(Request request);

  /// Answers a request that was admitted without a response; its body is in `call.request.body`. Never throws. `reply` is
  /// called once, on any thread. Not after `stop`.
  void run(Admission admission, const Reply& reply);

  /// The response to what cannot be read as a request. `request` holds as much of it as could.
  [[nodiscard]] Response protocol_error(unsigned status, const Request& request) const;

  /// Ends the threads, when what was asked of them is answered. Once the store is closed, that is soon.
  void stop();

 private:
  [[nodiscard]] WorkerPool& pool_for(const Admission& admission);
  [[nodiscard]] std::optional<Response> decide(Admission& admission);
  void complete(const Request& request, Response& response) const;

  Backend& backend_;
  AccessRules rules_;
  StaticSite site_;
  Router router_;
  WorkerPool reads_;
  WorkerPool changes_;
  WorkerPool whole_lists_;
  WorkerPool pictures_;
};

}  // namespace server
