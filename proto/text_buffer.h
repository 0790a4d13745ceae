// Text that is being put together: what std::string is for, without filling room with zeros before
// it is written to, and without asking for memory again once it has had some. Writers are given a
// pointer to room and say how far they have come.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace profile_broker {

class TextBuffer {
 public:
  TextBuffer() = default;
  TextBuffer(TextBuffer&& other) noexcept { swap(other); }
  TextBuffer& operator=(TextBuffer&& other) noexcept {
    swap(other);
    return *this;
  }
  ~TextBuffer() = default;

  void swap(TextBuffer& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  char* data() { return memory_.get(); }
  const char* data() const { return memory_.get(); }
  std::string_view view() const { return {memory_.get(), size_}; }

  // Keeps the memory.
  void clear() noexcept { size_ = 0; }
  // Keeps the first bytes; not more than there are.
  void truncate(std::size_t bytes) noexcept { size_ = bytes; }
  // Drops the first bytes; not more than there are.
  void erase_front(std::size_t bytes) noexcept {
    size_ -= bytes;
    std::memmove(data(), data() + bytes, size_);
  }

  // Where the text ends: there are so many bytes of room, or more.
  char* room_for(std::size_t bytes) {
    if (capacity_ - size_ < bytes) {
      grow(bytes);
    }
    return data() + size_;
  }
  char* end_of_room() { return data() + capacity_; }
  // What was written to the room is text up to here.
  void ends_at(const char* end) noexcept { size_ = static_cast<std::size_t>(end - data()); }

  void append(std::string_view text) {
    char* const at = room_for(text.size());
    ends_at(at + text.copy(at, text.size()));
  }

 private:
  void grow(std::size_t bytes) {
    constexpr std::size_t kLeast = 512;
    const std::size_t all = std::max(kLeast, 2 * (size_ + bytes));
    std::unique_ptr<char[]> larger(new char[all]);
    if (size_ > 0) {
      std::memcpy(larger.get(), data(), size_);
    }
    memory_ = std::move(larger);
    capacity_ = all;
  }

  std::unique_ptr<char[]> memory_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace profile_broker
