#include "preview/picture_file.hpp"

#include "base/paths.hpp"
#include "base/utf8.hpp"
#include "modelstore/error.hpp"
#include "platform/file.hpp"

namespace modelstore::preview {
namespace {

[[noreturn]] void throw_too_large(const std::filesystem::path& path, std::int64_t max_bytes) {
  throw Error(ErrorCode::LimitExceeded,
              base::printable(path.string()) + " has more than " + std::to_string(max_bytes) + " bytes");
}

}  // namespace

std::vector<std::byte> read_picture_file(const std::filesystem::path& path, std::int64_t max_bytes) {
  base::check_path(path, "a picture");
  const platform::FileDescriptor file = platform::open_regular(path);
  const std::int64_t announced = platform::stat_descriptor(file, path).size_bytes;
  if (announced > max_bytes) throw_too_large(path, max_bytes);
  // One more than announced: a file that grows is read to its end, or found too large.
  std::vector<std::byte> bytes(static_cast<std::size_t>(announced) + 1);
  std::size_t filled = 0;
  for (;;) {
    filled += platform::read_fully(file, std::span(bytes).subspan(filled), path);
    if (filled < bytes.size()) break;
    if (static_cast<std::int64_t>(filled) > max_bytes) throw_too_large(path, max_bytes);
    bytes.resize(bytes.size() * 2);
  }
  if (static_cast<std::int64_t>(filled) > max_bytes) throw_too_large(path, max_bytes);
  bytes.resize(filled);
  return bytes;
}

std::string original_name_of(const std::filesystem::path& path) {
  std::string name = path.filename().string();
  if (!base::is_utf8(name)) name.clear();
  return name;
}

}  // namespace modelstore::preview
