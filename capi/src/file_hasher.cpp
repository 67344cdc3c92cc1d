#include "modelstore/file_hasher.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "hash_callback.hpp"
#include "input.hpp"
#include "modelstore.h"
#include "objects.hpp"
#include "options.hpp"
#include "output.hpp"

using namespace modelstore;        // NOLINT(google-build-using-namespace)
using namespace modelstore::capi;  // NOLINT(google-build-using-namespace)

modelstore_status modelstore_file_hasher_create(modelstore_store store, modelstore_file_hasher* hasher,
                                                modelstore_error** error) {
  return create_service<FileHasherObject>(store, hasher, error);
}

modelstore_status modelstore_file_hasher_create_alone(uint32_t threads, modelstore_file_hasher* hasher,
                                                      modelstore_error** error) {
  return answer(error, Out(hasher), [&] { hasher->value = make_handle<FileHasherObject>(threads); });
}

modelstore_status modelstore_file_hasher_destroy(modelstore_file_hasher hasher, modelstore_error** error) {
  return answer(error, [&] {
    if (hasher.value == 0) return;
    if (use_any<FileHasherObject>(hasher.value)->alone && in_callback())
      refuse("a hasher of its own cannot be destroyed in a callback");
    const Used<FileHasherObject> last(table::retire(hasher.value, FileHasherObject::kKind));
    if (last->alone) last->close();
  });
}

modelstore_status modelstore_file_hasher_hash(modelstore_file_hasher hasher, modelstore_text path,
                                              const modelstore_hash_options* options, modelstore_job* job,
                                              modelstore_error** error) {
  const Options<modelstore_hash_options> given(options);
  const UserData unused(given.value().on_file_user_data, given.value().on_file_destroy);
  return answer(error, Out(job), [&] {
    const HashOptions hash_options = {.reread = given.checked().reread != 0};
    const auto used = use<FileHasherObject>(hasher.value);
    *job = used->with_hasher([&](const FileHasher& own) {
      return job_handle(used->scope, own.hash(path_of(path), hash_options));
    });
  });
}

modelstore_status modelstore_file_hasher_hash_result(modelstore_job job, modelstore_file_hash** hash,
                                                     modelstore_error** error) {
  return answer(error, Out(hash), [&] {
    read_result<FileHash>(job, [&](const FileHash& result) {
      *hash = make_block<modelstore_file_hash>([&](Block& block) {
        return modelstore_file_hash{.block_size = 0,
                                    .path = block.text(result.path.native()),
                                    .sha256 = to_c(result.sha256),
                                    .size_bytes = result.size_bytes,
                                    .cached = result.cached,
                                    .reserved = 0};
      });
    });
  });
}

modelstore_status modelstore_file_hasher_hash_all(modelstore_file_hasher hasher, const modelstore_text* paths,
                                                  uint64_t paths_count,
                                                  const modelstore_hash_options* options, modelstore_job* job,
                                                  modelstore_error** error) {
  const Options<modelstore_hash_options> given(options);
  UserData user_data(given.value().on_file_user_data, given.value().on_file_destroy);
  return answer(error, Out(job), [&] {
    const modelstore_hash_options& value = given.checked();
    HashBatchOptions batch_options = {.reread = value.reread != 0, .parallel = value.parallel};
    const auto used = use<FileHasherObject>(hasher.value);
    std::vector<std::filesystem::path> batch = paths_of(paths, paths_count);
    std::shared_ptr<HashCallback> callback;
    if (value.on_file) {
      callback =
          std::make_shared<HashCallback>(used->scope->adopt(value.on_file, std::move(user_data)), batch);
      batch_options.on_file = [callback](std::size_t index, const FileHash* hash, const Failure* failure) {
        callback->call(index, hash, failure);
      };
    }
    *job = used->with_hasher([&](const FileHasher& own) {
      const auto started = own.hash_all(std::move(batch), std::move(batch_options));
      if (callback) callback->started(started);
      return job_handle(used->scope, started);
    });
  });
}

modelstore_status modelstore_file_hasher_hash_all_result(modelstore_job job, modelstore_hash_batch** batch,
                                                         modelstore_error** error) {
  return answer(error, Out(batch), [&] {
    read_result<HashBatch>(job, [&](const HashBatch& result) {
      *batch = make_block<modelstore_hash_batch>([&](Block& block) {
        return modelstore_hash_batch{.block_size = 0,
                                     .items = block.array(result.items, write_hash_item),
                                     .items_count = result.items.size(),
                                     .bytes_hashed = result.bytes_hashed};
      });
    });
  });
}

modelstore_status modelstore_file_hasher_pause(modelstore_file_hasher hasher, modelstore_error** error) {
  return answer(error, [&] {
    use<FileHasherObject>(hasher.value)->with_hasher([](const FileHasher& own) { own.pause(); });
  });
}

modelstore_status modelstore_file_hasher_resume(modelstore_file_hasher hasher, modelstore_error** error) {
  return answer(error, [&] {
    use<FileHasherObject>(hasher.value)->with_hasher([](const FileHasher& own) { own.resume(); });
  });
}

modelstore_status modelstore_file_hasher_paused(modelstore_file_hasher hasher, int32_t* paused,
                                                modelstore_error** error) {
  return answer(error, Out(paused), [&] {
    *paused =
        use<FileHasherObject>(hasher.value)->with_hasher([](const FileHasher& own) { return own.paused(); });
  });
}
