// Makes one mistake, so that a test can see that the sanitizer of this build reports it.

#include <cstring>
#include <memory>
#include <string_view>
#include <thread>

#include <climits>

namespace {

int overflow(int summand) {
  return INT_MAX - 1 + summand;
}

int read_behind(std::size_t index) {
  const auto numbers = std::make_unique<int[]>(2);
  return numbers[index];
}

void leak(std::size_t size) {
  volatile char* block = new char[size];
  block[0] = 'x';
  block = nullptr;
}

int race() {
  int shared = 0;
  std::thread other([&] { ++shared; });
  ++shared;
  other.join();
  return shared;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mistake = argc == 2 ? argv[1] : "";
  if (mistake == "overflow") return overflow(argc) == 0;
  if (mistake == "read") return read_behind(static_cast<std::size_t>(argc) + 1) == 1;
  if (mistake == "leak") leak(static_cast<std::size_t>(argc) * 1000);
  if (mistake == "race") return race() == 0;
  return 0;
}
