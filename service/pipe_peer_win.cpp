#include "service/pipe_peer_win.h"

#include <utility>

#include "service/peer_identity_win.h"
#include "service/pipe_transport_win.h"
#include "service/process_pin_win.h"
#include "service/windows_text_win.h"

namespace profile_broker::service {
namespace {

class PipePeer final : public Peer {
 public:
  PipePeer(boost::asio::windows::stream_handle pipe, std::unique_ptr<ProcessPin> pin,
           PeerProcess process)
      : transport_(std::move(pipe)), pin_(std::move(pin)), process_(std::move(process)) {}

  Transport& transport() override { return transport_; }
  std::unique_ptr<ProcessPin> take_pin() override { return std::move(pin_); }
  const std::string& provisional_user() const override { return process_.token.user; }

  std::variant<Caller, std::string> blocking_identify(std::string_view first_frame) override {
    return identify_peer(transport_.pipe(), process_, first_frame);
  }

 private:
  PipeTransport transport_;
  std::unique_ptr<ProcessPin> pin_;
  PeerProcess process_;
};

}  // namespace

std::variant<std::unique_ptr<Peer>, AcceptTrouble> make_pipe_peer(
    boost::asio::windows::stream_handle pipe, std::uint64_t accepted_at) {
  ULONG pid = 0;
  if (GetNamedPipeClientProcessId(pipe.native_handle(), &pid) == FALSE) {
    return AcceptTrouble{"a client went away at once: " + windows_error_text(GetLastError())};
  }
  DWORD error = ERROR_SUCCESS;
  auto pin = pin_windows_process(pipe.get_executor(), std::uint32_t{pid}, error);
  if (!pin) {
    return AcceptTrouble{"the client with process id " + std::to_string(pid) +
                         " went away at once, or cannot be watched: " + windows_error_text(error)};
  }
  auto token = read_process_token(pin->process());
  if (auto* why = std::get_if<std::string>(&token)) {
    return AcceptTrouble{*why, false, TurnedAway{{}, std::uint32_t{pid}, pin->image()}};
  }
  PeerProcess process{pin->key(), pin->image(), std::get<TokenFacts>(std::move(token)), accepted_at,
                      file_time_now()};
  return std::make_unique<PipePeer>(std::move(pipe), std::move(pin), std::move(process));
}

}  // namespace profile_broker::service
