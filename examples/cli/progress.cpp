#include "progress.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace cli {
namespace {

/// The rate is that of the last seconds: it follows a change of disk, and does not jump from file to file.
constexpr std::chrono::seconds kWindow{8};
constexpr std::chrono::milliseconds kSampleEvery{200};
constexpr std::chrono::milliseconds kLeastForRate{600};

constexpr std::chrono::seconds kFirstLine{2};
constexpr std::chrono::seconds kLongestPause{60};

/// Beyond this a forecast says nothing.
constexpr double kLongestForecast = 100.0 * 3600;

std::string_view noun(modelstore::ProgressUnit unit) {
  switch (unit) {
    case modelstore::ProgressUnit::Bytes:
      return "bytes";
    case modelstore::ProgressUnit::Files:
      return "files";
    case modelstore::ProgressUnit::Rows:
      return "rows";
    case modelstore::ProgressUnit::Pictures:
      return "pictures";
    case modelstore::ProgressUnit::Records:
      break;
  }
  return "records";
}

std::string amount(modelstore::ProgressUnit unit, std::uint64_t number) {
  const auto whole = static_cast<std::int64_t>(number);
  return unit == modelstore::ProgressUnit::Bytes ? bytes_text(whole) : grouped(whole);
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts)
    if (!part.empty()) out += (out.empty() ? "" : ", ") + part;
  return out;
}

}  // namespace

ProgressView::ProgressView(Messages& messages, std::string label)
    : messages_(messages),
      label_(std::move(label)),
      pause_(kFirstLine),
      next_line_(Clock::now() + kFirstLine) {}

ProgressView::~ProgressView() {
  try {
    hide();
  } catch (...) {  // The line stays; nothing depends on it.
  }
}

void ProgressView::hide() {
  if (messages_.on_terminal()) messages_.progress({});
}

void ProgressView::sample(const modelstore::Progress& progress, Clock::time_point now) {
  if (!samples_.empty() && (progress.unit != unit_ || progress.done < samples_.back().done)) samples_.clear();
  unit_ = progress.unit;
  if (samples_.empty() || now - samples_.back().time >= kSampleEvery)
    samples_.push_back({now, progress.done});
  while (samples_.size() > 2 && now - samples_.front().time > kWindow) samples_.pop_front();
}

std::optional<double> ProgressView::rate() const {
  if (samples_.size() < 2) return std::nullopt;
  const auto time = samples_.back().time - samples_.front().time;
  if (time < kLeastForRate) return std::nullopt;
  return static_cast<double>(samples_.back().done - samples_.front().done) /
         std::chrono::duration<double>(time).count();
}

/// For instance "Hashing: 42 %, 3.4 GB of 8.1 GB, 512 MB/s, 0:09 left". What does not fit goes, the time left and
/// the part that is done last. `width`: columns; 0: as many as it takes.
std::string ProgressView::line(const modelstore::Progress& progress, std::size_t width) const {
  const bool counts = progress.unit != modelstore::ProgressUnit::Bytes;
  const std::string unit = counts ? " " + std::string(noun(progress.unit)) : "";
  const std::uint64_t done = progress.total > 0 ? std::min(progress.done, progress.total) : progress.done;
  const std::optional<double> per_second = rate();
  std::string percent;
  std::string size = amount(progress.unit, done);
  std::string speed;
  std::string left;
  if (progress.total > 0) {
    const double part = static_cast<double>(done) / static_cast<double>(progress.total);
    percent = std::to_string(static_cast<int>(100 * part)) + " %";
    size += " of " + amount(progress.unit, progress.total);
  }
  size += unit;
  if (per_second)
    speed = amount(progress.unit, static_cast<std::uint64_t>(std::llround(*per_second))) + unit + "/s";
  if (progress.total > 0 && per_second && *per_second > 0) {
    const double seconds = static_cast<double>(progress.total - done) / *per_second;
    if (seconds < kLongestForecast)
      left = clock_text(static_cast<std::int64_t>(std::ceil(seconds))) + " left";
  }
  std::string text = joined({percent, size, speed, left});
  const auto fits = [&] { return width == 0 || display_width(label_) + 2 + display_width(text) <= width; };
  if (!fits() && !percent.empty()) text = joined({percent, speed, left});
  if (!fits()) text = percent.empty() ? size : joined({percent, left});
  return label_ + ": " + text;
}

void ProgressView::update(const modelstore::Progress& progress) {
  const Clock::time_point now = Clock::now();
  sample(progress, now);
  if (messages_.on_terminal()) {
    messages_.progress(line(progress, Messages::progress_width()));
  } else if (now >= next_line_) {
    messages_.line(line(progress, 0));
    pause_ = std::min(pause_ * 2, kLongestPause);
    next_line_ = now + pause_;
  }
}

}  // namespace cli
