#include "interrupt.hpp"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction is POSIX's

#include <array>
#include <atomic>

namespace cli {
namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};

std::atomic<bool> arrived = false;
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_signal(int number) {
  if (!arrived.exchange(true)) return;
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  (void)sigaction(number, &standard, nullptr);
  (void)raise(number);  // takes effect when this function returns
}

}  // namespace

void watch_for_interrupts() noexcept {
  for (const int signal : kSignals) {
    struct sigaction before {};
    if (sigaction(signal, nullptr, &before) != 0 || before.sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = on_signal;
    for (const int other : kSignals) (void)sigaddset(&action.sa_mask, other);
    action.sa_flags = SA_RESTART;
    (void)sigaction(signal, &action, nullptr);
  }
}

bool interrupted() noexcept {
  return arrived;
}

}  // namespace cli
