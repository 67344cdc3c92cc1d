// import, scan: how catalogues and files get in.

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp is POSIX's

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string_view>
#include <system_error>

#include "interrupt.hpp"
#include "program.hpp"
#include "record_output.hpp"
#include "report_output.hpp"

namespace cli {
namespace {

using modelstore::Error;
using modelstore::ErrorCode;

// import

struct ImportArguments {
  std::string database;
  std::string pictures;
  std::vector<std::string> map;
  std::string source;
  bool dry_run = false;
};

/// A folder for a store that nobody keeps, removed at the end.
class ScratchFolder {
 public:
  ScratchFolder() {
    path_ = (std::filesystem::temp_directory_path() / "modelstore-XXXXXX").string();
    if (mkdtemp(path_.data()) == nullptr)
      throw Error(ErrorCode::Io, "cannot make a temporary folder like " + path_);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

/// Whether opening with `create` would make a new store there.
bool would_be_new(const std::string& root) {
  std::error_code error;
  const auto status = std::filesystem::status(root, error);
  if (status.type() == std::filesystem::file_type::not_found) return true;
  return std::filesystem::is_directory(status) && std::filesystem::is_empty(root, error) && !error;
}

void write_import(JsonWriter& json, const modelstore::ImportReport& report, bool dry_run) {
  json.begin_object()
      .member("models_read", report.models_read)
      .member("active", report.active)
      .member("pending", report.pending)
      .member("merged", report.merged)
      .member("unchanged", report.unchanged)
      .member("skipped", report.skipped)
      .member("tags", report.tags)
      .member("links", report.links)
      .member("images_imported", report.images_imported)
      .member("images_missing", report.images_missing)
      .member("images_failed", report.images_failed);
  json.key("skipped_rows").begin_array();
  for (const auto& row : report.skipped_rows)
    json.begin_object().member("legacy_id", row.legacy_id).member("reason", row.reason).end_object();
  json.end_array().key("conflicts").begin_array();
  for (const auto& conflict : report.conflicts)
    json.begin_object()
        .member("legacy_id", conflict.legacy_id)
        .member("field", conflict.field)
        .member("reason", conflict.reason)
        .member("kept", conflict.kept)
        .member("lost", conflict.lost)
        .end_object();
  json.end_array().member("dry_run", dry_run).member("elapsed_ms", report.elapsed_ms).end_object();
}

std::string import_text(const modelstore::ImportReport& report, const ImportArguments& arguments,
                        const std::string& data) {
  std::string out = (arguments.dry_run ? "Would import " : "Imported ") + printable(arguments.database) +
                    " into " + printable(data) + " (" + duration_text(report.elapsed_ms) + ")\n";
  out += labelled({{"models read", grouped(report.models_read)},
                   {"  active", grouped(report.active)},
                   {"  pending", grouped(report.pending)},
                   {"  merged", grouped(report.merged)},
                   {"  unchanged", grouped(report.unchanged)},
                   {"  skipped", grouped(report.skipped)},
                   {"tags", grouped(report.tags)},
                   {"tag links", grouped(report.links)},
                   {"images imported", grouped(report.images_imported)},
                   {"  missing", grouped(report.images_missing)},
                   {"  failed", grouped(report.images_failed)}});
  out += some_lines("Skipped rows", report.skipped_rows, [](const modelstore::SkippedRow& row) {
    return "row " + std::to_string(row.legacy_id) + ": " + row.reason;
  });
  out += some_lines("To know", report.conflicts, [](const modelstore::ImportConflict& conflict) {
    std::string line = (conflict.legacy_id == 0 ? "" : "row " + std::to_string(conflict.legacy_id) + ", ") +
                       conflict.field + ": " + conflict.reason;
    if (!conflict.kept.empty()) line += "; kept: " + cut_to_width(printable(conflict.kept), 60);
    if (!conflict.lost.empty()) line += "; lost: " + cut_to_width(printable(conflict.lost), 60);
    return line;
  });
  if (report.pending > 0 && !arguments.dry_run)
    out +=
        "Next: " + shell_line({"modelstore", "migrate", "--data", data}) + " hashes the pending records.\n";
  return out;
}

Exit exit_of(const modelstore::ImportReport& report) {
  if (report.skipped > 0 && report.skipped == report.models_read) return Exit::NothingDone;
  return report.skipped + report.images_missing + report.images_failed > 0 ? Exit::SomeFailed : Exit::Done;
}

/// Errors: FileMissing, NotRegularFile, UnsupportedFormat.
void check_is_sqlite(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) throw Error(ErrorCode::FileMissing, "no legacy catalogue at " + path);
  if (!std::filesystem::is_regular_file(status))
    throw Error(ErrorCode::NotRegularFile, path + " is not a regular file");
  constexpr std::string_view kMagic{"SQLite format 3\0", 16};
  std::string head(kMagic.size(), '\0');
  std::ifstream file(path, std::ios::binary);
  if (file && (!file.read(head.data(), static_cast<std::streamsize>(head.size())) || head != kMagic))
    throw Error(ErrorCode::UnsupportedFormat, path + " is not a SQLite database");
}

/// Begins to read into a store that nobody keeps: what cannot be imported is no reason to make a new one. Errors: as
/// LegacyImporter::import.
void check_source(Session& session, modelstore::LegacyImportOptions options) {
  constexpr std::chrono::milliseconds kNap{5};
  const ScratchFolder scratch;
  const ScratchFolder no_pictures;
  const modelstore::Store store = session.open_at(scratch.path(), Access::Create);
  options.pictures = no_pictures.path();
  options.dry_run = true;
  const auto job = modelstore::LegacyImporter(store).import(std::move(options));
  while (!job.wait_for(kNap) && job.progress().total == 0 && !interrupted()) continue;
  job.cancel();
  try {
    (void)job.get();
  } catch (const modelstore::Error& error) {
    if (error.code() != modelstore::ErrorCode::Cancelled) throw;
  }
}

Exit import_legacy(Session& session, const ImportArguments& arguments) {
  modelstore::LegacyImportOptions options;
  options.database = arguments.database;
  options.pictures = arguments.pictures;
  options.path_map = path_map_of(arguments.map);
  options.source_id = arguments.source;
  options.dry_run = arguments.dry_run;

  const bool is_new = would_be_new(session.data());
  std::optional<ScratchFolder> scratch;
  if (arguments.dry_run && is_new) scratch.emplace();
  check_is_sqlite(arguments.database);
  std::error_code error;
  if (!arguments.pictures.empty() && !std::filesystem::is_directory(arguments.pictures, error))
    throw Error(ErrorCode::InvalidArgument, "no folder of pictures at " + arguments.pictures);
  if (is_new && !arguments.dry_run) check_source(session, options);
  const Access access = arguments.dry_run ? Access::Read : Access::Create;
  const modelstore::Store store =
      scratch ? session.open_at(scratch->path(), Access::Create) : session.open(access);
  modelstore::LegacyImporter importer(store);
  const auto report = session.wait_for_changes(
      store, [&] { return importer.import(std::move(options)); }, arguments.dry_run ? "Reading" : "Importing",
      arguments.dry_run ? "nothing was written" : "what was imported until now is kept");
  JsonWriter json;
  write_import(json, report, arguments.dry_run);
  session.print_result(json, [&] { return import_text(report, arguments, session.data()); });
  return exit_of(report);
}

void add_import(Program& program) {
  auto arguments = std::make_shared<ImportArguments>();
  CLI::App& command =
      program.add("import", "Take over the catalogue and the pictures of an older model manager",
                  [arguments](Session& session) { return import_legacy(session, *arguments); });
  command
      .add_option("--legacy-db", arguments->database,
                  "The SQLite file of the older manager; it is not changed")
      ->required()
      ->type_name("FILE");
  command
      .add_option("--legacy-images", arguments->pictures,
                  "Its folder of pictures; default: images beside FILE")
      ->type_name("DIR");
  one_each(command.add_option("--map", arguments->map, kMapHelp)->type_name("FROM=TO"));
  command
      .add_option("--source-id", arguments->source,
                  "The name under which rows are remembered as imported; default: the real path of FILE")
      ->type_name("NAME");
  command.add_flag("--dry-run", arguments->dry_run, "Report what would happen and write nothing");
  program.add_picture_options(command);
  command.footer(
      "Makes the store if there is none. Rows with a valid SHA-256 become models, whose hash counts as "
      "claimed until\n"
      "it is computed; all others become pending records, which 'migrate' hashes. A second import adds "
      "nothing; one\n"
      "that was interrupted is continued by running it again.\n\n"
      "Exit code 1: rows were skipped, or pictures are missing or damaged. The report names each row. 2: all "
      "rows were\n"
      "skipped.");
}

// scan

struct ScanArguments {
  std::vector<std::string> roots;
  std::vector<std::string> extensions;
};

void write_scan(JsonWriter& json, const modelstore::ScanReport& report) {
  json.begin_object()
      .member("files_seen", report.files_seen)
      .member("added", report.added)
      .member("known", report.known)
      .member("missing", report.missing)
      .member("changed", report.changed);
  json.key("pending_ids").begin_array();
  for (const std::int64_t id : report.pending_ids) json.value(id);
  json.end_array().key("skipped").begin_array();
  for (const auto& skip : report.skipped)
    json.begin_object().member("path", skip.path).member("reason", skip.reason).end_object();
  json.end_array().member("elapsed_ms", report.elapsed_ms).end_object();
}

/// Where nothing can be scanned no new store is made. Errors: FileMissing (all), InvalidArgument (no folder).
void check_roots(const std::vector<std::string>& roots) {
  bool some_there = false;
  for (const auto& root : roots) {
    std::error_code error;
    const auto status = std::filesystem::status(root, error);
    const bool there = std::filesystem::exists(status);
    if (there && !std::filesystem::is_directory(status))
      throw Error(ErrorCode::InvalidArgument, root + " is not a folder");
    some_there = some_there || there;
  }
  if (!some_there) throw Error(ErrorCode::FileMissing, "no folder at " + roots.front());
}

Exit exit_of(const modelstore::ScanReport& report) {
  if (report.skipped.empty()) return Exit::Done;
  return report.files_seen + report.missing > 0 ? Exit::SomeFailed : Exit::NothingDone;
}

Exit scan(Session& session, const ScanArguments& arguments) {
  std::vector<std::filesystem::path> roots(arguments.roots.begin(), arguments.roots.end());
  if (would_be_new(session.data())) check_roots(arguments.roots);
  modelstore::ScanOptions options;
  if (!arguments.extensions.empty()) options.extensions = arguments.extensions;
  const modelstore::Store store = session.open(Access::Create);
  const auto report = session.wait_for_changes(
      store, [&] { return modelstore::Scanner(store).scan(std::move(roots), std::move(options)); },
      "Scanning", "what was found until now is kept");
  JsonWriter json;
  write_scan(json, report);
  session.print_result(json, [&] {
    std::string out = "Scanned in " + duration_text(report.elapsed_ms) + "\n";
    out += labelled({{"model files", grouped(report.files_seen)},
                     {"  new, now pending", grouped(report.added)},
                     {"  known", grouped(report.known)},
                     {"missing", grouped(report.missing)},
                     {"changed since verified", grouped(report.changed)}});
    out += some_lines("Passed over", report.skipped,
                      [](const modelstore::ScanSkip& skip) { return skip.path + ": " + skip.reason; });
    const std::vector<std::string> migrate = {"modelstore", "migrate", "--data", session.data()};
    if (report.added > 0) out += "Next: " + shell_line(migrate) + " hashes the pending records.\n";
    if (report.changed > 0) out += "Next: " + shell_line(migrate) + " --claims hashes the changed files.\n";
    return out;
  });
  return exit_of(report);
}

void add_scan(Program& program) {
  auto arguments = std::make_shared<ScanArguments>();
  CLI::App& command =
      program.add("scan", "Find model files; what the catalogue does not know becomes pending",
                  [arguments](Session& session) { return scan(session, *arguments); });
  command.add_option("ROOT", arguments->roots, "Folders to walk, with all that is below them")->required();
  one_each(command
               .add_option("--extension", arguments->extensions,
                           "Ending of a model file, for instance .gguf. Repeatable; replaces the usual ones")
               ->type_name("ENDING"));
  command.footer(
      "Makes the store if there is none. A new file's type, and a tag of it, is the first folder below ROOT "
      "that it is\n"
      "in. No file is opened or hashed: 'migrate' does that. Files that are gone are marked missing, never "
      "removed.\n"
      "What is in the trash stays there.\n\n"
      "Exit code 1: something was passed over, such as a folder that cannot be read. 2: and no model file "
      "was "
      "found.");
}

}  // namespace

void add_import_commands(Program& program) {
  add_import(program);
  add_scan(program);
}

}  // namespace cli
