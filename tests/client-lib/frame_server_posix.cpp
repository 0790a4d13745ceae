// The sockets and threads behind frame_server_posix.h.
#include "tests/client-lib/frame_server_posix.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "proto/framing.h"

namespace profile_broker::client {
namespace {

void write_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

Reply Reply::frame(std::string_view content) {
  Reply reply;
  append_frame(reply.bytes, content);
  return reply;
}

Reply Reply::result(const Request& request, const Result& result) {
  return frame(answer_text(*request.id, result_text(result)));
}

Reply Reply::refusal(const Request& request, Reason reason) {
  return frame(refusal_text(*request.id, Refusal{reason, "refused by the test"}));
}

result::Hello plain_hello() {
  return {"9.9.9", "7d1f8a52-0000-4000-8000-000000000001", "1000", 1, 1, false};
}

FrameServer::FrameServer(std::string address, HandlerMaker maker)
    : address_(std::move(address)), maker_(std::move(maker)) {
  listen();
}

FrameServer::FrameServer(std::string address, Script script) : address_(std::move(address)) {
  maker_ = [this, script = std::move(script)] {
    return [this, script](std::string_view frame) {
      const auto read = read_request(frame);
      const auto& request = std::get<Request>(read);
      if (request.method == "broker/hello") {
        return Reply::result(request, plain_hello());
      }
      {
        const std::lock_guard lock(guard_);
        methods_.push_back(request.method);
      }
      return script(request);
    };
  };
  listen();
}

FrameServer::~FrameServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(guard_);
    for (const int socket : sockets_) {
      ::shutdown(socket, SHUT_RDWR);
    }
  }
  for (auto& thread : threads_) {
    thread.join();
  }
  ::close(listener_);
  ::unlink(address_.c_str());
}

std::vector<std::string> FrameServer::methods() const {
  const std::lock_guard lock(guard_);
  return methods_;
}

std::size_t FrameServer::count(std::string_view method) const {
  const auto seen = methods();
  return static_cast<std::size_t>(std::count(seen.begin(), seen.end(), method));
}

void FrameServer::listen() {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  address_.copy(name.sun_path, sizeof name.sun_path - 1);
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&name), sizeof name) != 0 ||
      ::listen(listener_, 128) != 0) {
    throw std::runtime_error("the test cannot listen on " + address_);
  }
  acceptor_ = std::thread([this] {
    for (;;) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) {
        return;
      }
      ++connections_;
      const std::lock_guard lock(guard_);
      sockets_.push_back(socket);
      threads_.emplace_back([this, socket] { serve(socket); });
    }
  });
}

void FrameServer::serve(int socket) {
  auto handler = maker_();
  FrameReader reader(kMaxAnswerBytes);
  std::array<char, 65536> buffer;
  for (bool open = true; open;) {
    const auto got = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (got <= 0) {
      break;
    }
    bytes_ += static_cast<std::size_t>(got);
    reader.append({buffer.data(), static_cast<std::size_t>(got)});
    while (const auto frame = reader.next()) {
      const auto reply = handler(*frame);
      const auto step = reply.byte_by_byte ? std::size_t{1} : reply.bytes.size();
      for (std::size_t at = 0; at < reply.bytes.size(); at += step) {
        write_all(socket, std::string_view(reply.bytes).substr(at, step));
      }
      if (reply.end) {
        open = false;
        break;
      }
    }
  }
  handler = {};  // what it holds ends before the client can come back
  const std::lock_guard lock(guard_);
  std::erase(sockets_, socket);
  ::close(socket);
}

}  // namespace profile_broker::client
