#include "backend.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <future>
#include <iostream>

#include "worker_pool.hpp"

namespace server {
namespace {

/// The decoder program that belongs to this one: in the same folder where it was built, in libexec where it was
/// installed. Empty, for the one that the library knows, if there is none.
std::filesystem::path decoder_beside_program() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (const char* place : {"modelstore-decode", "../libexec/modelstore-decode"})
    if (std::filesystem::is_regular_file(folder / place, error)) return folder / place;
  return {};
}

/// The store's threads inherit the priority of the one that opens it: what they do may take long, and gives way to
/// those who answer.
modelstore::Store open_store(const Options& options) {
  modelstore::StoreOptions store;
  store.create = true;
  // Longer than an import keeps the writer's lock at a time: those who change things wait on threads of their own.
  store.busy_timeout = std::chrono::seconds(30);
  store.previews.isolated = options.isolated;
  if (options.isolated) store.previews.decoder = decoder_beside_program();
  store.log = [](modelstore::LogLevel level, std::string_view line) {
    if (level >= modelstore::LogLevel::Warning) std::cerr << "warning: " << line << std::endl;
  };
  return std::async(std::launch::async,
                    [&] {
                      lower_priority();
                      return modelstore::Store::open(options.data, store);
                    })
      .get();
}

std::vector<std::string> all_folders(const Options& options) {
  std::vector<std::string> folders = options.models;
  folders.insert(folders.end(), options.legacy.begin(), options.legacy.end());
  return folders;
}

/// Keeps other servers off a store. The lock is on the folder itself, so that nothing is left behind.
int lock_folder(const std::filesystem::path& folder) {
  const int lock = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock >= 0 && ::flock(lock, LOCK_EX | LOCK_NB) == 0) return lock;
  if (lock >= 0) (void)::close(lock);
  throw HttpError(409, modelstore::ErrorCode::Busy, "another server has the store " + folder.string());
}

}  // namespace

Backend::Backend(const Options& options)
    : store(open_store(options)),
      database(store),
      images(store),
      importer(store),
      files(store.root()),
      model_folders(options.models.begin(), options.models.end()),
      roots(all_folders(options)),
      schema_version(database.statistics().schema_version),
      lock_(lock_folder(store.root())) {}

Backend::~Backend() {
  store.close();
  (void)::close(lock_);
}

}  // namespace server
