// Preloaded into the real service: leaks a little, as a defect of ours would.
#include <cstdlib>

namespace {

void* volatile lost = nullptr;

__attribute__((constructor)) void leak() {
  lost = std::malloc(1234);
  lost = nullptr;
}

}  // namespace
