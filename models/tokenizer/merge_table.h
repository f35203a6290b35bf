// The merges of byte pair encoding (Sennrich et al. 2016, 1508.07909): which two neighbouring
// tokens become one, and in which order. A merge's rank is its place in the list; lower ranks are
// applied first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace quern {

struct Merge {
    int32_t left, right, result;  ///< token ids
};

/// Pairs are found by binary search among the merges of their left token, so no choice of merges in
/// a file makes look-ups slow.
class MergeTable {
  public:
    MergeTable() = default;
    /// Ids are in [0, n_tokens). Of merges of the same pair the first counts.
    MergeTable(const std::vector<Merge>& by_rank, size_t n_tokens);

    struct Right {
        int32_t id;  ///< of the right token
        int32_t rank, result;
    };
    /// nullptr: the pair does not merge.
    const Right* find(int32_t left, int32_t right) const;

  private:
    std::vector<uint32_t> first_;  // rights_[first_[left] .. first_[left + 1]) belong to left
    std::vector<Right> rights_;    // rising ids within a left token
};

/// Merges one word. Keeps its memory from word to word; one per call of encode().
class BpeMerger {
  public:
    explicit BpeMerger(const MergeTable& table) : table_(table) {}
    /// Applies merges until none is left: always the lowest rank, of equal ones the leftmost.
    /// O(n log n): waiting pairs are in a heap, tokens in a linked list.
    void merge(std::vector<int32_t>* ids);

  private:
    struct Symbol {
        int32_t id;
        int32_t previous, next;  // -1: none
        int32_t rank, result;    // of the pair with `next`; rank -1: does not merge
    };
    void update_pair(int32_t index);
    int32_t pop();

    const MergeTable& table_;
    std::vector<Symbol> symbols_;
    std::vector<uint64_t> heap_;  // rank << 32 | index of the left symbol, smallest on top
};

}  // namespace quern
