#include "decode/isolated_decoder.hpp"

#include <filesystem>
#include <string>
#include <system_error>

#include "base/utf8.hpp"
#include "image/tier_maker.hpp"
#include "platform/helper_process.hpp"
#include "platform/system.hpp"

namespace modelstore::decode {
namespace {

using platform::HelperProcess;
using Outcome = HelperProcess::Outcome;

class Conversation {
 public:
  Conversation(std::filesystem::path program, const PreviewOptions& options,
               const std::function<bool()>& cancelled)
      : program_(std::move(program)),
        options_(options),
        process_(program_, {.memory_bytes = options.decoder_memory_bytes,
                            .deadline = HelperProcess::Clock::now() + options.decoder_timeout,
                            .cancelled = cancelled}) {}

  /// Before it has seen the picture: whatever is wrong now is not the picture's fault.
  void expect_greeting() {
    Bytes bytes;
    switch (process_.receive(bytes, kGreetingBytes)) {
      case Outcome::Done:
        break;
      case Outcome::TimedOut:
        throw Error(ErrorCode::Unsupported, name() + " did not start within " + timeout());
      case Outcome::Closed:
        throw Error(ErrorCode::Unsupported, name() + " does not start as a decoder of pictures: it " +
                                                describe(process_.wait_for_end()));
    }
    switch (read_greeting(bytes)) {
      case Greeting::Same:
        return;
      case Greeting::OtherVersion:
        throw Error(ErrorCode::Unsupported, name() + " is of another version than this library");
      case Greeting::Stranger:
        throw Error(ErrorCode::Unsupported, name() + " is no decoder of pictures");
    }
  }

  void send(std::span<const std::byte> bytes) { expect(process_.send(bytes)); }

  [[nodiscard]] Bytes receive(std::size_t count) {
    Bytes bytes;
    expect(process_.receive(bytes, count));
    return bytes;
  }

  [[noreturn]] static void fail(const std::string& reason) {
    throw Error(ErrorCode::DecoderCrashed, "the picture's decoder " + reason);
  }

 private:
  void expect(Outcome outcome) {
    if (outcome == Outcome::TimedOut) fail("took more than " + timeout());
    if (outcome == Outcome::Closed) fail(describe(process_.wait_for_end()));
  }
  [[nodiscard]] std::string name() const { return base::printable(program_.string()); }
  [[nodiscard]] std::string timeout() const {
    return std::to_string(options_.decoder_timeout.count()) + " ms";
  }

  const std::filesystem::path program_;
  const PreviewOptions& options_;
  HelperProcess process_;
};

/// The one that was installed with the library, also where both were moved since.
std::filesystem::path installed_decoder() {
  const std::filesystem::path folder = platform::own_file().parent_path();
  for (const char* place : {MODELSTORE_DECODER_FROM_LIBRARY, MODELSTORE_DECODER_FROM_PROGRAM}) {
    std::error_code error;
    std::filesystem::path decoder = (folder / place).lexically_normal();
    if (std::filesystem::is_regular_file(decoder, error)) return decoder;
  }
  return MODELSTORE_DECODER;
}

}  // namespace

Answer decode_isolated(Task task, std::span<const std::byte> picture, const PreviewOptions& options,
                       const std::function<bool()>& cancelled) {
  image::check_options(options);
  const Request request{task, options, picture.size()};
  Conversation conversation(options.decoder.empty() ? installed_decoder() : options.decoder, options,
                            cancelled);
  conversation.expect_greeting();
  conversation.send(encode_request(request));
  conversation.send(picture);
  const auto head = read_answer_head(conversation.receive(kAnswerHeadBytes), options);
  if (!head) Conversation::fail("gave an answer that makes no sense");
  auto answer = read_answer(*head, conversation.receive(static_cast<std::size_t>(head->body_bytes)), request);
  if (!answer) Conversation::fail("gave an answer that makes no sense");
  const auto* const failure = std::get_if<Failure>(&*answer);
  if (failure == nullptr) return std::move(*answer);
  if (failure->code == ErrorCode::OutOfMemory && options.decoder_memory_bytes > 0)
    Conversation::fail("needed more than " + std::to_string(options.decoder_memory_bytes) +
                       " bytes of memory");
  throw Error(failure->code, failure->message);
}

}  // namespace modelstore::decode
