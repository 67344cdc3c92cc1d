#include "journal/operation.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "journal/settlement.hpp"

namespace modelstore::journal {
namespace {

/// How often names are chosen anew because somebody else's files have them.
constexpr int kMostAttempts = 16;

/// The operations of one call of `perform`.
class Batch {
 public:
  Batch(detail::StoreCore& core, std::span<Draft> drafts) : core_(core), entries_(drafts.size()) {
    for (std::size_t i = 0; i < drafts.size(); ++i) entries_[i].draft = &drafts[i];
  }

  std::vector<std::exception_ptr> run() {
    try {
      run_steps();
    } catch (...) {
      undo_what_is_open();
      throw;
    }
    undo_what_is_open();
    clean();
    std::vector<std::exception_ptr> errors;
    for (Entry& entry : entries_) errors.push_back(std::move(entry.error));
    return errors;
  }

 private:
  struct Entry {
    Draft* draft = nullptr;
    std::int64_t operation = 0;  // 0: not in the journal
    std::vector<Publication> publications;
    std::size_t published = 0;  // so many of them
    bool name_taken = false;
    bool done = false;
    bool to_clean = false;
    std::vector<Removal> removals;
    std::exception_ptr error;

    [[nodiscard]] bool wants_intent() const { return draft->prepare && !error && operation == 0; }
  };

  void run_steps() {
    for (int attempt = 0; any([](const Entry& entry) { return entry.wants_intent(); }); ++attempt) {
      write_intents();
      if (attempt == 0 && !sync_staging()) return;
      if (!publish_all()) return;
      if (attempt < kMostAttempts)
        undo([](const Entry& entry) { return entry.name_taken; });
      else
        for (Entry& entry : entries_)
          if (entry.name_taken) fail(entry, ErrorCode::Conflict, "found no free name for a file");
    }
    if (!sync_folders()) return;
    commit();
  }

  template <class Predicate>
  bool any(Predicate predicate) const {
    return std::any_of(entries_.begin(), entries_.end(), predicate);
  }

  static void fail(Entry& entry, ErrorCode code, std::string_view message) {
    entry.error = std::make_exception_ptr(Error(code, entry.draft->kind + " " + std::string(message)));
  }

  /// After an error that poisons the store nothing can be committed any more.
  void fail_all(const std::exception_ptr& error) {
    for (Entry& entry : entries_)
      if (!entry.error) entry.error = error;
  }

  /// Runs `work` for one entry within the transaction; its failure is the entry's alone.
  static void guarded(catalog::WriteTransaction& transaction, Entry& entry,
                      const std::function<void()>& work) {
    try {
      transaction.nested(work);
    } catch (...) {
      if (!transaction.db().in_transaction()) throw;
      entry.error = std::current_exception();
    }
  }

  void write_intents() {
    core_.write([&](catalog::WriteTransaction& transaction) {
      for (Entry& entry : entries_) {
        if (!entry.wants_intent()) continue;
        guarded(transaction, entry, [&] {
          const std::int64_t id = insert_operation(transaction.db(), core_.owner(), entry.draft->kind, false);
          entry.publications = entry.draft->prepare(transaction, id);
          for (const Publication& publication : entry.publications)
            insert_file(transaction.db(), id, Role::Published, as_file(publication));
          entry.operation = id;
        });
        if (entry.error) entry.operation = 0;
        entry.published = 0;
        entry.name_taken = false;
      }
    });
  }

  static Removal as_file(const Publication& publication) {
    return {publication.folder, publication.name, publication.file.size_bytes, publication.file.sha256};
  }

  bool sync_staging() {
    std::set<const Staging*> stagings;
    for (const Entry& entry : entries_)
      for (const Publication& publication : entry.publications)
        if (publication.staging != nullptr) stagings.insert(publication.staging);
    try {
      for (const Staging* staging : stagings) staging->folder().sync();
      return true;
    } catch (const Error& error) {
      core_.poison(error.what());
      fail_all(std::current_exception());
      return false;
    }
  }

  bool publish_all() {
    for (Entry& entry : entries_) {
      if (entry.error || entry.operation == 0) continue;
      try {
        while (entry.published < entry.publications.size() && !entry.name_taken) {
          if (publish(entry.publications[entry.published]))
            ++entry.published;
          else
            entry.name_taken = true;
        }
      } catch (const Error& error) {
        entry.error = std::current_exception();
        if (error.code() != ErrorCode::Io) continue;
        core_.poison(error.what());
        fail_all(entry.error);
        return false;
      }
    }
    return true;
  }

  /// False if the name is taken.
  bool publish(const Publication& publication) {
    const platform::Directory& target = folder_of(core_, publication.folder);
    const StagedFile& file = publication.file;
    if (publication.staging != nullptr)
      return publication.staging->folder().link_into(file.name, target, publication.name);
    // A published file is not to be moved, since its row still names it: without links it is copied.
    switch (publication.published->try_link(file.name, target, publication.name)) {
      case platform::LinkResult::Linked:
        return true;
      case platform::LinkResult::NameTaken:
        return false;
      case platform::LinkResult::Unsupported:
        break;
    }
    if (!copies_) copies_.emplace(core_);
    const StagedFile copy = copies_->add(publication.published->read(file.name, file.size_bytes));
    if (copy.size_bytes != file.size_bytes || copy.sha256 != file.sha256)
      throw Error(ErrorCode::Io, (publication.published->path() / file.name).string() +
                                     " is not the file that its row names");
    return copies_->folder().link_into(copy.name, target, publication.name);
  }

  bool sync_folders() {
    std::set<Folder> folders;
    for (const Entry& entry : entries_)
      if (!entry.error)
        for (const Publication& publication : entry.publications) folders.insert(publication.folder);
    try {
      for (const Folder folder : folders) folder_of(core_, folder).sync();
      return true;
    } catch (const Error& error) {
      core_.poison(error.what());
      fail_all(std::current_exception());
      return false;
    }
  }

  void commit() {
    if (!any([](const Entry& entry) { return !entry.error; })) return;
    core_.write([&](catalog::WriteTransaction& transaction) {
      for (Entry& entry : entries_) {
        if (entry.error) continue;
        guarded(transaction, entry, [&] {
          entry.removals = entry.draft->commit(transaction);
          note_done(transaction.db(), entry);
        });
      }
    });
    for (Entry& entry : entries_) entry.done = !entry.error;
  }

  /// An operation that removes nothing needs no journal from its commit on: what is left of its staging
  /// folder goes with its owner.
  void note_done(const sqlite::Connection& database, Entry& entry) const {
    entry.to_clean = !entry.removals.empty();
    if (!entry.to_clean) {
      if (entry.operation != 0) drop_operation(database, entry.operation);
      return;
    }
    if (entry.operation != 0)
      mark_done(database, entry.operation);
    else
      entry.operation = insert_operation(database, core_.owner(), entry.draft->kind, true);
    for (const Removal& removal : entry.removals)
      insert_file(database, entry.operation, Role::Removed, removal);
  }

  void undo_what_is_open() noexcept {
    undo([](const Entry& entry) { return !entry.done; });
  }

  /// Undoes the journalled entries that `which` picks. What cannot be undone now is left for later.
  template <class Predicate>
  void undo(Predicate which) noexcept {
    std::vector<Entry*> chosen;
    try {
      std::vector<std::int64_t> ids;
      KnownDigests known;
      for (Entry& entry : entries_) {
        if (entry.operation == 0 || !entry.draft->prepare || !which(entry)) continue;
        chosen.push_back(&entry);
        ids.push_back(entry.operation);
        for (std::size_t i = 0; i < entry.published; ++i) known.look(core_, as_file(entry.publications[i]));
      }
      if (chosen.empty()) return;
      core_.write([&](catalog::WriteTransaction& transaction) {
        for (Entry* entry : chosen) {
          give_claim_back(transaction, *entry);
          if (!entry->error) take_moved_files_back(*entry);
        }
        settle(core_, transaction.db(), ids, known);
      });
      for (Entry* entry : chosen) entry->operation = 0;
    } catch (const std::exception& error) {
      core_.log(LogLevel::Warning, error.what());
      for (Entry* entry : chosen) leave(*entry, std::current_exception());
    }
  }

  void give_claim_back(catalog::WriteTransaction& transaction, Entry& entry) {
    if (!entry.draft->undo) return;
    try {
      transaction.nested([&] { entry.draft->undo(transaction); });
    } catch (const std::exception& error) {
      if (!transaction.db().in_transaction()) throw;
      core_.log(LogLevel::Warning, error.what());
    }
  }

  /// Where publishing had to move a staged file, another attempt needs it back in its place.
  static void take_moved_files_back(const Entry& entry) {
    for (std::size_t i = 0; i < entry.published; ++i) {
      const Publication& publication = entry.publications[i];
      if (publication.staging == nullptr) continue;
      const platform::Directory& staging = publication.staging->folder();
      if (staging.stat(publication.file.name)) continue;
      const platform::Directory& from = folder_of(publication.staging->core(), publication.folder);
      (void)from.link_into(publication.name, staging, publication.file.name);
    }
  }

  void leave(Entry& entry, const std::exception_ptr& reason) noexcept {
    if (!entry.error) entry.error = reason;
    try {
      core_.leave_operation(entry.operation);
    } catch (...) {  // Out of memory: it stays in the journal, for the next opening.
    }
    entry.operation = 0;
  }

  void clean() noexcept {
    std::vector<std::int64_t> ids;
    try {
      KnownDigests known;
      for (const Entry& entry : entries_) {
        if (!entry.done || !entry.to_clean) continue;
        ids.push_back(entry.operation);
        for (const Removal& removal : entry.removals) known.look(core_, removal);
      }
      if (ids.empty()) return;
      core_.write(
          [&](catalog::WriteTransaction& transaction) { settle(core_, transaction.db(), ids, known); });
    } catch (const std::exception& error) {
      core_.log(LogLevel::Warning, error.what());
      try {
        for (const std::int64_t id : ids) core_.leave_operation(id);
      } catch (...) {  // As above.
      }
    }
  }

  detail::StoreCore& core_;
  std::vector<Entry> entries_;
  std::optional<Staging> copies_;
};

}  // namespace

std::vector<std::exception_ptr> perform(detail::StoreCore& core, std::span<Draft> drafts) {
  core.check_writable();
  const detail::LogHold hold(core);
  const auto open = core.begin_operation();
  settle_left(core);
  return Batch(core, drafts).run();
}

void perform_one(detail::StoreCore& core, Draft draft) {
  const auto errors = perform(core, std::span(&draft, 1));
  if (errors.front()) std::rethrow_exception(errors.front());
}

}  // namespace modelstore::journal
