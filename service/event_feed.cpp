// The fan-out behind event_feed.h.
#include "service/event_feed.h"

#include <algorithm>
#include <utility>

namespace profile_broker::service {

void EventFeed::subscribe(EventSubscriber& subscriber, std::optional<std::string> hive) {
  subscriptions_[&subscriber].hive = std::move(hive);
}

void EventFeed::unsubscribe(EventSubscriber& subscriber) {
  subscriptions_.erase(&subscriber);
}

std::size_t EventFeed::subscriber_count(const std::optional<std::string>& hive) const {
  return static_cast<std::size_t>(
      std::count_if(subscriptions_.begin(), subscriptions_.end(),
                    [&](const auto& one) { return !hive || one.second.hive == hive; }));
}

void EventFeed::publish(Event event) {
  for (auto& [subscriber, subscription] : subscriptions_) {
    if (!subscription.hive || *subscription.hive == event.hive) {
      event.sequence = ++subscription.last_sequence;
      subscriber->deliver(event);
    }
  }
}

void EventFeed::publish_to_all(Event event) {
  for (auto& [subscriber, subscription] : subscriptions_) {
    event.sequence = ++subscription.last_sequence;
    subscriber->deliver(event);
  }
}

}  // namespace profile_broker::service
