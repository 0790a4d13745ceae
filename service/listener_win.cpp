// Listens on a named pipe. Keeps kPending instances waiting for clients and makes the replacement
// before it hands over a connected one, so that the number of instances never reaches zero: for a
// moment without instances the name would be anybody's. Who a client is, pipe_peer_win.h knows.
#include "service/listener.h"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/windows/overlapped_ptr.hpp>
#include <boost/asio/windows/stream_handle.hpp>
#include <deque>
#include <list>
#include <utility>

#include "proto/endpoint.h"
#include "service/handle_win.h"
#include "service/peer_identity_win.h"
#include "service/pipe_name_win.h"
#include "service/pipe_peer_win.h"
#include "service/pipe_security_win.h"
#include "service/windows_text_win.h"

namespace profile_broker::service {
namespace {

using boost::asio::windows::stream_handle;
using boost::system::error_code;

constexpr std::size_t kPending = 4;
// Connected clients that the server has not taken yet. Beyond, clients wait outside.
constexpr std::size_t kMostWaiting = 64;
constexpr std::wstring_view kPipePrefix = LR"(\\.\pipe\)";

error_code windows_error(DWORD error) {
  return {static_cast<int>(error), boost::asio::error::get_system_category()};
}

// A client came: error says how it went (none, or it has left again).
struct Arrival {
  stream_handle pipe;
  error_code error;
  std::uint64_t accepted_at;
};

// The instances of one pipe name. Lives as long as an operation of Windows may still refer to it.
class PipeInstances : public std::enable_shared_from_this<PipeInstances> {
 public:
  PipeInstances(boost::asio::any_io_executor executor, std::wstring name)
      : executor_(std::move(executor)), name_(std::move(name)), arrived_(executor_) {
    arrived_.expires_at(boost::asio::steady_timer::time_point::max());
  }

  // Brings the waiting instances up to kPending; the error of the one that could not be made.
  error_code fill() {
    while (!closed_ && pending_.size() < kPending) {
      if (const auto error = add_instance()) {
        return error;
      }
    }
    return {};
  }

  boost::asio::awaitable<std::variant<std::unique_ptr<Peer>, AcceptTrouble>> accept() {
    while (!closed_) {
      const auto shortage = fill();
      // The last instance stays ours, connected as it is, until another one waits.
      if (!arrivals_.empty() && arrivals_.size() + pending_.size() > 1) {
        co_return take_arrival();
      }
      if (shortage) {
        co_return AcceptTrouble{"no further instance of the pipe can be made: " +
                                    windows_error_text(static_cast<DWORD>(shortage.value())),
                                true};
      }
      error_code woken;
      co_await arrived_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
    }
    co_return AcceptTrouble{"the pipe is closed"};
  }

  void close() {
    closed_ = true;
    for (auto& pipe : pending_) {
      error_code ignored;
      pipe.cancel(ignored);
      pipe.close(ignored);
    }
    arrivals_.clear();
    arrived_.cancel();
  }

 private:
  using Pending = std::list<stream_handle>;

  error_code add_instance() {
    const auto descriptor = pipe_security_descriptor();
    if (!descriptor) {
      return windows_error(GetLastError());
    }
    const auto creation = pipe_creation(!has_name_);
    SECURITY_ATTRIBUTES security{sizeof security, descriptor.get(), creation.inheritable};
    auto created = own_file_handle(CreateNamedPipeW(
        name_.c_str(), creation.open_mode, creation.pipe_mode, creation.max_instances,
        creation.buffer_bytes, creation.buffer_bytes, 0, &security));
    if (!created) {
      return windows_error(GetLastError());
    }
    has_name_ = true;
    stream_handle pipe(executor_);
    error_code error;
    pipe.assign(created.get(), error);
    if (error) {
      return error;
    }
    static_cast<void>(created.release());  // pipe closes it
    pending_.push_back(std::move(pipe));
    wait_for_client(std::prev(pending_.end()));
    return {};
  }

  void wait_for_client(Pending::iterator instance) {
    boost::asio::windows::overlapped_ptr operation(
        executor_, [self = shared_from_this(), instance](const error_code& error, std::size_t) {
          self->client_came(instance, error);
        });
    const BOOL done = ConnectNamedPipe(instance->native_handle(), operation.get());
    const DWORD error = done != FALSE ? DWORD{ERROR_SUCCESS} : GetLastError();
    if (done != FALSE || error == ERROR_IO_PENDING) {
      // Also a ConnectNamedPipe that is done at once reports through the completion port.
      operation.release();
    } else {
      // ERROR_PIPE_CONNECTED: a client was faster than we, and is welcome. ERROR_NO_DATA: it has
      // left as well. Neither is a failure (CVE-2025-13751 took the second for one).
      operation.complete(error == ERROR_PIPE_CONNECTED ? error_code() : windows_error(error), 0);
    }
  }

  void client_came(Pending::iterator instance, const error_code& error) {
    if (!closed_) {
      arrivals_.push_back({std::move(*instance), error, file_time_now()});
    }
    pending_.erase(instance);
    if (arrivals_.size() < kMostWaiting) {
      fill();
    }
    arrived_.cancel();
  }

  std::variant<std::unique_ptr<Peer>, AcceptTrouble> take_arrival() {
    auto arrival = std::move(arrivals_.front());
    arrivals_.pop_front();
    if (arrival.error) {
      return AcceptTrouble{"a client came and went: " +
                           windows_error_text(static_cast<DWORD>(arrival.error.value()))};
    }
    return make_pipe_peer(std::move(arrival.pipe), arrival.accepted_at);
  }

  boost::asio::any_io_executor executor_;
  const std::wstring name_;
  bool has_name_ = false;
  bool closed_ = false;
  Pending pending_;
  std::deque<Arrival> arrivals_;
  boost::asio::steady_timer arrived_;
};

class PipeListener final : public Listener {
 public:
  explicit PipeListener(std::shared_ptr<PipeInstances> instances)
      : instances_(std::move(instances)) {}
  ~PipeListener() override { instances_->close(); }
  PipeListener(const PipeListener&) = delete;
  PipeListener& operator=(const PipeListener&) = delete;

  boost::asio::awaitable<std::variant<std::unique_ptr<Peer>, AcceptTrouble>> accept() override {
    return instances_->accept();
  }
  void close() override { instances_->close(); }

 private:
  std::shared_ptr<PipeInstances> instances_;
};

StartFailure taken(const std::wstring& name, const std::string& endpoint) {
  const auto owner = pipe_owner(name);
  return {ExitCode::endpoint_in_use,
          "Another program already serves the pipe " + endpoint +
              (owner.empty() ? std::string() : ", which belongs to " + owner) +
              ". Stop that program (another broker? sc.exe query MapiProfileBroker), then start "
              "this service again."};
}

StartFailure unusable(const std::string& endpoint, DWORD error) {
  auto text = "The pipe " + endpoint + " cannot be created: " + windows_error_text(error) + ".";
  if (error == ERROR_ACCESS_DENIED || error == ERROR_INVALID_OWNER) {
    text +=
        " Only LocalSystem and elevated administrators may create it: install the service, or "
        "run --console from an elevated prompt.";
  }
  return {ExitCode::endpoint_unusable, std::move(text)};
}

}  // namespace

std::variant<std::unique_ptr<Listener>, StartFailure> listen_on(
    const boost::asio::any_io_executor& executor, const std::string& endpoint) {
  const auto name = wide_text(endpoint);
  if (name.size() <= kPipePrefix.size() || !name.starts_with(kPipePrefix)) {
    return StartFailure{
        ExitCode::endpoint_unusable,
        "\"" + endpoint +
            R"(" is not the name of a local pipe. Give one that begins with \\.\pipe\.)"};
  }
  // FILE_FLAG_FIRST_PIPE_INSTANCE below is what counts. Asking first gives the better message, and
  // under Wine, which ignores the flag, it keeps two brokers apart.
  if (pipe_name_is_taken(name)) {
    return taken(name, endpoint);
  }
  auto instances = std::make_shared<PipeInstances>(executor, name);
  if (const auto error = instances->fill()) {
    instances->close();
    return pipe_name_is_taken(name) ? taken(name, endpoint)
                                    : unusable(endpoint, static_cast<DWORD>(error.value()));
  }
  return std::make_unique<PipeListener>(std::move(instances));
}

std::string default_endpoint() {
  return std::string(kPipeName);
}

}  // namespace profile_broker::service
