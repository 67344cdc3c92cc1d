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

void set_handlers(void (*handler)(int)) noexcept {
  for (const int signal : kSignals) {
    struct sigaction before {};
    if (sigaction(signal, nullptr, &before) != 0 || before.sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = handler;
    for (const int other : kSignals) (void)sigaddset(&action.sa_mask, other);
    action.sa_flags = SA_RESTART;
    (void)sigaction(signal, &action, nullptr);
  }
}

}  // namespace

InterruptWatch::InterruptWatch() noexcept {
  set_handlers(on_signal);
}

InterruptWatch::~InterruptWatch() {
  set_handlers(SIG_DFL);
}

void ignore_broken_pipes() noexcept {
  struct sigaction action {};
  action.sa_handler = SIG_IGN;
  (void)sigaction(SIGPIPE, &action, nullptr);
}

bool interrupted() noexcept {
  return arrived;
}

}  // namespace cli
