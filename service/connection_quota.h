// How many connections one account may have: counted per user, not per connection, so that nobody's
// flood becomes another's refusal (the accounting follows dbus-broker's idea of charges). A charge
// is given back when it dies.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

#include "service/service_limits.h"

namespace profile_broker::service {

class ConnectionQuota {
 public:
  // One connection's share. Silent until the peer has said something.
  class Charge {
   public:
    Charge() = default;
    Charge(Charge&& other) noexcept
        : quota_(std::exchange(other.quota_, nullptr)),
          user_(std::move(other.user_)),
          silent_(other.silent_) {}
    Charge& operator=(Charge&& other) noexcept {
      if (this != &other) {
        give_back();
        quota_ = std::exchange(other.quota_, nullptr);
        user_ = std::move(other.user_);
        silent_ = other.silent_;
      }
      return *this;
    }
    ~Charge() { give_back(); }

    void no_longer_silent() {
      if (quota_ && silent_) {
        --quota_->users_[user_].silent;
        silent_ = false;
      }
    }
    const std::string& user() const { return user_; }

   private:
    friend class ConnectionQuota;
    Charge(ConnectionQuota& quota, std::string user)
        : quota_(&quota), user_(std::move(user)), silent_(true) {}

    void give_back() {
      if (quota_) {
        quota_->give_back(user_, silent_);
        quota_ = nullptr;
      }
    }

    ConnectionQuota* quota_ = nullptr;  // borrowed
    std::string user_;
    bool silent_ = false;
  };

  struct Exceeded {
    std::string text;
    std::string_view setting;  // the limit's name in the registry
    std::uint32_t limit = 0;
  };

  std::variant<Charge, Exceeded> take(const std::string& user, const ServiceLimits& limits) {
    Counts& counts = users_[user];
    const auto exceeded = [&](std::string_view setting, std::uint32_t limit, const char* what) {
      Exceeded result{
          "account " + user + " has " + std::to_string(limit) + " " + what + ", which is the limit",
          setting, limit};
      forget_if_idle(user);
      return result;
    };
    if (total_ >= limits.connections) {
      return exceeded("Connections", limits.connections, "connections together with all others");
    }
    if (counts.connections >= limits.connections_per_user) {
      return exceeded("ConnectionsPerUser", limits.connections_per_user, "connections");
    }
    if (counts.silent >= limits.silent_connections_per_user) {
      return exceeded("SilentConnectionsPerUser", limits.silent_connections_per_user,
                      "connections that have not said anything yet");
    }
    std::string charged = user;  // before anything is counted: this is where memory may run out
    ++counts.connections;
    ++counts.silent;
    ++total_;
    return Charge(*this, std::move(charged));
  }

  std::uint32_t total() const { return total_; }
  std::uint32_t count_of(const std::string& user) const {
    const auto found = users_.find(user);
    return found == users_.end() ? 0 : found->second.connections;
  }

 private:
  struct Counts {
    std::uint32_t connections = 0;
    std::uint32_t silent = 0;
  };

  void give_back(const std::string& user, bool silent) {
    Counts& counts = users_[user];
    --counts.connections;
    counts.silent -= silent ? 1 : 0;
    --total_;
    forget_if_idle(user);
  }

  void forget_if_idle(const std::string& user) {
    if (users_[user].connections == 0) {
      users_.erase(user);
    }
  }

  std::unordered_map<std::string, Counts> users_;
  std::uint32_t total_ = 0;
};

}  // namespace profile_broker::service
