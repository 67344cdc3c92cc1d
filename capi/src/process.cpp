#include "process.hpp"

#include <pthread.h>

#include <atomic>
#include <new>

namespace modelstore::capi {
namespace {

std::atomic<std::uint32_t> forks = 0;

}  // namespace

std::uint32_t process_number() {
  static const bool registered =
      pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); }) == 0;
  if (!registered) throw std::bad_alloc();
  return forks.load(std::memory_order_relaxed);
}

}  // namespace modelstore::capi
