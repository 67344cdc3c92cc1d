/// Changes that touch files and rows together, so that both agree whatever happens between.
///
/// An operation runs in five steps: *stage* (its files are written and synced in a folder of their own),
/// *intent* (one transaction claims the record and journals the files' names, sizes and digests), *publish*
/// (the files are linked to their final names), *commit* (one transaction writes the rows and marks the
/// journal done), *clean* (staged and replaced files go, then the journal). An operation that is cut off
/// before its commit is undone, one that is cut off after it is finished: by the process that runs it, or by
/// the next one that opens the store. Several operations share their transactions.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "catalog/store_core.hpp"
#include "journal/operation_rows.hpp"
#include "journal/staging.hpp"
#include "modelstore/sha256.hpp"
#include "platform/file.hpp"

namespace modelstore::journal {

/// A file and the name under which it is to be published: a staged one, or one that is published already and
/// gets another name, the old one staying until a Removal.
struct Publication {
  const Staging* staging = nullptr;                ///< where the file is; null if it is published
  const platform::Directory* published = nullptr;  ///< where it is in that case
  StagedFile file;
  Folder folder = Folder::Images;
  std::string name;
};

/// One operation, as functions that are called under the writer lock. Each may throw to make this operation
/// fail; what it changed in that transaction is then rolled back, and the other operations go on.
struct Draft {
  std::string kind;  ///< for the journal and messages: "promotion", "add preview"

  /// In the intent's transaction: checks the record, claims it in the name of `operation`, chooses names. It
  /// is called again, after `undo`, if a name turns out to be taken. Empty for an operation that publishes
  /// nothing: it has no intent.
  std::function<std::vector<Publication>(catalog::WriteTransaction&, std::int64_t operation)> prepare;

  /// In the commit's transaction: checks again, writes all rows, and says which files are to go.
  std::function<std::vector<Removal>(catalog::WriteTransaction&)> commit;

  /// In a transaction of its own, when the operation fails after `prepare`: gives the claim back. May be
  /// empty. A claim in `pending_import.operation_id` is given back by the journal itself.
  std::function<void(catalog::WriteTransaction&)> undo;
};

/// Performs the operations and returns what each failed with, in their order; null where it succeeded. After
/// the return every operation is either done, durably, or undone; after an input or output error, for which
/// the store is poisoned, the next opening decides.
/// Errors, after which all that was not done is undone: those of StoreCore::write.
[[nodiscard]] std::vector<std::exception_ptr> perform(detail::StoreCore& core, std::span<Draft> drafts);

/// As `perform` for one operation, whose failure is thrown.
void perform_one(detail::StoreCore& core, Draft draft);

}  // namespace modelstore::journal
