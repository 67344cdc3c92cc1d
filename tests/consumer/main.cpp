// What a program outside of the project does with the library: it opens a store in the folder that it is given,
// reaches every library behind it, and catches the library's exception. With DECODER, it has a picture decoded by
// that program.

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <modelstore/modelstore.hpp>
#include <string>

namespace {

int fail(const char* what) {
  std::cerr << "not as expected: " << what << '\n';
  return 1;
}

// "abc", the first example of FIPS 180-4.
constexpr const char* kDigest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2 && argc != 3) return fail("usage: consumer FOLDER [DECODER]");
  if (modelstore::version().substr(0, 2) != std::to_string(MODELSTORE_VERSION_MAJOR) + ".")
    return fail("the version of the library");

  const std::filesystem::path folder = argv[1];
  const std::filesystem::path model = folder / "abc.safetensors";
  std::filesystem::create_directories(folder);
  std::ofstream(model) << "abc";

  const modelstore::Store store = modelstore::Store::open(folder / "data", {.create = true});
  modelstore::Database database(store);
  const std::int64_t number = database.add_pending({.path = model, .tags = {"first"}});
  const modelstore::RecordPage page = database.list({.filter = {.state = modelstore::StateFilter::All}});
  if (page.total != 1 || page.records.front().id != modelstore::RecordId::pending(number))
    return fail("the list");

  const modelstore::FileHasher hasher(store);
  if (hasher.hash(model).get().sha256.hex() != kDigest) return fail("the hash");
  if (!store.verify().get().ok()) return fail("the store");

  try {
    const std::string text = "no picture";
    modelstore::PreviewOptions options;
    options.isolated = argc == 3;
    if (options.isolated) options.decoder = argv[2];
    (void)modelstore::ImageProcessor::make_tiers(std::as_bytes(std::span(text)), options);
    return fail("a picture");
  } catch (const modelstore::Error& error) {
    if (error.code() != modelstore::ErrorCode::UnsupportedFormat) throw;
  }
  std::cout << "modelstore " << modelstore::version() << '\n';
} catch (const modelstore::Error& error) {
  return fail(error.what());
}
