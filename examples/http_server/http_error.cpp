#include "http_error.hpp"

#include <new>

namespace server {
namespace {

using modelstore::ErrorCode;

ErrorCode code_for_status(unsigned status) noexcept {
  switch (status) {
    case 404:
    case 405:
    case 410:
      return ErrorCode::NotFound;
    case 409:
      return ErrorCode::Conflict;
    case 413:
    case 431:
      return ErrorCode::LimitExceeded;
    case 415:
      return ErrorCode::UnsupportedFormat;
    case 501:
      return ErrorCode::Unsupported;
    case 503:
      return ErrorCode::Busy;
    default:
      return status < 500 ? ErrorCode::InvalidArgument : ErrorCode::Internal;
  }
}

constexpr std::size_t kLongestQuote = 200;

Response failure(unsigned status, ErrorCode code, std::string message, std::string_view subject) {
  if (!subject.empty()) message += ": " + excerpt(subject);
  return error_response(status, modelstore::error_code_name(code), message);
}

}  // namespace

HttpError::HttpError(unsigned status, const std::string& message)
    : HttpError(status, code_for_status(status), message) {}

unsigned status_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::InvalidArgument:
    case ErrorCode::FileUnreadable:
    case ErrorCode::NotRegularFile:
      return 400;
    case ErrorCode::NotFound:
    case ErrorCode::FileMissing:
      return 404;
    case ErrorCode::AlreadyExists:
    case ErrorCode::Conflict:
    case ErrorCode::FileChanged:
    case ErrorCode::ClaimMismatch:
      return 409;
    case ErrorCode::LimitExceeded:
      return 413;
    case ErrorCode::UnsupportedFormat:
    case ErrorCode::BadImage:
    case ErrorCode::DecoderCrashed:
      return 415;
    case ErrorCode::Unsupported:
      return 501;
    case ErrorCode::Busy:
    case ErrorCode::Cancelled:
    case ErrorCode::ReadOnly:
    case ErrorCode::Poisoned:
    case ErrorCode::Closed:
    case ErrorCode::OutOfMemory:
      return 503;
    case ErrorCode::NoSpace:
      return 507;
    case ErrorCode::Corrupt:
    case ErrorCode::NotAStore:
    case ErrorCode::SchemaTooNew:
    case ErrorCode::Io:
    case ErrorCode::Forked:
    case ErrorCode::Internal:
      break;
  }
  return 500;
}

std::string_view describe(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::InvalidArgument:
      return "the request has a value that is not accepted";
    case ErrorCode::NotFound:
      return "there is no such thing";
    case ErrorCode::AlreadyExists:
      return "that name, path or content is taken";
    case ErrorCode::Conflict:
      return "another record or a change at the same time is in the way";
    case ErrorCode::Busy:
      return "another writer is at work, try again later";
    case ErrorCode::Cancelled:
      return "the work was cancelled";
    case ErrorCode::FileMissing:
      return "there is no file at that path";
    case ErrorCode::FileUnreadable:
      return "the file may not be read";
    case ErrorCode::FileChanged:
      return "the file changed while it was read";
    case ErrorCode::NotRegularFile:
      return "there is something else than a file at that path";
    case ErrorCode::UnsupportedFormat:
      return "not a file of a kind that is accepted";
    case ErrorCode::BadImage:
      return "the picture cannot be decoded";
    case ErrorCode::LimitExceeded:
      return "larger, longer or deeper than is allowed";
    case ErrorCode::Corrupt:
      return "a database is damaged";
    case ErrorCode::NotAStore:
      return "there is no model store";
    case ErrorCode::SchemaTooNew:
      return "the store was written by a newer version";
    case ErrorCode::ReadOnly:
      return "the store cannot be written";
    case ErrorCode::NoSpace:
      return "the disk is full";
    case ErrorCode::Io:
      return "the system reported an input or output error";
    case ErrorCode::Poisoned:
      return "an earlier write failed: the server has to be restarted";
    case ErrorCode::Closed:
      return "the server is stopping";
    case ErrorCode::Forked:
      return "the store belongs to another process";
    case ErrorCode::OutOfMemory:
      return "memory ran out";
    case ErrorCode::DecoderCrashed:
      return "the decoder did not survive the picture";
    case ErrorCode::ClaimMismatch:
      return "the content has another hash than was claimed";
    case ErrorCode::Unsupported:
      return "not available here";
    case ErrorCode::Internal:
      break;
  }
  return "an internal error";
}

Response response_for_current_exception(std::string_view subject) {
  try {
    throw;
  } catch (const HttpError& error) {
    return error_response(error.status(), modelstore::error_code_name(error.code()), error.what());
  } catch (const modelstore::Error& error) {
    return failure(status_of(error.code()), error.code(), std::string(describe(error.code())), subject);
  } catch (const std::bad_alloc&) {
    return failure(503, ErrorCode::OutOfMemory, std::string(describe(ErrorCode::OutOfMemory)), {});
  } catch (...) {
    return failure(500, ErrorCode::Internal, std::string(describe(ErrorCode::Internal)), {});
  }
}

std::string excerpt(std::string_view text) {
  std::string out = "'";
  for (const char letter : text.substr(0, kLongestQuote))
    out += static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F ? '?' : letter;
  // A cut may fall into a character.
  while (out.size() > 1 && !is_utf8(out)) out.pop_back();
  return out + (text.size() > kLongestQuote ? "…'" : "'");
}

}  // namespace server
