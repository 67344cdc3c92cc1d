#include "http_server/conditional.hpp"

#include <doctest/doctest.h>

using server::parse_range;

namespace {

server::Response respond(std::vector<server::Header> headers) {
  server::Request request;
  request.method = server::Method::Get;
  request.headers = std::move(headers);
  server::Response whole;
  whole.set_text("0123456789");
  return server::content_response(request, whole.body, "text/plain", "\"tag\"", "no-cache");
}

}  // namespace

TEST_SUITE("http conditional requests") {
  TEST_CASE("one range of bytes is understood in all its forms") {
    const auto is = [](std::string_view header, std::uint64_t first, std::uint64_t size) {
      const auto range = parse_range(header, 10);
      return range && range->first == first && range->size == size;
    };
    CHECK(is("bytes=0-0", 0, 1));
    CHECK(is("bytes=2-4", 2, 3));
    CHECK(is("bytes=7-", 7, 3));
    CHECK(is("bytes=-3", 7, 3));
    CHECK(is("bytes=5-100", 5, 5));
    CHECK(is("bytes=-100", 0, 10));
    CHECK(is("Bytes=2-4", 2, 3));
    CHECK(is("bytes=5-99999999999999999999", 5, 5));
  }

  TEST_CASE("a range behind the end is none") {
    CHECK(parse_range("bytes=10-", 10)->size == 0);
    CHECK(parse_range("bytes=99999999999999999999-", 10)->size == 0);
    CHECK(parse_range("bytes=-0", 10)->size == 0);
    CHECK(parse_range("bytes=0-", 0)->size == 0);
  }

  TEST_CASE("ranges that are malformed or several are not ranges") {
    for (const char* header : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=4-2", "bytes=1-2,4-5",
                               "items=0-1", "bytes=0x1-2", "bytes =0-1", "bytes= -"})
      CHECK_MESSAGE(!parse_range(header, 10), header);
  }

  TEST_CASE("a tag is found in a list, weak or not, and by the star") {
    CHECK(server::names_tag("\"tag\"", "\"tag\""));
    CHECK(server::names_tag("\"a\", W/\"tag\"", "\"tag\""));
    CHECK(server::names_tag("*", "\"tag\""));
    CHECK(!server::names_tag("tag", "\"tag\""));
    CHECK(!server::names_tag("\"other\"", "\"tag\""));
    CHECK(!server::names_tag("", "\"tag\""));
  }

  TEST_CASE("a part is sent only of the content that the client means") {
    CHECK(respond({}).status == 200);
    CHECK(respond({{"if-none-match", "\"tag\""}, {"range", "bytes=0-1"}}).status == 304);
    const server::Response part = respond({{"range", "bytes=3-5"}});
    CHECK(part.status == 206);
    CHECK(part.body.offset == 3);
    CHECK(part.body.size == 3);
    CHECK(respond({{"range", "bytes=3-5"}, {"if-range", "\"tag\""}}).status == 206);
    CHECK(respond({{"range", "bytes=3-5"}, {"if-range", "\"old\""}}).status == 200);
    CHECK(respond({{"range", "bytes=10-"}}).status == 416);
    CHECK(respond({{"range", "bytes=0-1"}, {"range", "bytes=2-3"}}).status == 200);
  }
}
