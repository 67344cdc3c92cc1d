#include "digest/file_sha256.hpp"

#include <vector>

#include "digest/sha256_engine.hpp"

namespace modelstore::digest {

Sha256 sha256_of_file(const platform::FileDescriptor& file, const std::filesystem::path& name,
                      const std::function<void(std::size_t)>& on_bytes) {
  constexpr std::size_t kPiece = 256 * 1024;
  std::vector<std::byte> buffer(kPiece);
  const auto engine = make_sha256_engine();
  for (;;) {
    const std::size_t count = platform::read_fully(file, buffer, name);
    engine->update(std::span(buffer).first(count));
    if (on_bytes) on_bytes(count);
    if (count < buffer.size()) return engine->finish();
  }
}

}  // namespace modelstore::digest
