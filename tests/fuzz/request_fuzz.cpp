// Fuzzes the reader of busy requests (proto/quick_request.h) against the reader of all requests.
// The input is one request's text. Demanded: what the quick one reads, the other one reads, and as
// the same call with the same id.
#include <cstdint>
#include <utility>

#include "proto/quick_request.h"
#include "tests/fuzz/require.h"

namespace profile_broker::fuzz {
namespace {

void one_request(std::string_view content) {
  const auto quick = read_quickly(content);
  if (!quick) {
    return;
  }
  const auto read = read_request(content);
  const auto* request = std::get_if<Request>(&read);
  require(request != nullptr, "read quickly what is no request:", content);
  require(request->id && request->id->json == quick->id, "read quickly with another id:", content);
  const auto call = read_call(request->method, request->params);
  const auto* good = std::get_if<Call>(&call);
  require(good != nullptr, "read quickly what is refused:", content);
  require(method_of(*good) == method_of(quick->call) && params_of(*good) == params_of(quick->call),
          "read quickly as another call:", content);
}

}  // namespace
}  // namespace profile_broker::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  profile_broker::fuzz::one_request({reinterpret_cast<const char*>(data), size});
  return 0;
}
