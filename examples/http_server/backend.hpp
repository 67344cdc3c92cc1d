/// What the handlers share: the store with its services, and what the command line allows.
///
/// Any thread may use it; so may its members be.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "job_list.hpp"
#include "list_cache.hpp"
#include "modelstore/modelstore.hpp"
#include "options.hpp"
#include "path_roots.hpp"
#include "preview_files.hpp"

namespace server {

struct Backend {
  /// Opens the store and keeps other servers off it.
  /// Errors: as Store::open; HttpError if an allowed folder does not exist, or another server has the store.
  explicit Backend(const Options& options);
  ~Backend();
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  modelstore::Store store;
  modelstore::Database database;
  modelstore::ImageProcessor images;
  modelstore::LegacyImporter importer;
  PreviewFiles files;
  ListCache lists;
  std::shared_ptr<JobList> jobs = std::make_shared<JobList>();

  std::vector<std::filesystem::path> model_folders;
  PathRoots roots;  ///< all folders that the command line names
  std::int64_t schema_version = 0;

  /// Whether an import runs. Shared with the end of that import, which may come late.
  std::shared_ptr<std::atomic<bool>> importing = std::make_shared<std::atomic<bool>>(false);

 private:
  int lock_;
};

}  // namespace server
