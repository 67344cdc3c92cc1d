#include "modelstore/store.hpp"

#include <chrono>
#include <functional>
#include <memory>

#include "enums.hpp"
#include "input.hpp"
#include "modelstore.h"
#include "objects.hpp"
#include "options.hpp"
#include "output.hpp"
#include "post.hpp"
#include "preview_options.hpp"

using namespace modelstore;        // NOLINT(google-build-using-namespace)
using namespace modelstore::capi;  // NOLINT(google-build-using-namespace)

namespace {

std::chrono::milliseconds busy_timeout_of(std::int64_t milliseconds) {
  if (milliseconds == 0) return StoreOptions().busy_timeout;
  if (milliseconds == -1) return std::chrono::milliseconds(0);
  if (milliseconds < 0) refuse("busy_timeout_ms is negative");
  return std::chrono::milliseconds(milliseconds);
}

StoreOptions store_options_of(const modelstore_store_options& given, CallbackScope& scope, UserData post,
                              UserData log) {
  StoreOptions options;
  options.create = given.create != 0;
  options.read_only = given.read_only != 0;
  options.threads = given.threads;
  options.busy_timeout = busy_timeout_of(given.busy_timeout_ms);
  options.previews = preview_options_of(given.previews);
  if (given.post) options.post = post_with(scope.adopt(given.post, std::move(post)));
  if (given.log)
    options.log = [callback = scope.adopt(given.log, std::move(log))](LogLevel level, std::string_view line) {
      callback->call(to_c(level), modelstore_text{line.data(), line.size()});
    };
  return options;
}

modelstore_problem write_problem(Block& block, const Problem& problem) {
  return {.subject = block.text(problem.subject),
          .message = block.text(problem.message),
          .kind = to_c(problem.kind),
          .reserved = 0};
}

modelstore_repair write_repair(Block& block, const Repair& repair) {
  return {.problem = write_problem(block, repair.problem),
          .action = block.text(repair.action),
          .done = repair.done,
          .reserved = 0};
}

}  // namespace

modelstore_status modelstore_store_open(modelstore_text root, const modelstore_store_options* options,
                                        modelstore_store* store, modelstore_error** error) {
  const Options<modelstore_store_options> given(options);
  const modelstore_store_options& value = given.value();
  UserData post(value.post_user_data, value.post_destroy);
  UserData log(value.log_user_data, value.log_destroy);
  return answer(error, Out(store), [&] {
    const auto scope = std::make_shared<CallbackScope>();
    try {
      const StoreOptions opened_with =
          store_options_of(given.checked(), *scope, std::move(post), std::move(log));
      store->value = make_handle<StoreObject>(scope, Store::open(path_of(root), opened_with));
    } catch (...) {
      scope->close();
      throw;
    }
  });
}

modelstore_status modelstore_store_destroy(modelstore_store store, modelstore_error** error) {
  return answer(error, [&] {
    if (store.value == 0) return;
    if (in_callback()) refuse("a store cannot be destroyed in a callback");
    const Used<StoreObject> last(table::retire(store.value, StoreObject::kKind));
    last->store.close();
    last->scope->close();
  });
}

modelstore_status modelstore_store_root(modelstore_store store, modelstore_text_block** root,
                                        modelstore_error** error) {
  return answer(error, Out(root),
                [&] { *root = make_text_block(use<StoreObject>(store.value)->store.root().native()); });
}

modelstore_status modelstore_store_read_only(modelstore_store store, int32_t* read_only,
                                             modelstore_error** error) {
  return answer(error, Out(read_only),
                [&] { *read_only = use<StoreObject>(store.value)->store.read_only(); });
}

modelstore_status modelstore_store_verify(modelstore_store store, const modelstore_verify_options* options,
                                          modelstore_job* job, modelstore_error** error) {
  return answer(error, Out(job), [&] {
    const auto given = read_options(options);
    const auto used = use<StoreObject>(store.value);
    *job = job_handle(used->scope, used->store.verify({.deep = given.deep != 0}));
  });
}

modelstore_status modelstore_store_verify_result(modelstore_job job, modelstore_verify_report** report,
                                                 modelstore_error** error) {
  return answer(error, Out(report), [&] {
    read_result<VerifyReport>(job, [&](const VerifyReport& result) {
      *report = make_block<modelstore_verify_report>([&](Block& block) {
        return modelstore_verify_report{.block_size = 0,
                                        .problems = block.array(result.problems, write_problem),
                                        .problems_count = result.problems.size(),
                                        .records_checked = result.records_checked,
                                        .files_checked = result.files_checked,
                                        .bytes_hashed = result.bytes_hashed};
      });
    });
  });
}

modelstore_status modelstore_store_repair(modelstore_store store, const modelstore_repair_options* options,
                                          modelstore_job* job, modelstore_error** error) {
  return answer(error, Out(job), [&] {
    const auto given = read_options(options);
    const auto used = use<StoreObject>(store.value);
    *job = job_handle(used->scope, used->store.repair({.dry_run = given.apply == 0}));
  });
}

modelstore_status modelstore_store_repair_result(modelstore_job job, modelstore_repair_report** report,
                                                 modelstore_error** error) {
  return answer(error, Out(report), [&] {
    read_result<RepairReport>(job, [&](const RepairReport& result) {
      *report = make_block<modelstore_repair_report>([&](Block& block) {
        return modelstore_repair_report{.block_size = 0,
                                        .repairs = block.array(result.repairs, write_repair),
                                        .repairs_count = result.repairs.size(),
                                        .quarantine = block.text(result.quarantine)};
      });
    });
  });
}
