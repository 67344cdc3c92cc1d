#include "platform/helper_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): the set of signals is POSIX's
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

#include "base/utf8.hpp"
#include "platform/errors.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MODELSTORE_RESERVES_MEMORY 1
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MODELSTORE_RESERVES_MEMORY 1
#endif

namespace modelstore::platform {
namespace {

/// How long a cancellation may go unseen.
constexpr std::chrono::milliseconds kLook{20};
/// For a process to be gone that has closed its socket.
constexpr std::chrono::milliseconds kGrace{1000};
constexpr std::size_t kPiece = std::size_t{256} << 10;
/// Code that is made while it runs (by liborc) lies in a small file without a name.
constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 20;

#ifdef MODELSTORE_RESERVES_MEMORY
constexpr bool kReservesMemory = true;  // a sanitizer, in the helper too: terabytes of address space
#else
constexpr bool kReservesMemory = false;
#endif

void check(int error_number, const char* action) {
  if (error_number != 0) throw_errno(error_number, Intent::Write, action, "a process");
}

class FileActions {
 public:
  FileActions() { check(::posix_spawn_file_actions_init(&actions_), "prepare"); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { (void)::posix_spawn_file_actions_destroy(&actions_); }
  [[nodiscard]] posix_spawn_file_actions_t* get() noexcept { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

class Attributes {
 public:
  Attributes() { check(::posix_spawnattr_init(&attributes_), "prepare"); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { (void)::posix_spawnattr_destroy(&attributes_); }
  [[nodiscard]] posix_spawnattr_t* get() noexcept { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

/// posix_spawn: what happens between fork and exec is the C library's, and fit for a program with threads.
pid_t spawn(const std::filesystem::path& program, const FileDescriptor& socket) {
  FileActions actions;
  // The socket first: it may have one of the numbers that are replaced next.
  check(::posix_spawn_file_actions_adddup2(actions.get(), socket.get(), 0), "prepare");
  check(::posix_spawn_file_actions_addopen(actions.get(), 1, "/dev/null", O_RDWR, 0), "prepare");
  check(::posix_spawn_file_actions_adddup2(actions.get(), 1, 2), "prepare");
  check(::posix_spawn_file_actions_addclosefrom_np(actions.get(), 3), "prepare");

  Attributes attributes;
  sigset_t none;
  sigset_t all;
  (void)::sigemptyset(&none);
  (void)::sigfillset(&all);
  check(::posix_spawnattr_setsigmask(attributes.get(), &none), "prepare");
  check(::posix_spawnattr_setsigdefault(attributes.get(), &all), "prepare");
  check(::posix_spawnattr_setflags(attributes.get(), POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF),
        "prepare");

  // The program's own environment may be changed by another thread while it is read. Each process has one
  // picture, and there are as many of them as the store has threads: one thread and one arena are enough.
  // Pixels are kept in memory, of which there is a limit, and never in temporary files.
  std::string name = program.string();
  std::array<std::string, 4> variables = {"LC_ALL=C", "MALLOC_ARENA_MAX=1", "VIPS_CONCURRENCY=1",
                                          "VIPS_DISC_THRESHOLD=100g"};
  const std::array<char*, 2> arguments = {name.data(), nullptr};
  std::array<char*, variables.size() + 1> environment{};
  std::transform(variables.begin(), variables.end(), environment.begin(),
                 [](std::string& variable) { return variable.data(); });
  pid_t process = -1;
  const int error = ::posix_spawn(&process, name.c_str(), actions.get(), attributes.get(), arguments.data(),
                                  environment.data());
  if (error == EAGAIN || error == ENOMEM) throw_errno(ENOMEM, Intent::Read, "start", name);
  if (error != 0)
    throw Error(ErrorCode::Unsupported,
                "cannot start " + base::printable(name) + ": " + std::generic_category().message(error));
  return process;
}

void limit(pid_t process, __rlimit_resource resource, std::uint64_t value) {
  const rlimit limits{value, value};
  // It may be gone already, which the first read will tell.
  if (::prlimit(process, resource, &limits, nullptr) != 0 && errno != ESRCH)
    throw_errno(errno, Intent::Read, "limit", "a process");
}

}  // namespace

std::string describe(const ProcessEnd& end) {
  if (!end.known) return "ended";
  if (end.signal == 0) return "ended with exit code " + std::to_string(end.exit_code);
  const char* const name = ::sigdescr_np(end.signal);
  return "was killed by signal " + std::to_string(end.signal) +
         (name != nullptr ? " (" + std::string(name) + ")" : std::string());
}

HelperProcess::HelperProcess(const std::filesystem::path& program, Limits limits)
    : limits_(std::move(limits)) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw_errno(errno, Intent::Read, "make", "a socket");
  socket_ = FileDescriptor(ends[0]);
  const FileDescriptor theirs(ends[1]);
  process_ = spawn(program, theirs);
  try {
    limit(process_, RLIMIT_CORE, 0);
    limit(process_, RLIMIT_FSIZE, kMaxFileBytes);
    if (limits_.memory_bytes > 0 && !kReservesMemory)
      limit(process_, RLIMIT_AS, static_cast<std::uint64_t>(limits_.memory_bytes));
  } catch (...) {
    (void)try_wait(true);
    throw;
  }
}

HelperProcess::~HelperProcess() {
  (void)try_wait(true);
}

HelperProcess::Outcome HelperProcess::wait_until_ready(short events) const {
  for (;;) {
    if (limits_.cancelled && limits_.cancelled())
      throw Error(ErrorCode::Cancelled, "the decoding of a picture was cancelled");
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(limits_.deadline - Clock::now());
    if (left.count() <= 0) return Outcome::TimedOut;
    pollfd waiting{socket_.get(), events, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::min(left, kLook).count()));
    if (ready > 0) return Outcome::Done;
    if (ready < 0 && errno != EINTR) throw_errno(errno, Intent::Read, "wait for", "a process");
  }
}

HelperProcess::Outcome HelperProcess::send(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count =
        ::send(socket_.get(), bytes.data(), std::min(bytes.size(), kPiece), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      if (const Outcome outcome = wait_until_ready(POLLOUT); outcome != Outcome::Done) return outcome;
    } else if (errno == EPIPE || errno == ECONNRESET) {
      return Outcome::Closed;
    } else if (errno != EINTR) {
      throw_errno(errno, Intent::Read, "write to", "a process");
    }
  }
  return Outcome::Done;
}

HelperProcess::Outcome HelperProcess::receive(std::vector<std::byte>& bytes, std::size_t count) {
  while (count > 0) {
    if (const Outcome outcome = wait_until_ready(POLLIN); outcome != Outcome::Done) return outcome;
    const std::size_t before = bytes.size();
    bytes.resize(before + std::min(count, kPiece));
    const ssize_t got = ::recv(socket_.get(), bytes.data() + before, bytes.size() - before, MSG_DONTWAIT);
    const int error = errno;
    bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got > 0)
      count -= static_cast<std::size_t>(got);
    else if (got == 0 || error == ECONNRESET)
      return Outcome::Closed;
    else if (error != EAGAIN && error != EINTR)
      throw_errno(error, Intent::Read, "read from", "a process");
  }
  return Outcome::Done;
}

ProcessEnd HelperProcess::wait_for_end() noexcept {
  const Clock::time_point last = Clock::now() + kGrace;
  while (Clock::now() < last) {
    if (const auto end = try_wait(false)) return *end;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return try_wait(true).value_or(ProcessEnd{});
}

/// With `block`, kills what still runs. A number that was waited for may be another process's by now: it is
/// not used again.
std::optional<ProcessEnd> HelperProcess::try_wait(bool block) noexcept {
  if (process_ < 0) return ProcessEnd{};
  int status = 0;
  pid_t result = ::waitpid(process_, &status, WNOHANG);
  if (result == 0) {
    if (!block) return std::nullopt;
    (void)::kill(process_, SIGKILL);
    do result = ::waitpid(process_, &status, 0);
    while (result < 0 && errno == EINTR);
  }
  process_ = -1;
  ProcessEnd end;
  end.known = result > 0;
  if (end.known && WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  if (end.known && WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  return end;
}

bool bind_to_parent() noexcept {
  (void)::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  // One that went before shows by its end of the socket.
  pollfd socket{0, POLLIN, 0};
  return ::poll(&socket, 1, 0) >= 0 && (socket.revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
}

bool receive_from_parent(std::span<std::byte> bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t count = ::recv(0, bytes.data(), bytes.size(), 0);
    if (count > 0)
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    else if (count == 0 || errno != EINTR)
      return false;
  }
  return true;
}

bool send_to_parent(std::span<const std::byte> bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t count = ::send(0, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0)
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    else if (errno != EINTR)
      return false;
  }
  return true;
}

}  // namespace modelstore::platform
