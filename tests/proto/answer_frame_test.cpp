#include "proto/answer_frame.h"

#include <string>
#include <vector>

#include "proto/framing.h"
#include "proto/jsonrpc.h"
#include "proto/messages.h"
#include "tests/support/catch.h"

using namespace profile_broker;

namespace {

std::string framed(std::string_view content) {
  std::string frame;
  append_frame(frame, content);
  return frame;
}

std::size_t append_answer(TextBuffer& out, std::string_view id, const Result& result) {
  return append_answer_frame(out, id, [&](JsonWriter& json) { write_result(json, result); });
}

Result with_text(std::size_t bytes) {
  return result::Sweep{{Removal{"c", std::string(bytes, 'p')}}, {}};
}

}  // namespace

TEST_CASE("An answer's frame is what its pieces make, whatever number of digits its length has") {
  for (const std::size_t bytes :
       {0,   1,   30,  31,  32,  33,  34,  35,  36,  37,  38,  39,  40,    41,    42,
        900, 935, 936, 937, 938, 939, 940, 941, 942, 943, 944, 945, 5'000, 20'000}) {
    const Result result = with_text(bytes);
    const auto content = answer_text({"7"}, result_text(result));
    TextBuffer out;
    out.append("before");
    CHECK(append_answer(out, "7", result) == content.size());
    CHECK(out.view() == "before" + framed(content));
  }
  TextBuffer out;
  append_answer(out, "1", result::Finish{});  // the shortest one
  CHECK(out.view() == framed(R"({"jsonrpc":"2.0","id":1,"result":{}})"));
}

TEST_CASE("Answers stand behind each other, and one can be taken back") {
  TextBuffer out;
  append_answer(out, R"("first")", result::Release{0, std::nullopt});
  const auto before = out.size();
  append_answer(out, "2", with_text(2'000));
  out.truncate(before);
  append_answer(out, "3", result::Release{1, std::nullopt});
  CHECK(out.view() ==
        framed(R"({"jsonrpc":"2.0","id":"first","result":{"references":0,"removal":null}})") +
            framed(R"({"jsonrpc":"2.0","id":3,"result":{"references":1,"removal":null}})"));
}

TEST_CASE("A frame is the same in a string and in a buffer") {
  for (const std::size_t bytes : {0, 9, 10, 99, 100, 1'000, 10'000, 1'000'000}) {
    const std::string content(bytes, 'c');
    TextBuffer out;
    append_frame(out, content);
    CHECK(out.view() == framed(content));
  }
}
