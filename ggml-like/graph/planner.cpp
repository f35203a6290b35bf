// Planning a graph: stages, then memory by liveness, first fit.
#include <algorithm>

#include "graph/schedule.h"

namespace quern {
namespace {

uint64_t round_up(uint64_t bytes) { return (bytes + 63) / 64 * 64; }

/// Blocks of the arena that are free, by offset; the arena grows at its end when none fits.
class FreeList {
  public:
    uint64_t take(uint64_t bytes) {
        for (size_t i = 0; i < blocks_.size(); ++i) {
            if (blocks_[i].bytes < bytes) continue;
            const uint64_t offset = blocks_[i].offset;
            blocks_[i].offset += bytes;
            blocks_[i].bytes -= bytes;
            if (blocks_[i].bytes == 0) blocks_.erase(blocks_.begin() + static_cast<int64_t>(i));
            return offset;
        }
        uint64_t offset = end_;
        if (!blocks_.empty() && blocks_.back().offset + blocks_.back().bytes == end_) {
            offset = blocks_.back().offset;
            blocks_.pop_back();
        }
        end_ = offset + bytes;
        return offset;
    }
    void give(uint64_t offset, uint64_t bytes) {
        auto next = std::lower_bound(blocks_.begin(), blocks_.end(), offset,
                                     [](const Block& b, uint64_t o) { return b.offset < o; });
        next = blocks_.insert(next, Block{offset, bytes});
        if (next + 1 != blocks_.end() && next->offset + next->bytes == (next + 1)->offset) {
            next->bytes += (next + 1)->bytes;
            blocks_.erase(next + 1);
        }
        if (next != blocks_.begin() && (next - 1)->offset + (next - 1)->bytes == next->offset) {
            (next - 1)->bytes += next->bytes;
            blocks_.erase(next);
        }
    }
    uint64_t end() const { return end_; }

  private:
    struct Block {
        uint64_t offset, bytes;
    };
    std::vector<Block> blocks_;
    uint64_t end_ = 0;
};

}  // namespace

void Graph::mark_needed() {
    for (size_t i = tensors_.size(); i-- > 0;) {
        Node& node = nodes_[i];
        node.needed |= node.kept || (tensors_[i].op != nullptr && tensors_[i].op->has_effect);
        if (!node.needed) continue;
        nodes_[node.base].needed = true;
        for (const Tensor* source : tensors_[i].sources) {
            if (source != nullptr && source->node >= 0) nodes_[source->node].needed = true;
        }
    }
}

/// A value starts a new stage if it reads one of the current stage.
void Graph::assign_stages() {
    int stage = 0;
    for (size_t i = 0; i < tensors_.size(); ++i) {
        if (tensors_[i].op == nullptr || !nodes_[i].needed) continue;
        bool starts = false;
        for (const Tensor* source : tensors_[i].sources) {
            if (source == nullptr || source->node < 0) continue;
            const auto base = static_cast<size_t>(nodes_[source->node].base);
            starts |= tensors_[base].op != nullptr && nodes_[base].stage == stage;
        }
        if (starts) ++stage;
        nodes_[i].stage = nodes_[i].last_stage = stage;
        for (const Tensor* source : tensors_[i].sources) {
            if (source != nullptr && source->node >= 0) {
                nodes_[nodes_[source->node].base].last_stage = stage;
            }
        }
    }
}

void Graph::assign_offsets() {
    FreeList free_list;
    std::vector<size_t> live;
    int stage = 0;
    const auto begin_stage = [&](int next) {
        for (; stage < next; ++stage) {
            std::erase_if(live, [&](size_t i) {
                if (nodes_[i].kept || nodes_[i].last_stage > stage) return false;
                free_list.give(nodes_[i].offset, round_up(tensors_[i].bytes()));
                return true;
            });
        }
    };
    for (size_t i = 0; i < tensors_.size(); ++i) {
        // A view and a constant need no memory of their own.
        const bool own = nodes_[i].base == static_cast<int32_t>(i) && tensors_[i].data == nullptr;
        if (!own || !nodes_[i].needed) continue;
        if (tensors_[i].op != nullptr) begin_stage(nodes_[i].stage);
        nodes_[i].offset = free_list.take(round_up(tensors_[i].bytes()));
        live.push_back(i);
    }
    arena_bytes_ = free_list.end();
}

Status Graph::plan() {
    if (!error_.ok()) return error_;
    mark_needed();
    assign_stages();
    assign_offsets();
    arena_ = allocate_aligned(std::max<uint64_t>(arena_bytes_, 64));
    if (!arena_) {
        return Status(Code::kOutOfSpace, "not enough memory for " + std::to_string(arena_bytes_) +
                                             " bytes of scratch; use a smaller context or chunk");
    }
    for (size_t i = 0; i < tensors_.size(); ++i) {
        if (tensors_[i].data != nullptr) continue;
        const Node& base = nodes_[nodes_[i].base];
        tensors_[i].data = arena_.get() + base.offset + nodes_[i].view_offset;
    }
    schedule_ = std::make_shared<const Schedule>(make_schedule(false));
    return Status();
}

Schedule Graph::make_schedule(bool every_op_alone) const {
    Schedule schedule;
    int last = -1;
    for (size_t i = 0; i < tensors_.size(); ++i) {
        const Op* op = tensors_[i].op;
        if (op == nullptr || !nodes_[i].needed) continue;
        if (!op->units_vary && op->units(tensors_[i]) == 0) continue;
        schedule.add(tensors_[i], every_op_alone || nodes_[i].stage != last);
        last = nodes_[i].stage;
    }
    return schedule;
}

}  // namespace quern
