#include "service/memory_reserve.h"

#include <new>

#include "tests/support/catch.h"

using namespace profile_broker::service;

TEST_CASE("the memory reserve serves once, and again as soon as it could be put by") {
  const auto handler_before = std::get_new_handler();
  install_memory_reserve();
  const auto no_memory = std::get_new_handler();
  REQUIRE(no_memory != nullptr);
  CHECK_NOTHROW(no_memory());
  CHECK_THROWS_AS(no_memory(), std::bad_alloc);
  CHECK_FALSE(memory_is_short());
  CHECK_NOTHROW(no_memory());
  CHECK_FALSE(memory_is_short());
  std::set_new_handler(handler_before);
}
