// The strings of a metadata array, in one piece of memory as files store them:
//   u64 length | bytes | u64 length | bytes ...
// A vocabulary has tens of thousands of short strings. As objects of their own they take three
// times the memory and most of the time of opening a file; here they stay where they are in the
// file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace quern {

class StringList {
  public:
    class Iterator {
      public:
        explicit Iterator(const char* at) : at_(at) {}
        std::string_view operator*() const { return {at_ + sizeof(uint64_t), length()}; }
        Iterator& operator++() {
            at_ += sizeof(uint64_t) + length();
            return *this;
        }
        bool operator==(const Iterator&) const = default;

      private:
        size_t length() const {
            uint64_t bytes;
            std::memcpy(&bytes, at_, sizeof bytes);
            return static_cast<size_t>(bytes);
        }
        const char* at_;
    };

    StringList() = default;
    /// A list with its own memory.
    StringList(const std::vector<std::string>& texts);
    /// A view of `size` strings, whose lengths the caller has checked to add up to `stored`. It and
    /// its copies are valid as long as that memory.
    static StringList view(std::string_view stored, size_t size);

    size_t size() const { return size_; }
    /// The strings in order; every one is a view of the list's memory.
    Iterator begin() const { return Iterator(stored().data()); }
    Iterator end() const { return Iterator(stored().data() + stored().size()); }
    /// All of them in bytes, lengths included.
    std::string_view stored() const { return view_.data() ? view_ : own_; }
    friend bool operator==(const StringList& a, const StringList& b) {
        return a.stored() == b.stored();
    }

  private:
    size_t size_ = 0;
    std::string_view view_;  // of a file; without data, the list has its own memory
    std::string own_;
};

}  // namespace quern
