// A decoder that does not do what it should: what it does instead is the name by which it is started.

#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): POSIX
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "decode/protocol.hpp"
#include "platform/helper_process.hpp"

namespace {

using modelstore::ErrorCode;
using modelstore::TierSet;
using modelstore::decode::Bytes;
using modelstore::platform::receive_from_parent;
using modelstore::platform::send_to_parent;
namespace decode = modelstore::decode;

void greet() {
  send_to_parent(decode::greeting());
}

void read_all() {
  Bytes bytes(decode::kRequestBytes);
  if (!receive_from_parent(bytes)) return;
  const auto request = decode::read_request(bytes);
  Bytes picture(request ? request->picture_bytes : 0);
  (void)receive_from_parent(picture);
}

void say(const std::string& message) {
  send_to_parent(decode::encode_answer(modelstore::Failure{ErrorCode::Internal, message}));
}

[[noreturn]] void loop() {
  for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
}

void crash() {
  (void)::signal(SIGSEGV, SIG_DFL);
  (void)::raise(SIGSEGV);
}

/// Head of an answer with `kind` and `size`.
Bytes head(std::uint32_t kind, std::uint64_t size) {
  Bytes bytes = decode::encode_answer(modelstore::image::PictureFormat::Png);
  bytes.resize(decode::kAnswerHeadBytes);
  for (unsigned i = 0; i < 4; ++i) bytes[4 + i] = static_cast<std::byte>(kind >> (8 * i));
  for (unsigned i = 0; i < 8; ++i) bytes[8 + i] = static_cast<std::byte>(size >> (8 * i));
  return bytes;
}

Bytes garbage(std::size_t size) {
  Bytes bytes(size);
  std::uint32_t value = 1;
  for (std::byte& byte : bytes)
    byte = static_cast<std::byte>((value = value * 1'664'525 + 1'013'904'223) >> 24);
  return bytes;
}

void send_unreasonable_tiers() {
  TierSet set;
  set.source_format = "png";
  for (auto& tier : set.tiers) tier = {30'000, 30'000, Bytes(100)};
  send_to_parent(decode::encode_answer(set));
}

/// Memory that is asked for and never used: nobody else has less of it.
void take_memory() {
  constexpr std::size_t kPiece = std::size_t{64} << 20;
  std::vector<std::unique_ptr<std::byte[]>> pieces;
  for (int i = 0; i < 64; ++i) pieces.push_back(std::unique_ptr<std::byte[]>(new std::byte[kPiece]));
  say("there was memory enough");
}

std::string descriptors() {
  std::string text;
  for (int i = 0; i < 1024; ++i)
    if (::fcntl(i, F_GETFD) >= 0) text += (text.empty() ? "" : " ") + std::to_string(i);
  return text;
}

std::string limits() {
  std::string text;
  for (const auto resource : {RLIMIT_AS, RLIMIT_CORE, RLIMIT_FSIZE}) {
    rlimit limit{};
    (void)::getrlimit(resource, &limit);
    text += (text.empty() ? "" : " ") +
            (limit.rlim_max == RLIM_INFINITY ? "none" : std::to_string(limit.rlim_max));
  }
  return text;
}

std::string signals() {
  sigset_t blocked;
  (void)::sigprocmask(SIG_SETMASK, nullptr, &blocked);
  struct sigaction pipe {};
  (void)::sigaction(SIGPIPE, nullptr, &pipe);
  return std::string(::sigismember(&blocked, SIGUSR1) != 0 ? "blocked" : "open") + " " +
         (pipe.sa_handler == SIG_DFL ? "default" : "other");
}

const std::map<std::string, std::function<void()>> kDeeds = {
    {"segfault", [] { greet(), read_all(), crash(); }},
    {"segfault-unread", [] { greet(), crash(); }},
    {"segfault-first", [] { crash(); }},
    {"loop", [] { greet(), read_all(), loop(); }},
    {"loop-unread", [] { greet(), loop(); }},
    {"loop-first", [] { loop(); }},
    {"exit", [] { greet(), read_all(); }},
    {"exit-first", [] {}},
    {"exit-half-way", [] { greet(), read_all(), send_to_parent(head(1, 1000)), send_to_parent(Bytes(500)); }},
    {"closed-but-alive", [] { greet(), read_all(), (void)::close(0), loop(); }},
    {"garbage", [] { greet(), read_all(), send_to_parent(garbage(100'000)); }},
    {"garbage-body",
     [] { greet(), read_all(), send_to_parent(head(1, 5000)), send_to_parent(garbage(5000)); }},
    {"stranger", [] { send_to_parent(garbage(1000)); }},
    {"other-version",
     [] {
       Bytes bytes = decode::greeting();
       bytes[8] ^= std::byte{1};
       send_to_parent(bytes);
       loop();
     }},
    {"huge", [] { greet(), read_all(), send_to_parent(head(1, std::uint64_t{1} << 60)), loop(); }},
    {"huge-message", [] { greet(), read_all(), send_to_parent(head(3, 1U << 20U)), loop(); }},
    {"unasked-kind",
     [] {
       greet(), read_all(), send_to_parent(decode::encode_answer(modelstore::image::PictureFormat::Png));
     }},
    {"large-tiers", [] { greet(), read_all(), send_unreasonable_tiers(); }},
    {"forged-code",
     [] {
       greet(), read_all();
       send_to_parent(decode::encode_answer(modelstore::Failure{ErrorCode::Poisoned, "all is lost"}));
     }},
    {"many-lines",
     [] {
       greet(), read_all();
       send_to_parent(decode::encode_answer(modelstore::Failure{ErrorCode::BadImage, "one\ntwo\x1b[1m"}));
     }},
    {"memory",
     [] {
       greet(), read_all();
       try {
         take_memory();
       } catch (const std::bad_alloc&) {
         send_to_parent(decode::encode_answer(modelstore::Failure{ErrorCode::OutOfMemory, "no memory"}));
       }
     }},
    {"descriptors", [] { greet(), read_all(), say(descriptors()); }},
    {"limits", [] { greet(), read_all(), say(limits()); }},
    {"signals", [] { greet(), read_all(), say(signals()); }},
};

}  // namespace

int main(int, char** argv) {
  const auto deed = kDeeds.find(std::filesystem::path(argv[0]).filename().string());
  if (deed == kDeeds.end()) return 9;
  deed->second();
  return 3;
}
