/// The table that benchmarks print: ours, the peer's in the same run, their ratio, and what is aimed at.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace bench {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

inline double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Of this process so far, in MiB.
inline double peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

inline std::string text(double value, const char* unit) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.2f %s", value, unit);
  return buffer;
}

inline void print_head() {
  std::printf("%-46s %14s %14s %7s   %s\n", "work", "modelstore", "peer", "ratio", "target");
}

inline void print_row(const std::string& name, const std::string& ours, const std::string& peer, double ratio,
                      const char* target) {
  std::printf("%-46s %14s %14s %7.2f   %s\n", name.c_str(), ours.c_str(), peer.c_str(), ratio, target);
  std::fflush(stdout);
}

inline void print_row(const std::string& name, const std::string& ours, const char* target) {
  std::printf("%-46s %14s %14s %7s   %s\n", name.c_str(), ours.c_str(), "", "", target);
  std::fflush(stdout);
}

/// `share` 0.5 is the median, 0.99 what one call in a hundred is above.
inline double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

}  // namespace bench
