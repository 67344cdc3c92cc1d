/// Facts about the process and the machine. Safe from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace modelstore::platform {

/// The number of this process, which a forked child does not share.
[[nodiscard]] std::int64_t process_id() noexcept;

/// Milliseconds since 1970-01-01 UTC. For what people see; no order or logic depends on it.
[[nodiscard]] std::int64_t now_ms() noexcept;

/// The processors that this process may use, at least 1.
[[nodiscard]] unsigned processor_count() noexcept;

/// The file that this code was loaded from, the program or a shared library, without links. Empty if that cannot
/// be told.
[[nodiscard]] std::filesystem::path own_file();

/// A random name in the form of a UUID (RFC 9562, version 4). Errors: Io.
[[nodiscard]] std::string random_uuid();

}  // namespace modelstore::platform
