#include "modelstore/error.hpp"

namespace modelstore {

std::string_view error_code_name(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::InvalidArgument:
      return "InvalidArgument";
    case ErrorCode::NotFound:
      return "NotFound";
    case ErrorCode::AlreadyExists:
      return "AlreadyExists";
    case ErrorCode::Conflict:
      return "Conflict";
    case ErrorCode::Busy:
      return "Busy";
    case ErrorCode::Cancelled:
      return "Cancelled";
    case ErrorCode::FileMissing:
      return "FileMissing";
    case ErrorCode::FileUnreadable:
      return "FileUnreadable";
    case ErrorCode::FileChanged:
      return "FileChanged";
    case ErrorCode::NotRegularFile:
      return "NotRegularFile";
    case ErrorCode::UnsupportedFormat:
      return "UnsupportedFormat";
    case ErrorCode::BadImage:
      return "BadImage";
    case ErrorCode::LimitExceeded:
      return "LimitExceeded";
    case ErrorCode::Corrupt:
      return "Corrupt";
    case ErrorCode::NotAStore:
      return "NotAStore";
    case ErrorCode::SchemaTooNew:
      return "SchemaTooNew";
    case ErrorCode::ReadOnly:
      return "ReadOnly";
    case ErrorCode::NoSpace:
      return "NoSpace";
    case ErrorCode::Io:
      return "Io";
    case ErrorCode::Poisoned:
      return "Poisoned";
    case ErrorCode::Closed:
      return "Closed";
    case ErrorCode::Forked:
      return "Forked";
    case ErrorCode::OutOfMemory:
      return "OutOfMemory";
    case ErrorCode::DecoderCrashed:
      return "DecoderCrashed";
    case ErrorCode::ClaimMismatch:
      return "ClaimMismatch";
    case ErrorCode::Unsupported:
      return "Unsupported";
    case ErrorCode::Internal:
      return "Internal";
  }
  return "Unknown";
}

}  // namespace modelstore
