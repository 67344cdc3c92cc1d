#include "migration/group_commit.hpp"

#include <utility>

namespace modelstore::migration {

using Clock = std::chrono::steady_clock;

struct GroupCommit::Shared {
  std::mutex mutex;
  std::condition_variable to_commit;
  std::condition_variable committed;
  std::vector<Entry> waiting;
  std::size_t weight = 0;
  Clock::time_point oldest;
  bool flushing = false;
  bool busy = false;
  bool closing = false;
  std::exception_ptr failure;
};

GroupCommit::GroupCommit(detail::StoreCore& core, const runtime::JobControl& control, Settled settled)
    : core_(core), control_(control), settled_(std::move(settled)), shared_(std::make_shared<Shared>()) {
  control.on_cancel([weak = std::weak_ptr(shared_)] {
    const auto shared = weak.lock();
    if (!shared) return;
    const std::lock_guard lock(shared->mutex);
    shared->to_commit.notify_all();
    shared->committed.notify_all();
  });
  committer_ = std::thread([this] { run(); });
}

GroupCommit::~GroupCommit() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->closing = true;
    shared_->to_commit.notify_all();
  }
  committer_.join();
}

void GroupCommit::add(std::size_t item, std::unique_ptr<Candidate> candidate) {
  const std::size_t weight = 1 + candidate->picture_count();
  push({std::move(candidate), item, nullptr}, weight);
}

void GroupCommit::add_failure(std::size_t item, std::exception_ptr failure) {
  push({nullptr, item, std::move(failure)}, 1);
}

void GroupCommit::push(Entry entry, std::size_t weight) {
  Shared& shared = *shared_;
  std::unique_lock lock(shared.mutex);
  shared.committed.wait(
      lock, [&] { return shared.weight < kMostWaiting || shared.failure || control_.cancelled(); });
  if (shared.failure) std::rethrow_exception(shared.failure);
  control_.throw_if_cancelled();
  if (shared.waiting.empty()) shared.oldest = Clock::now();
  shared.waiting.push_back(std::move(entry));
  shared.weight += weight;
  // The first one starts the clock of the committing thread.
  if (shared.waiting.size() == 1 || shared.weight >= kGroup) shared.to_commit.notify_all();
}

void GroupCommit::flush() {
  Shared& shared = *shared_;
  std::unique_lock lock(shared.mutex);
  shared.flushing = true;
  shared.to_commit.notify_all();
  shared.committed.wait(lock, [&] {
    return shared.failure || control_.cancelled() || (shared.waiting.empty() && !shared.busy);
  });
  shared.flushing = false;
  if (shared.failure) std::rethrow_exception(shared.failure);
  lock.unlock();
  control_.throw_if_cancelled();
}

void GroupCommit::run() noexcept {
  Shared& shared = *shared_;
  const runtime::WorkingFor working(control_);
  std::unique_lock lock(shared.mutex);
  while (!shared.closing && !shared.failure && !control_.cancelled()) {
    if (shared.waiting.empty()) {
      shared.to_commit.wait(lock);
      continue;
    }
    const auto due = shared.oldest + kLongestWait;
    if (shared.weight < kGroup && !shared.flushing && Clock::now() < due) {
      shared.to_commit.wait_until(lock, due);
      continue;
    }
    std::vector<Entry> entries = std::exchange(shared.waiting, {});
    shared.weight = 0;
    shared.busy = true;
    lock.unlock();
    shared.committed.notify_all();
    std::exception_ptr failure;
    try {
      commit(std::move(entries));
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    shared.busy = false;
    shared.failure = failure;
    shared.committed.notify_all();
  }
}

void GroupCommit::commit(std::vector<Entry> entries) {
  std::vector<journal::Draft> drafts;
  std::vector<Entry*> drafted;
  for (Entry& entry : entries) {
    if (!entry.candidate) continue;
    drafts.push_back(entry.candidate->draft());
    drafted.push_back(&entry);
  }
  if (!drafts.empty()) {
    try {
      std::vector<std::exception_ptr> failures = journal::perform(core_, drafts);
      for (std::size_t i = 0; i < drafted.size(); ++i) drafted[i]->failure = std::move(failures[i]);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::Busy) throw;
      for (Entry* entry : drafted) entry->failure = std::current_exception();
    }
  }
  settled_(std::move(entries));
}

}  // namespace modelstore::migration
