/// One connection: reads requests one after the other, has them answered, and writes the answers.
///
/// All its work runs on the one thread of its Loop, so that it needs no lock; only the answers of the service come
/// from other threads, and are posted to it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <unordered_set>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "service.hpp"

namespace server {

class Session;

/// What all sessions share.
struct SessionLimits {
  std::chrono::milliseconds patience{0};      ///< as Options::patience
  std::atomic<unsigned> connections = 0;      ///< that are open
  std::atomic<std::uint64_t> body_bytes = 0;  ///< in memory, of requests
  static constexpr unsigned kMostConnections = 256;
  static constexpr std::uint64_t kMostBodyBytes = 256U << 20U;
};

/// One thread of the network, with the connections that it serves.
struct Loop {
  std::unordered_set<Session*> sessions;  // beyond the context, whose end destroys them
  boost::asio::io_context context{1};
  boost::asio::steady_timer ticker{context};
  bool stopping = false;  // no further requests are taken in
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  using Clock = std::chrono::steady_clock;

  Session(boost::asio::ip::tcp::socket socket, Loop& loop, Service& service, SessionLimits& limits);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Serves the connection until one side ends it. Called on the loop's thread.
  void start();

  /// Says that there are too many connections, and ends this one.
  void start_refusing();

  /// Ends the connection if its time is over. Called on the loop's thread.
  void end_if_late(Clock::time_point now);

  /// Ends the connection if no answer is owed to the client, as it is to one whose request was read. Called on the
  /// loop's thread.
  void end_if_idle();

 private:
  struct Exchange;  // what is read and written
  void allow(std::chrono::milliseconds time) { deadline_ = Clock::now() + time; }
  void allow_any_time() { deadline_ = Clock::time_point::max(); }

  boost::asio::ip::tcp::socket socket_;
  Loop& loop_;
  Service& service_;
  SessionLimits& limits_;
  Clock::time_point deadline_ = Clock::time_point::max();
  bool answering_ = false;  // from the end of a request to the end of its answer
};

}  // namespace server
