// Multiple choice by likelihood: a model's answer is the ending that it finds most likely behind
// the context. Two ways to compare endings of different length, as the literature reports both:
//
//   accuracy             largest sum of log p(token | context, tokens before)
//   normalized accuracy  largest sum divided by the ending's number of characters
//
// The model reads the context, a space, and the ending, as they are.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "eval/choice_file.h"
#include "models/session.h"
#include "models/tokenizer.h"
#include "tensor/status.h"

namespace quern {

/// An item as the model reads it.
struct ChoiceTokens {
    std::vector<int32_t> context;  ///< begun with BOS if the model wants one; never empty
    std::vector<std::vector<int32_t>> endings;

    size_t longest() const;  ///< of context and ending together
};
Result<ChoiceTokens> tokenize_choice(const ChoiceItem& item, const Tokenizer& tokenizer);

/// How often the model was right.
struct ChoiceScore {
    int64_t items = 0, right = 0, right_normalized = 0;

    double accuracy() const { return share(right); }
    double accuracy_error() const { return error(right); }
    double normalized() const { return share(right_normalized); }
    double normalized_error() const { return error(right_normalized); }

  private:
    double share(int64_t n) const;
    double error(int64_t n) const;  ///< of a mean of 0s and 1s
};

/// log p of each ending's tokens, summed. The context is evaluated once. Leaves the session at
/// position 0.
Result<std::vector<double>> score_endings(Session* session, const ChoiceTokens& tokens,
                                          const std::atomic<bool>* cancel);

struct ChoiceOptions {
    std::function<void(const ChoiceScore&)> progress;  ///< after each item
    const std::atomic<bool>* cancel = nullptr;
};

/// All items, in order. If cancelled: kInterrupted, with the figures so far in the message.
Result<ChoiceScore> measure_choices(Session* session, const std::vector<ChoiceItem>& items,
                                    const Tokenizer& tokenizer, const ChoiceOptions& options);

}  // namespace quern
