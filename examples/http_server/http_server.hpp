/// The listening socket and the threads that serve its connections.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "options.hpp"

namespace server {

class Service;

class HttpServer {
 public:
  /// Listens; connections, and signals to stop, wait until `run`. Errors: HttpError (400) if the address is malformed or taken.
  explicit HttpServer(const Options& options);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// The port, also where the options left the choice open.
  [[nodiscard]] std::uint16_t port() const noexcept;

  /// Serves until SIGINT or SIGTERM arrives. Then takes in nothing more, calls `end_work`, which has to see to it that
  /// every request that was taken in is answered, and gives clients five seconds to read these answers.
  void run(Service& service, const std::function<void()>& end_work);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace server
