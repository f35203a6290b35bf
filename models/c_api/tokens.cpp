// The C API's evaluation token by token, of one sequence or of several together.
#include <algorithm>

#include "c_api/boundary.h"
#include "c_api/handles.h"

using namespace quern::c_api;
using quern::Status;

namespace {

/// Runs an evaluation, which leaves logits of the tokens of `sequences`.
template <class Evaluate>
Status evaluate(quern_session* s, std::vector<int64_t> sequences, const Evaluate& evaluation) {
    s->stop = false;
    std::vector<int64_t> before;  // there are none if it throws
    before.swap(s->logits_of);
    const int64_t position = s->session->position();
    const Status status = evaluation();
    if (s->session->position() != position) s->conversation->forget_cache();
    if (status.ok()) {
        s->logits_of.swap(sequences);
    } else if (!s->session->logits().empty()) {  // it was refused
        s->logits_of.swap(before);
    }
    return status;
}

std::span<const float> logits_row(const quern_session* s, size_t index) {
    const auto vocab = static_cast<size_t>(s->model->info().vocab_size);
    return s->session->logits().subspan(index * vocab, vocab);
}

Status sample_row(quern_session* s, size_t index, int32_t* token) {
    *token = s->samplers[static_cast<size_t>(s->logits_of[index])].sample(logits_row(s, index));
    return *token == quern::Sampler::kNoToken ? quern::no_finite_logits() : Status();
}

Status no_logits() { return wrong_use("there are no logits; evaluate tokens first"); }

}  // namespace

quern_status quern_session_eval(quern_session* session, const int32_t* tokens, size_t n_tokens,
                                quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"session", session}, {"tokens", tokens}}); !s.ok()) return s;
        if (n_tokens == 0) return wrong_use("n_tokens is 0, expected 1 or more");
        quern::Session& target = *session->session;
        return evaluate(session, {target.selected()}, [&] {
            return target.eval({tokens, n_tokens}, 1, &session->stop);
        });
    });
}

quern_status quern_session_eval_batch(quern_session* session, const int32_t* sequences,
                                      const int32_t* tokens, size_t n, quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s =
                check_present({{"session", session}, {"sequences", sequences}, {"tokens", tokens}});
            !s.ok()) {
            return s;
        }
        const auto most = static_cast<size_t>(session->session->sequences());
        if (n == 0 || n > most) {
            return wrong_use("n is " + std::to_string(n) + ", expected 1 to " +
                             std::to_string(most) + ", the session's sequences");
        }
        std::vector<quern::SequenceToken> batch(n);
        for (size_t i = 0; i < n; ++i) batch[i] = {sequences[i], tokens[i]};
        return evaluate(session, {sequences, sequences + n},
                        [&] { return session->session->eval_batch(batch, &session->stop); });
    });
}

const float* quern_session_logits(const quern_session* session) {
    if (session == nullptr || session->logits_of.empty()) return nullptr;
    return logits_row(session, session->logits_of.size() - 1).data();
}

const float* quern_session_batch_logits(const quern_session* session, size_t index) {
    if (session == nullptr || index >= session->logits_of.size()) return nullptr;
    return logits_row(session, index).data();
}

quern_status quern_session_sample(quern_session* session, int32_t* token, quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"session", session}, {"token", token}}); !s.ok()) return s;
        if (session->logits_of.empty()) return no_logits();
        return sample_row(session, session->logits_of.size() - 1, token);
    });
}

quern_status quern_session_sample_batch(quern_session* session, int32_t* tokens, size_t n,
                                        quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"session", session}, {"tokens", tokens}}); !s.ok()) return s;
        if (session->logits_of.empty()) return no_logits();
        if (n != session->logits_of.size()) {
            return wrong_use("n is " + std::to_string(n) + ", expected " +
                             std::to_string(session->logits_of.size()) +
                             ", the tokens of the last batch");
        }
        Status status;
        for (size_t i = 0; i < n && status.ok(); ++i) status = sample_row(session, i, &tokens[i]);
        return status;
    });
}

quern_status quern_session_select(quern_session* session, int64_t sequence, quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"session", session}}); !s.ok()) return s;
        quern::Session& target = *session->session;
        if (sequence < 0 || sequence >= target.sequences()) {
            return wrong_use("sequence is " + std::to_string(sequence) + ", expected 0 to " +
                             std::to_string(target.sequences() - 1));
        }
        if (sequence == target.selected()) return Status();
        target.select(sequence);
        session->conversation->forget_cache();
        return Status();
    });
}

int64_t quern_session_sequences(const quern_session* session) {
    return session == nullptr ? 0 : session->session->sequences();
}

int64_t quern_session_position(const quern_session* session) {
    return session == nullptr ? 0 : session->session->position();
}

int64_t quern_session_context(const quern_session* session) {
    return session == nullptr ? 0 : session->session->context();
}

quern_status quern_session_truncate(quern_session* session, int64_t position, quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"session", session}}); !s.ok()) return s;
        const int64_t now = session->session->position();
        if (position < 0 || position > now) {
            return wrong_use("position is " + std::to_string(position) + ", expected 0 to " +
                             std::to_string(now));
        }
        session->session->truncate(position);
        session->cache_changed();
        return Status();
    });
}
