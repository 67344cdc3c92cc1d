// list, show, set, tag, delete, restore, empty-trash: the catalogue's records.

#include <filesystem>
#include <map>
#include <memory>

#include "metadata_edit.hpp"
#include "program.hpp"
#include "record_output.hpp"

namespace cli {
namespace {

using modelstore::Error;
using modelstore::ErrorCode;

constexpr const char* kIdHelp =
    "A SHA-256, its beginning (4 digits or more) if only one model has it, or pending:N";

// list

struct ListArguments {
  std::string state = "active";
  std::string type;
  std::string query;
  std::vector<std::string> tags;
  std::vector<std::string> not_tags;
  std::string sort = "name";
  std::int64_t limit = 100;
  std::string cursor;
  bool reverse = false;
};

template <class Value>
Value one_of(const std::map<std::string, Value>& choices, const std::string& name, const std::string& what) {
  const auto found = choices.find(name);
  if (found != choices.end()) return found->second;
  std::string names;
  for (const auto& [choice, value] : choices) names += (names.empty() ? "" : ", ") + choice;
  throw Error(ErrorCode::InvalidArgument, "no such " + what + ": " + printable(name) + " (" + names + ")");
}

modelstore::RecordQuery query_of(const ListArguments& arguments, bool has_type) {
  using modelstore::SortKey;
  using modelstore::SortOrder;
  using modelstore::StateFilter;
  modelstore::RecordQuery query;
  query.filter.state = one_of<StateFilter>({{"active", StateFilter::Active},
                                            {"pending", StateFilter::Pending},
                                            {"all", StateFilter::All},
                                            {"trash", StateFilter::Trash}},
                                           arguments.state, "state");
  if (has_type) query.filter.type = arguments.type;
  query.filter.tags = arguments.tags;
  query.filter.not_tags = arguments.not_tags;
  query.filter.text = arguments.query;
  query.sort = one_of<SortKey>({{"name", SortKey::Name},
                                {"size", SortKey::Size},
                                {"created", SortKey::Created},
                                {"type", SortKey::Type}},
                               arguments.sort, "order");
  query.order = arguments.reverse ? SortOrder::Descending : SortOrder::Ascending;
  query.limit = arguments.limit;
  query.cursor = arguments.cursor;
  return query;
}

Exit list(Session& session, const ListArguments& arguments, bool has_type) {
  const modelstore::RecordQuery query = query_of(arguments, has_type);
  const modelstore::Store store = session.open(Access::Read);
  const modelstore::RecordPage page = modelstore::Database(store).list(query);
  JsonWriter json;
  json.begin_object().key("models").begin_array();
  for (const auto& record : page.records) write_summary(json, record);
  json.end_array().member("total", page.total).member("next_cursor", page.next_cursor).end_object();
  session.print_result(json, [&] {
    if (page.total == 0)
      return std::string("No records.") + (arguments.state == "active"
                                               ? " --state pending lists those whose hash is not known yet.\n"
                                               : "\n");
    std::string out = summaries_text(page.records, output_width());
    out += grouped(static_cast<std::int64_t>(page.records.size())) + " of " + counted(page.total, "record") +
           "\n";
    if (!page.next_cursor.empty())
      out += "More: the same command with --cursor " + shell_line({page.next_cursor}) + "\n";
    return out;
  });
  return Exit::Done;
}

void add_list(Program& program) {
  auto arguments = std::make_shared<ListArguments>();
  auto type = std::make_shared<CLI::Option*>();
  CLI::App& command = program.add(
      "list", "List and search models and pending records",
      [arguments, type](Session& session) { return list(session, *arguments, (*type)->count() > 0); });
  command
      .add_option("--state", arguments->state, "active (models), pending, all, or trash (what was deleted)")
      ->type_name("S")
      ->capture_default_str();
  *type = command.add_option("--type", arguments->type, "Only this type, for instance loras")->type_name("T");
  command
      .add_option("-q,--query", arguments->query,
                  "Only records with all these words, anywhere in name, path, description or tags")
      ->type_name("WORDS");
  one_each(
      command.add_option("--tag", arguments->tags, "Only records with this tag. Repeatable: all of them")
          ->type_name("T"));
  one_each(command
               .add_option("--not-tag", arguments->not_tags,
                           "Only records without this tag. Repeatable: none of them")
               ->type_name("T"));
  command.add_option("--sort", arguments->sort, "By name, size, created or type")
      ->type_name("S")
      ->capture_default_str();
  command.add_flag("--reverse", arguments->reverse, "Last ones first");
  command.add_option("--limit", arguments->limit, "Records on a page, 1 to 10000")
      ->type_name("N")
      ->capture_default_str();
  command
      .add_option("--cursor", arguments->cursor,
                  "Continue behind the page that gave this cursor, with the same options")
      ->type_name("C");
  command.footer(
      "Words match inside of others; case and the difference between _, - and space do not count. Each page "
      "says how to\n"
      "get the next one: next_cursor in JSON, empty on the last page. Pages stay right however much is added "
      "or removed\n"
      "meanwhile. Models whose hash a catalogue only claimed show as 'claimed'; in JSON \"verified\" is "
      "false.");
}

// show, set, tag

/// The record as it is now, in full.
void print_record(Session& session, const modelstore::Database& database, const modelstore::RecordId& id) {
  const FullRecord record = load_record(database, id);
  JsonWriter json;
  write_record(json, record);
  session.print_result(json, [&] { return record_text(record); });
}

Exit show(Session& session, const std::string& id) {
  const modelstore::Store store = session.open(Access::Read);
  const modelstore::Database database(store);
  print_record(session, database, database.resolve(id));
  return Exit::Done;
}

void add_show(Program& program) {
  auto id = std::make_shared<std::string>();
  CLI::App& command = program.add("show", "Show everything about one record",
                                  [id](Session& session) { return show(session, *id); });
  command.add_option("ID", *id, kIdHelp)->required();
  command.footer("The numbers under IMAGE are what delete-image and order-images take.");
}

Exit set(Session& session, const std::string& id_text, const std::vector<std::string>& assignments) {
  const modelstore::Store store = session.open(Access::Write);
  modelstore::Database database(store);
  const modelstore::RecordId id = database.resolve(id_text);
  const FullRecord record = load_record(database, id);
  modelstore::RecordEdit edit =
      edit_of(assignments, record.model ? record.model->metadata : record.pending->metadata);
  // A file that is named from where the user stands is not found from anywhere else.
  std::error_code error;
  if (edit.path && std::filesystem::path(*edit.path).is_relative() &&
      std::filesystem::exists(*edit.path, error))
    edit.path = std::filesystem::absolute(*edit.path).lexically_normal().string();
  database.edit(id, edit);
  print_record(session, database, id);
  return Exit::Done;
}

void add_set(Program& program) {
  auto id = std::make_shared<std::string>();
  auto assignments = std::make_shared<std::vector<std::string>>();
  CLI::App& command =
      program.add("set", "Change the texts and metadata of a record",
                  [id, assignments](Session& session) { return set(session, *id, *assignments); });
  command.add_option("ID", *id, kIdHelp)->required();
  command.add_option("KEY=VALUE", *assignments, "What to set; see below")->required();
  command.footer(
      "Keys:\n"
      "  name, type          of the record\n"
      "  path                of a pending record: where its file is\n"
      "  description         text; community_links, prompts.positive and prompts.negative likewise\n"
      "  anything else       metadata: VALUE is JSON if it is well-formed (5, true, [\"a\"]), otherwise a "
      "text\n"
      "An empty VALUE clears a text and removes any other key. All changes are made, or none. Prints the "
      "record.\n\n"
      "Example: modelstore set pending:7 type=loras 'description=Soft light' rating=5");
}

Exit tag(Session& session, const std::string& id_text, const std::vector<std::string>& add,
         const std::vector<std::string>& remove) {
  if (add.empty() && remove.empty())
    throw Error(ErrorCode::InvalidArgument, "name a tag with --add NAME or --remove NAME");
  const modelstore::Store store = session.open(Access::Write);
  modelstore::Database database(store);
  const modelstore::RecordId id = database.resolve(id_text);
  modelstore::RecordEdit edit;
  edit.add_tags.assign(add.begin(), add.end());
  edit.remove_tags.assign(remove.begin(), remove.end());
  database.edit(id, edit);
  print_record(session, database, id);
  return Exit::Done;
}

void add_tag(Program& program) {
  struct Arguments {
    std::string id;
    std::vector<std::string> add;
    std::vector<std::string> remove;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App& command =
      program.add("tag", "Add tags to a record and remove them", [arguments](Session& session) {
        return tag(session, arguments->id, arguments->add, arguments->remove);
      });
  command.add_option("ID", arguments->id, kIdHelp)->required();
  one_each(command.add_option("--add", arguments->add, "A tag to add; made if there is none. Repeatable")
               ->type_name("NAME"));
  one_each(command.add_option("--remove", arguments->remove, "A tag to remove from the record. Repeatable")
               ->type_name("NAME"));
  command.footer("Prints the record.");
}

// delete, restore, empty-trash

std::vector<modelstore::RecordId> resolve_all(const modelstore::Database& database,
                                              const std::vector<std::string>& texts) {
  std::vector<modelstore::RecordId> ids;
  ids.reserve(texts.size());
  for (const auto& text : texts) ids.push_back(database.resolve(text));
  return ids;
}

Exit trash(Session& session, const std::vector<std::string>& ids) {
  const modelstore::Store store = session.open(Access::Write);
  modelstore::Database database(store);
  const std::int64_t count = database.trash(resolve_all(database, ids));
  JsonWriter json;
  json.begin_object().member("deleted", count).end_object();
  session.print_result(json, [&] {
    return "Moved " + counted(count, "record") + " to the trash; 'modelstore restore' brings them back.\n";
  });
  return Exit::Done;
}

Exit restore(Session& session, const std::vector<std::string>& ids) {
  const modelstore::Store store = session.open(Access::Write);
  modelstore::Database database(store);
  const std::int64_t count = database.restore(resolve_all(database, ids));
  JsonWriter json;
  json.begin_object().member("restored", count).end_object();
  session.print_result(json, [&] { return "Restored " + counted(count, "record") + ".\n"; });
  return Exit::Done;
}

Exit empty_trash(Session& session, bool confirmed) {
  if (!confirmed) throw Error(ErrorCode::InvalidArgument, "this cannot be undone: confirm it with --yes");
  const modelstore::Store store = session.open(Access::Write);
  const std::int64_t count = modelstore::Database(store).empty_trash();
  JsonWriter json;
  json.begin_object().member("removed", count).end_object();
  session.print_result(json, [&] { return "Removed " + counted(count, "record") + " for ever.\n"; });
  return Exit::Done;
}

void add_trash_commands(Program& program) {
  auto ids = std::make_shared<std::vector<std::string>>();
  CLI::App& remove = program.add("delete", "Move records to the trash; model files are not touched",
                                 [ids](Session& session) { return trash(session, *ids); });
  remove.add_option("ID", *ids, kIdHelp)->required();
  remove.footer(
      "All of them or none. Nothing is lost: 'list --state trash' shows them, 'restore' brings them back.");

  CLI::App& back = program.add("restore", "Take records out of the trash",
                               [ids](Session& session) { return restore(session, *ids); });
  back.add_option("ID", *ids, kIdHelp)->required();

  auto confirmed = std::make_shared<bool>(false);
  CLI::App& empty = program.add("empty-trash", "Remove for ever what is in the trash, with its pictures",
                                [confirmed](Session& session) { return empty_trash(session, *confirmed); });
  empty.add_flag("--yes", *confirmed, "Really; there is no way back");
  empty.footer("Model files are not touched.");
}

}  // namespace

void add_record_commands(Program& program) {
  add_list(program);
  add_show(program);
  add_set(program);
  add_tag(program);
  add_trash_commands(program);
}

}  // namespace cli
