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
