// One change to a store for each run, for tests that kill it or let its system calls fail.
//
//   modelstore_crash_driver COMMAND ROOT [ARGUMENT...]
//
// Exit codes: 0 done and said so ("done" on standard output), 1 failed (the error on standard error), 2 wrong
// usage. `state` prints one line of JSON for each root, `preview-ids` one number for each preview.

#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "catalog/store_core.hpp"
#include "modelstore/database.hpp"
#include "modelstore/image_processor.hpp"
#include "modelstore/store.hpp"

using modelstore::Database;
using modelstore::ImageProcessor;
using modelstore::RecordId;
using modelstore::Sha256;
using modelstore::Store;

namespace {

using Arguments = std::span<const std::string>;

/// Every picture is kept as it came, so that each operation has all files that it can have.
Store open_store(const std::string& root, bool create = false) {
  modelstore::StoreOptions options;
  options.create = create;
  options.previews.keep_originals = true;
  return Store::open(root, options);
}

/// Makes a store with one model and one pending record, each with the pictures that are named.
void create(Arguments arguments) {
  const Store store = open_store(arguments[0], true);
  Database database(store);
  ImageProcessor images(store);
  modelstore::NewModel model;
  model.sha256 = Sha256::from_hex(arguments[1]);
  model.name = "model";
  database.add_model(model);
  modelstore::NewPending record;
  record.path = "/models/pending.safetensors";
  const std::int64_t pending = database.add_pending(record);
  for (const std::string& picture : arguments.subspan(2)) {
    (void)images.add(model.sha256, std::filesystem::path(picture));
    (void)images.add(RecordId::pending(pending), std::filesystem::path(picture));
  }
}

void open_and_close(Arguments arguments) {
  (void)open_store(arguments[0]);
}

void add_preview(Arguments arguments) {
  const Store store = open_store(arguments[0]);
  (void)ImageProcessor(store).add(Sha256::from_hex(arguments[1]), std::filesystem::path(arguments[2]));
}

void remove_preview(Arguments arguments) {
  const Store store = open_store(arguments[0]);
  ImageProcessor images(store);
  const Sha256 model = Sha256::from_hex(arguments[1]);
  images.remove(model, images.previews(model).at(0).id);
}

void add_pending_picture(Arguments arguments) {
  const Store store = open_store(arguments[0]);
  (void)ImageProcessor(store).add(RecordId::pending(std::stoll(arguments[1])),
                                  std::filesystem::path(arguments[2]));
}

void remove_pending_picture(Arguments arguments) {
  const Store store = open_store(arguments[0]);
  ImageProcessor images(store);
  const std::int64_t pending = std::stoll(arguments[1]);
  images.remove_pending(pending, images.pending_pictures(pending).at(0).id);
}

void empty_trash(Arguments arguments) {
  const Store store = open_store(arguments[0]);
  Database database(store);
  database.trash(std::vector{RecordId(Sha256::from_hex(arguments[1]))});
  (void)database.empty_trash();
}

void create_empty(Arguments arguments) {
  (void)open_store(arguments[0], true);
}

/// What failed for want of space works in the same process once there is room.
void add_preview_again(Arguments arguments) {
  const auto with_second_try = [](const auto& work) {
    try {
      return work();
    } catch (const modelstore::Error& error) {
      if (error.code() != modelstore::ErrorCode::NoSpace) throw;
      return work();
    }
  };
  const Store store = with_second_try([&] { return open_store(arguments[0]); });
  (void)with_second_try([&] {
    return ImageProcessor(store).add(Sha256::from_hex(arguments[1]), std::filesystem::path(arguments[2]));
  });
}

void say(const std::string& line) {
  std::puts(line.c_str());
  (void)std::fflush(stdout);
}

/// Adds pictures, and removes every second one, until it is killed. Says "+id" once one was added, "?id"
/// before one is removed, "-id" once it was.
void churn(Arguments arguments) {
  const Store store = open_store(arguments[0]);
  ImageProcessor images(store);
  const Sha256 model = Sha256::from_hex(arguments[1]);
  for (int round = 0;; ++round) {
    const std::int64_t id = images.add(model, std::filesystem::path(arguments[2]));
    say("+" + std::to_string(id));
    if (round % 2 == 0) continue;
    say("?" + std::to_string(id));
    images.remove(model, id);
    say("-" + std::to_string(id));
  }
}

void print_preview_ids(Arguments arguments) {
  const Store store = Store::open(arguments[0]);
  for (const auto& preview : ImageProcessor(store).previews(Sha256::from_hex(arguments[1])))
    say(std::to_string(preview.id));
}

std::string quoted(const std::string& text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    json += c;
  }
  return json + '"';
}

std::string joined(const std::vector<std::string>& parts) {
  std::string json = "[";
  for (const std::string& part : parts) json += (json.size() > 1 ? "," : "") + part;
  return json + "]";
}

/// What a user sees, by content: ids and names of files are free to differ.
std::string state_of(const std::string& root) {
  std::vector<std::string> records;
  std::vector<std::string> problems;
  std::int64_t journal = 0;
  try {
    const Store store = Store::open(root);
    const Database database(store);
    modelstore::RecordQuery query;
    query.filter.state = modelstore::StateFilter::All;
    query.limit = 1000;
    for (const auto& summary : database.list(query).records) {
      std::vector<std::string> parts = {quoted(summary.name), quoted(summary.path)};
      const auto tags = [&](const auto& record) {
        for (const auto& tag : record.tags) parts.push_back(quoted("tag " + tag.name));
        parts.push_back(quoted(record.metadata));
      };
      if (summary.id.is_model()) {
        const auto model = database.model(summary.id.sha256());
        parts.push_back(quoted(model.sha256.hex()));
        tags(model);
        for (const auto& preview : model.previews)
          for (const auto& file : preview.files) parts.push_back(quoted(file.sha256.hex()));
      } else {
        const auto pending = database.pending(summary.id.number());
        tags(pending);
        for (const auto& picture : pending.pictures) parts.push_back(quoted(picture.sha256.hex()));
      }
      records.push_back(joined(parts));
    }
    for (const auto& problem : store.verify().get().problems)
      problems.push_back(quoted(std::string(problem_kind_name(problem.kind)) + " " + problem.subject + ": " +
                                problem.message));
    journal = store.core()
                  ->reader()
                  ->integer(
                      "SELECT (SELECT count(*) FROM operations) + (SELECT count(*) FROM pending_import "
                      "WHERE operation_id IS NOT NULL)")
                  .value_or(-1);
  } catch (const std::exception& error) {
    problems.push_back(quoted(error.what()));
  }
  return "{\"records\":" + joined(records) + ",\"problems\":" + joined(problems) +
         ",\"journal\":" + std::to_string(journal) + "}";
}

void print_states(Arguments roots) {
  for (const std::string& root : roots) say(state_of(root));
}

struct Command {
  std::size_t least_arguments;
  std::function<void(Arguments)> run;
};

const std::map<std::string, Command>& commands() {
  static const std::map<std::string, Command> table = {
      {"create", {2, create}},
      {"open", {1, open_and_close}},
      {"add-preview", {3, add_preview}},
      {"remove-preview", {2, remove_preview}},
      {"add-pending-picture", {3, add_pending_picture}},
      {"remove-pending-picture", {2, remove_pending_picture}},
      {"empty-trash", {2, empty_trash}},
      {"create-empty", {1, create_empty}},
      {"add-preview-again", {3, add_preview_again}},
      {"churn", {3, churn}},
      {"preview-ids", {2, print_preview_ids}},
      {"state", {1, print_states}},
  };
  return table;
}

}  // namespace

int main(int count, char** values) {
  const std::vector<std::string> arguments(values + 1, values + count);
  const auto command = arguments.empty() ? commands().end() : commands().find(arguments[0]);
  if (command == commands().end() || arguments.size() <= command->second.least_arguments) {
    (void)std::fputs("usage: modelstore_crash_driver COMMAND ROOT [ARGUMENT...]\n", stderr);
    return 2;
  }
  try {
    command->second.run(Arguments(arguments).subspan(1));
    const bool prints = arguments[0] == "state" || arguments[0] == "preview-ids";
    if (!prints) say("done");
    return 0;
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
