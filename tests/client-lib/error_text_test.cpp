// Every result of the library has a sentence of its own.
#include "client-lib/error_text.h"

#include <set>

#include "proto/error_codes.h"
#include "tests/support/catch.h"

namespace profile_broker::client {

TEST_CASE("every result of the library has its own sentence") {
  const std::set<std::uint32_t> results = {hresult::kOk,
                                           hresult::kNoService,
                                           hresult::kCallFailed,
                                           hresult::kNoAccess,
                                           hresult::kNotEnoughMemory,
                                           hresult::kInvalidParameter,
                                           hresult::kNoSupport,
                                           hresult::kBadCharWidth,
                                           hresult::kStringTooLong,
                                           hresult::kUnknownFlags,
                                           hresult::kBusy,
                                           hresult::kNotEnoughResources,
                                           hresult::kNotFound,
                                           hresult::kVersion,
                                           hresult::kNetworkError,
                                           hresult::kUnconfigured,
                                           hresult::kEndOfSession,
                                           hresult::kTimeout,
                                           hresult::kNotInitialized};
  std::set<std::string> texts;
  for (const auto result : results) {
    const auto text = error_text(result);
    CHECK(text.back() == '.');
    texts.insert(text);
  }
  CHECK(texts.size() == results.size());
  CHECK(error_text(0x8004011D).find("0x8004011D") != std::string::npos);
}

}  // namespace profile_broker::client
