#include "platform/errors.hpp"

#include <cerrno>
#include <system_error>

#include "base/utf8.hpp"

namespace modelstore::platform {

ErrorCode code_for(int error_number, Intent intent) noexcept {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::FileMissing;
    case EACCES:
    case EPERM:
      return intent == Intent::Read ? ErrorCode::FileUnreadable : ErrorCode::ReadOnly;
    case EROFS:
      return ErrorCode::ReadOnly;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return ErrorCode::NoSpace;
    case ENOMEM:
      return ErrorCode::OutOfMemory;
    case EISDIR:
    case ELOOP:
    case ENXIO:
    case ENODEV:
      return ErrorCode::NotRegularFile;
    case ENAMETOOLONG:
    case EINVAL:
      return ErrorCode::InvalidArgument;
    default:
      return ErrorCode::Io;
  }
}

void throw_errno(int error_number, Intent intent, std::string_view action, std::string_view subject) {
  throw Error(code_for(error_number, intent), "cannot " + std::string(action) + " " +
                                                  base::printable(subject) + ": " +
                                                  std::generic_category().message(error_number));
}

}  // namespace modelstore::platform
