#include "job_list.hpp"

#include <array>

namespace server {
namespace {

constexpr std::chrono::hours kKeptFor{1};
constexpr std::size_t kKept = 1000;

std::string_view unit_name(modelstore::ProgressUnit unit) noexcept {
  constexpr std::array<std::string_view, 5> kNames = {"bytes", "files", "rows", "pictures", "records"};
  return kNames[static_cast<std::size_t>(unit)];
}

bool has_failed(const Response& outcome) noexcept {
  return outcome.status >= 400;
}

}  // namespace

std::int64_t JobList::add(std::string kind, std::function<modelstore::Progress()> progress,
                          std::function<void()> cancel) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::lock_guard lock(mutex_);
  forget_old();
  Entry& entry = entries_[++last_id_];
  entry.kind = std::move(kind);
  entry.created_at = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  entry.progress = std::move(progress);
  entry.cancel = std::move(cancel);
  return last_id_;
}

void JobList::finish(std::int64_t id, const Response& outcome) {
  std::function<void()> cancel;  // holds the job, and so must not go while the lock is held
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  entry.outcome = outcome;
  entry.finished = Clock::now();
  entry.progress = [last = entry.progress()] { return last; };
  cancel = std::exchange(entry.cancel, [] {});
}

void JobList::remove(std::int64_t id) {
  decltype(entries_)::node_type entry;  // as above
  const std::lock_guard lock(mutex_);
  entry = entries_.extract(id);
}

void JobList::forget_old() {
  std::size_t finished = 0;
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry)
    if (entry->second.outcome) ++finished;
  const auto now = Clock::now();
  for (auto at = entries_.begin(); at != entries_.end();) {
    const Entry& entry = at->second;
    if (entry.outcome && (finished > kKept || now - entry.finished > kKeptFor)) {
      at = entries_.erase(at);
      --finished;
    } else {
      ++at;
    }
  }
}

JobList::Entry& JobList::require(std::int64_t id) {
  forget_old();
  const auto found = entries_.find(id);
  if (found == entries_.end()) throw HttpError(404, "there is no job " + std::to_string(id));
  return found->second;
}

void JobList::write(JsonWriter& json, std::int64_t id, const Entry& entry, bool with_result) {
  const bool failed = entry.outcome && has_failed(*entry.outcome);
  const std::string_view state = !entry.outcome              ? "running"
                                 : failed && entry.cancelled ? "cancelled"
                                 : failed                    ? "failed"
                                                             : "done";
  const modelstore::Progress progress = entry.progress();
  json.begin_object().member("id", id).member("kind", entry.kind).member("state", state);
  json.member("created_at", entry.created_at);
  json.key("progress").begin_object();
  json.member("done", progress.done).member("total", progress.total);
  json.member("unit", unit_name(progress.unit)).end_object();
  if (entry.outcome && (failed || with_result))
    json.key(failed ? "error" : "result").raw(*entry.outcome->body.text);
  json.end_object();
}

std::string JobList::list() {
  const std::lock_guard lock(mutex_);
  forget_old();
  JsonWriter json;
  json.begin_object().key("jobs").begin_array();
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry)
    write(json, entry->first, entry->second, false);
  json.end_array().end_object();
  return json.text();
}

std::string JobList::show(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  JsonWriter json;
  write(json, id, require(id), true);
  return json.text();
}

std::string JobList::cancel(std::int64_t id) {
  std::function<void()> cancel;
  JsonWriter json;
  {
    const std::lock_guard lock(mutex_);
    Entry& entry = require(id);
    if (!entry.outcome) entry.cancelled = true;
    cancel = entry.cancel;
    write(json, id, entry, true);
  }
  // Without the lock: a job that ends at once reports to this list.
  cancel();
  return json.text();
}

bool asks_for_number(const Request& request) {
  return request.target.query.find("async").value_or("0") == "1";
}

}  // namespace server
