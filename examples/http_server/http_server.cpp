#include "http_server.hpp"

#include <algorithm>
#include <csignal>
#include <deque>
#include <future>
#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include "http_error.hpp"
#include "session.hpp"

namespace server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

unsigned network_threads() {
  return std::clamp(std::thread::hardware_concurrency(), 2U, 8U);
}

}  // namespace

class HttpServer::Impl {
 public:
  explicit Impl(const Options& options) {
    limits_.patience = options.patience;
    error_code error;
    const auto address = asio::ip::make_address(options.address, error);
    if (error) throw HttpError(400, "not an address: " + options.address);
    const asio::ip::tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    if (acceptor_.bind(endpoint, error); error)
      throw HttpError(400, modelstore::ErrorCode::Busy,
                      options.address + ":" + std::to_string(options.port) + ": " + error.message());
    acceptor_.listen(asio::socket_base::max_listen_connections);
  }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void run(Service& service, const std::function<void()>& end_work) {
    std::promise<void> signalled;
    signals_.async_wait([&](const error_code&, int) { signalled.set_value(); });
    asio::co_spawn(loops_.front().context, accept(service), asio::detached);
    for (Loop& loop : loops_) asio::co_spawn(loop.context, watch_time(loop), asio::detached);
    std::vector<std::thread> threads;
    for (Loop& loop : loops_) threads.emplace_back([&loop] { loop.context.run(); });
    signalled.get_future().wait();
    take_nothing_more();
    end_work();
    wait_for_clients();
    for (Loop& loop : loops_) loop.context.stop();
    for (std::thread& thread : threads) thread.join();
  }

 private:
  asio::awaitable<void> accept(Service& service) {
    for (std::size_t turn = 0;; ++turn) {
      Loop& loop = loops_[turn % loops_.size()];
      auto [error, socket] = co_await acceptor_.async_accept(loop.context, kAwait);
      if (error == asio::error::operation_aborted) co_return;
      if (error) {
        // Out of descriptors, for instance: some connection will end.
        asio::steady_timer pause(loops_.front().context, std::chrono::milliseconds(50));
        (void)co_await pause.async_wait(kAwait);
        continue;
      }
      const bool full = limits_.connections >= SessionLimits::kMostConnections;
      if (limits_.connections >= SessionLimits::kMostConnections + kRefusedAtOnce) continue;
      auto session = std::make_shared<Session>(std::move(socket), loop, service, limits_);
      asio::post(loop.context, [session = std::move(session), full] {
        full ? session->start_refusing() : session->start();
      });
    }
  }

  /// Ends what has taken too long. One look at all connections now and then is cheaper than a timer for each
  /// operation.
  asio::awaitable<void> watch_time(Loop& loop) {
    const auto interval = std::clamp<std::chrono::milliseconds>(limits_.patience / 10, kShortest, kLongest);
    for (;;) {
      loop.ticker.expires_after(interval);
      const auto [error] = co_await loop.ticker.async_wait(kAwait);
      if (error) co_return;
      const auto now = Session::Clock::now();
      for (Session* session : loop.sessions) session->end_if_late(now);
    }
  }

  /// When it returns, no session hands anything to the service any more.
  void take_nothing_more() {
    const auto on_thread_of = [](Loop& loop, const auto& work) {
      asio::post(loop.context, asio::use_future(work)).wait();
    };
    on_thread_of(loops_.front(), [this] {
      error_code ignored;
      acceptor_.close(ignored);
    });
    for (Loop& loop : loops_)
      on_thread_of(loop, [&loop] {
        loop.stopping = true;
        for (Session* session : loop.sessions) session->end_if_idle();
      });
  }

  void wait_for_clients() const {
    constexpr std::chrono::seconds kFarewell{5};
    constexpr std::chrono::milliseconds kNap{10};
    const auto deadline = Session::Clock::now() + kFarewell;
    while (limits_.connections > 0 && Session::Clock::now() < deadline) std::this_thread::sleep_for(kNap);
  }

  static constexpr unsigned kRefusedAtOnce = 64;
  static constexpr std::chrono::milliseconds kShortest{50};
  static constexpr std::chrono::milliseconds kLongest{1000};

  SessionLimits limits_;
  std::deque<Loop> loops_ = std::deque<Loop>(network_threads());  // stay where they are
  asio::ip::tcp::acceptor acceptor_{loops_.front().context};
  asio::signal_set signals_{loops_.front().context, SIGINT, SIGTERM};  // from the beginning: none is lost
};

HttpServer::HttpServer(const Options& options) : impl_(std::make_unique<Impl>(options)) {}
HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const noexcept {
  return impl_->port();
}

void HttpServer::run(Service& service, const std::function<void()>& end_work) {
  impl_->run(service, end_work);
}

}  // namespace server
