#include "service/listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "service/unique_fd_posix.h"
#include "tests/support/catch.h"
#include "tests/support/scratch_folder.h"

using namespace profile_broker;
using namespace profile_broker::service;
namespace asio = boost::asio;

namespace {

ExitCode failure_of(asio::io_context& context, const std::string& path) {
  auto listening = listen_on(context.get_executor(), path);
  REQUIRE(std::holds_alternative<StartFailure>(listening));
  CHECK(std::get<StartFailure>(listening).text.find(path.substr(0, 20)) != std::string::npos);
  return std::get<StartFailure>(listening).code;
}

}  // namespace

TEST_CASE("a socket left behind by a killed service is taken over, one that lives is not") {
  ScratchFolder scratch;
  asio::io_context context;
  const auto path = scratch.file("s");
  {
    // What a killed service leaves: a bound socket file that nobody listens on.
    UniqueFd dead(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(dead.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  auto first = listen_on(context.get_executor(), path);
  REQUIRE(std::holds_alternative<std::unique_ptr<Listener>>(first));
  CHECK(failure_of(context, path) == ExitCode::endpoint_in_use);
}

TEST_CASE("every user may connect, and the socket is gone when the listener is") {
  ScratchFolder scratch;
  asio::io_context context;
  const auto path = scratch.file("s");
  {
    auto listening = listen_on(context.get_executor(), path);
    REQUIRE(std::holds_alternative<std::unique_ptr<Listener>>(listening));
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0666);
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("of many that come at once some are let in together, and then others have their turn") {
  ScratchFolder scratch;
  asio::io_context context{1};
  auto listening = listen_on(context.get_executor(), scratch.file("s"));
  auto& listener = *std::get<std::unique_ptr<Listener>>(listening);
  constexpr int kPrograms = 40;
  std::vector<UniqueFd> programs;
  for (int i = 0; i < kPrograms; ++i) {
    programs.emplace_back(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    scratch.file("s").copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::connect(programs.back().get(), reinterpret_cast<sockaddr*>(&address),
                      sizeof address) == 0);
  }
  std::vector<std::unique_ptr<Peer>> peers;
  asio::co_spawn(
      context,
      [&]() -> asio::awaitable<void> {
        while (peers.size() < kPrograms) {
          auto accepted = co_await listener.accept();
          peers.push_back(std::get<std::unique_ptr<Peer>>(std::move(accepted)));
        }
      },
      asio::detached);
  std::size_t most = 0;
  std::size_t before = 0;
  int steps = 0;
  while (context.run_one() > 0) {
    most = std::max(most, peers.size() - std::exchange(before, peers.size()));
    ++steps;
  }
  CHECK(peers.size() == kPrograms);
  CHECK(most > 1);
  CHECK(most <= 10);
  CHECK(steps >= kPrograms / 10);
}

TEST_CASE("what is no socket is never deleted") {
  ScratchFolder scratch;
  asio::io_context context;
  std::ofstream(scratch.file("s")) << "precious";
  CHECK(failure_of(context, scratch.file("s")) == ExitCode::endpoint_unusable);
  CHECK(std::filesystem::file_size(scratch.file("s")) == 8);
}

TEST_CASE("a path that cannot be a socket is refused with the reason") {
  ScratchFolder scratch;
  asio::io_context context;
  CHECK(failure_of(context, scratch.file("no/such/folder/s")) == ExitCode::endpoint_unusable);
  auto listening = listen_on(context.get_executor(), scratch.file(std::string(200, 'x')));
  CHECK(std::get<StartFailure>(listening).text.find("107") != std::string::npos);
}
