// Every awaited result gets a name of its own, since compilers of these years are not to be trusted with temporaries
// around co_await.
#include "session.hpp"

#include <array>
#include <ctime>
#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::uint32_t kMostHeaderBytes = 16U << 10U;
constexpr std::uint64_t kMostBodyBytes = 20U << 20U;
constexpr std::size_t kReadBuffer = 64U << 10U;
constexpr std::size_t kFilePiece = 256U << 10U;
/// Of a body that was refused, what is read so that the client comes to read the answer.
constexpr std::chrono::seconds kLinger{2};

/// Operations whose errors are results: a client that goes away is nothing exceptional.
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

Method method_of(http::verb verb) noexcept {
  switch (verb) {
    case http::verb::get:
      return Method::Get;
    case http::verb::head:
      return Method::Head;
    case http::verb::post:
      return Method::Post;
    case http::verb::put:
      return Method::Put;
    case http::verb::patch:
      return Method::Patch;
    case http::verb::delete_:
      return Method::Delete;
    case http::verb::options:
      return Method::Options;
    default:
      return Method::Other;
  }
}

using Parser = http::request_parser<http::string_body>;

std::string text_of(beast::string_view text) {
  return {text.data(), text.size()};
}

Request request_of(const Parser& parser) {
  const auto& message = parser.get();
  Request request;
  request.method = method_of(message.method());
  request.raw_target = text_of(message.target());
  for (const auto& field : message) {
    Header& header =
        request.headers.emplace_back(Header{text_of(field.name_string()), text_of(field.value())});
    for (char& letter : header.name)
      if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  request.has_body = parser.is_header_done() && (parser.chunked() || parser.content_length().value_or(0) > 0);
  return request;
}

/// Whether the end of the request is where any proxy on the way would see it too. The parser takes a transfer encoding
/// that it does not know for no body at all, and would answer the body as the next request.
bool has_clear_end(const Parser& parser) {
  const auto& message = parser.get();
  const auto count = message.count(http::field::transfer_encoding);
  if (count == 0) return true;
  return count == 1 && message.version() == 11 &&
         beast::iequals(message[http::field::transfer_encoding], "chunked");
}

/// The status that a request has which cannot be read. 0: there is no one to answer.
unsigned status_of_failure(const beast::error_code& error) noexcept {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
  if (error == http::error::body_limit) return 413;
  if (error == http::error::end_of_stream || error == http::error::partial_message) return 0;
  return error.category() == http::make_error_code(http::error::bad_method).category() ? 400 : 0;
}

/// For the Date header, which changes once a second.
std::string date_text() {
  thread_local std::time_t last = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != last || text.empty()) {
    std::tm parts{};
    std::array<char, 64> buffer{};
    (void)gmtime_r(&now, &parts);
    (void)std::strftime(buffer.data(), buffer.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    last = now;
    text = buffer.data();
  }
  return text;
}

template <class Message>
void set_head(Message& message, const Response& response, bool keep_alive) {
  message.version(11);
  message.result(response.status);
  message.set(http::field::date, date_text());
  for (const Header& header : response.headers) message.set(header.name, header.value);
  message.keep_alive(keep_alive);
  if (response.status != 204 && response.status != 304) message.content_length(response.body.size);
}

/// Memory for a body, counted over all connections as the bytes arrive: what a client announces costs nothing.
class BodyShare {
 public:
  explicit BodyShare(std::atomic<std::uint64_t>& used) : used_(used) {}
  ~BodyShare() { used_ -= taken_; }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;

  /// False if all bodies together are too large with this one at `size` bytes.
  bool grow_to(std::uint64_t size) {
    const std::uint64_t more = size - std::exchange(taken_, size);
    return (used_ += more) <= SessionLimits::kMostBodyBytes;
  }

 private:
  std::atomic<std::uint64_t>& used_;
  std::uint64_t taken_ = 0;
};

}  // namespace

/// The coroutines of a session. They keep it alive.
struct Session::Exchange {
  std::shared_ptr<Session> session;
  beast::flat_buffer buffer{kReadBuffer};

  [[nodiscard]] asio::ip::tcp::socket& socket() const { return session->socket_; }
  [[nodiscard]] std::chrono::milliseconds patience() const { return session->limits_.patience; }

  /// Reads the headers of the next request. The clock starts with its first byte.
  asio::awaitable<beast::error_code> read_head(Parser& parser) {
    constexpr int kIdle = 4;  // times the patience that a request in transit has
    bool begun = buffer.size() > 0;
    session->allow(begun ? patience() : kIdle * patience());
    while (!parser.is_header_done()) {
      const auto [error, bytes] = co_await http::async_read_some(socket(), buffer, parser, kAwait);
      if (error) co_return error;
      if (!std::exchange(begun, true)) session->allow(patience());
    }
    co_return beast::error_code();
  }

  asio::awaitable<bool> write(const Response& response, bool head_only, bool keep_alive) {
    constexpr int kWrite = 8;
    session->allow(kWrite * patience());
    session->answering_ = true;
    const Body& body = response.body;
    beast::error_code failed;
    if (head_only || body.size == 0 || body.file != nullptr) {
      http::response<http::empty_body> message;
      set_head(message, response, keep_alive);
      http::response_serializer<http::empty_body> serializer(message);
      const auto [error, bytes] = co_await http::async_write_header(socket(), serializer, kAwait);
      failed = error;
    } else {
      http::response<http::span_body<const char>> message;
      set_head(message, response, keep_alive);
      message.body() = {body.text->data() + body.offset, static_cast<std::size_t>(body.size)};
      const auto [error, bytes] = co_await http::async_write(socket(), message, kAwait);
      failed = error;
    }
    if (!failed && !head_only && body.file != nullptr) failed = co_await write_file(body);
    session->answering_ = false;
    co_return !failed;
  }

  asio::awaitable<beast::error_code> write_file(const Body& body) {
    constexpr int kWrite = 8;
    for (std::uint64_t sent = 0; sent < body.size;) {
      session->allow(kWrite * patience());
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kFilePiece, body.size - sent));
      const std::string piece = body.file->read(body.offset + sent, wanted);
      // A file that became shorter: the client must see that the answer is not whole.
      if (piece.size() != wanted) co_return asio::error::eof;
      const auto [error, bytes] = co_await asio::async_write(socket(), asio::buffer(piece), kAwait);
      if (error) co_return error;
      sent += wanted;
    }
    co_return beast::error_code();
  }

  /// The answer of the service, which comes from another thread.
  asio::awaitable<Response> answer(Service::Admission admission) {
    auto start = [this, &admission](auto handler) {
      const auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
      const auto executor = socket().get_executor();
      session->service_.run(std::move(admission), [waiting, executor](Response response) {
        asio::post(executor, [waiting, response = std::move(response)]() mutable {
          std::move (*waiting)(std::move(response));
        });
      });
    };
    session->allow_any_time();
    session->answering_ = true;
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Response)>(
        std::move(start), asio::use_awaitable);
  }

  /// Reads the body. A status if it cannot be.
  asio::awaitable<unsigned> read_body(Parser& parser, BodyShare& share) {
    constexpr int kBody = 8;
    session->allow(kBody * patience());
    if (!parser.get()[http::field::expect].empty() && parser.get().version() == 11) {
      constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
      const auto [error, bytes] = co_await asio::async_write(socket(), asio::buffer(kGoOn), kAwait);
      if (error) co_return 0;
    }
    while (!parser.is_done()) {
      const auto [error, bytes] = co_await http::async_read_some(socket(), buffer, parser, kAwait);
      if (error) co_return status_of_failure(error);
      if (!share.grow_to(parser.get().body().size())) co_return 503;
    }
    co_return 200;
  }

  /// After an answer to a request that was not read to its end: lets the client read the answer before the connection
  /// breaks under what it still sends.
  asio::awaitable<void> linger() {
    beast::error_code ignored;
    socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    session->allow(kLinger);
    std::string waste(kReadBuffer, '\0');
    for (;;) {
      const auto [error, bytes] = co_await socket().async_read_some(asio::buffer(waste), kAwait);
      if (error) co_return;
    }
  }

  asio::awaitable<void> refuse(unsigned status, Request request) {
    if (status == 0) co_return;
    const Response response = session->service_.protocol_error(status, request);
    const bool written = co_await write(response, request.method == Method::Head, false);
    if (written) co_await linger();
  }

  /// One request and its answer. False: the connection has to end.
  asio::awaitable<bool> serve_one() {
    Parser parser;
    parser.header_limit(kMostHeaderBytes);
    parser.body_limit(kMostBodyBytes);
    const beast::error_code unread = co_await read_head(parser);
    if (unread) {
      co_await refuse(status_of_failure(unread), request_of(parser));
      co_return false;
    }
    if (!has_clear_end(parser)) {
      co_await refuse(400, request_of(parser));
      co_return false;
    }
    Service::Admission admission = session->service_.admit(request_of(parser));
    const bool head_only = admission.call.request.method == Method::Head;
    const bool keep_alive = parser.get().keep_alive();
    if (admission.response && !parser.is_done() && admission.call.request.has_body) {
      const bool written = co_await write(*admission.response, head_only, false);
      if (written) co_await linger();
      co_return false;
    }
    BodyShare share(session->limits_.body_bytes);
    if (!parser.is_done()) {
      const unsigned status = co_await read_body(parser, share);
      if (status != 200) {
        co_await refuse(status, std::move(admission.call.request));
        co_return false;
      }
    }
    if (session->loop_.stopping) co_return false;
    Response response;
    if (admission.response) {
      response = std::move(*admission.response);
    } else {
      admission.call.request.body = std::move(parser.get().body());
      response = co_await answer(std::move(admission));
    }
    const bool more = keep_alive && !session->loop_.stopping;
    const bool written = co_await write(response, head_only, more);
    co_return written&& more;
  }

  asio::awaitable<void> serve() {
    for (bool more = true; more;) more = co_await serve_one();
    beast::error_code ignored;
    socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  }
};

Session::Session(asio::ip::tcp::socket socket, Loop& loop, Service& service, SessionLimits& limits)
    : socket_(std::move(socket)), loop_(loop), service_(service), limits_(limits) {
  ++limits_.connections;
}

Session::~Session() {
  loop_.sessions.erase(this);
  --limits_.connections;
}

void Session::start() {
  if (loop_.stopping) return;
  loop_.sessions.insert(this);
  beast::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  const auto exchange = std::make_shared<Exchange>(Exchange{shared_from_this()});
  asio::co_spawn(
      loop_.context, [exchange]() { return exchange->serve(); },
      [exchange](const std::exception_ptr&) {});  // memory ran out: this connection ends, the others go on
}

void Session::start_refusing() {
  if (loop_.stopping) return;
  loop_.sessions.insert(this);
  const auto exchange = std::make_shared<Exchange>(Exchange{shared_from_this()});
  asio::co_spawn(
      loop_.context, [exchange]() { return exchange->refuse(503, Request()); },
      [exchange](const std::exception_ptr&) {});
}

void Session::end_if_late(Clock::time_point now) {
  if (now < deadline_) return;
  beast::error_code ignored;
  socket_.close(ignored);
}

void Session::end_if_idle() {
  if (answering_) return;
  beast::error_code ignored;
  socket_.close(ignored);
}

}  // namespace server
