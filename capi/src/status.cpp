#include "status.hpp"

#include <memory>
#include <new>
#include <string>

#include "enums.hpp"
#include "modelstore/error.hpp"
#include "one_line.hpp"

/// An error as the program sees it.
struct modelstore_error {
  modelstore_status status;
  std::string message;
};

namespace modelstore::capi {
namespace {

modelstore_status fail(modelstore_error** error, modelstore_status status, const char* message) noexcept {
  if (!error) return status;
  try {
    *error = std::make_unique<modelstore_error>(modelstore_error{status, one_line(message)}).release();
  } catch (const std::bad_alloc&) {  // The status says enough.
  }
  return status;
}

}  // namespace

modelstore_status report(std::exception_ptr exception, modelstore_error** error) noexcept {
  try {
    std::rethrow_exception(std::move(exception));
  } catch (const Error& failure) {
    return fail(error, to_c(failure.code()), failure.what());
  } catch (const std::bad_alloc&) {
    return fail(error, MODELSTORE_OUT_OF_MEMORY, "memory ran out");
  } catch (const std::exception& failure) {
    return fail(error, MODELSTORE_INTERNAL, failure.what());
  } catch (...) {
    return fail(error, MODELSTORE_INTERNAL, "an unknown exception");
  }
}

void refuse(const char* reason) {
  throw Error(ErrorCode::InvalidArgument, reason);
}

}  // namespace modelstore::capi

using namespace modelstore::capi;  // NOLINT(google-build-using-namespace)

modelstore_status modelstore_error_status(const modelstore_error* error) {
  return error ? error->status : MODELSTORE_OK;
}

const char* modelstore_error_message(const modelstore_error* error) {
  return error ? error->message.c_str() : "";
}

void modelstore_error_free(modelstore_error* error) {
  const std::unique_ptr<modelstore_error> owner(error);
}
