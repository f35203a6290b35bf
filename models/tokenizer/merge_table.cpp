// Byte pair encoding with a heap and a linked list, see merge_table.h. A pair that changes while it
// waits stays in the heap; it is recognised by a rank that its symbol no longer has and dropped.
#include "tokenizer/merge_table.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace quern {

MergeTable::MergeTable(const std::vector<Merge>& by_rank, size_t n_tokens)
    : first_(n_tokens + 1), rights_(by_rank.size()) {
    for (const Merge& merge : by_rank) ++first_[static_cast<size_t>(merge.left) + 1];
    std::partial_sum(first_.begin(), first_.end(), first_.begin());

    std::vector<uint32_t> next(first_.begin(), first_.end() - 1);
    for (size_t rank = 0; rank < by_rank.size(); ++rank) {
        const Merge& merge = by_rank[rank];
        rights_[next[static_cast<size_t>(merge.left)]++] = {merge.right, static_cast<int32_t>(rank),
                                                            merge.result};
    }
    for (size_t left = 0; left + 1 < first_.size(); ++left) {
        std::sort(rights_.begin() + first_[left], rights_.begin() + first_[left + 1],
                  [](const Right& a, const Right& b) {
                      return a.id != b.id ? a.id < b.id : a.rank < b.rank;
                  });
    }
}

const MergeTable::Right* MergeTable::find(int32_t left, int32_t right) const {
    const auto begin = rights_.begin() + first_[static_cast<size_t>(left)];
    const auto end = rights_.begin() + first_[static_cast<size_t>(left) + 1];
    const auto found =
        std::lower_bound(begin, end, right, [](const Right& r, int32_t id) { return r.id < id; });
    return found != end && found->id == right ? &*found : nullptr;
}

void BpeMerger::update_pair(int32_t index) {
    Symbol& symbol = symbols_[static_cast<size_t>(index)];
    symbol.rank = -1;
    if (symbol.next < 0) return;
    const auto* pair = table_.find(symbol.id, symbols_[static_cast<size_t>(symbol.next)].id);
    if (pair == nullptr) return;
    symbol.rank = pair->rank;
    symbol.result = pair->result;
    heap_.push_back(static_cast<uint64_t>(symbol.rank) << 32 | static_cast<uint32_t>(index));
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
}

// The left symbol of the next pair to merge; -1: none is left.
int32_t BpeMerger::pop() {
    while (!heap_.empty()) {
        std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
        const uint64_t top = heap_.back();
        heap_.pop_back();
        const auto index = static_cast<int32_t>(top & 0xFFFFFFFF);
        if (symbols_[static_cast<size_t>(index)].rank == static_cast<int32_t>(top >> 32))
            return index;
    }
    return -1;
}

void BpeMerger::merge(std::vector<int32_t>* ids) {
    const auto count = static_cast<int32_t>(ids->size());
    symbols_.clear();
    for (int32_t i = 0; i < count; ++i) {
        symbols_.push_back(
            {(*ids)[static_cast<size_t>(i)], i - 1, i + 1 < count ? i + 1 : -1, -1, -1});
    }
    for (int32_t i = 0; i < count; ++i) update_pair(i);

    for (int32_t index = pop(); index >= 0; index = pop()) {
        Symbol& symbol = symbols_[static_cast<size_t>(index)];
        Symbol& absorbed = symbols_[static_cast<size_t>(symbol.next)];
        symbol.id = symbol.result;
        symbol.next = absorbed.next;
        absorbed.rank = -1;
        if (symbol.next >= 0) symbols_[static_cast<size_t>(symbol.next)].previous = index;
        update_pair(index);
        if (symbol.previous >= 0) update_pair(symbol.previous);
    }

    ids->clear();
    for (int32_t i = count > 0 ? 0 : -1; i >= 0; i = symbols_[static_cast<size_t>(i)].next) {
        ids->push_back(symbols_[static_cast<size_t>(i)].id);
    }
}

}  // namespace quern
