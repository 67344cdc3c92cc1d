/// Ctrl-C: the first one asks the running work to end, the second one ends the program at once.
///
/// There is one for the whole process, because signals are. SIGTERM and SIGHUP are treated alike; a signal
/// that the program was started to ignore (nohup, a background job) stays ignored.
#pragma once

namespace cli {

/// Takes over the signals. Called once, before any work.
void watch_for_interrupts() noexcept;

/// Whether a signal arrived. Any thread may ask.
[[nodiscard]] bool interrupted() noexcept;

}  // namespace cli
