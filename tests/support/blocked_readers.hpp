/// The readers of a store, kept busy, so that whatever is decoded there takes as long as a test wants.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "catalog/store_core.hpp"

namespace test {

class BlockedReaders {
 public:
  explicit BlockedReaders(const modelstore::Store& store) {
    // More than any store of a test has.
    constexpr int kTasks = 64;
    for (int i = 0; i < kTasks; ++i)
      store.core()->executor().post_reader([door = door_] {
        std::unique_lock lock(door->mutex);
        door->changed.wait(lock, [&] { return door->open; });
      });
  }
  BlockedReaders(const BlockedReaders&) = delete;
  BlockedReaders& operator=(const BlockedReaders&) = delete;
  ~BlockedReaders() {
    const std::lock_guard lock(door_->mutex);
    door_->open = true;
    door_->changed.notify_all();
  }

 private:
  struct Door {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
  };
  const std::shared_ptr<Door> door_ = std::make_shared<Door>();
};

}  // namespace test
