// Tells subscribers what happened: each hears of one hive, or of all. Sequence numbers count per
// subscriber, so a gap is exactly what that subscriber missed, and nobody learns how busy other
// accounts are. Does not know how events travel.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "proto/messages.h"

namespace profile_broker::service {

class EventSubscriber {
 public:
  // The event's sequence is the subscriber's own. Must not call back into the feed.
  virtual void deliver(const Event& event) noexcept = 0;

 protected:
  ~EventSubscriber() = default;
};

class EventFeed {
 public:
  // hive: nothing means every hive. Subscribing again changes the hive and keeps the count. The
  // subscriber is borrowed until unsubscribe.
  void subscribe(EventSubscriber& subscriber, std::optional<std::string> hive);
  void unsubscribe(EventSubscriber& subscriber);

  bool has_subscribers() const { return !subscriptions_.empty(); }
  // Of one hive alone, or all.
  std::size_t subscriber_count(const std::optional<std::string>& hive = std::nullopt) const;

  // event.sequence is ignored.
  void publish(Event event);
  // What concerns everybody: to each subscriber, whatever its hive.
  void publish_to_all(Event event);

 private:
  struct Subscription {
    std::optional<std::string> hive;
    std::uint64_t last_sequence = 0;
  };
  std::unordered_map<EventSubscriber*, Subscription> subscriptions_;  // borrowed
};

}  // namespace profile_broker::service
