#include <atomic>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <future>
#include <thread>

#include "service/pipe_name_win.h"
#include "service/pipe_security_win.h"
#include "tests/service/listening_win.h"
#include "tests/support/catch.h"

namespace profile_broker::service {
namespace {

// As a patient client does it: while all instances are taken, wait for one.
KernelHandle open_patiently(const std::string& name) {
  const auto give_up = GetTickCount64() + 20'000;
  for (;;) {
    auto client = open_pipe(name);
    if (client || GetLastError() != ERROR_PIPE_BUSY || GetTickCount64() > give_up) {
      return client;
    }
    WaitNamedPipeW(wide_text(name).c_str(), 50);
  }
}

}  // namespace

TEST_CASE("A client and the service exchange bytes over the pipe") {
  Listening listening;
  const auto client = open_pipe(listening.name());
  REQUIRE(client);
  const auto peer = listening.accept_peer();
  send(client, "question");
  CHECK(listening.read(*peer).bytes == "question");
  CHECK_FALSE(listening.write(*peer, "answer"));
  CHECK(receive(client, 100) == "answer");
}

TEST_CASE("A client that asks for generic rights gets in too") {
  Listening listening;
  const auto client = open_pipe(listening.name(), GENERIC_READ | GENERIC_WRITE);
  REQUIRE(client);
  CHECK(listening.accept_peer());
}

TEST_CASE("An answer larger than the pipe's buffer arrives whole") {
  Listening listening;
  const auto client = open_pipe(listening.name());
  REQUIRE(client);
  const auto peer = listening.accept_peer();
  const std::string large(300'000, 'x');
  std::string got;
  std::thread reader([&] {
    while (got.size() < large.size()) {
      const auto bytes = receive(client, 10'000);
      if (bytes.empty()) {
        break;
      }
      got += bytes;
    }
  });
  CHECK_FALSE(listening.write(*peer, large));
  reader.join();
  CHECK(got == large);
}

TEST_CASE("The end of a client is the end of its stream") {
  Listening listening;
  auto client = open_pipe(listening.name());
  REQUIRE(client);
  const auto peer = listening.accept_peer();
  send(client, "last words");
  client.reset();
  CHECK(listening.read(*peer).bytes == "last words");
  CHECK(listening.read(*peer).error == boost::asio::error::eof);
}

TEST_CASE("A client's write of nothing is not the end of its stream") {
  Listening listening;
  const auto client = open_pipe(listening.name());
  REQUIRE(client);
  const auto peer = listening.accept_peer();
  send(client, "");
  send(client, "something");
  CHECK(listening.read(*peer).bytes == "something");
}

TEST_CASE("What was written at once arrives although the service closes right after it") {
  Listening listening;
  const auto client = open_pipe(listening.name());
  REQUIRE(client);
  {
    const auto peer = listening.accept_peer();
    const std::string goodbye = "quota exceeded";
    CHECK(peer->transport().write_now(boost::asio::buffer(goodbye)) == goodbye.size());
    peer->transport().finish_sending();
    peer->transport().close();
  }
  CHECK(receive(client, 100) == "quota exceeded");
  CHECK(receive(client, 100).empty());
}

TEST_CASE("Writes at once and awaited writes arrive in their order") {
  Listening listening;
  const auto client = open_pipe(listening.name());
  REQUIRE(client);
  const auto peer = listening.accept_peer();
  const auto write_now = [&](const std::string& text) {
    const auto written = peer->transport().write_now(boost::asio::buffer(text));
    listening.context().restart();
    listening.context().poll();
    return written;
  };
  const std::string first(kPipeBufferBytes, 'a');
  const std::string second(kPipeBufferBytes, 'b');  // more than the pipe has room for
  REQUIRE(write_now(first) == first.size());
  REQUIRE(write_now(second) == second.size());
  CHECK(write_now("c") == 0);
  std::string got;
  std::thread reader([&] {
    while (got.size() < first.size() + second.size() + 1) {
      got += receive(client, 1'000);
    }
  });
  CHECK_FALSE(listening.write(*peer, "c"));
  reader.join();
  CHECK(got == first + second + "c");
}

TEST_CASE("Closing while a write waits for room ends that write, and what had room still arrives") {
  Listening listening;
  const auto client = open_pipe(listening.name());
  REQUIRE(client);
  const auto peer = listening.accept_peer();
  const std::string full(kPipeBufferBytes, 'a');
  REQUIRE(peer->transport().write_now(boost::asio::buffer(full)) == full.size());
  REQUIRE(peer->transport().write_now(boost::asio::buffer(full)) == full.size());
  peer->transport().close();
  std::string got;
  for (auto more = receive(client, 1'000); !more.empty(); more = receive(client, 1'000)) {
    got += more;
  }
  CHECK(got.size() >= full.size());
}

TEST_CASE("A client that reads nothing makes the service keep no more than a pipe holds") {
  Listening listening;
  const auto client = open_pipe(listening.name());
  REQUIRE(client);
  const auto peer = listening.accept_peer();
  const std::string large(kPipeBufferBytes + 1, 'x');
  CHECK(peer->transport().write_now(boost::asio::buffer(large)) == 0);
}

TEST_CASE("Closing ends a read under way with an error, waits for nobody, and can be repeated") {
  Listening listening;
  const auto client = open_pipe(listening.name());
  REQUIRE(client);
  const auto peer = listening.accept_peer();
  boost::asio::post(listening.context(), [&] {
    peer->transport().close();
    peer->transport().close();
  });
  CHECK(listening.read(*peer).error);
}

TEST_CASE(
    "A client that went away before it was accepted is trouble that needs no waiting, and the "
    "next one is served") {
  Listening listening;
  open_pipe(listening.name()).reset();
  const auto client = open_pipe(listening.name());
  REQUIRE(client);
  // The first may still be seen as a peer, since its process is there; then its stream is at its
  // end.
  bool served = false;
  for (int i = 0; i < 2 && !served; ++i) {
    auto accepted = listening.accept_one();
    if (auto* peer = std::get_if<std::unique_ptr<Peer>>(&accepted)) {
      if (i == 0) {
        send(client, "I am here");
      }
      served = listening.read(**peer).bytes == "I am here";
    } else {
      CHECK_FALSE(std::get<AcceptTrouble>(accepted).back_off);
      send(client, "I am here");
    }
  }
  CHECK(served);
}

TEST_CASE("A closed listener accepts nobody and frees the name") {
  Listening listening;
  boost::asio::post(listening.context(), [&] { listening.listener().close(); });
  CHECK(std::holds_alternative<AcceptTrouble>(listening.accept_one()));
  CHECK(std::holds_alternative<AcceptTrouble>(listening.accept_one()));
  listening.context().poll();
  CHECK_FALSE(pipe_name_is_taken(wide_text(listening.name())));
}

TEST_CASE("A second broker is refused the name and told who has it") {
  const Listening listening;
  boost::asio::io_context context;
  const auto second = listen_on(context.get_executor(), listening.name());
  REQUIRE(std::holds_alternative<StartFailure>(second));
  const auto& failure = std::get<StartFailure>(second);
  CHECK(failure.code == ExitCode::endpoint_in_use);
  CHECK(failure.text.find(listening.name()) != std::string::npos);
  CHECK(failure.text.find("S-1-5-18") != std::string::npos);
}

TEST_CASE("A name that is no local pipe is refused") {
  boost::asio::io_context context;
  for (const char* name : {"", "pipe", R"(\\.\pipe\)", R"(\\server\pipe\x)", R"(C:\x)"}) {
    const auto listening = listen_on(context.get_executor(), name);
    REQUIRE(std::holds_alternative<StartFailure>(listening));
    CHECK(std::get<StartFailure>(listening).code == ExitCode::endpoint_unusable);
  }
}

TEST_CASE("300 clients at once are all served, and the name is never free meanwhile") {
  constexpr int kThreads = 30;
  constexpr int kClientsEach = 10;
  Listening listening;
  std::atomic<bool> over = false;
  std::atomic<int> times_free = 0;
  std::atomic<int> looks = 0;
  std::thread watcher([&] {
    while (!over) {
      if (!pipe_name_is_taken(wide_text(listening.name()))) {
        ++times_free;
      }
      ++looks;
      Sleep(1);  // each look is one that the 300 do not get
    }
  });
  std::promise<void> all_are_in;
  const auto everybody_is_in = all_are_in.get_future().share();
  std::atomic<int> connected = 0;
  std::vector<std::thread> crowd;
  for (int i = 0; i < kThreads; ++i) {
    crowd.emplace_back([&] {
      std::vector<KernelHandle> clients;
      for (int j = 0; j < kClientsEach; ++j) {
        clients.push_back(open_patiently(listening.name()));
        connected += clients.back() ? 1 : 0;
      }
      everybody_is_in.wait_for(std::chrono::minutes(2));  // all of them stay until then
    });
  }
  std::vector<std::unique_ptr<Peer>> peers;
  while (peers.size() < kThreads * kClientsEach) {
    peers.push_back(listening.accept_peer());
  }
  CHECK(connected == kThreads * kClientsEach);
  all_are_in.set_value();
  for (auto& thread : crowd) {
    thread.join();
  }
  peers.clear();
  over = true;
  watcher.join();
  CHECK(looks > 0);
  CHECK(times_free == 0);
}

}  // namespace profile_broker::service
