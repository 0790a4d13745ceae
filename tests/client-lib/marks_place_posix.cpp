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

std::string MarksPlace::unwritable() {
  return std::filesystem::temp_directory_path() / std::string(300, 'x') / "marks";
}

}  // namespace profile_broker::client
