// modelstore_server: the library over HTTP, for front ends and scripts on the same machine.

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <iostream>
#include <random>
#include <string>

#include <CLI/CLI.hpp>

#include "backend.hpp"
#include "http_error.hpp"
#include "http_server.hpp"
#include "service.hpp"

namespace {

/// "127.0.0.1:8789" or "[::1]:8789".
void read_address(const std::string& text, server::Options& options) {
  const std::size_t colon = text.rfind(':');
  std::string address = text.substr(0, std::min(colon, text.size()));
  const std::string port = colon == std::string::npos ? std::string() : text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), options.port);
  if (port.empty() || error != std::errc() || end != port.data() + port.size())
    throw server::HttpError(400, "--listen is ADDRESS:PORT, not " + text);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  options.address = address == "localhost" ? "127.0.0.1" : address;
}

std::string random_token() {
  std::random_device random;
  std::string token;
  for (int part = 0; part < 4; ++part) {
    std::array<char, 9> digits{};
    (void)std::snprintf(digits.data(), digits.size(), "%08x", static_cast<unsigned>(random()));
    token += digits.data();
  }
  return token;
}

/// A token stands in a header and in a cookie as it is.
void check_token(const std::string& token) {
  constexpr std::string_view kAllowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~";
  if (token.empty() || token.find_first_not_of(kAllowed) != std::string::npos)
    throw server::HttpError(400, "a token is made of letters, digits and - . _ ~");
}

void serve(const server::Options& options, bool show_token) {
  server::Backend backend(options);
  server::HttpServer network(options);
  server::Service service(options, network.port(), backend);
  const bool v6 = options.address.find(':') != std::string::npos;
  std::cout << "listening on http://" << (v6 ? "[" + options.address + "]" : options.address) << ":"
            << network.port() << (show_token ? "/?token=" + options.token : "") << std::endl;
  network.run(service, [&] {
    backend.store
        .close();  // jobs are cancelled, and who waits to change something learns that it is too late
    service.stop();
  });
}

}  // namespace

int main(int argc, char** argv) {
  server::Options options;
  std::string listen = "127.0.0.1:8789";
  bool no_token = false;
  double patience = 15;
  CLI::App app("Serves a model store over HTTP.", "modelstore_server");
  app.add_option("--data", options.data, "folder of the store; made if it does not exist")->required();
  app.add_option("--listen", listen, "address and port; port 0 picks one")
      ->take_last()
      ->capture_default_str();
  app.add_option("--models", options.models, "a folder of model files; may be repeated")->take_all();
  app.add_option("--legacy", options.legacy, "a folder of legacy stores; may be repeated")->take_all();
  app.add_flag(
      "--isolated", options.isolated,
      "decode each picture in a process of its own, so that one that crashes the decoder does no harm");
  app.add_option("--www", options.www, "the folder of a front end");
  app.add_option("--allow-origin", options.allow_origins, "pages of this origin may use the server")
      ->take_all();
  app.add_option("--allow-host", options.allow_hosts, "a further name of the server")->take_all();
  auto* const token = app.add_option("--token", options.token, "what changes need; otherwise one is made");
  app.add_flag("--no-token", no_token, "changes need none")->excludes(token);
  app.add_option("--timeout", patience, "seconds a client has for the headers of a request")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    read_address(listen, options);
    options.patience = std::chrono::milliseconds(static_cast<std::int64_t>(patience * 1000));
    const bool make_token = options.token.empty() && !no_token;
    if (make_token) options.token = random_token();
    if (!no_token) check_token(options.token);
    serve(options, make_token);
    return 0;
  } catch (const modelstore::Error& error) {
    std::cerr << "modelstore_server: " << error.what() << " (" << modelstore::error_code_name(error.code())
              << ")\n";
  } catch (const std::exception& error) {
    std::cerr << "modelstore_server: " << error.what() << '\n';
  }
  return 2;
}
