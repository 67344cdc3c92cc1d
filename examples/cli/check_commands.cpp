// init, verify, repair, stats, changes: the store as a whole.

#include <memory>

#include "program.hpp"
#include "record_output.hpp"

namespace cli {
namespace {

using modelstore::Error;
using modelstore::ErrorCode;

Exit init(Session& session) {
  const modelstore::Store store = session.open(Access::Create);
  JsonWriter json;
  json.begin_object().member("root", store.root().string()).end_object();
  session.print_result(json, [&] { return "The store is in " + printable(store.root().string()) + "\n"; });
  return Exit::Done;
}

/// Opens for writing, so that what a crash left is recovered first; where that is not allowed, or another program
/// writes, for reading.
modelstore::Store open_for_verify(Session& session) {
  try {
    return session.open(Access::Write);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::ReadOnly && error.code() != ErrorCode::Busy) throw;
  }
  return session.open(Access::Read);
}

Exit verify(Session& session, bool deep) {
  const modelstore::Store store = open_for_verify(session);
  modelstore::VerifyOptions options;
  options.deep = deep;
  const auto report = session.wait(store.verify(options), "Verifying", "nothing was changed");
  JsonWriter json;
  json.begin_object().member("ok", report.ok()).key("problems").begin_array();
  for (const auto& problem : report.problems)
    json.begin_object()
        .member("kind", modelstore::problem_kind_name(problem.kind))
        .member("subject", problem.subject)
        .member("message", problem.message)
        .end_object();
  json.end_array()
      .member("records_checked", report.records_checked)
      .member("files_checked", report.files_checked)
      .member("bytes_hashed", report.bytes_hashed)
      .end_object();
  session.print_result(json, [&] {
    std::string out;
    for (const auto& problem : report.problems)
      out += std::string(modelstore::problem_kind_name(problem.kind)) + ": " + printable(problem.subject) +
             " " + printable(problem.message) + "\n";
    out +=
        report.ok() ? "No problems" : counted(static_cast<std::int64_t>(report.problems.size()), "problem");
    out +=
        " in " + counted(report.records_checked, "record") + " and " + counted(report.files_checked, "file");
    if (report.bytes_hashed > 0) out += "; " + bytes_text(report.bytes_hashed) + " hashed";
    return out + "\n";
  });
  return report.ok() ? Exit::Done : Exit::SomeFailed;
}

Exit repair(Session& session, bool apply) {
  const modelstore::Store store = session.open(apply ? Access::Write : Access::Read);
  modelstore::RepairOptions options;
  options.dry_run = !apply;
  const auto report = session.wait(store.repair(options), "Repairing", "run it again to go on");
  JsonWriter json;
  json.begin_object().member("ok", report.ok()).member("dry_run", !apply).key("repairs").begin_array();
  for (const auto& repair : report.repairs)
    json.begin_object()
        .member("kind", modelstore::problem_kind_name(repair.problem.kind))
        .member("subject", repair.problem.subject)
        .member("message", repair.problem.message)
        .member("action", repair.action)
        .member("done", repair.done)
        .end_object();
  json.end_array().member("quarantine", report.quarantine).end_object();
  session.print_result(json, [&] {
    if (report.repairs.empty()) return std::string("Nothing to repair\n");
    std::string out;
    for (const auto& repair : report.repairs) {
      out += std::string(modelstore::problem_kind_name(repair.problem.kind)) + ": " +
             printable(repair.problem.subject) + " " + printable(repair.problem.message) + "\n  ";
      if (repair.action.empty())
        out += "cannot be repaired: take the catalogue from a backup\n";
      else
        out += (repair.done ? "done: " : "to do: ") + repair.action + "\n";
    }
    if (!report.quarantine.empty()) out += "Files are in " + printable(report.quarantine) + "\n";
    if (!apply) out += "Nothing was changed; --apply does it\n";
    return out;
  });
  return report.ok() ? Exit::Done : Exit::SomeFailed;
}

Exit stats(Session& session) {
  const modelstore::Store store = session.open(Access::Read);
  const auto numbers = modelstore::Database(store).statistics();
  JsonWriter json;
  json.begin_object()
      .member("root", store.root().string())
      .member("models", numbers.models)
      .member("models_unverified", numbers.models_unverified)
      .member("pending", numbers.pending)
      .member("trashed", numbers.trashed)
      .member("locations", numbers.locations)
      .member("tags", numbers.tags)
      .member("previews", numbers.previews)
      .member("pending_pictures", numbers.pending_pictures)
      .member("model_bytes", numbers.model_bytes)
      .member("pending_bytes", numbers.pending_bytes)
      .member("preview_bytes", numbers.preview_bytes)
      .member("database_bytes", numbers.database_bytes)
      .member("revision", numbers.revision)
      .member("schema_version", numbers.schema_version)
      .member("library_version", modelstore::version())
      .end_object();
  session.print_result(json, [&] {
    return printable(store.root().string()) + "\n" +
           labelled({{"models", grouped(numbers.models) + ", " + bytes_text(numbers.model_bytes)},
                     {"  hash only claimed", grouped(numbers.models_unverified)},
                     {"  locations", grouped(numbers.locations)},
                     {"pending records", grouped(numbers.pending) + ", " + bytes_text(numbers.pending_bytes)},
                     {"in the trash", grouped(numbers.trashed)},
                     {"tags", grouped(numbers.tags)},
                     {"previews", grouped(numbers.previews) + ", " + bytes_text(numbers.preview_bytes)},
                     {"pending pictures", grouped(numbers.pending_pictures)},
                     {"catalogue", bytes_text(numbers.database_bytes) + ", schema " +
                                       std::to_string(numbers.schema_version) + ", revision " +
                                       std::to_string(numbers.revision)}});
  });
  return Exit::Done;
}

std::string_view name_of(modelstore::ChangeKind kind) {
  switch (kind) {
    case modelstore::ChangeKind::Created:
      return "created";
    case modelstore::ChangeKind::Deleted:
      return "deleted";
    case modelstore::ChangeKind::Changed:
      break;
  }
  return "changed";
}

Exit changes(Session& session, std::int64_t since, std::int64_t limit) {
  const modelstore::Store store = session.open(Access::Read);
  const auto list = modelstore::Database(store).changes(since, limit);
  JsonWriter json;
  json.begin_object().member("revision", list.revision).key("changes").begin_array();
  for (const auto& change : list.changes)
    json.begin_object()
        .member("revision", change.revision)
        .member("kind", name_of(change.kind))
        .member("id", change.id.to_string())
        .end_object();
  json.end_array().end_object();
  session.print_result(json, [&] {
    std::string out;
    for (const auto& change : list.changes)
      out += std::to_string(change.revision) + "  " + std::string(name_of(change.kind)) + "  " +
             change.id.to_string() + "\n";
    return out + "Next: --since " + std::to_string(list.revision) + "\n";
  });
  return Exit::Done;
}

}  // namespace

void add_check_commands(Program& program) {
  auto deep = std::make_shared<bool>(false);
  CLI::App& check = program.add("verify", "Check that catalogue, pictures and search agree",
                                [deep](Session& session) { return verify(session, *deep); });
  check.add_flag("--deep", *deep, "Also hash every model's file again; takes as long as reading all of them");
  check.footer(
      "Nothing is changed, except that what a crash left half-done is finished or undone first.\n\n"
      "Exit code 1: problems were found.");

  auto apply = std::make_shared<bool>(false);
  CLI::App& mend = program.add("repair", "Mend what verify finds; says only how unless --apply is given",
                               [apply](Session& session) { return repair(session, *apply); });
  mend.add_flag("--apply", *apply, "Do it");
  mend.footer(
      "Files that belong to nothing are moved to quarantine/ in the store; none is deleted.\n\n"
      "Exit code 1: something is left to be done, or cannot be repaired.");

  CLI::App& numbers = program.add("stats", "Show how much the store holds", stats);
  (void)numbers;

  struct Arguments {
    std::int64_t since = 0;
    std::int64_t limit = 10'000;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App& follow = program.add(
      "changes", "List what was created, changed and deleted since a revision",
      [arguments](Session& session) { return changes(session, arguments->since, arguments->limit); });
  follow
      .add_option("--since", arguments->since,
                  "The revision that an earlier answer ended with; 0: the beginning")
      ->type_name("REVISION")
      ->capture_default_str();
  follow.add_option("--limit", arguments->limit, "About as many changes at most")
      ->type_name("N")
      ->capture_default_str();

  program.add("init", "Make an empty store if there is none", init);
}

}  // namespace cli
