/// How a call of the interface begins and ends: out-parameters are cleared, and no exception leaves.
#pragma once

#include <exception>
#include <type_traits>
#include <utility>

#include "modelstore.h"

namespace modelstore::capi {

/// The status that stands for an exception, and its error if `error` is not null. Never fails: without the
/// memory for an error there is none.
[[nodiscard]] modelstore_status report(std::exception_ptr exception, modelstore_error** error) noexcept;

/// Throws InvalidArgument.
[[noreturn]] void refuse(const char* reason);

/// The out-parameters of a call, cleared on construction.
template <class... Results>
class Out {
 public:
  explicit Out(Results*... results) noexcept : complete_((... && (results != nullptr))) {
    (clear(results), ...);
  }

  /// Errors: InvalidArgument if one is null.
  void check() const {
    if (!complete_) refuse("a pointer for a result is null");
  }

 private:
  template <class Result>
  static void clear(Result* result) noexcept {
    if (result) *result = Result{};
  }

  bool complete_;
};

/// Runs `body` and answers how it ended.
template <class... Results, class Body>
modelstore_status answer(modelstore_error** error, const Out<Results...>& out, const Body& body) noexcept {
  if (error) *error = nullptr;
  try {
    out.check();
    body();
    return MODELSTORE_OK;
  } catch (...) {
    return report(std::current_exception(), error);
  }
}

template <class Body>
modelstore_status answer(modelstore_error** error, const Body& body) noexcept {
  return answer(error, Out<>(), body);
}

/// Hands on an optional result.
template <class Value>
void give(Value* result, const Value& value) noexcept {
  if (result) *result = value;
}

}  // namespace modelstore::capi
