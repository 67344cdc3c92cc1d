/// Whether the files below `images/` are those that rows name. Other work may go on meanwhile: whatever looks
/// wrong is looked at again under the writer lock before it is reported.
#pragma once

#include <optional>
#include <string>

#include "catalog/store_core.hpp"
#include "journal/operation_rows.hpp"
#include "modelstore/store.hpp"
#include "runtime/executor.hpp"

namespace modelstore::store {

/// Adds what it finds to `report`. Called on an operation's thread; hashes on the workers.
/// Errors: Cancelled, Busy, Io.
void check_files(detail::StoreCore& core, const runtime::JobControl& control, VerifyReport& report);

/// What is wrong with one file, whether a row names it or not. Certain only under the writer lock.
/// Errors: Io, FileUnreadable.
[[nodiscard]] std::optional<Problem> problem_with_file(const detail::StoreCore& core,
                                                       const sqlite::Connection& database,
                                                       journal::Folder folder, const std::string& name);

}  // namespace modelstore::store
