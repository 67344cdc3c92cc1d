// migrate, relocate: how pending records become models, and files are found that were moved.

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

#include "program.hpp"
#include "record_output.hpp"
#include "report_output.hpp"

namespace cli {
namespace {

// migrate

struct MigrateArguments {
  bool all = false;
  bool claims = false;
  std::vector<std::string> ids;
  std::string policy = "report";
  std::vector<std::string> map;
  unsigned parallel = 0;
};

/// Numbers are pending records; everything else is an ID as in other commands.
modelstore::RecordId migration_id(const modelstore::Database& database, const std::string& text) {
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos)
    if (const auto id = modelstore::RecordId::parse("pending:" + text)) return *id;
  return database.resolve(text);
}

void write_migration(JsonWriter& json, const modelstore::MigrationReport& report) {
  json.begin_object()
      .member("promoted", report.promoted_ids.size())
      .member("merged", report.merged_ids.size());
  json.key("conflicts").begin_array();
  for (const auto& conflict : report.conflicts) write_conflict(json, conflict, report.mismatches);
  json.end_array().key("failed").begin_array();
  for (const auto& failure : report.failed)
    json.begin_object()
        .member("id", failure.id.to_string())
        .member("path", failure.path)
        .member("code", error_code_name(failure.code))
        .member("error", failure.error)
        .end_object();
  json.end_array().key("mismatches").begin_array();
  for (const auto& mismatch : report.mismatches) write_mismatch(json, mismatch);
  json.end_array().key("promoted_ids").begin_array();
  for (const std::int64_t id : report.promoted_ids) json.value(id);
  json.end_array().key("merged_ids").begin_array();
  for (const std::int64_t id : report.merged_ids) json.value(id);
  json.end_array().key("verified").begin_array();
  for (const auto& sha256 : report.verified) json.value(sha256.hex());
  json.end_array()
      .member("bytes_hashed", report.bytes_hashed)
      .member("elapsed_ms", report.elapsed_ms)
      .end_object();
}

std::string migration_text(const modelstore::MigrationReport& report) {
  std::vector<modelstore::ClaimMismatch> wrong;
  std::vector<modelstore::ClaimMismatch> changed;
  for (const auto& mismatch : report.mismatches) (mismatch.changed ? changed : wrong).push_back(mismatch);
  std::string rate;
  if (report.bytes_hashed > 0 && report.elapsed_ms > 0) {
    const double per_second =
        1000.0 * static_cast<double>(report.bytes_hashed) / static_cast<double>(report.elapsed_ms);
    rate = " (" + bytes_text(std::llround(per_second)) + "/s)";
  }
  std::string out = "Migrated in " + duration_text(report.elapsed_ms) + "\n";
  out += labelled({{"promoted", grouped(static_cast<std::int64_t>(report.promoted_ids.size()))},
                   {"merged", grouped(static_cast<std::int64_t>(report.merged_ids.size()))},
                   {"claims confirmed", grouped(static_cast<std::int64_t>(report.verified.size()))},
                   {"claims wrong", grouped(static_cast<std::int64_t>(wrong.size()))},
                   {"changed files", grouped(static_cast<std::int64_t>(changed.size()))},
                   {"conflicts", grouped(static_cast<std::int64_t>(report.conflicts.size()))},
                   {"failed", grouped(static_cast<std::int64_t>(report.failed.size()))},
                   {"hashed", bytes_text(report.bytes_hashed) + rate}});
  out += some_lines("Conflicts", report.conflicts, [&](const modelstore::MigrationConflict& conflict) {
    return short_id(record_of(conflict, report.mismatches)) + " " + conflict.pending_path + " is model " +
           short_id(conflict.sha256) + " at " + conflict.existing_path + ": " +
           std::string(modelstore::conflict_policy_name(conflict.resolution));
  });
  if (std::any_of(report.conflicts.begin(), report.conflicts.end(), [](const auto& conflict) {
        return conflict.resolution == modelstore::ConflictPolicy::Report;
      }))
    out += "Next: the same with --policy merge, replace, keep or discard settles the conflicts.\n";
  out += some_lines("Claims that were wrong", wrong, mismatch_line);
  out += some_lines("Files that were changed since they were verified, now models of their own", changed,
                    mismatch_line);
  out += some_lines("Failed", report.failed, [](const modelstore::MigrationFailure& failure) {
    return short_id(failure.id) + ": " + failure.error + " (" + std::string(error_code_name(failure.code)) +
           ")";
  });
  return out;
}

/// `wanted`: how many records the user named; 0 if those were all.
Exit exit_of(const modelstore::MigrationReport& report, std::size_t wanted) {
  if (report.failed.empty()) return Exit::Done;
  std::set<modelstore::RecordId> failed;
  for (const auto& failure : report.failed) failed.insert(failure.id);
  const bool some_done = failed.size() < wanted || !report.promoted_ids.empty() ||
                         !report.merged_ids.empty() || !report.verified.empty() ||
                         !report.conflicts.empty() || !report.mismatches.empty();
  return some_done ? Exit::SomeFailed : Exit::NothingDone;
}

Exit migrate(Session& session, const MigrateArguments& arguments) {
  modelstore::MigrateOptions options;
  options.policy = policy_of(arguments.policy);
  options.path_map = path_map_of(arguments.map);
  options.parallel = arguments.parallel;
  const modelstore::Store store = session.open(Access::Write);
  modelstore::ReactiveMigrator migrator(store);
  std::set<modelstore::RecordId> wanted;
  const auto start = [&] {
    if (arguments.claims) return migrator.verify_claims(std::move(options));
    if (arguments.ids.empty()) return migrator.migrate_all(std::move(options));
    const modelstore::Database database(store);
    for (const auto& id : arguments.ids) wanted.insert(migration_id(database, id));
    return migrator.migrate({wanted.begin(), wanted.end()}, std::move(options));
  };
  const auto report = session.wait_for_changes(
      store, start, "Hashing",
      "records that were migrated until now are kept, and files that were hashed are remembered");
  JsonWriter json;
  write_migration(json, report);
  session.print_result(json, [&] { return migration_text(report); });
  return exit_of(report, wanted.size());
}

void add_migrate(Program& program) {
  auto arguments = std::make_shared<MigrateArguments>();
  CLI::App& command = program.add("migrate", "Hash pending records and promote them to models",
                                  [arguments](Session& session) { return migrate(session, *arguments); });
  CLI::Option* all = command.add_flag("--all", arguments->all, "All pending records (the default)");
  CLI::Option* ids =
      command
          .add_option("--id", arguments->ids,
                      "Only these: numbers of pending records. A model's SHA-256, or its beginning, has "
                      "its files hashed again")
          ->type_name("N");
  CLI::Option* claims =
      command.add_flag("--claims", arguments->claims,
                       "Instead, all models whose hash was only claimed so far, or with a file that a "
                       "scan found changed");
  all->excludes(ids);
  claims->excludes(ids)->excludes(all);
  command.add_option("--policy", arguments->policy, kPolicyHelp)->type_name("P")->capture_default_str();
  one_each(command.add_option("--map", arguments->map, kMapHelp)->type_name("FROM=TO"));
  command
      .add_option("--parallel", arguments->parallel,
                  "Files that are hashed at once; default: as the disk allows")
      ->type_name("N");
  program.add_picture_options(command);
  command.footer(
      std::string(kPolicies) +
      "\n\nA record becomes a model with its tags and all its pictures, or stays as it was. A record whose "
      "file is\nmissing or unreadable stays, with the reason. A hash that a catalogue claimed and that is "
      "wrong is listed\nunder mismatches, and so is a file that was changed since it was verified: it "
      "becomes a model of its own, and\nthe old one stays without it. Files that did not change since they "
      "were hashed are not read "
      "again.\n\n"
      "Exit code 1: some records failed. 2: all did. A conflict is no failure.");
}

// relocate

struct RelocateArguments {
  std::string from;
  std::string to;
  bool dry_run = false;
};

Exit relocate(Session& session, const RelocateArguments& arguments) {
  const modelstore::Store store = session.open(arguments.dry_run ? Access::Read : Access::Write);
  const auto report = modelstore::Database(store).relocate(arguments.from, arguments.to, arguments.dry_run);
  JsonWriter json;
  json.begin_object().member("locations", report.locations).member("pending", report.pending);
  json.key("examples").begin_array();
  for (const auto& [from, to] : report.examples)
    json.begin_object().member("from", from).member("to", to).end_object();
  json.end_array().key("conflicts").begin_array();
  for (const auto& path : report.conflicts) json.value(path);
  json.end_array().member("dry_run", arguments.dry_run).end_object();
  session.print_result(json, [&] {
    std::string out = std::string(arguments.dry_run ? "Would change " : "Changed ") +
                      counted(report.locations, "location") + " of models and " +
                      counted(report.pending, "pending record") + "\n";
    for (const auto& [from, to] : report.examples)
      out += "  " + printable(from) + " -> " + printable(to) + "\n";
    return out + some_lines("Not changed, because the new path is another record's", report.conflicts,
                            [](const std::string& path) { return path; });
  });
  return report.conflicts.empty() ? Exit::Done : Exit::SomeFailed;
}

void add_relocate(Program& program) {
  auto arguments = std::make_shared<RelocateArguments>();
  CLI::App& command = program.add("relocate", "Replace the beginning of stored paths, after files were moved",
                                  [arguments](Session& session) { return relocate(session, *arguments); });
  command.add_option("FROM", arguments->from, "The folder as it is stored; may be a Windows path")
      ->required();
  command.add_option("TO", arguments->to, "The folder where the files are now")->required();
  command.add_flag("--dry-run", arguments->dry_run, "Report what would happen and change nothing");
  command.footer(
      "Only whole components are replaced: /models does not touch /models2. No file is moved or opened.\n\n"
      "Exit code 1: some paths stay as they are, because the new one belongs to another record.");
}

}  // namespace

void add_migration_commands(Program& program) {
  add_migrate(program);
  add_relocate(program);
}

}  // namespace cli
