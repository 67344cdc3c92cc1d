#include "modelstore/scanner.hpp"

#include "input.hpp"
#include "modelstore.h"
#include "objects.hpp"
#include "options.hpp"
#include "output.hpp"

using namespace modelstore;        // NOLINT(google-build-using-namespace)
using namespace modelstore::capi;  // NOLINT(google-build-using-namespace)

namespace {

modelstore_scan_skip write_skip(Block& block, const ScanSkip& skip) {
  return {.path = block.text(skip.path), .reason = block.text(skip.reason)};
}

}  // namespace

modelstore_status modelstore_scanner_create(modelstore_store store, modelstore_scanner* scanner,
                                            modelstore_error** error) {
  return create_service<ScannerObject>(store, scanner, error);
}

modelstore_status modelstore_scanner_destroy(modelstore_scanner scanner, modelstore_error** error) {
  return destroy_handle<ScannerObject>(scanner.value, error);
}

modelstore_status modelstore_scanner_usual_extensions(modelstore_text_list** extensions,
                                                      modelstore_error** error) {
  return answer(error, Out(extensions), [&] {
    const std::vector<std::string> usual = ScanOptions().extensions;
    *extensions = make_block<modelstore_text_list>([&](Block& block) {
      return modelstore_text_list{
          .block_size = 0, .texts = block.array(usual, write_text), .texts_count = usual.size()};
    });
  });
}

modelstore_status modelstore_scanner_scan(modelstore_scanner scanner, const modelstore_text* roots,
                                          uint64_t roots_count, const modelstore_scan_options* options,
                                          modelstore_job* job, modelstore_error** error) {
  return answer(error, Out(job), [&] {
    const auto given = read_options(options);
    ScanOptions scan_options;
    if (given.extensions) scan_options.extensions = texts_of(given.extensions, given.extensions_count);
    const auto used = use<ScannerObject>(scanner.value);
    *job = job_handle(used->scope, used->service.scan(paths_of(roots, roots_count), std::move(scan_options)));
  });
}

modelstore_status modelstore_scanner_scan_result(modelstore_job job, modelstore_scan_report** report,
                                                 modelstore_error** error) {
  return answer(error, Out(report), [&] {
    read_result<ScanReport>(job, [&](const ScanReport& result) {
      *report = make_block<modelstore_scan_report>([&](Block& block) {
        return modelstore_scan_report{.block_size = 0,
                                      .files_seen = result.files_seen,
                                      .added = result.added,
                                      .known = result.known,
                                      .missing = result.missing,
                                      .changed = result.changed,
                                      .pending_ids = block.array(result.pending_ids, write_number),
                                      .pending_ids_count = result.pending_ids.size(),
                                      .skipped = block.array(result.skipped, write_skip),
                                      .skipped_count = result.skipped.size(),
                                      .elapsed_ms = result.elapsed_ms};
      });
    });
  });
}
