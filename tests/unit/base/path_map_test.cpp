#include "modelstore/path_map.hpp"

#include <doctest/doctest.h>

#include "modelstore/error.hpp"

using modelstore::map_path;
using modelstore::PathMap;
using modelstore::PathRule;

namespace {

std::string mapped(const std::string& from, const std::string& to, const std::string& path) {
  return map_path({{from, to}}, path).value_or("no match");
}

}  // namespace

TEST_SUITE("PathMap") {
  TEST_CASE("whole components of POSIX paths are replaced") {
    CHECK(mapped("/old", "/new", "/old/a.pt") == "/new/a.pt");
    CHECK(mapped("/old/", "/new/", "/old/a.pt") == "/new/a.pt");
    CHECK(mapped("/old", "/new", "/old") == "/new");
    CHECK(mapped("/old", "/new", "/older/a.pt") == "no match");
    CHECK(mapped("/old", "/new", "/Old/a.pt") == "no match");
    CHECK(mapped("/", "/mnt", "/a/b.pt") == "/mnt/a/b.pt");
    CHECK(mapped("/mnt", "/", "/mnt/a.pt") == "/a.pt");
    CHECK(mapped("/old", "/new", "/old/back\\slash.pt") == "/new/back\\slash.pt");
  }

  TEST_CASE("Windows paths match in either slash and any case, and get slashes") {
    CHECK(mapped("D:\\Models", "/mnt/m", "D:\\Models\\loras\\a.pt") == "/mnt/m/loras/a.pt");
    CHECK(mapped("d:/models", "/mnt/m", "D:\\MODELS\\A.pt") == "/mnt/m/A.pt");
    CHECK(mapped("D:\\", "/mnt/d", "d:\\x\\y.pt") == "/mnt/d/x/y.pt");
    CHECK(mapped("D:", "/mnt/d", "d:\\x\\y.pt") == "/mnt/d/x/y.pt");
    CHECK(mapped("D:\\Models", "/mnt/m", "D:\\Models2\\a.pt") == "no match");
    CHECK(mapped("\\\\nas\\share", "/mnt/nas", "\\\\NAS\\share\\a.pt") == "/mnt/nas/a.pt");
    CHECK(mapped("D:\\Models", "/mnt/m", "/mnt/m/a.pt") == "no match");
  }

  TEST_CASE("the first rule that matches decides") {
    const PathMap map = {{"/a/b", "/first"}, {"/a", "/second"}};
    CHECK(map_path(map, "/a/b/c") == "/first/c");
    CHECK(map_path(map, "/a/x") == "/second/x");
    CHECK_FALSE(map_path(map, "/b"));
    CHECK_FALSE(map_path({}, "/b"));
  }

  TEST_CASE("rules are read from text") {
    CHECK(PathRule::parse("D:\\m=/mnt/a=b") == PathRule{"D:\\m", "/mnt/a=b"});
    for (const char* text : {"", "=", "a=", "=b", "ab"}) {
      CAPTURE(text);
      CHECK_THROWS_AS((void)PathRule::parse(text), modelstore::Error);
    }
  }
}
