/// The listening socket and the threads that serve its connections.
#pragma once

#include <cstdint>
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

  /// Serves until SIGINT or SIGTERM arrives. Connections that are open then stay as they are until this object goes, and
  /// so answers that come late do no harm.
  void run(Service& service);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace server
