// Scoring endings: the context stays in the cache, each ending is evaluated behind it and
// forgotten.
#include "eval/choice.h"

#include <algorithm>
#include <cmath>

#include "common/table.h"
#include "models/row_softmax.h"

namespace quern {
namespace {

/// Logits of this many positions exist at a time.
constexpr size_t kChoiceLogitRows = 128;

std::string percent(double share, double error) {
    return cli::fixed(100 * share, 2) + " ± " + cli::fixed(100 * error, 2) + " %";
}

Status interrupted(const ChoiceScore& score) {
    std::string message = "interrupted after " + std::to_string(score.items) + " items";
    if (score.items > 0) {
        message += "; accuracy so far " + percent(score.accuracy(), score.accuracy_error()) +
                   ", normalized " + percent(score.normalized(), score.normalized_error());
    }
    return Status(Code::kInterrupted, message);
}

/// The first of the largest.
size_t best_of(const std::vector<double>& scores) {
    return static_cast<size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

void count(const ChoiceItem& item, std::vector<double> scores, ChoiceScore* total) {
    ++total->items;
    if (best_of(scores) == item.label) ++total->right;
    for (size_t i = 0; i < scores.size(); ++i) {
        scores[i] /= static_cast<double>(cli::display_width(item.endings[i]));
    }
    if (best_of(scores) == item.label) ++total->right_normalized;
}

}  // namespace

size_t ChoiceTokens::longest() const {
    size_t most = 0;
    for (const auto& ending : endings) most = std::max(most, ending.size());
    return context.size() + most;
}

Result<ChoiceTokens> tokenize_choice(const ChoiceItem& item, const Tokenizer& tokenizer) {
    ChoiceTokens tokens;
    auto context = tokenizer.encode(item.context, Tokenizer::Special::kText);
    if (!context.ok()) return context.status();
    if (tokenizer.text_bos() >= 0) tokens.context.push_back(tokenizer.text_bos());
    tokens.context.insert(tokens.context.end(), context->begin(), context->end());
    for (const std::string& text : item.endings) {
        auto ending = tokenizer.encode(" " + text, Tokenizer::Special::kText);
        if (!ending.ok()) return ending.status();
        tokens.endings.push_back(std::move(*ending));
    }
    const auto is_empty = [](const std::vector<int32_t>& ids) { return ids.empty(); };
    if (is_empty(tokens.context) || std::ranges::any_of(tokens.endings, is_empty)) {
        return Status(Code::kBadFile,
                      "the model's vocabulary has no tokens for the context or an ending");
    }
    return tokens;
}

double ChoiceScore::share(int64_t n) const {
    return items > 0 ? static_cast<double>(n) / static_cast<double>(items) : 0;
}

double ChoiceScore::error(int64_t n) const {
    if (items < 2) return 0;
    return std::sqrt(share(n) * (1 - share(n)) / static_cast<double>(items - 1));
}

Result<std::vector<double>> score_endings(Session* session, const ChoiceTokens& tokens,
                                          const std::atomic<bool>* cancel) {
    session->truncate(0);
    if (Status s = session->eval(tokens.context, 1, cancel); !s.ok()) return s;
    const auto last = session->logits();
    std::vector<double> scores;
    for (const auto& ending : tokens.endings) scores.push_back(log_probability(last, ending[0]));

    const int64_t start = session->position();
    for (size_t e = 0; e < scores.size(); ++e) {
        const std::span<const int32_t> ending = tokens.endings[e];
        session->truncate(start);
        // The last token is only a target.
        for (size_t at = 0; at + 1 < ending.size(); at += kChoiceLogitRows) {
            const size_t rows = std::min(kChoiceLogitRows, ending.size() - 1 - at);
            const Status s =
                session->eval(ending.subspan(at, rows), static_cast<int64_t>(rows), cancel);
            if (!s.ok()) return s;
            const auto logits = session->logits();
            const size_t vocab = logits.size() / rows;
            for (size_t r = 0; r < rows; ++r) {
                scores[e] += log_probability(logits.subspan(r * vocab, vocab), ending[at + r + 1]);
            }
        }
    }
    session->truncate(0);
    if (std::ranges::all_of(scores, [](double s) { return std::isfinite(s); })) return scores;
    return Status(Code::kBadFile,
                  "a prediction is not finite; the model is damaged, or a format cannot hold its "
                  "values");
}

Result<ChoiceScore> measure_choices(Session* session, const std::vector<ChoiceItem>& items,
                                    const Tokenizer& tokenizer, const ChoiceOptions& options) {
    ChoiceScore score;
    for (const ChoiceItem& item : items) {
        auto tokens = tokenize_choice(item, tokenizer);
        if (!tokens.ok()) return tokens.status();
        auto scores = score_endings(session, *tokens, options.cancel);
        if (scores.status().code() == Code::kInterrupted) return interrupted(score);
        if (!scores.ok()) {
            return Status(scores.status().code(),
                          "line " + std::to_string(item.line) + ": " + scores.status().message());
        }
        count(item, std::move(*scores), &score);
        if (options.progress) options.progress(score);
    }
    return score;
}

}  // namespace quern
