/// Ctrl-C: while a job is followed the first one asks it to end, and the second one ends the program at once, as
/// any other does at other times, when whatever is being written is one transaction, done or not at all.
///
/// There is one for the whole process, because signals are. SIGTERM and SIGHUP are treated alike; a signal
/// that the program was started to ignore (nohup, a background job) stays ignored.
#pragma once

namespace cli {

/// Takes the signals over for as long as it lives. One at a time.
class InterruptWatch {
 public:
  InterruptWatch() noexcept;
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;
  ~InterruptWatch();
};

/// From now on, writing to a pipe that nobody reads fails instead of ending the program in its work.
void ignore_broken_pipes() noexcept;

/// Whether a signal arrived. Any thread may ask.
[[nodiscard]] bool interrupted() noexcept;

}  // namespace cli
