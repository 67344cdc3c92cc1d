#include "migration/picture_reference.hpp"

#include <doctest/doctest.h>

using modelstore::migration::picture_file_names;
using Names = std::vector<std::string>;

TEST_SUITE("picture_reference") {
  TEST_CASE("every form that clients write is reduced to its last component") {
    for (const char* reference :
         {"a b.png", "/media/a b.png", "/home/me/pictures/a b.png", "C:\\pictures\\a b.png",
          "\\\\server\\share\\a b.png", "..\\a b.png", "../../a b.png", "http://host/x/a%20b.png",
          "https://host:8188/x/a%20b.png?width=300&v=2", "file:///C:/pictures/a%20b.png",
          "http://host/a%20b.png#top", "http://host/a%20b.png?next=/etc/passwd", "%2e%2e%2fa b.png",
          "x%2Fa%20b.png"}) {
      CAPTURE(reference);
      const Names names = picture_file_names(reference);
      REQUIRE_FALSE(names.empty());
      CHECK(names.back() == "a b.png");
    }
  }

  TEST_CASE("a name with odd characters is first taken as it stands") {
    CHECK(picture_file_names("/media/50%25 #1?.png").front() == "50%25 #1?.png");
    CHECK(picture_file_names("/what?/img.png").front() == "img.png");
    CHECK(picture_file_names("a%zz%4").front() == "a%zz%4");
    CHECK(picture_file_names("line\nbreak.png") == Names{"line\nbreak.png"});
  }

  TEST_CASE("the query of a URL separates no folders") {
    CHECK(picture_file_names("http://host/a.png?u=/x/other.png") == Names{"a.png"});
  }

  TEST_CASE("no name leads out of a folder") {
    const std::string dots[] = {".", "..", "/", "\\", "", "...", "%2e", "%2e%2e", "%2E%2E%2F", "%00", "a%00"};
    const std::string ends[] = {"", "/", "\\", "/.", "/..", "\\..", "?", "#", "%2f", "%5c", "%5c..", "%2f.."};
    for (const std::string& start : dots)
      for (const std::string& middle : dots)
        for (const std::string& end : ends)
          for (const std::string& name : picture_file_names(start + "/" + middle + end)) {
            CAPTURE(start + "/" + middle + end);
            CHECK_FALSE(name.empty());
            CHECK(name != ".");
            CHECK(name != "..");
            CHECK(name.find('/') == std::string::npos);
            CHECK(name.find('\0') == std::string::npos);
            CHECK(name.size() <= 255);
          }
  }

  TEST_CASE("a reference that means no file has no names") {
    CHECK(picture_file_names("").empty());
    CHECK(picture_file_names("..").empty());
    CHECK(picture_file_names("/media/").empty());
    CHECK(picture_file_names(std::string("a\0b.png", 7)).empty());
    CHECK(picture_file_names(std::string(256, 'a')).empty());
    CHECK(picture_file_names(std::string(255, 'a')).size() == 1);
  }
}
