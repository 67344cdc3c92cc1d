/// One picture, one process: tiers are made by the decoder program. Safe from any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "decode/protocol.hpp"

namespace modelstore::decode {

/// Has the program that `options` name do `task` with a picture, and returns its tiers or its format. The
/// calling thread waits. `cancelled` is asked a few times in 100 ms; the process is killed if it returns true.
/// Errors: those of image::make_tiers, as the program reports them; DecoderCrashed (it died, gave no sensible
/// answer, or took too much memory or time, of all of which the picture is suspected); Unsupported (it cannot
/// be started, or is of another version); Cancelled; Io.
[[nodiscard]] Answer decode_isolated(Task task, std::span<const std::byte> picture,
                                     const PreviewOptions& options, const std::function<bool()>& cancelled);

}  // namespace modelstore::decode
