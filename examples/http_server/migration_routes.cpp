#include <algorithm>
#include <unordered_set>

#include "http_error.hpp"
#include "json_body.hpp"
#include "parameters.hpp"
#include "routes.hpp"

namespace server {
namespace {

using modelstore::ConflictPolicy;
using modelstore::Error;
using modelstore::ErrorCode;
using modelstore::RecordId;

/// The words of this interface for what the library calls policies. null stands for the one that only reports.
std::optional<ConflictPolicy> conflict_strategy(const JsonBody& body) {
  constexpr std::string_view kKey = "conflict_strategy";
  if (!body.has(kKey)) return std::nullopt;
  if (body.is_null(kKey)) return ConflictPolicy::Report;
  const std::string word = body.required_string(kKey);
  if (word == "null") return ConflictPolicy::Report;
  if (word == "merge") return ConflictPolicy::Merge;
  if (word == "override") return ConflictPolicy::Replace;
  if (word == "ignore") return ConflictPolicy::Keep;
  if (word == "delete") return ConflictPolicy::Discard;
  throw HttpError(400, "conflict_strategy is null, merge, override, ignore or delete, not " + excerpt(word));
}

void write_conflict(JsonWriter& json, const modelstore::MigrationConflict& conflict) {
  json.begin_object().key("pending").begin_object();
  json.member("id", conflict.pending_id).member("path", conflict.pending_path).end_object();
  json.key("existing").begin_object();
  json.member("id", conflict.sha256.hex()).member("path", conflict.existing_path).end_object().end_object();
}

// Stage 1

std::string import_json(const modelstore::ImportReport& report) {
  JsonWriter json;
  json.begin_object().member("status", report.skipped > 0 ? "failed" : "success");
  json.key("db_migration").begin_object();
  json.member("migrated", report.active).member("pending", report.pending).member("errors", report.skipped);
  json.member("images_processed", report.images_imported);
  json.member("image_errors", report.images_missing + report.images_failed).end_object();
  json.key("report").begin_object();
  json.member("models_read", report.models_read).member("active", report.active);
  json.member("pending", report.pending).member("merged", report.merged);
  json.member("unchanged", report.unchanged).member("skipped", report.skipped);
  json.member("tags", report.tags).member("links", report.links);
  json.member("images_imported", report.images_imported).member("images_missing", report.images_missing);
  json.member("images_failed", report.images_failed).member("elapsed_ms", report.elapsed_ms);
  json.key("skipped_rows").begin_array();
  for (const modelstore::SkippedRow& row : report.skipped_rows)
    json.begin_object().member("legacy_id", row.legacy_id).member("reason", row.reason).end_object();
  json.end_array().key("conflicts").begin_array();
  for (const modelstore::ImportConflict& conflict : report.conflicts) {
    json.begin_object().member("legacy_id", conflict.legacy_id).member("field", conflict.field);
    json.member("reason", conflict.reason).member("kept", conflict.kept).member("lost", conflict.lost);
    json.end_object();
  }
  json.end_array().end_object().end_object();
  return json.text();
}

modelstore::LegacyImportOptions import_options(const Backend& backend, const JsonBody& body) {
  modelstore::LegacyImportOptions options;
  options.database = absolute_path(body.required_string("legacy_db_path"));
  backend.roots.require(options.database);
  std::error_code error;
  if (const auto pictures =
          body.is_null("legacy_images_dir") ? std::nullopt : body.string("legacy_images_dir")) {
    options.pictures = absolute_path(*pictures);
    backend.roots.require(options.pictures);
    if (!std::filesystem::is_directory(options.pictures, error))
      throw HttpError(400, ErrorCode::FileMissing, "no such folder: " + excerpt(*pictures));
  } else if (const auto beside = options.database.parent_path() / "images";
             std::filesystem::is_directory(beside, error)) {
    if (!backend.roots.contain(beside))
      throw HttpError(
          403, ErrorCode::FileUnreadable,
          "the folder of pictures beside " + excerpt(body.required_string("legacy_db_path")) +
              " leads outside of the folders that this server was started with: name another one as "
              "legacy_images_dir");
    options.pictures = beside;
  }
  for (auto& [from, to] : body.rules("path_map")) {
    backend.roots.require(absolute_path(to));
    if (from.empty()) throw HttpError(400, "path_map has a rule without from");
    options.path_map.push_back({std::move(from), std::move(to)});
  }
  options.dry_run = body.boolean("dry_run").value_or(false);
  return options;
}

/// What is wrong with a legacy store is wrong with what the client named.
Response import_failure(const std::string& path) {
  try {
    throw;
  } catch (const Error& error) {
    switch (error.code()) {
      case ErrorCode::FileMissing:
      case ErrorCode::FileUnreadable:
      case ErrorCode::NotRegularFile:
      case ErrorCode::UnsupportedFormat:
      case ErrorCode::Corrupt:
        return error_response(400, modelstore::error_code_name(error.code()),
                              std::string(describe(error.code())) + ": " + excerpt(path));
      default:
        return response_for_current_exception(path);
    }
  } catch (...) {
    return response_for_current_exception(path);
  }
}

modelstore::Job<modelstore::ImportReport> start_import(Backend& backend,
                                                       modelstore::LegacyImportOptions options) {
  if (backend.importing->exchange(true))
    throw HttpError(409, ErrorCode::Busy, "an import is running: wait for its end");
  try {
    auto job = backend.importer.import(std::move(options));
    // The turn ends with the work, and before anyone learns of its end.
    job.on_done([importing = backend.importing](const auto&) { *importing = false; });
    return job;
  } catch (...) {
    *backend.importing = false;
    throw;
  }
}

void import_legacy(Backend& backend, const Call& call, const Reply& reply) {
  const bool by_number = asks_for_number(call.request);
  modelstore::LegacyImportOptions options = import_options(backend, JsonBody(call.request.body));
  const std::string path = options.database.string();
  answer_with(
      backend.jobs, by_number, "import", start_import(backend, std::move(options)),
      [](const modelstore::ImportReport& report) { return json_response(import_json(report)); },
      [path] { return import_failure(path); }, reply);
}

// Stage 2

std::string promotion_json(const std::vector<std::int64_t>& ids, const modelstore::MigrationReport& report) {
  std::unordered_set<std::int64_t> deleted;
  JsonWriter json;
  json.begin_object().member("total", ids.size());
  const auto list = [&](ConflictPolicy resolution) {
    json.begin_array();
    for (const modelstore::MigrationConflict& conflict : report.conflicts) {
      if (conflict.resolution != resolution || conflict.pending_id == 0) continue;
      if (resolution == ConflictPolicy::Report)
        write_conflict(json, conflict);
      else
        json.value(conflict.pending_id);
      if (resolution == ConflictPolicy::Discard) deleted.insert(conflict.pending_id);
    }
    json.end_array();
  };
  json.key("conflict");
  list(ConflictPolicy::Report);
  json.key("ignored");
  list(ConflictPolicy::Keep);
  json.key("deleted");
  list(ConflictPolicy::Discard);
  json.key("success").begin_array();
  for (const auto* done : {&report.promoted_ids, &report.merged_ids})
    for (const std::int64_t id : *done)
      if (!deleted.contains(id)) json.value(id);
  json.end_array().key("failed").begin_array();
  for (const modelstore::MigrationFailure& failure : report.failed) {
    json.begin_object().key("id");
    if (failure.id.is_pending())
      json.value(failure.id.number());
    else
      json.value(failure.id.to_string());
    json.member("error", describe(failure.code)).member("code", modelstore::error_code_name(failure.code));
    json.end_object();
  }
  json.end_array().member("bytes_hashed", report.bytes_hashed).member("elapsed_ms", report.elapsed_ms);
  json.end_object();
  return json.text();
}

void import_models(Backend& backend, const Call& call, const Reply& reply) {
  const bool by_number = asks_for_number(call.request);
  const JsonBody body(call.request.body);
  modelstore::MigrateOptions options;
  options.policy = conflict_strategy(body).value_or(ConflictPolicy::Report);
  std::vector<std::int64_t> ids;
  std::vector<RecordId> records;
  std::unordered_set<std::int64_t> seen;
  for (const std::int64_t id : body.required_integers("id")) {
    if (id < 1) throw HttpError(400, "id has numbers from 1 on");
    if (!seen.insert(id).second) continue;
    ids.push_back(id);
    records.push_back(RecordId::pending(id));
  }
  // A migrator of its own, so that batches may run side by side.
  const auto migrator = std::make_shared<modelstore::ReactiveMigrator>(backend.store);
  const auto job = migrator->migrate(std::move(records), std::move(options));
  answer_with(
      backend.jobs, by_number, "import_models", job,
      [ids](const modelstore::MigrationReport& report) {
        return json_response(promotion_json(ids, report), 207);
      },
      [migrator] { return response_for_current_exception(); }, reply);
}

std::string hash_json(const modelstore::MigrateHashResult& result) {
  JsonWriter json;
  json.begin_object().member("sha256", result.sha256.hex()).member("migrated", result.migrated);
  json.member("cached", result.cached).member("size_bytes", result.size_bytes);
  if (result.conflict) {
    json.key("conflict");
    write_conflict(json, *result.conflict);
  }
  if (result.mismatch)
    json.key("mismatch")
        .begin_object()
        .member("claimed", result.mismatch->claimed.hex())
        .member("computed", result.mismatch->computed.hex())
        .member("rekeyed", result.mismatch->rekeyed)
        .member("changed", result.mismatch->changed)
        .end_object();
  json.end_object();
  return json.text();
}

void hash_file(Backend& backend, const Call& call, const Reply& reply) {
  const bool by_number = asks_for_number(call.request);
  const JsonBody body(call.request.body);
  const std::string text = body.required_string("path");
  const std::filesystem::path path = absolute_path(text);
  const std::string status = body.string("pending_status").value_or("ignore");
  if (status != "pending" && status != "ignore")
    throw HttpError(400, "pending_status is pending or ignore, not " + excerpt(status));
  modelstore::MigrateHashOptions options;
  options.migrate = status == "pending";
  options.policy = conflict_strategy(body).value_or(ConflictPolicy::Merge);
  if (!backend.roots.contain(path)) {
    const auto record = backend.database.find_by_path(path);
    if (!record || !record->is_pending()) backend.roots.require(path);
  }
  const auto migrator = std::make_shared<modelstore::ReactiveMigrator>(backend.store);
  answer_with(
      backend.jobs, by_number, "sha256", migrator->hash(path, options),
      [](const modelstore::MigrateHashResult& result) { return json_response(hash_json(result)); },
      [migrator, text] { return response_for_current_exception(text); }, reply);
}

// The rest

void scan(Backend& backend, const Call& call, const Reply& reply) {
  const bool by_number = asks_for_number(call.request);
  if (backend.model_folders.empty())
    throw HttpError(400, "there is nothing to scan: the server was started without a folder of models");
  const auto job = modelstore::Scanner(backend.store).scan(backend.model_folders);
  answer_with(
      backend.jobs, by_number, "scan", job,
      [](const modelstore::ScanReport& report) {
        JsonWriter json;
        json.begin_object().member("status", "success").member("scanned", report.files_seen);
        json.member("added", report.added).member("known", report.known);
        json.key("pending_ids").begin_array();
        for (const std::int64_t id : report.pending_ids) json.value(id);
        json.end_array().key("skipped").begin_array();
        for (const modelstore::ScanSkip& skip : report.skipped)
          json.begin_object().member("path", skip.path).member("reason", skip.reason).end_object();
        json.end_array().member("missing", report.missing).member("elapsed_ms", report.elapsed_ms);
        json.end_object();
        return json_response(json.text());
      },
      [] { return response_for_current_exception(); }, reply);
}

/// Always a job, since it reads every file of the store.
void verify(Backend& backend, const Call& call, const Reply& reply) {
  modelstore::VerifyOptions options;
  if (!call.request.body.empty()) options.deep = JsonBody(call.request.body).boolean("deep").value_or(false);
  answer_with(
      backend.jobs, true, "verify", backend.store.verify(options),
      [](const modelstore::VerifyReport& report) {
        JsonWriter json;
        json.begin_object().member("ok", report.ok()).key("problems").begin_array();
        for (const modelstore::Problem& problem : report.problems) {
          json.begin_object().member("kind", modelstore::problem_kind_name(problem.kind));
          json.member("subject", problem.subject).member("message", problem.message).end_object();
        }
        json.end_array().member("records_checked", report.records_checked);
        json.member("files_checked", report.files_checked).member("bytes_hashed", report.bytes_hashed);
        json.end_object();
        return json_response(json.text());
      },
      [] { return response_for_current_exception(); }, reply);
}

}  // namespace

void add_migration_routes(Router& router, Backend& backend) {
  Backend* const b = &backend;
  router.add_long(Method::Post, "/api/migration/migrate_legacy_db",
                  [b](const Call& call, const Reply& reply) { import_legacy(*b, call, reply); });
  router.add_long(Method::Post, "/api/migration/import_models",
                  [b](const Call& call, const Reply& reply) { import_models(*b, call, reply); });
  router.add_long(Method::Post, "/api/models/sha256",
                  [b](const Call& call, const Reply& reply) { hash_file(*b, call, reply); });
  router.add_long(Method::Post, "/api/scan",
                  [b](const Call& call, const Reply& reply) { scan(*b, call, reply); });
  router.add_long(Method::Post, "/api/verify",
                  [b](const Call& call, const Reply& reply) { verify(*b, call, reply); });
  const auto job_id = [](const Call& call) { return number_parameter("id", call.captures.front()); };
  router.add(Method::Get, "/api/jobs", [b](const Call&) { return json_response(b->jobs->list()); });
  router.add(Method::Get, "/api/jobs/{}",
             [b, job_id](const Call& call) { return json_response(b->jobs->show(job_id(call))); });
  const auto cancel_job = [b, job_id](const Call& call) {
    return json_response(b->jobs->cancel(job_id(call)));
  };
  router.add(Method::Delete, "/api/jobs/{}", cancel_job, Lane::Reads);
}

}  // namespace server
