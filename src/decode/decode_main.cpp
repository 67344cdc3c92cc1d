// modelstore-decode: decodes one picture for the library, over the socket that is its descriptor 0, and ends.

#include <exception>
#include <new>

#include "decode/protocol.hpp"
#include "image/tier_maker.hpp"
#include "platform/helper_process.hpp"

namespace {

namespace ms = modelstore;
using ms::decode::Answer;
using ms::decode::Request;
using ms::decode::Task;

Answer answer_to(const Request& request) try {
  ms::decode::Bytes picture(request.picture_bytes);
  if (!ms::platform::receive_from_parent(picture))
    return ms::Failure{ms::ErrorCode::Internal, "the picture did not arrive"};
  if (request.task == Task::CheckDecodable) return ms::image::check_decodable(picture, request.options);
  return ms::image::make_tiers(picture, request.options);
} catch (const ms::Error& error) {
  return ms::Failure{error.code(), error.what()};
} catch (const std::bad_alloc&) {
  return ms::Failure{ms::ErrorCode::OutOfMemory, "not enough memory to decode a picture"};
}

}  // namespace

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define MODELSTORE_WATCHES_THREADS 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define MODELSTORE_WATCHES_THREADS 1
#endif
#ifdef MODELSTORE_WATCHES_THREADS
/// This process has one thread of ours; what libvips does among its own is not for us to mend, its reports are
/// seen by nobody, and looking up their symbols takes minutes. The environment, which says so to the tests, does
/// not reach this process.
extern "C" const char*
__tsan_default_options() {  // NOLINT(bugprone-reserved-identifier,readability-identifier-naming)
  return "report_bugs=0";
}
#endif

int main() try {
  constexpr int kNobodyThere = 2;
  if (!ms::platform::bind_to_parent() || !ms::platform::send_to_parent(ms::decode::greeting()))
    return kNobodyThere;
  ms::decode::Bytes bytes(ms::decode::kRequestBytes);
  if (!ms::platform::receive_from_parent(bytes)) return kNobodyThere;
  const auto request = ms::decode::read_request(bytes);
  if (!request) return kNobodyThere;
  return ms::platform::send_to_parent(ms::decode::encode_answer(answer_to(*request))) ? 0 : kNobodyThere;
} catch (const std::exception&) {
  return 1;
}
