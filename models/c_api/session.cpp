// The C API's sessions: options, creation, sampling, stopping.
#include "c_api/boundary.h"
#include "c_api/handles.h"

using namespace quern::c_api;
using quern::Status;

namespace {

quern_session_options default_session_options() {
    const quern::SessionOptions o;
    return {sizeof(quern_session_options),
            o.context,
            o.chunk,
            o.threads,
            nullptr,
            nullptr,
            o.sequences};
}

quern_sampling_options default_sampling_options() {
    const quern::SamplerOptions o;
    return {sizeof(quern_sampling_options),
            o.temperature,
            o.top_k,
            o.top_p,
            o.min_p,
            o.repetition_penalty,
            o.frequency_penalty,
            o.presence_penalty,
            o.penalty_window,
            o.seed};
}

quern::SamplerOptions sampler_options(const quern_sampling_options& o) {
    return {o.temperature,
            o.top_k,
            o.top_p,
            o.min_p,
            o.repetition_penalty,
            o.frequency_penalty,
            o.presence_penalty,
            o.penalty_window,
            o.seed};
}

void set_sampling(quern_session* s, quern::SamplerOptions options) {
    s->conversation->set_sampler(options);
    s->samplers.clear();
    for (int64_t i = 0; i < s->session->sequences(); ++i, ++options.seed) {
        s->samplers.emplace_back(options);
    }
}

}  // namespace

void quern_session_options_init(quern_session_options* options, size_t size) {
    init_struct(default_session_options(), options, size);
}

quern_status quern_session_create(const quern_model* model, const quern_session_options* options,
                                  quern_session** session, quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"model", model}, {"session", session}}); !s.ok()) return s;
        const auto o = read_options(options, default_session_options(), "quern_session_options");
        if (!o.ok()) return o.status();
        quern::SessionOptions wanted;
        wanted.context = o.value().context;
        wanted.chunk = o.value().chunk;
        wanted.threads = o.value().threads;
        if (o.value().cache_keys != nullptr) wanted.cache_keys = o.value().cache_keys;
        if (o.value().cache_values != nullptr) wanted.cache_values = o.value().cache_values;
        wanted.sequences = o.value().sequences;
        auto created = quern::Session::create(model->model, wanted);
        if (!created.ok()) return created.status();
        auto s = std::make_unique<quern_session>();
        s->model = model->model;
        s->session = std::move(*created);
        s->conversation = std::make_unique<quern::Conversation>(
            s->session.get(), &s->model->tokenizer(), s->model->chat_template(),
            quern::SamplerOptions(), 0);
        set_sampling(s.get(), quern::SamplerOptions());
        *session = s.release();
        return Status();
    });
}

void quern_session_free(quern_session* session) { delete session; }

quern_status quern_session_reset(quern_session* session, quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"session", session}}); !s.ok()) return s;
        session->conversation->set_messages({});
        session->conversation->reset();
        for (quern::Sampler& sampler : session->samplers) sampler.reset();
        for (int64_t i = session->session->sequences(); i-- > 0;) {  // 0 is selected at last
            session->session->select(i);
            session->session->truncate(0);
        }
        session->cache_changed();
        return Status();
    });
}

void quern_sampling_options_init(quern_sampling_options* options, size_t size) {
    init_struct(default_sampling_options(), options, size);
}

quern_status quern_session_set_sampling(quern_session* session,
                                        const quern_sampling_options* options, quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"session", session}}); !s.ok()) return s;
        const auto o = read_options(options, default_sampling_options(), "quern_sampling_options");
        if (!o.ok()) return o.status();
        const quern::SamplerOptions wanted = sampler_options(o.value());
        if (Status s = quern::check_sampler_options(wanted); !s.ok()) return s;
        set_sampling(session, wanted);
        return Status();
    });
}

void quern_session_stop(quern_session* session) {
    if (session != nullptr) session->stop.store(true);
}
