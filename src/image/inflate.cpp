#include "image/inflate.hpp"

#include <gio/gio.h>

#include <algorithm>

#include "image/vips_scope.hpp"

namespace modelstore::image {

std::optional<std::string> inflate(std::span<const std::byte> zlib, std::size_t max_bytes) {
  // glib's decompressor comes with libvips: no library is added for this.
  const ObjectPtr<GZlibDecompressor> decompressor(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
  std::string content;
  std::size_t used = 0;
  std::size_t produced = 0;
  for (;;) {
    // One byte more than allowed tells a stream that is too long from one that just fits.
    if (produced == content.size()) {
      if (produced > max_bytes) return std::nullopt;
      content.resize(std::min(max_bytes + 1, std::max(content.size() * 2, std::size_t{4096})));
    }
    gsize read = 0;
    gsize written = 0;
    GError* error = nullptr;
    const GConverterResult result = g_converter_convert(
        G_CONVERTER(decompressor.get()), zlib.data() + used, zlib.size() - used, content.data() + produced,
        content.size() - produced, G_CONVERTER_INPUT_AT_END, &read, &written, &error);
    used += read;
    produced += written;
    if (result == G_CONVERTER_ERROR) {
      const bool more_room = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE) != 0;
      g_error_free(error);
      if (!more_room || produced > max_bytes) return std::nullopt;
      content.resize(std::min(max_bytes + 1, content.size() * 2));
      if (produced == content.size()) return std::nullopt;
      continue;
    }
    if (result == G_CONVERTER_FINISHED) break;
  }
  if (produced > max_bytes) return std::nullopt;
  content.resize(produced);
  return content;
}

}  // namespace modelstore::image
