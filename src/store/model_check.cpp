#include "store/model_check.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/utf8.hpp"
#include "catalog/consistency.hpp"
#include "catalog/model_rows.hpp"
#include "digest/file_sha256.hpp"
#include "platform/file.hpp"

namespace modelstore::store {
namespace {

class ModelCheck {
 public:
  ModelCheck(detail::StoreCore& core, const runtime::JobControl& control, VerifyReport& report)
      : core_(core), control_(control), report_(report) {}

  void run() {
    std::vector<catalog::LocatedModel> models;
    {
      const auto reader = core_.reader();
      const sqlite::Transaction snapshot(*reader, sqlite::Transaction::Kind::Deferred);
      models = catalog::located_models(*reader);
    }
    for (const catalog::LocatedModel& model : models)
      total_ += static_cast<std::uint64_t>(model.size_bytes * static_cast<std::int64_t>(model.paths.size()));
    core_.executor().for_each(control_, models.size(), 0, [&](std::size_t i) { check(models[i]); });
  }

 private:
  void check(const catalog::LocatedModel& model) {
    bool reached = false;
    std::string reason;
    for (const std::string& path : model.paths) {
      try {
        const Sha256 now = hash(path);
        reached = true;
        // The record may have been changed while the file was read.
        if (now != model.sha256 && is_still_located(model, path))
          add({ProblemKind::ModelDiffers, base::printable(path),
               "has the SHA-256 " + now.hex() + ", not " + model.sha256.hex()});
      } catch (const Error& error) {
        if (error.code() == ErrorCode::Cancelled) throw;
        reason = error.what();
      }
    }
    if (!reached && catalog::find_model(*core_.reader(), model.sha256))
      add({ProblemKind::ModelMissing, model.sha256.hex(), "no location can be read: " + reason});
  }

  Sha256 hash(const std::string& path) {
    const platform::FileDescriptor file = platform::open_regular(path);
    platform::advise_sequential(file);
    return digest::sha256_of_file(file, path, [&](std::size_t count) {
      control_.throw_if_cancelled();
      const std::lock_guard lock(mutex_);
      done_ += count;
      report_.bytes_hashed += static_cast<std::int64_t>(count);
      control_.set_progress({done_, std::max(done_, total_), ProgressUnit::Bytes});
    });
  }

  bool is_still_located(const catalog::LocatedModel& model, const std::string& path) {
    const auto reader = core_.reader();
    const auto row = catalog::find_model(*reader, model.sha256);
    const auto location = catalog::find_location(*reader, path);
    return row && location && location->model_id == row->id;
  }

  void add(Problem problem) {
    const std::lock_guard lock(mutex_);
    report_.problems.push_back(std::move(problem));
  }

  detail::StoreCore& core_;
  const runtime::JobControl& control_;
  VerifyReport& report_;
  std::mutex mutex_;
  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;
};

}  // namespace

void check_models(detail::StoreCore& core, const runtime::JobControl& control, VerifyReport& report) {
  ModelCheck(core, control, report).run();
}

}  // namespace modelstore::store
