/// The SHA-256 of an open file, read and hashed in turn on the calling thread: for checks, not for speed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>

#include "modelstore/sha256.hpp"
#include "platform/file.hpp"

namespace modelstore::digest {

/// From where the descriptor stands to the end. `on_bytes`, if any, is told after each piece how many bytes
/// it had, and may throw to end the work. Errors: Io (naming `name`), those of `on_bytes`.
[[nodiscard]] Sha256 sha256_of_file(const platform::FileDescriptor& file, const std::filesystem::path& name,
                                    const std::function<void(std::size_t)>& on_bytes = {});

}  // namespace modelstore::digest
