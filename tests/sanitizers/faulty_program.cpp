// Commits the fault that it is asked for, to show that a sanitizer of this build reports it.
#include <climits>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

namespace {

// Not to be seen through by the optimizer.
volatile int zero = 0;
void* volatile kept = nullptr;

void leak() {
  kept = std::malloc(100);
  kept = nullptr;
}

int use_after_free() {
  int* number = new int(1);
  int* volatile same = number;
  delete number;
  return *same;
}

int overflow() {
  return INT_MAX - zero + 1;
}

int race() {
  int shared = 0;
  std::thread one([&] { ++shared; });
  std::thread other([&] { ++shared; });
  one.join();
  other.join();
  return shared;
}

}  // namespace

int main(int count, char** words) {
  const std::string fault = count == 2 ? words[1] : "";
  if (fault == "leak") {
    leak();
  } else if (fault == "use-after-free") {
    return use_after_free() - 1;
  } else if (fault == "overflow") {
    return overflow() == 0 ? 1 : 0;
  } else if (fault == "race") {
    return race() > 2 ? 1 : 0;
  }
  return 0;
}
