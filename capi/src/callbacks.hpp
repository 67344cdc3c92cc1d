/// Callbacks of the program, and how they end with what they were given to.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "modelstore.h"

namespace modelstore::capi {

/// Whether the calling thread is in a callback, or in the destructor of what one was given.
[[nodiscard]] bool in_callback() noexcept;

/// For as long as it lives the thread is in a callback.
class CallbackMark {
 public:
  CallbackMark() noexcept;
  CallbackMark(const CallbackMark&) = delete;
  CallbackMark& operator=(const CallbackMark&) = delete;
  ~CallbackMark();
};

/// What a callback is given. The program's destructor for it is called exactly once, at the latest here.
class UserData {
 public:
  UserData(void* data, modelstore_destroy_callback destroy) noexcept : data_(data), destroy_(destroy) {}
  UserData(UserData&& other) noexcept
      : data_(other.data_), destroy_(std::exchange(other.destroy_, nullptr)) {}
  UserData& operator=(UserData&&) = delete;
  UserData(const UserData&) = delete;
  UserData& operator=(const UserData&) = delete;
  ~UserData();

  [[nodiscard]] void* data() const noexcept { return data_; }

 private:
  void* data_;
  modelstore_destroy_callback destroy_;
};

template <class Function>
class Callback;

/// All callbacks that end with one store, or with one hasher of its own. Any thread may use it.
class CallbackScope : public std::enable_shared_from_this<CallbackScope> {
 public:
  /// The number of a callback that was given nothing to destroy.
  static constexpr std::uint64_t kNothingKept = 0;

  /// Errors: Closed.
  template <class Function>
  [[nodiscard]] std::shared_ptr<Callback<Function>> adopt(Function function, UserData user_data) {
    void* const data = user_data.data();
    return std::make_shared<Callback<Function>>(shared_from_this(), keep(std::move(user_data)), function,
                                                data);
  }

  /// Waits for the callbacks that run; afterwards none runs or will, and all that they were given is
  /// destroyed. Not to be called in a callback. May be called again.
  void close() noexcept;

  [[nodiscard]] bool closed() const noexcept { return closed_; }

 private:
  template <class Function>
  friend class Callback;

  std::uint64_t keep(UserData user_data);
  void drop(std::uint64_t id) noexcept;
  bool begin() noexcept;
  void end() noexcept;

  std::mutex mutex_;
  std::condition_variable idle_;
  std::map<std::uint64_t, UserData> kept_;
  std::uint64_t last_id_ = kNothingKept;
  int running_ = 0;
  std::atomic<bool> closed_ = false;
};

/// A callback in a scope. When the last owner goes, at the latest, what it was given is destroyed.
template <class Function>
class Callback {
 public:
  Callback(std::shared_ptr<CallbackScope> scope, std::uint64_t id, Function function, void* data) noexcept
      : scope_(std::move(scope)), id_(id), function_(function), data_(data) {}
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;
  ~Callback() { finish(); }

  /// Destroys what it was given: it is not called again.
  void finish() const noexcept { scope_->drop(id_); }

  /// Calls the program unless the scope is closed. Nothing if it is; else the result, or true where the
  /// function has none.
  template <class... Arguments>
  auto call(Arguments... arguments) const noexcept {
    using Result = std::invoke_result_t<Function, void*, Arguments...>;
    std::optional<std::conditional_t<std::is_void_v<Result>, bool, Result>> result;
    if (!scope_->begin()) return result;
    {
      const CallbackMark mark;
      if constexpr (std::is_void_v<Result>) {
        function_(data_, arguments...);
        result = true;
      } else {
        result = function_(data_, arguments...);
      }
    }
    scope_->end();
    return result;
  }

 private:
  std::shared_ptr<CallbackScope> scope_;
  std::uint64_t id_;
  Function function_;
  void* data_;
};

}  // namespace modelstore::capi
