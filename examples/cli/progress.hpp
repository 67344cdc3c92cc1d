/// How far a job has come, for people: part done, rate and time left. On a terminal one line that changes in
/// place; elsewhere a line of its own from time to time, less and less often. One thread at a time.
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>

#include "modelstore/job.hpp"
#include "output.hpp"

namespace cli {

class ProgressView {
 public:
  using Clock = std::chrono::steady_clock;

  /// Shows "`label`: …" on `messages`, which outlives the view.
  ProgressView(Messages& messages, std::string label);

  /// Removes the line from the terminal.
  ~ProgressView();
  ProgressView(const ProgressView&) = delete;
  ProgressView& operator=(const ProgressView&) = delete;

  /// Shows the new state, if it is time to.
  void update(const modelstore::Progress& progress);

  /// Removes the line from the terminal; the next update shows it again.
  void hide();

  [[nodiscard]] const std::string& label() const noexcept { return label_; }

 private:
  struct Sample {
    Clock::time_point time = {};
    std::uint64_t done = 0;
  };

  void sample(const modelstore::Progress& progress, Clock::time_point now);
  [[nodiscard]] std::optional<double> rate() const;
  [[nodiscard]] std::string line(const modelstore::Progress& progress, std::size_t width) const;

  Messages& messages_;
  std::string label_;
  modelstore::ProgressUnit unit_ = modelstore::ProgressUnit::Records;
  std::deque<Sample> samples_;  // of the last seconds
  std::chrono::seconds pause_;  // until the next line, where there is no terminal
  Clock::time_point next_line_;
};

}  // namespace cli
