/// What the command line says.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace server {

struct Options {
  std::string data;  ///< the store; made if it does not exist
  std::string address = "127.0.0.1";
  std::uint16_t port = 8789;             ///< 0: any that is free
  std::vector<std::string> models;       ///< folders of model files
  std::vector<std::string> legacy;       ///< folders of legacy stores
  bool isolated = false;                 ///< as PreviewOptions::isolated
  std::string www;                       ///< folder of a front end; empty: none
  std::vector<std::string> allow_hosts;  ///< as AccessOptions
  std::vector<std::string> allow_origins;
  std::string token;  ///< empty: changes need none

  /// How long a client may take for the headers of a request. For a body, and for reading an answer, it has
  /// eight times as long.
  std::chrono::milliseconds patience{15'000};
};

}  // namespace server
