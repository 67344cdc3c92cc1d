#include "modelstore/image_processor.hpp"

#include "enums.hpp"
#include "input.hpp"
#include "modelstore.h"
#include "objects.hpp"
#include "output.hpp"
#include "preview_options.hpp"

using namespace modelstore;        // NOLINT(google-build-using-namespace)
using namespace modelstore::capi;  // NOLINT(google-build-using-namespace)

namespace {

modelstore_encoded_tier write_encoded_tier(Block& block, const EncodedTier& tier) {
  return {.width = tier.width, .height = tier.height, .webp = block.bytes(tier.webp)};
}

}  // namespace

modelstore_status modelstore_make_tiers(modelstore_bytes picture, const modelstore_preview_options* options,
                                        modelstore_tier_set** tiers, modelstore_error** error) {
  return answer(error, Out(tiers), [&] {
    const TierSet made = ImageProcessor::make_tiers(bytes_of(picture), preview_options_of(options));
    *tiers = make_block<modelstore_tier_set>([&](Block& block) {
      return modelstore_tier_set{
          .block_size = 0,
          .tiers = {write_encoded_tier(block, made.tiers[0]), write_encoded_tier(block, made.tiers[1]),
                    write_encoded_tier(block, made.tiers[2])},
          .source_format = block.text(made.source_format),
          .source_text = block.text(made.source_text)};
    });
  });
}

modelstore_status modelstore_image_processor_create(modelstore_store store,
                                                    modelstore_image_processor* images,
                                                    modelstore_error** error) {
  return create_service<ImageProcessorObject>(store, images, error);
}

modelstore_status modelstore_image_processor_destroy(modelstore_image_processor images,
                                                     modelstore_error** error) {
  return destroy_handle<ImageProcessorObject>(images.value, error);
}

modelstore_status modelstore_image_processor_add(modelstore_image_processor images,
                                                 const modelstore_record_id* record, modelstore_text path,
                                                 int64_t* id, modelstore_error** error) {
  give(id, std::int64_t{0});
  return answer(error, [&] {
    give(id, use<ImageProcessorObject>(images.value)->service.add(record_id_of(record), path_of(path)));
  });
}

modelstore_status modelstore_image_processor_add_bytes(modelstore_image_processor images,
                                                       const modelstore_record_id* record,
                                                       modelstore_bytes picture,
                                                       modelstore_text original_name, int64_t* id,
                                                       modelstore_error** error) {
  give(id, std::int64_t{0});
  return answer(error, [&] {
    give(id, use<ImageProcessorObject>(images.value)
                 ->service.add(record_id_of(record), bytes_of(picture), std::string(view_of(original_name))));
  });
}

modelstore_status modelstore_image_processor_add_async(modelstore_image_processor images,
                                                       const modelstore_record_id* record,
                                                       modelstore_text path, modelstore_job* job,
                                                       modelstore_error** error) {
  return answer(error, Out(job), [&] {
    const auto used = use<ImageProcessorObject>(images.value);
    *job = job_handle(used->scope, used->service.add_async(record_id_of(record), path_of(path)));
  });
}

modelstore_status modelstore_image_processor_add_result(modelstore_job job, int64_t* id,
                                                        modelstore_error** error) {
  return answer(error, Out(id),
                [&] { read_result<std::int64_t>(job, [&](std::int64_t added) { *id = added; }); });
}

modelstore_status modelstore_image_processor_previews(modelstore_image_processor images,
                                                      const modelstore_sha256* model,
                                                      modelstore_preview_list** previews,
                                                      modelstore_error** error) {
  return answer(error, Out(previews), [&] {
    const auto found = use<ImageProcessorObject>(images.value)->service.previews(sha256_of(model));
    *previews = make_block<modelstore_preview_list>([&](Block& block) {
      return modelstore_preview_list{
          .block_size = 0, .previews = block.array(found, write_preview), .previews_count = found.size()};
    });
  });
}

modelstore_status modelstore_image_processor_pending_pictures(modelstore_image_processor images,
                                                              int64_t pending,
                                                              modelstore_pending_picture_list** pictures,
                                                              modelstore_error** error) {
  return answer(error, Out(pictures), [&] {
    const auto found = use<ImageProcessorObject>(images.value)->service.pending_pictures(pending);
    *pictures = make_block<modelstore_pending_picture_list>([&](Block& block) {
      return modelstore_pending_picture_list{.block_size = 0,
                                             .pictures = block.array(found, write_pending_picture),
                                             .pictures_count = found.size()};
    });
  });
}

modelstore_status modelstore_image_processor_read(modelstore_image_processor images, int64_t preview_id,
                                                  modelstore_tier tier, modelstore_bytes_block** webp,
                                                  modelstore_error** error) {
  return answer(error, Out(webp), [&] {
    const Tier wanted = to_enum(tier, Tier::Low, "no such tier");
    *webp = make_bytes_block(use<ImageProcessorObject>(images.value)->service.read(preview_id, wanted));
  });
}

modelstore_status modelstore_image_processor_read_original(modelstore_image_processor images,
                                                           int64_t preview_id,
                                                           modelstore_bytes_block** picture,
                                                           modelstore_error** error) {
  return answer(error, Out(picture), [&] {
    *picture = make_bytes_block(use<ImageProcessorObject>(images.value)->service.read_original(preview_id));
  });
}

modelstore_status modelstore_image_processor_read_pending(modelstore_image_processor images,
                                                          int64_t picture_id,
                                                          modelstore_bytes_block** picture,
                                                          modelstore_error** error) {
  return answer(error, Out(picture), [&] {
    *picture = make_bytes_block(use<ImageProcessorObject>(images.value)->service.read_pending(picture_id));
  });
}

modelstore_status modelstore_image_processor_reorder(modelstore_image_processor images,
                                                     const modelstore_record_id* record, const int64_t* ids,
                                                     uint64_t ids_count, modelstore_error** error) {
  return answer(error, [&] {
    const auto order = items_of(ids, ids_count);
    use<ImageProcessorObject>(images.value)
        ->service.reorder(record_id_of(record), std::vector<std::int64_t>(order.begin(), order.end()));
  });
}

modelstore_status modelstore_image_processor_remove(modelstore_image_processor images,
                                                    const modelstore_record_id* record, int64_t picture_id,
                                                    modelstore_error** error) {
  return answer(error, [&] {
    const RecordId id = record_id_of(record);
    const auto used = use<ImageProcessorObject>(images.value);
    if (id.is_model())
      used->service.remove(id.sha256(), picture_id);
    else
      used->service.remove_pending(id.number(), picture_id);
  });
}
