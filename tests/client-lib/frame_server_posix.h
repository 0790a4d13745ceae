// A server on a real Unix socket whose behaviour a test writes: it gets each frame that a client
// sends and says what goes back, well-formed or not. One thread per connection.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "proto/jsonrpc.h"
#include "proto/messages.h"

namespace profile_broker::client {

struct Reply {
  std::string bytes;          // written as they are
  bool end = false;           // then the connection is closed
  bool byte_by_byte = false;  // as one write per byte

  static Reply frame(std::string_view content);
  static Reply result(const Request& request, const Result& result);
  static Reply refusal(const Request& request, Reason reason);
  static Reply silence() { return {}; }
  static Reply hang_up() { return {"", true}; }
};

class FrameServer {
 public:
  // What one connection's frames are answered with; made once per connection.
  using Handler = std::function<Reply(std::string_view frame)>;
  using HandlerMaker = std::function<Handler()>;
  // The same for requests; hello is answered as it should be unless the script answers it.
  using Script = std::function<Reply(const Request& request)>;

  FrameServer(std::string address, HandlerMaker maker);
  FrameServer(std::string address, Script script);
  ~FrameServer();

  const std::string& address() const { return address_; }
  std::size_t connections() const { return connections_; }
  std::size_t bytes_received() const { return bytes_; }
  // Methods of the requests so far, without hello. For scripts only.
  std::vector<std::string> methods() const;
  std::size_t count(std::string_view method) const;

 private:
  void listen();
  void serve(int socket);

  std::string address_;
  HandlerMaker maker_;
  int listener_ = -1;
  std::atomic<std::size_t> connections_ = 0;
  std::atomic<std::size_t> bytes_ = 0;
  mutable std::mutex guard_;
  std::vector<std::string> methods_;
  std::vector<int> sockets_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

// The answer to hello that a script would give.
result::Hello plain_hello();

}  // namespace profile_broker::client
