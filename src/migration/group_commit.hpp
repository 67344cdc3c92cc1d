/// Commits candidates in common, since a durable transaction costs the same for one as for many.
///
/// Candidates are added by many threads and committed by one of this object's own: when enough of them wait,
/// when the oldest has waited long enough, and at the end. The number of those that wait is bounded, and so are
/// the files that are staged for them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "catalog/store_core.hpp"
#include "migration/candidate.hpp"
#include "runtime/executor.hpp"

namespace modelstore::migration {

class GroupCommit {
 public:
  /// Candidates, each counted with its pictures, that are committed at once.
  static constexpr std::size_t kGroup = 64;
  static constexpr std::chrono::milliseconds kLongestWait{200};
  /// From here on whoever adds waits.
  static constexpr std::size_t kMostWaiting = 4 * kGroup;

  struct Entry {
    std::unique_ptr<Candidate> candidate;
    std::size_t item = 0;
    std::exception_ptr failure;  ///< null if it was committed
  };

  /// `settled` is told what became of a group, by the committing thread. It may write to the store.
  using Settled = std::function<void(std::vector<Entry>)>;

  GroupCommit(detail::StoreCore& core, const runtime::JobControl& control, Settled settled);
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;
  /// What still waits is dropped.
  ~GroupCommit();

  /// Errors: Cancelled; what a commit failed with as a whole, unless it is Busy: then its candidates did.
  void add(std::size_t item, std::unique_ptr<Candidate> candidate);

  /// A failure of the item's own, which is to be told along with the next group.
  void add_failure(std::size_t item, std::exception_ptr failure);

  /// Commits what waits and returns when it is done. More may be added afterwards.
  /// Errors: as `add`.
  void flush();

 private:
  struct Shared;

  void push(Entry entry, std::size_t weight);
  void run() noexcept;
  void commit(std::vector<Entry> entries);

  detail::StoreCore& core_;
  const runtime::JobControl& control_;
  const Settled settled_;
  const std::shared_ptr<Shared> shared_;  // with the hook that a cancellation calls
  std::thread committer_;
};

}  // namespace modelstore::migration
