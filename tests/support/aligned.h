// A zeroed, 64-byte aligned buffer.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <new>

namespace quern::test {

class Aligned {
  public:
    explicit Aligned(uint64_t bytes)
        : data_(static_cast<uint8_t*>(::operator new[](bytes + 1, std::align_val_t{64}))) {
        std::memset(data_.get(), 0, bytes);
    }
    uint8_t* data() { return data_.get(); }
    template <class T>
    T* as() {
        return reinterpret_cast<T*>(data_.get());
    }

  private:
    struct Free {
        void operator()(uint8_t* p) const { ::operator delete[](p, std::align_val_t{64}); }
    };
    std::unique_ptr<uint8_t[], Free> data_;
};

}  // namespace quern::test
