#include "platform/system.hpp"

#include <dlfcn.h>
#include <link.h>
#include <sched.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "base/hex.hpp"
#include "platform/errors.hpp"

namespace modelstore::platform {

std::int64_t process_id() noexcept {
  return ::getpid();
}

std::int64_t now_ms() noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

unsigned processor_count() noexcept {
  cpu_set_t processors;
  CPU_ZERO(&processors);
  if (::sched_getaffinity(0, sizeof processors, &processors) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&processors)));
}

std::filesystem::path own_file() {
  static const char inside = 0;
  Dl_info info{};
  void* map = nullptr;
  const bool found = ::dladdr1(&inside, &info, &map, RTLD_DL_LINKMAP) != 0 && map != nullptr;
  // The loader gives the program no name.
  const std::string name = found ? static_cast<const link_map*>(map)->l_name : "";
  std::error_code error;
  return std::filesystem::canonical(name.empty() ? "/proc/self/exe" : name, error);
}

std::string random_uuid() {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count = ::getrandom(bytes.data() + filled, bytes.size() - filled, 0);
    if (count > 0)
      filled += static_cast<std::size_t>(count);
    else if (errno != EINTR)
      throw_errno(errno, Intent::Read, "read", "random numbers");
  }
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0FU) | 0x40U);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3FU) | 0x80U);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += base::hex_digit(bytes[i] >> 4U);
    text += base::hex_digit(bytes[i]);
  }
  return text;
}

}  // namespace modelstore::platform
