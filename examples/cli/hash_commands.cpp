// hash: the SHA-256 of files, and what may follow from it.

#include <chrono>
#include <filesystem>
#include <memory>
#include <system_error>

#include "program.hpp"
#include "record_output.hpp"
#include "report_output.hpp"

namespace cli {
namespace {

using modelstore::Error;

struct HashArguments {
  std::vector<std::string> files;
  bool reread = false;
  bool migrate = false;
  std::string policy = "merge";
  unsigned parallel = 0;
};

struct HashedFile {
  std::string path;
  std::optional<modelstore::MigrateHashResult> result;
  std::optional<modelstore::Failure> failure;
};

std::vector<HashedFile> hash_only(Session& session, const HashArguments& arguments,
                                  const modelstore::Store* store) {
  modelstore::HashBatchOptions options;
  options.reread = arguments.reread;
  options.parallel = arguments.parallel;
  const modelstore::FileHasher hasher =
      store != nullptr ? modelstore::FileHasher(*store) : modelstore::FileHasher();
  const auto batch = session.wait(
      hasher.hash_all({arguments.files.begin(), arguments.files.end()}, std::move(options)), "Hashing",
      store != nullptr ? "files that were hashed are remembered" : "nothing was changed");
  std::vector<HashedFile> files;
  files.reserve(batch.items.size());
  for (const auto& item : batch.items) {
    HashedFile& file = files.emplace_back();
    file.path = item.path.string();
    file.failure = item.failure;
    if (!item.hash) continue;
    file.result.emplace();
    file.result->sha256 = item.hash->sha256;
    file.result->size_bytes = item.hash->size_bytes;
    file.result->cached = item.hash->cached;
  }
  return files;
}

/// 0 if it cannot be told.
std::uint64_t size_of(const std::string& path) noexcept {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

std::vector<HashedFile> hash_and_migrate(Session& session, const HashArguments& arguments,
                                         const modelstore::Store& store) {
  modelstore::MigrateHashOptions options;
  options.reread = arguments.reread;
  options.policy = policy_of(arguments.policy);
  modelstore::ReactiveMigrator migrator(store);
  modelstore::Progress progress = {0, 0, modelstore::ProgressUnit::Bytes};
  for (const auto& path : arguments.files) progress.total += size_of(path);
  std::vector<HashedFile> files;
  files.reserve(arguments.files.size());
  for (const auto& path : arguments.files) {
    HashedFile& file = files.emplace_back();
    file.path = path;
    try {
      file.result = session.wait(migrator.hash(path, options), "Hashing",
                                 "records that were migrated until now are kept", progress);
    } catch (const Error& error) {
      file.failure = modelstore::Failure{error.code(), error.what()};
    }
    progress.done += size_of(path);
  }
  return files;
}

void write_hashed(JsonWriter& json, const HashedFile& file, bool migrated) {
  const auto& result = *file.result;
  json.begin_object()
      .member("path", file.path)
      .member("sha256", result.sha256.hex())
      .member("size_bytes", result.size_bytes)
      .member("cached", result.cached);
  if (migrated) {
    json.member("migrated", result.migrated).key("conflict");
    std::span<const modelstore::ClaimMismatch> mismatches;
    if (result.mismatch) mismatches = {&*result.mismatch, 1};
    result.conflict ? write_conflict(json, *result.conflict, mismatches) : (void)json.null();
    json.key("mismatch");
    result.mismatch ? write_mismatch(json, *result.mismatch) : (void)json.null();
  }
  json.end_object();
}

/// The store in which hashes are remembered, if there is one. One that the environment names for all commands
/// need not exist yet.
std::optional<modelstore::Store> store_for(Session& session, const HashArguments& arguments) {
  if (!session.has_data() && !arguments.migrate) return std::nullopt;
  try {
    return session.open(Access::Write);
  } catch (const Error& error) {
    if (arguments.migrate || !session.settings().data_from_environment ||
        error.code() != modelstore::ErrorCode::NotAStore)
      throw;
    return std::nullopt;
  }
}

/// As sha256sum prints it: a name that would break the line is escaped, and the line begins with a backslash. A terminal
/// gets nothing that could steer it.
std::string sum_line(const modelstore::Sha256& sha256, const std::string& path) {
  std::string name;
  for (const char c : path) {
    if (c == '\n')
      name += "\\n";
    else if (c == '\r')
      name += "\\r";
    else if (c == '\\')
      name += "\\\\";
    else
      name += c;
  }
  const bool is_escaped = name.size() != path.size();
  const bool on_terminal = output_width() != 0;
  return (is_escaped ? "\\" : "") + sha256.hex() + "  " + (on_terminal ? printable(name) : name) + "\n";
}

Exit hash(Session& session, const HashArguments& arguments) {
  std::optional<modelstore::Store> store = store_for(session, arguments);
  const auto start = std::chrono::steady_clock::now();
  const std::vector<HashedFile> files = arguments.migrate
                                            ? hash_and_migrate(session, arguments, *store)
                                            : hash_only(session, arguments, store ? &*store : nullptr);
  const auto elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
  std::size_t failed = 0;
  JsonWriter json;
  json.begin_object().key("files").begin_array();
  for (const auto& file : files)
    if (file.result) write_hashed(json, file, arguments.migrate);
  json.end_array().key("failed").begin_array();
  for (const auto& file : files) {
    if (!file.failure) continue;
    ++failed;
    json.begin_object()
        .member("path", file.path)
        .member("code", error_code_name(file.failure->code))
        .member("error", file.failure->message)
        .end_object();
    if (!session.json()) session.messages().line(file.failure->message);
  }
  json.end_array().member("elapsed_ms", elapsed).end_object();
  session.print_result(json, [&] {
    std::string out;
    for (const auto& file : files) {
      if (!file.result) continue;
      out += sum_line(file.result->sha256, file.path);
      if (file.result->mismatch) session.messages().line(mismatch_line(*file.result->mismatch));
    }
    return out;
  });
  if (failed == 0) return Exit::Done;
  return failed < files.size() ? Exit::SomeFailed : Exit::NothingDone;
}

void add_hash(Program& program) {
  auto arguments = std::make_shared<HashArguments>();
  CLI::App& command = program.add("hash", "Compute the SHA-256 of files",
                                  [arguments](Session& session) { return hash(session, *arguments); });
  command.add_option("FILE", arguments->files, "Files to hash")->required();
  command.add_flag("--reread", arguments->reread, "Read files even if their hash is remembered");
  CLI::Option* migrate =
      command.add_flag("--migrate", arguments->migrate,
                       "Also promote the pending records that wait for these files (needs a store)");
  command.add_option("--policy", arguments->policy, kPolicyHelp)
      ->type_name("P")
      ->needs(migrate)
      ->capture_default_str();
  command
      .add_option("--parallel", arguments->parallel,
                  "Files that are hashed at once; default: as the disk allows")
      ->type_name("N")
      ->excludes(migrate);
  program.add_picture_options(command);
  command.footer(
      std::string(kPolicies) +
      "\n\nWorks without a store. With one, hashes are remembered, and an unchanged file is not read again. "
      "Prints a line\n"
      "of hash and path for each file, as sha256sum does.\n\n"
      "Exit code 1: some files could not be hashed; each is named with the reason. 2: none could.");
}

}  // namespace

void add_hash_commands(Program& program) {
  add_hash(program);
}

}  // namespace cli
