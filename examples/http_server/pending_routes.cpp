#include "http_error.hpp"
#include "json_body.hpp"
#include "parameters.hpp"
#include "record_edits.hpp"
#include "record_json.hpp"
#include "routes.hpp"

namespace server {
namespace {

using modelstore::ErrorCode;
using modelstore::RecordId;

constexpr std::int64_t kAtOnce = 10'000;

std::int64_t record_number(const Call& call) {
  return number_parameter("id", required(call.request.target.query, "id"));
}

bool is_whole(const Query& query) {
  return query.all("limit").empty();
}

/// Oldest first. Without a limit all of them.
Response list_pending(const Backend& backend, const Call& call) {
  const Query& parameters = call.request.target.query;
  modelstore::RecordQuery query = record_query(parameters);
  query.filter = {.state = modelstore::StateFilter::Pending};
  query.sort = modelstore::SortKey::Created;
  query.order = modelstore::SortOrder::Ascending;
  const bool whole = is_whole(parameters);
  if (whole) query.limit = kAtOnce;
  JsonWriter json;
  json.begin_object().key("models").begin_array();
  modelstore::RecordPage page;
  do {
    try {
      page = backend.database.list(query);
    } catch (const modelstore::Error& error) {
      if (error.code() == ErrorCode::InvalidArgument)
        throw HttpError(400, "the cursor is not one of this list");
      throw;
    }
    for (const modelstore::RecordSummary& record : page.records) write_pending_summary(json, record);
    query.cursor = page.next_cursor;
  } while (whole && !page.next_cursor.empty());
  json.end_array().member("total", page.total).member("next_cursor", page.next_cursor).end_object();
  return json_response(json.text());
}

Response show_pending(const Backend& backend, std::int64_t id) {
  JsonWriter json;
  write_pending(json, backend.database.pending(id));
  return json_response(json.text());
}

Response edit_pending(Backend& backend, const Call& call) {
  const std::int64_t id = record_number(call);
  const JsonBody body(call.request.body);
  modelstore::RecordEdit edit = record_edit(body);
  edit.path = body.string("path");
  // A path that a record has may be hashed by its name: the record must not lend it to a file elsewhere.
  if (edit.path && *edit.path != backend.database.pending(id).path)
    backend.roots.require(absolute_path(*edit.path));
  apply_edit(backend.database, RecordId::pending(id), edit);
  return show_pending(backend, id);
}

Response trash_pending(Backend& backend, const Call& call) {
  const std::int64_t id = record_number(call);
  (void)backend.database.trash(std::vector<RecordId>{RecordId::pending(id)});
  return json_response(R"({"status":"success"})");
}

}  // namespace

void add_pending_routes(Router& router, Backend& backend) {
  Backend* const b = &backend;
  constexpr std::string_view kRecord = "/api/migration/pending_model";
  router.add_list(
      "/api/migration/pending_models", [b](const Call& call) { return list_pending(*b, call); }, is_whole);
  router.add(Method::Get, kRecord, [b](const Call& call) { return show_pending(*b, record_number(call)); });
  router.add(Method::Patch, kRecord, [b](const Call& call) { return edit_pending(*b, call); });
  router.add(Method::Delete, kRecord, [b](const Call& call) { return trash_pending(*b, call); });
}

}  // namespace server
