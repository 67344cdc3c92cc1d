// Values that need no store.

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

#include "enums.hpp"
#include "input.hpp"
#include "modelstore.h"
#include "modelstore/modelstore.hpp"
#include "output.hpp"
#include "status.hpp"

using namespace modelstore::capi;  // NOLINT(google-build-using-namespace)

namespace {

void copy_text(const std::string& text, char* place) {
  std::memcpy(place, text.c_str(), text.size() + 1);
}

}  // namespace

// Names that live as long as the program are literals, which end in a zero byte.

const char* modelstore_version() {
  return modelstore::version().data();
}

const char* modelstore_status_name(modelstore_status status) {
  if (status == MODELSTORE_OK) return "Ok";
  return modelstore::error_code_name(static_cast<modelstore::ErrorCode>(status)).data();
}

const char* modelstore_problem_kind_name(modelstore_problem_kind kind) {
  if (kind < 0 || kind > to_c(modelstore::ProblemKind::ModelDiffers)) return "Unknown";
  return modelstore::problem_kind_name(static_cast<modelstore::ProblemKind>(kind)).data();
}

const char* modelstore_conflict_policy_name(modelstore_conflict_policy policy) {
  if (policy < to_c(modelstore::ConflictPolicy::Merge) || policy > to_c(modelstore::ConflictPolicy::Discard))
    return "unknown";
  return modelstore::conflict_policy_name(static_cast<modelstore::ConflictPolicy>(policy - 1)).data();
}

modelstore_status modelstore_conflict_policy_parse(modelstore_text name, modelstore_conflict_policy* policy,
                                                   modelstore_error** error) {
  return answer(error, Out(policy), [&] {
    const auto parsed = modelstore::parse_conflict_policy(view_of(name));
    if (!parsed) refuse("no such conflict policy");
    *policy = to_c(*parsed);
  });
}

modelstore_status modelstore_path_rule_parse(modelstore_text text, modelstore_path_rule* rule,
                                             modelstore_error** error) {
  return answer(error, Out(rule), [&] {
    const auto parsed = modelstore::PathRule::parse(view_of(text));
    rule->from = {text.data, parsed.from.size()};
    rule->to = {text.data + parsed.from.size() + 1, parsed.to.size()};
  });
}

modelstore_status modelstore_map_path(const modelstore_path_rule* rules, uint64_t rules_count,
                                      modelstore_text path, modelstore_text_block** mapped,
                                      modelstore_error** error) {
  return answer(error, Out(mapped), [&] {
    const auto found = modelstore::map_path(path_map_of(rules, rules_count), view_of(path));
    *mapped = make_block<modelstore_text_block>([&](Block& block) {
      return modelstore_text_block{.block_size = 0, .text = write_optional(block, found)};
    });
  });
}

void modelstore_free(const void* block) {
  std::free(const_cast<void*>(block));  // NOLINT(cppcoreguidelines-no-malloc)
}

modelstore_status modelstore_sha256_parse(modelstore_text text, modelstore_sha256* sha256,
                                          modelstore_error** error) {
  return answer(error, Out(sha256), [&] { *sha256 = to_c(modelstore::Sha256::from_hex(view_of(text))); });
}

void modelstore_sha256_format(const modelstore_sha256* sha256, char text[65]) {
  if (!sha256) return copy_text("", text);
  copy_text(modelstore::Sha256(std::to_array(sha256->bytes)).hex(), text);
}

modelstore_status modelstore_record_id_parse(modelstore_text text, modelstore_record_id* id,
                                             modelstore_error** error) {
  return answer(error, Out(id), [&] {
    const auto parsed = modelstore::RecordId::parse(view_of(text));
    if (!parsed) refuse("neither a SHA-256 nor pending:N");
    *id = to_c(*parsed);
  });
}

void modelstore_record_id_format(const modelstore_record_id* id, char text[65]) {
  if (!id) return copy_text("", text);
  if (id->pending != 0)
    copy_text("pending:" + std::to_string(id->pending), text);
  else
    modelstore_sha256_format(&id->sha256, text);
}
