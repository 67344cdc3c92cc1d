/// Failures and how a client learns of them: a status, the name of a code, and one line.
///
/// The line is put together from the code and what the client sent. What the library says is not passed on: it
/// may name paths that the client does not know. Values and pure functions.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "http_message.hpp"
#include "modelstore/error.hpp"

namespace server {

/// A request that is refused. `what()` is the line for the client.
class HttpError : public std::runtime_error {
 public:
  HttpError(unsigned status, modelstore::ErrorCode code, const std::string& message)
      : std::runtime_error(message), status_(status), code_(code) {}

  /// With the code that goes with the status: 400 InvalidArgument, 404 NotFound, and so on.
  HttpError(unsigned status, const std::string& message);

  [[nodiscard]] unsigned status() const noexcept { return status_; }
  [[nodiscard]] modelstore::ErrorCode code() const noexcept { return code_; }

 private:
  unsigned status_;
  modelstore::ErrorCode code_;
};

/// The status that a library error has if the handler knows no better one.
[[nodiscard]] unsigned status_of(modelstore::ErrorCode code) noexcept;

/// What the code means, as one line without names.
[[nodiscard]] std::string_view describe(modelstore::ErrorCode code) noexcept;

/// The response for the exception that is being handled. `subject` is what the client named, if anything.
[[nodiscard]] Response response_for_current_exception(std::string_view subject = {});

/// As much of a text that a client sent as an error message should repeat.
[[nodiscard]] std::string excerpt(std::string_view text);

}  // namespace server
