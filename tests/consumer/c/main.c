/* What a program in C outside of the project does with the library: consumer FOLDER */

#include <modelstore.h>
#include <stdio.h>

static int fail(const char* what, modelstore_error* error) {
  fprintf(stderr, "%s: %s\n", what, modelstore_error_message(error));
  modelstore_error_free(error);
  return 1;
}

int main(int argc, char** argv) {
  if (argc != 2) return fail("usage: consumer FOLDER", NULL);
  modelstore_error* error = NULL;
  modelstore_store store;
  modelstore_store_options options = MODELSTORE_STORE_OPTIONS_INIT;
  options.create = 1;
  if (modelstore_store_open(modelstore_text_of(argv[1]), &options, &store, &error))
    return fail("open", error);

  modelstore_job job;
  modelstore_verify_report* report;
  if (modelstore_store_verify(store, NULL, &job, &error)) return fail("verify", error);
  if (modelstore_store_verify_result(job, &report, &error)) return fail("the result of verify", error);
  if (report->problems_count != 0) return fail("the store has problems", NULL);
  modelstore_free(report);
  if (modelstore_job_destroy(job, &error)) return fail("the job", error);

  modelstore_tier_set* tiers;
  const modelstore_bytes text = {(const uint8_t*)"no picture", 10};
  if (modelstore_make_tiers(text, NULL, &tiers, NULL) != MODELSTORE_UNSUPPORTED_FORMAT)
    return fail("a picture", NULL);

  /* By the decoder that was installed with the library, wherever that is. */
  modelstore_preview_options isolated = MODELSTORE_PREVIEW_OPTIONS_INIT;
  isolated.isolated = 1;
  if (modelstore_make_tiers(text, &isolated, &tiers, &error) != MODELSTORE_UNSUPPORTED_FORMAT)
    return fail("a picture in a process of its own", error);
  modelstore_error_free(error);
  if (modelstore_store_destroy(store, &error)) return fail("destroy", error);
  printf("modelstore %s\n", modelstore_version());
  return 0;
}
