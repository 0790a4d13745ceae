// Fuzzes the service as its peers see it: several processes of several accounts, two connections
// each, bytes of all of them interleaved, processes that die, a service that is killed and started
// again on its journal, a full disk. Everything but the operating system is real
// (tests/service/simulated_service.h). An input is a script, a step a line (service_script.h); what
// is demanded stands in service_play.h.
#include <cstdint>

#include "tests/fuzz/service_play.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace profile_broker::fuzz;
  Play play;
  play_script(play, {reinterpret_cast<const char*>(data), size});
  return 0;
}
