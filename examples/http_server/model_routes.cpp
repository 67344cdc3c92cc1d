#include <algorithm>

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
using modelstore::RecordPage;
using modelstore::RecordQuery;
using modelstore::Sha256;
using modelstore::Tag;

/// Records of one answer while everything of a type is asked for.
constexpr std::int64_t kAtOnce = 10'000;

/// A type alone is listed in one answer, however long.
bool is_whole(const Query& query) {
  return !query.all("type").empty() && query.all("limit").empty() && query.all("cursor").empty();
}

/// The query is the client's, so that a library that refuses one refuses the request.
RecordPage list_page(const Backend& backend, const RecordQuery& query) {
  try {
    return backend.database.list(query);
  } catch (const modelstore::Error& error) {
    if (error.code() == ErrorCode::InvalidArgument || error.code() == ErrorCode::LimitExceeded)
      throw HttpError(400, "q, tag, not_tag, limit or cursor has a value that is not accepted");
    throw;
  }
}

Response list_models(Backend& backend, const Call& call) {
  const std::int64_t revision = backend.database.revision();
  if (auto answer = backend.lists.find(call.request.raw_target, revision)) {
    Response cached = json_response({});
    cached.body.size = answer->size();
    cached.body.text = std::move(answer);
    return cached;
  }
  const Query& parameters = call.request.target.query;
  RecordQuery query = record_query(parameters);
  const bool whole = query.filter.type && is_whole(parameters);
  if (whole) query.limit = kAtOnce;
  JsonWriter json;
  json.begin_object().key("models").begin_array();
  RecordPage page;
  do {
    page = list_page(backend, query);
    for (const modelstore::RecordSummary& record : page.records) write_summary(json, record);
    query.cursor = page.next_cursor;
  } while (whole && !page.next_cursor.empty());
  json.end_array().member("total", page.total).member("next_cursor", page.next_cursor).end_object();
  Response response = json_response(json.text());
  backend.lists.keep(call.request.raw_target, revision, response.body.text);
  return response;
}

Response show_model(const Backend& backend, const Sha256& sha256) {
  JsonWriter json;
  write_model(json, backend.database.model(sha256));
  return json_response(json.text());
}

Response edit_model(Backend& backend, const Call& call) {
  const Sha256 sha256 = sha256_parameter(call.captures.front());
  apply_edit(backend.database, sha256, record_edit(JsonBody(call.request.body)));
  return show_model(backend, sha256);
}

Response trash_model(Backend& backend, const Call& call) {
  const Sha256 sha256 = sha256_parameter(call.captures.front());
  (void)backend.database.trash(std::vector<RecordId>{sha256});
  return show_model(backend, sha256);
}

Response restore_model(Backend& backend, const Call& call) {
  const Sha256 sha256 = sha256_parameter(call.captures.front());
  (void)backend.database.restore(std::vector<RecordId>{sha256});
  return show_model(backend, sha256);
}

std::string lowered(std::string text) {
  for (char& letter : text)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return text;
}

/// The types that records have, and those that the folders of the model roots stand for.
Response list_types(const Backend& backend) {
  std::vector<std::string> types = backend.database.types();
  for (const std::filesystem::path& root : backend.model_folders) {
    std::error_code error;
    for (std::filesystem::directory_iterator at(root, error), end; !error && at != end; at.increment(error)) {
      const std::string name = at->path().filename().string();
      std::error_code ignored;
      if (!name.starts_with('.') && is_utf8(name) && at->is_directory(ignored))
        types.push_back(lowered(name));
    }
  }
  std::sort(types.begin(), types.end());
  types.erase(std::unique(types.begin(), types.end()), types.end());
  JsonWriter json;
  json.begin_object().key("types").begin_array();
  for (const std::string& type : types) json.value(type);
  json.end_array().end_object();
  return json_response(json.text());
}

Response tag_list(const std::vector<Tag>& tags) {
  JsonWriter json;
  json.begin_object().key("tags");
  write_tags(json, tags);
  json.end_object();
  return json_response(json.text());
}

Response add_tags(Backend& backend, const Call& call) {
  return tag_list(backend.database.add_tags(JsonBody(call.request.body).required_strings("newtags")));
}

Response edit_tag(Backend& backend, const Call& call) {
  const std::int64_t id = number_parameter("id", call.captures.front());
  const JsonBody body(call.request.body);
  const auto color = body.is_null("color") ? std::string() : body.string("color");
  backend.database.edit_tag(id, body.string("name"), color);
  for (const Tag& tag : backend.database.tags()) {
    if (tag.id != id) continue;
    JsonWriter json;
    json.begin_object().member("id", tag.id).member("name", tag.name).key("color");
    tag.color ? json.value(*tag.color) : json.null();
    json.end_object();
    return json_response(json.text());
  }
  throw HttpError(404, "there is no tag " + std::to_string(id));
}

Response delete_tag(Backend& backend, const Call& call) {
  backend.database.delete_tag(number_parameter("id", call.captures.front()));
  return json_response(R"({"status":"success"})");
}

std::string_view change_name(modelstore::ChangeKind kind) noexcept {
  switch (kind) {
    case modelstore::ChangeKind::Created:
      return "created";
    case modelstore::ChangeKind::Changed:
      return "changed";
    case modelstore::ChangeKind::Deleted:
      break;
  }
  return "deleted";
}

Response list_changes(const Backend& backend, const Call& call) {
  const auto since = call.request.target.query.find("since");
  modelstore::ChangeList list;
  try {
    list = backend.database.changes(since ? number_parameter("since", *since, 0) : 0);
  } catch (const modelstore::Error& error) {
    if (error.code() == ErrorCode::NotFound)
      throw HttpError(410, "changes from that revision on are not known: read the lists again");
    throw;
  }
  JsonWriter json;
  json.begin_object().member("revision", list.revision).key("changes").begin_array();
  for (const modelstore::RecordChange& change : list.changes) {
    json.begin_object().member("kind", change_name(change.kind)).key("id");
    if (change.id.is_pending())
      json.value(change.id.number());
    else
      json.value(change.id.sha256().hex());
    json.member("what", change.id.is_pending() ? "pending" : "model");
    json.member("revision", change.revision).end_object();
  }
  json.end_array().end_object();
  return json_response(json.text());
}

Response show_health(const Backend& backend) {
  JsonWriter json;
  json.begin_object().member("status", "ok").member("version", modelstore::version());
  json.member("schema_version", backend.schema_version).end_object();
  return json_response(json.text());
}

Response show_statistics(const Backend& backend) {
  const modelstore::Statistics all = backend.database.statistics();
  JsonWriter json;
  json.begin_object();
  json.member("models", all.models).member("models_unverified", all.models_unverified);
  json.member("pending", all.pending).member("trashed", all.trashed).member("locations", all.locations);
  json.member("tags", all.tags).member("previews", all.previews);
  json.member("pending_pictures", all.pending_pictures);
  json.member("model_bytes", all.model_bytes).member("pending_bytes", all.pending_bytes);
  json.member("preview_bytes", all.preview_bytes).member("database_bytes", all.database_bytes);
  json.member("revision", all.revision).member("schema_version", all.schema_version);
  json.end_object();
  return json_response(json.text());
}

}  // namespace

void add_model_routes(Router& router, Backend& backend) {
  Backend* const b = &backend;
  router.add_list(
      "/api/models", [b](const Call& call) { return list_models(*b, call); }, is_whole);
  router.add(Method::Get, "/api/models/get_types", [b](const Call&) { return list_types(*b); });
  router.add(Method::Get, "/api/models/{}",
             [b](const Call& call) { return show_model(*b, sha256_parameter(call.captures.front())); });
  router.add(Method::Patch, "/api/models/{}", [b](const Call& call) { return edit_model(*b, call); });
  router.add(Method::Delete, "/api/models/{}", [b](const Call& call) { return trash_model(*b, call); });
  router.add(Method::Post, "/api/models/{}/restore",
             [b](const Call& call) { return restore_model(*b, call); });
  router.add(Method::Get, "/api/changes", [b](const Call& call) { return list_changes(*b, call); });
  router.add(Method::Get, "/api/tags", [b](const Call&) { return tag_list(b->database.tags()); });
  router.add(Method::Post, "/api/tags_add", [b](const Call& call) { return add_tags(*b, call); });
  router.add(Method::Patch, "/api/tags/{}", [b](const Call& call) { return edit_tag(*b, call); });
  router.add(Method::Delete, "/api/tags/{}", [b](const Call& call) { return delete_tag(*b, call); });
  router.add(Method::Get, "/api/health", [b](const Call&) { return show_health(*b); });
  router.add(Method::Get, "/api/stats", [b](const Call&) { return show_statistics(*b); });
}

}  // namespace server
