#include "http_server/access_rules.hpp"

#include <doctest/doctest.h>

#include "http_server/http_error.hpp"

using server::AccessRules;
using server::BodyKind;
using server::Header;
using server::Method;
using server::Request;

namespace {

Request request(std::vector<Header> headers, Method method = Method::Get) {
  Request made;
  made.method = method;
  made.raw_target = "/";
  made.headers = std::move(headers);
  return made;
}

/// The status with which the rules refuse; 0 if they do not.
template <class Check>
unsigned refusal(const Check& check) {
  try {
    check();
    return 0;
  } catch (const server::HttpError& error) {
    return error.status();
  }
}

unsigned source(const AccessRules& rules, std::vector<Header> headers) {
  return refusal([&] { rules.check_source(request(std::move(headers))); });
}

const Header kHost = {"host", "127.0.0.1:80"};

}  // namespace

TEST_SUITE("http access rules") {
  const AccessRules rules({"127.0.0.1", 80, {"models.example"}, {"http://front.example"}, "secret"});

  TEST_CASE("a host is one of the server's names, in any case") {
    for (const char* host : {"127.0.0.1:80", "127.0.0.1", "localhost:80", "LOCALHOST", "[::1]:80",
                             "models.example", "Models.Example:8080"})
      CHECK_MESSAGE(source(rules, {{"host", host}}) == 0, host);
    for (const char* host :
         {"", "evil.example", "localhost.", "127.0.0.1.evil.example", "localhost:", "localhost:80:80",
          "localhost:x", " localhost", "127.0.0.2", "[::1", "user@localhost", "localhost,evil"})
      CHECK_MESSAGE(source(rules, {{"host", host}}) == 403, host);
    CHECK(source(rules, {}) == 403);
    CHECK(source(rules, {kHost, kHost}) == 403);
  }

  TEST_CASE("an origin is the server's own or one that is allowed") {
    CHECK(source(rules, {kHost, {"origin", "http://127.0.0.1:80"}}) == 0);
    CHECK(source(rules, {kHost, {"origin", "http://front.example"}, {"sec-fetch-site", "cross-site"}}) == 0);
    for (const char* origin : {"null", "", "http://evil.example", "https://127.0.0.1:80", "http://127.0.0.1",
                               "http://127.0.0.1:8080", "http://localhost:80", "http://front.example.evil"})
      CHECK_MESSAGE(source(rules, {kHost, {"origin", origin}}) == 403, origin);
    CHECK(source(rules, {kHost, {"sec-fetch-site", "cross-site"}}) == 403);
    CHECK(source(rules, {kHost, {"sec-fetch-site", "same-origin"}}) == 0);
  }

  TEST_CASE("a change needs the token, from a header or a cookie") {
    const auto change = [](std::vector<Header> headers) {
      return refusal(
          [&] { rules.check_change(request(std::move(headers), Method::Delete), BodyKind::Json); });
    };
    CHECK(change({{"authorization", "Bearer secret"}}) == 0);
    CHECK(change({{"authorization", "bearer  secret"}}) == 0);
    CHECK(change({{"cookie", "a=b; modelstore_80=secret"}}) == 0);
    CHECK(change({{"origin", "http://front.example"}}) == 0);
    for (const Header& header : {Header{"authorization", ""},
                                 {"authorization", "Bearer"},
                                 {"authorization", "Bearer secre"},
                                 {"authorization", "Bearer secrets"},
                                 {"authorization", "Basic secret"},
                                 {"cookie", "modelstore_81=secret"},
                                 {"cookie", "modelstore_80"},
                                 {"cookie", "xmodelstore_80=secret"},
                                 {"origin", "http://127.0.0.1:80"}})
      CHECK_MESSAGE(change({header}) == 401, header.value);
  }

  TEST_CASE("a body is of the one type that no form can send") {
    const auto body = [](const char* type, BodyKind kind) {
      Request made = request({{"authorization", "Bearer secret"}, {"content-type", type}}, Method::Post);
      made.has_body = true;
      return refusal([&] { rules.check_change(made, kind); });
    };
    CHECK(body("application/json", BodyKind::Json) == 0);
    CHECK(body("Application/JSON; charset=utf-8", BodyKind::Json) == 0);
    CHECK(body("multipart/form-data; boundary=x", BodyKind::Multipart) == 0);
    for (const char* type :
         {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
          "text/plain; application/json", "application/jsonp"})
      CHECK_MESSAGE(body(type, BodyKind::Json) == 415, type);
    CHECK(body("application/json", BodyKind::Multipart) == 415);
  }

  TEST_CASE("the cookie is given freely on loopback, and elsewhere for the token") {
    const auto cookies = [](const AccessRules& given, const char* query) {
      Request made = request({});
      made.target.query = *server::Query::parse(query);
      server::Response response;
      given.add_cookie(made, response);
      return response.headers.size();
    };
    const AccessRules open({"0.0.0.0", 80, {}, {}, "secret"});
    CHECK(cookies(rules, "") == 1);
    CHECK(cookies(open, "") == 0);
    CHECK(cookies(open, "token=wrong") == 0);
    CHECK(cookies(open, "token=secret&token=secret") == 0);
    CHECK(cookies(open, "token=secret") == 1);
  }
}
