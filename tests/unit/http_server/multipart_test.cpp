#include "http_server/multipart.hpp"

#include <doctest/doctest.h>

using server::multipart_boundary;
using server::parse_multipart;

namespace {

const std::string kPart = "Content-Disposition: form-data; name=\"a\"\r\n";

std::string form(const std::string& headers, const std::string& content) {
  return "--b\r\n" + headers + "\r\n" + content + "\r\n--b--\r\n";
}

}  // namespace

TEST_SUITE("http multipart") {
  TEST_CASE("the boundary is read as it may be written") {
    CHECK(multipart_boundary("multipart/form-data; boundary=abc") == "abc");
    CHECK(multipart_boundary("Multipart/Form-Data;charset=utf-8; BOUNDARY=\"a b\"") == "a b");
  }

  TEST_CASE("boundaries that the standard does not allow are refused") {
    for (const char* type :
         {"", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a",
          "multipart/form-data; boundary=\"a \"", "multipart/form-data; boundary=a\"b",
          "multipart/mixed; boundary=a", "multipart/form-data; boundary=a; boundary=b",
          "multipart/form-data boundary=a", "multipart/form-data; boundary=\"\xC3\xBC\""})
      CHECK_MESSAGE(!multipart_boundary(type), type);
    CHECK(!multipart_boundary("multipart/form-data; boundary=" + std::string(71, 'a')));
  }

  TEST_CASE("parts keep their bytes, whatever those are") {
    const std::string bytes("\r\n--\0\r\n--x\r\n--", 14);
    const std::string body =
        "--b\r\n" + kPart + "\r\n" + bytes +
        "\r\n--b\r\ncontent-disposition:form-data;name=c;filename=\"d \\\"e\\\".png\"\r\n"
        "Content-Type: image/png\r\n\r\n\r\n--b--";
    const auto parts = parse_multipart(body, "b");
    REQUIRE(parts);
    REQUIRE(parts->size() == 2);
    CHECK((*parts)[0].name == "a");
    CHECK((*parts)[0].content == bytes);
    CHECK((*parts)[1].name == "c");
    CHECK((*parts)[1].file_name == "d \"e\".png");
    CHECK((*parts)[1].content.empty());
  }

  TEST_CASE("a preamble, an epilogue and blanks behind a boundary do no harm") {
    const std::string body = "before\r\n--b \t\r\n" + kPart + "\r\nx\r\n--b-- \r\nafter";
    const auto parts = parse_multipart(body, "b");
    REQUIRE(parts);
    REQUIRE(parts->size() == 1);
    CHECK(parts->front().content == "x");
  }

  TEST_CASE("a form without parts is one") {
    CHECK(parse_multipart("--b--", "b")->empty());
  }

  TEST_CASE("what is cut off anywhere is refused") {
    const std::string body = form(kPart, "content");
    for (std::size_t length = 0; length < body.size() - 2; ++length)
      CHECK_MESSAGE(!parse_multipart(body.substr(0, length), "b"), length);
  }

  TEST_CASE("parts without a usable header are refused") {
    for (const char* headers :
         {"", "Content-Type: text/plain\r\n", "Content-Disposition: attachment; name=\"a\"\r\n",
          "Content-Disposition: form-data\r\n", "Content-Disposition: form-data; name=\"a\r\n",
          "Content-Disposition: form-data; name=\"a\"; name=\"b\"\r\n", "no colon\r\n", ": x\r\n",
          "Content-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n"})
      CHECK_MESSAGE(!parse_multipart(form(headers, "x"), "b"), headers);
    CHECK(!parse_multipart(form(kPart + kPart, "x"), "b"));
  }

  TEST_CASE("headers and the number of parts are bounded") {
    CHECK(!parse_multipart(form(kPart + "X: " + std::string(5000, 'x') + "\r\n", "x"), "b"));
    std::string body;
    for (int part = 0; part < 33; ++part) body += "--b\r\n" + kPart + "\r\nx\r\n";
    CHECK(!parse_multipart(body + "--b--", "b"));
  }

  TEST_CASE("a longer boundary is another one") {
    CHECK(!parse_multipart("--bc\r\n" + kPart + "\r\nx\r\n--bc--", "b"));
    CHECK(!parse_multipart("--b\r\n" + kPart + "\r\nx\r\n--bc\r\n", "b"));
  }
}
