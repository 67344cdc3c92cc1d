/// Work that takes long: its progress, and its result once there is one.
///
/// What goes on after its request was answered is kept for an hour when it has finished, and of that the youngest
/// thousand jobs. What a request waits for is listed while it runs. Safe from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http_error.hpp"
#include "http_message.hpp"
#include "json_writer.hpp"
#include "modelstore/job.hpp"

namespace server {

class JobList {
 public:
  /// Adds a running job and returns its number.
  std::int64_t add(std::string kind, std::function<modelstore::Progress()> progress,
                   std::function<void()> cancel);

  /// What the request would have been answered with.
  void finish(std::int64_t id, const Response& outcome);

  /// Takes a job off the list.
  void remove(std::int64_t id);

  /// {"jobs": […]}, the youngest first and without their results.
  [[nodiscard]] std::string list();

  /// One job with its result. Errors: HttpError (404).
  [[nodiscard]] std::string show(std::int64_t id);

  /// Asks a job to end, and shows it as it was then. Errors: HttpError (404).
  std::string cancel(std::int64_t id);

 private:
  using Clock = std::chrono::steady_clock;

  struct Entry {
    std::string kind;
    std::int64_t created_at = 0;  // ms since the epoch
    std::function<modelstore::Progress()> progress;
    std::function<void()> cancel;
    bool cancelled = false;
    std::optional<Response> outcome;
    Clock::time_point finished;
  };

  static void write(JsonWriter& json, std::int64_t id, const Entry& entry, bool with_result);
  void forget_old();
  Entry& require(std::int64_t id);

  std::mutex mutex_;
  std::map<std::int64_t, Entry> entries_;
  std::int64_t last_id_ = 0;
};

/// Whether the request asks with `async=1` for the number of a job instead of its result. To be read before the work
/// starts. Errors: HttpError (400).
[[nodiscard]] bool asks_for_number(const Request& request);

/// Answers with the result of `job` when it is done, or at once with its number if `by_number`. `render` makes the
/// response of the result, `failed` that of the exception that is being handled.
template <class T, class Render, class Failed>
void answer_with(const std::shared_ptr<JobList>& jobs, bool by_number, const char* kind,
                 const modelstore::Job<T>& job, Render render, Failed failed, const Reply& reply) {
  const auto outcome = [render, failed](const modelstore::Job<T>& done) -> Response {
    try {
      return render(done.get());
    } catch (...) {
      return failed();
    }
  };
  const std::int64_t id = jobs->add(
      kind, [job] { return job.progress(); }, [job] { job.cancel(); });
  if (!by_number) {
    // The client may have gone away meanwhile: whoever finds the job on the list can cancel it.
    job.on_done([outcome, jobs, id, reply](const modelstore::Job<T>& done) {
      jobs->remove(id);
      reply(outcome(done));
    });
    return;
  }
  job.on_done([outcome, jobs, id](const modelstore::Job<T>& done) { jobs->finish(id, outcome(done)); });
  JsonWriter json;
  json.begin_object().member("job", id).end_object();
  Response accepted = json_response(json.text(), 202);
  accepted.set("Location", "/api/jobs/" + std::to_string(id));
  reply(std::move(accepted));
}

}  // namespace server
