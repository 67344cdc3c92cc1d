/// Structs of options, which say by `struct_size` which members their writer knew.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "modelstore/error.hpp"
#include "status.hpp"

namespace modelstore::capi {

/// A copy of the program's options, in which members that the program does not know are zero.
template <class T>
class Options {
  static_assert(std::is_trivially_copyable_v<T> && offsetof(T, struct_size) == 0);

 public:
  /// Never fails, so that callbacks in it can be taken before anything is refused.
  explicit Options(const T* given) noexcept : given_(given) {
    if (given && is_possible(given->struct_size))
      std::memcpy(&value_, given, std::min<std::size_t>(given->struct_size, sizeof value_));
  }

  /// Errors: InvalidArgument (a size that no version of the struct has), Unsupported (a member that is set
  /// and not known here).
  const T& checked() const {
    if (!given_) return value_;
    const std::size_t size = given_->struct_size;
    if (!is_possible(size)) refuse("struct_size of the options is not set");
    const auto* bytes = reinterpret_cast<const unsigned char*>(given_);
    for (std::size_t i = sizeof value_; i < size; ++i)
      if (bytes[i] != 0) refuse_unknown();
    if constexpr (requires { value_.reserved; }) {
      if (value_.reserved != 0) refuse_unknown();
    }
    return value_;
  }

  /// As it is: what is checked later.
  const T& value() const noexcept { return value_; }

 private:
  /// No struct of any version is larger: a size that is was never set, and is not to be followed.
  static constexpr std::size_t kLargest = 4096;
  static_assert(sizeof(T) <= kLargest);

  /// Sizes are multiples of the alignment, so that no member is ever known by half.
  static constexpr bool is_possible(std::size_t size) noexcept {
    return size != 0 && size <= kLargest && size % alignof(T) == 0;
  }

  [[noreturn]] static void refuse_unknown() {
    throw Error(ErrorCode::Unsupported, "an option is set that this version of the library does not know");
  }

  const T* given_;
  T value_ = {};
};

/// As `Options::checked`. Null stands for all defaults.
template <class T>
[[nodiscard]] T read_options(const T* given) {
  return Options<T>(given).checked();
}

/// As `read_options`, for what has to be there. Errors: also InvalidArgument.
template <class T>
[[nodiscard]] T read_required(const T* given) {
  if (!given) refuse("a struct that is required is null");
  return read_options(given);
}

}  // namespace modelstore::capi
