/// Ends a long statement of a connection when its job is cancelled.
#pragma once

#include <memory>
#include <mutex>

#include "runtime/executor.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::catalog {

/// For as long as it lives. The connection must live longer, and is used by the thread that made this.
class InterruptOnCancel {
 public:
  InterruptOnCancel(const runtime::JobControl& control, const sqlite::Connection& connection)
      : target_(std::make_shared<Target>()) {
    target_->connection = &connection;
    control.on_cancel([weak = std::weak_ptr(target_)] {
      const auto target = weak.lock();
      if (!target) return;
      const std::lock_guard lock(target->mutex);
      if (target->connection != nullptr) target->connection->interrupt();
    });
  }
  InterruptOnCancel(const InterruptOnCancel&) = delete;
  InterruptOnCancel& operator=(const InterruptOnCancel&) = delete;
  ~InterruptOnCancel() {
    const std::lock_guard lock(target_->mutex);
    target_->connection->forget_interrupt();
    target_->connection = nullptr;
  }

 private:
  struct Target {
    std::mutex mutex;
    const sqlite::Connection* connection = nullptr;
  };
  std::shared_ptr<Target> target_;
};

}  // namespace modelstore::catalog
