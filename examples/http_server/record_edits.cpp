#include "record_edits.hpp"

#include "http_error.hpp"

namespace server {

using modelstore::Error;
using modelstore::ErrorCode;

modelstore::RecordEdit record_edit(const JsonBody& body) {
  modelstore::RecordEdit edit;
  edit.name = body.string("name");
  edit.type = body.string("type");
  edit.metadata = body.object_text("meta_json");
  edit.tags = body.tags("tags");
  return edit;
}

void apply_edit(modelstore::Database& database, const modelstore::RecordId& id,
                const modelstore::RecordEdit& edit) {
  // Asked first, since an edit says NotFound of a tag as well.
  if (id.is_model())
    (void)database.model(id.sha256());
  else
    (void)database.pending(id.number());
  try {
    database.edit(id, edit);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::NotFound) throw HttpError(400, "tags names a tag that does not exist");
    if (error.code() == ErrorCode::InvalidArgument)
      throw HttpError(400, "name, type, path, meta_json or tags has a value that is not accepted");
    throw;
  }
}

}  // namespace server
