// A real listener on a pipe name of its own, driven step by step by the test's thread.
#pragma once

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "service/handle_win.h"
#include "service/listener.h"
#include "service/windows_text_win.h"
#include "tests/support/catch.h"

namespace profile_broker::service {

inline constexpr DWORD kClientAccess = 0x120083;

inline std::string new_pipe_name() {
  static int made = 0;
  return R"(\\.\pipe\ProtectedPrefix\Administrators\broker-test-)" +
         std::to_string(GetCurrentProcessId()) + "-" + std::to_string(++made);
}

// The client's end, in this process; empty with GetLastError() when it cannot be had.
inline KernelHandle open_pipe(const std::string& name, DWORD access = kClientAccess) {
  return own_file_handle(CreateFileW(wide_text(name).c_str(), access, 0, nullptr, OPEN_EXISTING,
                                     SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, nullptr));
}

inline void send(const KernelHandle& client, const std::string& text) {
  DWORD written = 0;
  REQUIRE(WriteFile(client.get(), text.data(), static_cast<DWORD>(text.size()), &written,
                    nullptr) != FALSE);
  REQUIRE(written == text.size());
}

// What is there to read, waiting for the first byte; empty at the end of the stream.
inline std::string receive(const KernelHandle& client, std::size_t size) {
  std::string bytes(size, '\0');
  DWORD got = 0;
  if (ReadFile(client.get(), bytes.data(), static_cast<DWORD>(size), &got, nullptr) == FALSE) {
    got = 0;
  }
  bytes.resize(got);
  return bytes;
}

class Listening {
 public:
  Listening() {
    auto listening = listen_on(context_.get_executor(), name_);
    if (const auto* failure = std::get_if<StartFailure>(&listening)) {
      FAIL(failure->text);
    }
    listener_ = std::get<std::unique_ptr<Listener>>(std::move(listening));
  }

  const std::string& name() const { return name_; }
  boost::asio::io_context& context() { return context_; }
  Listener& listener() { return *listener_; }

  using Accepted = std::variant<std::unique_ptr<Peer>, AcceptTrouble>;

  // What a coroutine gives, with the context running meanwhile.
  template <typename Value>
  Value wait_for(boost::asio::awaitable<Value> work) {
    std::optional<Value> value;
    boost::asio::co_spawn(
        context_,
        [](boost::asio::awaitable<Value> wanted,
           std::optional<Value>& result) -> boost::asio::awaitable<void> {
          result = co_await std::move(wanted);
        }(std::move(work), value),
        [](const std::exception_ptr& failure) {
          if (failure) {
            std::rethrow_exception(failure);
          }
        });
    run_until([&] { return value.has_value(); });
    return *std::move(value);
  }

  Accepted accept_one() { return wait_for(listener_->accept()); }

  // Past clients that came and went.
  std::unique_ptr<Peer> accept_peer() {
    for (;;) {
      auto accepted = accept_one();
      if (auto* peer = std::get_if<std::unique_ptr<Peer>>(&accepted)) {
        return std::move(*peer);
      }
      REQUIRE_FALSE(std::get<AcceptTrouble>(accepted).back_off);
    }
  }

  struct Read {
    std::string bytes;
    boost::system::error_code error;
  };
  Read read(Peer& peer) {
    struct Kept final : Reader, std::enable_shared_from_this<Kept> {
      std::optional<Read> done;
      std::array<char, 4096> buffer;
      void read_done(const boost::system::error_code& error, std::size_t bytes) noexcept override {
        done = Read{std::string(buffer.data(), bytes), error};
      }
      std::shared_ptr<Reader> kept() override { return shared_from_this(); }
    };
    const auto kept = std::make_shared<Kept>();
    peer.transport().read_some(boost::asio::buffer(kept->buffer), *kept);
    run_until([&] { return kept->done.has_value(); });
    return *kept->done;
  }
  boost::system::error_code write(Peer& peer, const std::string& text) {
    return wait_for(write_to(peer.transport(), text));
  }

 private:
  template <typename Condition>
  void run_until(Condition condition) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    context_.restart();
    while (!condition() && std::chrono::steady_clock::now() < give_up) {
      context_.run_one_for(std::chrono::milliseconds(100));
    }
    REQUIRE(condition());
  }

  static boost::asio::awaitable<boost::system::error_code> write_to(Transport& transport,
                                                                    const std::string& text) {
    boost::system::error_code error;
    co_await transport.write(boost::asio::buffer(text), error);
    co_return error;
  }

  boost::asio::io_context context_{1};
  std::string name_ = new_pipe_name();
  std::unique_ptr<Listener> listener_;
};

}  // namespace profile_broker::service
