/// What the handlers of models and of pending records have in common: edits of one record.
#pragma once

#include "json_body.hpp"
#include "modelstore/database.hpp"

namespace server {

/// The name, type, metadata and tags of a request; other keys are ignored. Errors: HttpError (400).
[[nodiscard]] modelstore::RecordEdit record_edit(const JsonBody& body);

/// Applies an edit. Errors: HttpError (404 if there is no such record, 400 if the edit names a tag that does not exist or
/// is refused), and those of Database::edit.
void apply_edit(modelstore::Database& database, const modelstore::RecordId& id,
                const modelstore::RecordEdit& edit);

}  // namespace server
