// The C API's evaluation token by token.
#include "c_api/boundary.h"
#include "c_api/handles.h"

using namespace quern::c_api;
using quern::Status;

quern_status quern_session_eval(quern_session* session, const int32_t* tokens, size_t n_tokens,
                                quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"session", session}, {"tokens", tokens}}); !s.ok()) return s;
        if (n_tokens == 0) return wrong_use("n_tokens is 0, expected 1 or more");
        session->stop = false;
        const bool had_logits = std::exchange(session->has_logits, false);
        const int64_t before = session->session->position();
        const Status status = session->session->eval({tokens, n_tokens}, 1, &session->stop);
        if (session->session->position() != before) session->conversation->forget_cache();
        session->has_logits = status.ok() || (had_logits && !session->session->logits().empty());
        return status;
    });
}

const float* quern_session_logits(const quern_session* session) {
    if (session == nullptr || !session->has_logits) return nullptr;
    return session->session->last_logits().data();
}

quern_status quern_session_sample(quern_session* session, int32_t* token, quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"session", session}, {"token", token}}); !s.ok()) return s;
        if (!session->has_logits) return wrong_use("there are no logits; evaluate tokens first");
        *token = session->sampler->sample(session->session->last_logits());
        return Status();
    });
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
