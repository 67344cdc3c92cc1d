#include "terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace cli {

bool is_terminal(Stream stream) noexcept {
  if (isatty(static_cast<int>(stream)) == 0) return false;
  const char* kind = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): nobody changes the environment
  return kind == nullptr || std::string_view(kind) != "dumb";
}

std::optional<std::size_t> terminal_columns(Stream stream) noexcept {
  if (isatty(static_cast<int>(stream)) == 0) return std::nullopt;
  winsize size{};
  if (ioctl(static_cast<int>(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace cli
