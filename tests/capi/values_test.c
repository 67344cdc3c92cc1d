/* Names, ids, rules and endings, which need no store. */

#include "check.h"

static void values_are_read_and_written(void) {
  CHECK(strncmp(modelstore_version(), "1.", 2) == 0);
  CHECK(strcmp(modelstore_status_name(MODELSTORE_OK), "Ok") == 0);
  CHECK(strcmp(modelstore_status_name(MODELSTORE_NOT_FOUND), "NotFound") == 0);
  CHECK(strcmp(modelstore_status_name(MODELSTORE_INTERNAL), "Internal") == 0);
  for (int32_t status = 1; status <= MODELSTORE_INTERNAL; ++status)
    CHECK(strcmp(modelstore_status_name(status), "Unknown") != 0);
  CHECK(strcmp(modelstore_status_name(-1), "Unknown") == 0);
  CHECK(strcmp(modelstore_status_name(MODELSTORE_INTERNAL + 1), "Unknown") == 0);
  CHECK(strcmp(modelstore_problem_kind_name(MODELSTORE_PROBLEM_MODEL_DIFFERS), "ModelDiffers") == 0);
  CHECK(strcmp(modelstore_problem_kind_name(-1), "Unknown") == 0);
  CHECK(strcmp(modelstore_problem_kind_name(13), "Unknown") == 0);
  CHECK(modelstore_error_status(NULL) == MODELSTORE_OK);
  CHECK(modelstore_error_message(NULL)[0] == 0);
  modelstore_error_free(NULL);
  modelstore_free(NULL);

  char hex[65];
  modelstore_sha256 sha256;
  const char* const upper = "A000000000000000000000000000000000000000000000000000000000000000";
  CHECK_OK(modelstore_sha256_parse(text(upper), &sha256, &error));
  modelstore_sha256_format(&sha256, hex);
  CHECK(strlen(hex) == 64 && hex[0] == 'a');
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_sha256_parse(text("abc"), &sha256, &error));
  CHECK(sha256.bytes[0] == 0);
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_sha256_parse(text(NULL), &sha256, &error));
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_sha256_parse(text(hex), NULL, &error));

  modelstore_record_id id;
  CHECK_OK(modelstore_record_id_parse(text("pending:42"), &id, &error));
  CHECK(id.pending == 42);
  modelstore_record_id_format(&id, hex);
  CHECK(strcmp(hex, "pending:42") == 0);
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_record_id_parse(text("pending:-1"), &id, &error));
  id.pending = INT64_MIN;
  modelstore_record_id_format(&id, hex);
  modelstore_record_id_format(NULL, hex);
  CHECK(hex[0] == 0);
  hex[0] = 'x';
  modelstore_sha256_format(NULL, hex);
  CHECK(hex[0] == 0);
}

static void policies_rules_and_endings_are_those_of_the_library(void) {
  modelstore_conflict_policy policy = 7;
  for (modelstore_conflict_policy each = MODELSTORE_POLICY_MERGE; each <= MODELSTORE_POLICY_DISCARD; ++each) {
    CHECK_OK(modelstore_conflict_policy_parse(text(modelstore_conflict_policy_name(each)), &policy, &error));
    CHECK(policy == each);
  }
  CHECK(strcmp(modelstore_conflict_policy_name(MODELSTORE_POLICY_MERGE), "merge") == 0);
  CHECK(strcmp(modelstore_conflict_policy_name(MODELSTORE_POLICY_DEFAULT), "unknown") == 0);
  CHECK(strcmp(modelstore_conflict_policy_name(INT32_MIN), "unknown") == 0);
  CHECK(strcmp(modelstore_conflict_policy_name(6), "unknown") == 0);
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_conflict_policy_parse(text("Merge"), &policy, &error));
  CHECK(policy == MODELSTORE_POLICY_DEFAULT);

  modelstore_path_rule rule;
  CHECK_OK(modelstore_path_rule_parse(text("C:\\m=/mnt=1"), &rule, &error));
  CHECK(rule.from.size == 4 && memcmp(rule.from.data, "C:\\m", 4) == 0 && is_text(rule.to, "/mnt=1"));
  modelstore_text_block* mapped = NULL;
  CHECK_OK(modelstore_map_path(&rule, 1, text("c:/m/a\\b.ckpt"), &mapped, &error));
  CHECK(is_text(mapped->text, "/mnt=1/a/b.ckpt"));
  modelstore_free(mapped);
  CHECK_OK(modelstore_map_path(&rule, 1, text("/elsewhere"), &mapped, &error));
  CHECK(mapped->text.data == NULL);
  modelstore_free(mapped);
  CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT,
               modelstore_map_path(NULL, 1, text("/elsewhere"), &mapped, &error));
  CHECK(mapped == NULL);
  const char* const bad[] = {"", "=", "a=", "=b", "ab", NULL};
  for (int i = 0; i < 6; ++i)
    CHECK_STATUS(MODELSTORE_INVALID_ARGUMENT, modelstore_path_rule_parse(text(bad[i]), &rule, &error));

  modelstore_text_list* endings = NULL;
  CHECK_OK(modelstore_scanner_usual_extensions(&endings, &error));
  CHECK(endings->texts_count > 3 && is_text(endings->texts[0], ".safetensors"));
  modelstore_free(endings);
}

int main(void) {
  values_are_read_and_written();
  policies_rules_and_endings_are_those_of_the_library();
  return 0;
}
