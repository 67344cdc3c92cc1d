#include "image/vips_scope.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <string>

#include <doctest/doctest.h>

#include "image/tier_maker.hpp"
#include "modelstore/error.hpp"
#include "support/pictures.hpp"
#include "support/temp_dir.hpp"

using modelstore::Error;
using modelstore::image::make_tiers;
using modelstore::image::VipsScope;
using namespace std::string_literals;

namespace {

// What a call writes to file descriptor 2.
template <typename Call>
std::string stderr_of(Call&& call) {
  const test::TempDir folder;
  const std::filesystem::path path = folder / "stderr";
  std::fflush(stderr);
  const int kept = dup(2);
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  REQUIRE(file != nullptr);
  dup2(fileno(file), 2);
  call();
  std::fflush(stderr);
  dup2(kept, 2);
  close(kept);
  std::fclose(file);
  return test::read_file(path);
}

// Decodes with libvips as a program would that knows nothing of this library.
void decode_plainly(const test::Bytes& file) {
  VipsImage* const image = vips_image_new_from_buffer(file.data(), file.size(), "", nullptr);
  if (image == nullptr) return;
  std::size_t size = 0;
  g_free(vips_image_write_to_memory(image, &size));
  g_object_unref(image);
  vips_error_clear();
}

// Pictures for which libvips warns: damaged checksums, too many texts, chunks that are wrong.
std::vector<test::Bytes> warning_pictures() {
  const test::Bytes png = test::encode(test::photo(64, 48), test::Kind::Png);
  std::vector<test::Bytes> pictures;
  test::Bytes flipped = png;
  flipped[png.size() / 2] ^= std::byte{0x55};
  pictures.push_back(flipped);
  test::Bytes talkative = png;
  for (int i = 0; i < 60; ++i) talkative = test::with_png_chunk(talkative, "tEXt", "k\0v"s);
  pictures.push_back(talkative);
  pictures.push_back(test::with_png_chunk(png, "gAMA", "bad"));
  return pictures;
}

void make_or_refuse(const test::Bytes& file) {
  try {
    (void)make_tiers(file, {});
  } catch (const Error&) {
  }
}

std::atomic<int> messages_of_host = 0;

void host_handler(const gchar*, GLogLevelFlags, const gchar*, gpointer) {
  ++messages_of_host;
}

// As a program does that uses libvips itself, which must come before anything else of it.
void start_vips() {
  REQUIRE(vips_init("host") == 0);
}

}  // namespace

TEST_SUITE("VipsScope") {
  TEST_CASE("pictures that make libvips warn leave stderr silent") {
    for (const test::Bytes& file : warning_pictures()) {
      CHECK_FALSE(stderr_of([&] { decode_plainly(file); }).empty());
      CHECK(stderr_of([&] { make_or_refuse(file); }).empty());
    }
    const test::Bytes jpeg = test::encode(test::photo(64, 48), test::Kind::Jpeg);
    const test::Bytes bad_profile =
        test::with_jpeg_segment(jpeg, 0xE2, "ICC_PROFILE\0\1\1"s + std::string(300, 'x'));
    test::Bytes cut = jpeg;
    cut.resize(cut.size() / 2);
    test::Bytes gap = jpeg;
    gap.erase(gap.begin() + static_cast<std::ptrdiff_t>(gap.size() / 2), gap.end() - 2);
    test::Bytes gif = test::encode(test::photo(64, 48), test::Kind::Gif);
    gif[gif.size() / 2] ^= std::byte{0x55};
    for (const test::Bytes& file : {bad_profile, cut, gap, gif}) {
      CHECK(stderr_of([&] { make_or_refuse(file); }).empty());
    }
  }

  TEST_CASE("the program's own handler of libvips's messages is what it was before") {
    const test::Bytes file = warning_pictures().front();
    const guint id = g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING, host_handler, nullptr);
    messages_of_host = 0;
    make_or_refuse(file);
    CHECK(messages_of_host == 0);
    decode_plainly(file);
    CHECK(messages_of_host > 0);
    g_log_remove_handler("VIPS", id);
  }

  TEST_CASE("the program's own error text is kept, ours is not left behind") {
    start_vips();
    vips_error_clear();
    test::Bytes cut = test::encode(test::photo(64, 48), test::Kind::WebP);
    cut[30] ^= std::byte{0xff};
    make_or_refuse(cut);
    CHECK(std::string(vips_error_buffer()).empty());
    vips_error("host", "its own text");
    make_or_refuse(test::encode(test::photo(8, 8), test::Kind::Png));
    CHECK(std::string(vips_error_buffer()).find("its own text") != std::string::npos);
    vips_error_clear();
  }

  TEST_CASE("no setting of libvips changes") {
    start_vips();
    const int concurrency = vips_concurrency_get();
    const int operations = vips_cache_get_max();
    const std::size_t memory = vips_cache_get_max_mem();
    (void)make_tiers(test::encode(test::photo(64, 48), test::Kind::Png), {});
    CHECK(vips_concurrency_get() == concurrency);
    CHECK(vips_cache_get_max() == operations);
    CHECK(vips_cache_get_max_mem() == memory);
  }
}
