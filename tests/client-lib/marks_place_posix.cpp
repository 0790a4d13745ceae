#include <filesystem>
#include <random>

#include "tests/client-lib/marks_place.h"

namespace profile_broker::client {

MarksPlace::MarksPlace()
    : location_(std::filesystem::temp_directory_path() /
                ("broker-marks-" + std::to_string(std::random_device{}()))) {}

MarksPlace::~MarksPlace() {
  std::error_code ignored;
  std::filesystem::remove_all(location_, ignored);
}

}  // namespace profile_broker::client
