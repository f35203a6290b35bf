// The C API of quern.h over Model, Session and Conversation. Every function body runs inside
// guarded(), which turns a Status, std::bad_alloc and any other exception into a code and a
// message.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/conversation.h"
#include "models/model.h"
#include "models/quern.h"
#include "models/sampler.h"
#include "models/session.h"
#include "models/utf8.h"
#include "tensor/system.h"

struct quern_model {
    std::shared_ptr<const quern::Model> model;
};

struct quern_session {
    std::shared_ptr<const quern::Model> model;
    std::unique_ptr<quern::Session> session;
    std::unique_ptr<quern::Conversation> conversation;
    std::unique_ptr<quern::Sampler> sampler;  // of quern_session_sample; a conversation has its own
    std::atomic<bool> stop{false};
    bool has_logits = false;
};

namespace {

using quern::Code;
using quern::Result;
using quern::Status;

void write_error(quern_error* error, Code code, std::string_view message) {
    if (error == nullptr) return;
    error->code = static_cast<quern_status>(code);
    size_t n = std::min(message.size(), sizeof error->message - 1);
    // A continuation byte (10xxxxxx) may not be the first that is cut off.
    while (n < message.size() && n > 0 && (message[n] & 0xC0) == 0x80) --n;
    message.copy(error->message, n);
    error->message[n] = 0;
}

/// The boundary: nothing is thrown beyond it.
template <class Body>
quern_status guarded(quern_error* error, const Body& body) noexcept {
    try {
        const Status status = body();
        write_error(error, status.code(), status.message());
        return static_cast<quern_status>(status.code());
    } catch (const std::bad_alloc&) {
        write_error(error, Code::kOutOfSpace, "out of memory");
        return QUERN_OUT_OF_SPACE;
    } catch (const std::exception& e) {
        write_error(error, Code::kFailed, e.what());
    } catch (...) {
        write_error(error, Code::kFailed, "unknown internal error");
    }
    return QUERN_FAILED;
}

Status wrong_use(std::string message) { return Status(Code::kWrongUse, std::move(message)); }

/// Names the first argument that is NULL.
struct Argument {
    const char* name;
    const void* pointer;
};
Status check_present(std::initializer_list<Argument> arguments) {
    for (const Argument& a : arguments) {
        if (a.pointer == nullptr) return wrong_use(std::string(a.name) + " is NULL");
    }
    return Status();
}

/// Options as the caller knows them over the defaults. A struct of a newer version is refused: what
/// its unknown fields ask for cannot be done.
template <class Options>
Result<Options> read_options(const Options* given, const Options& defaults, const char* type) {
    if (given == nullptr) return defaults;
    if (given->size < sizeof(size_t) || given->size > sizeof(Options)) {
        return wrong_use(std::string(type) + ".size is " + std::to_string(given->size) +
                         ", expected at most " + std::to_string(sizeof(Options)) + "; call " +
                         type + "_init first");
    }
    Options options = defaults;
    std::memcpy(&options, given, given->size);
    return options;
}

/// Writes as much of `full` as the caller's struct of `size` bytes holds; its size field stays.
template <class Struct>
void write_struct(Struct full, Struct* out) {
    full.size = out->size;
    std::memcpy(out, &full, std::min(out->size, sizeof full));
}

/// The same for defaults into an uninitialized struct.
template <class Struct>
void init_struct(Struct full, Struct* out, size_t size) {
    if (out == nullptr) return;
    full.size = size;
    std::memcpy(out, &full, std::min(size, sizeof full));
}

quern_model_options default_model_options() { return {sizeof(quern_model_options), 1, 0}; }

quern_session_options default_session_options() {
    const quern::SessionOptions o;
    return {sizeof(quern_session_options), o.context, o.chunk, o.threads, nullptr, nullptr};
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

void set_sampling(quern_session* s, const quern::SamplerOptions& options) {
    s->sampler = std::make_unique<quern::Sampler>(options);
    s->conversation->set_sampler(options);
}

/// After tokens went into or out of the cache behind the conversation's back.
void cache_changed(quern_session* s) {
    s->conversation->forget_cache();
    s->has_logits = false;
}

}  // namespace

const char* quern_version(void) { return quern::version().data(); }

void quern_model_options_init(quern_model_options* options, size_t size) {
    init_struct(default_model_options(), options, size);
}

quern_status quern_model_load(const char* path, const quern_model_options* options,
                              quern_model** model, quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"path", path}, {"model", model}}); !s.ok()) return s;
        const auto o = read_options(options, default_model_options(), "quern_model_options");
        if (!o.ok()) return o.status();
        if (Status s = quern::check_environment(); !s.ok()) return s;
        quern::ModelOptions wanted;
        wanted.map = o.value().map != 0;
        wanted.threads = o.value().threads;
        auto loaded = quern::Model::load(path, wanted);
        if (!loaded.ok()) return loaded.status();
        *model = new quern_model{std::move(*loaded)};
        return Status();
    });
}

void quern_model_free(quern_model* model) { delete model; }

quern_status quern_model_describe(const quern_model* model, quern_model_info* info,
                                  quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"model", model}, {"info", info}}); !s.ok()) return s;
        const quern::ModelInfo& m = model->model->info();
        const quern::Tokenizer& t = model->model->tokenizer();
        quern_model_info full{};
        full.name = m.name.c_str();
        full.architecture = m.architecture.c_str();
        full.n_parameters = m.n_parameters;
        full.weight_bytes = m.weight_bytes;
        full.context_length = m.context_length;
        full.vocab_size = m.vocab_size;
        full.n_layers = m.n_layers;
        full.n_embd = m.n_embd;
        full.n_heads = m.n_heads;
        full.n_kv_heads = m.n_kv_heads;
        full.head_dim = m.head_dim;
        full.n_ff = m.n_ff;
        full.bos = t.bos();
        full.eos = t.eos();
        full.has_chat_template = model->model->chat_template() != nullptr;
        write_struct(full, info);
        return Status();
    });
}

quern_status quern_model_tokenize(const quern_model* model, const char* text, size_t text_bytes,
                                  int32_t parse_control, int32_t* tokens, size_t capacity,
                                  size_t* count, quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"model", model}, {"text", text}, {"count", count}}); !s.ok())
            return s;
        if (tokens == nullptr && capacity > 0) return wrong_use("tokens is NULL");
        const auto special =
            parse_control ? quern::Tokenizer::Special::kParse : quern::Tokenizer::Special::kText;
        const auto ids = model->model->tokenizer().encode({text, text_bytes}, special);
        if (!ids.ok()) return ids.status();
        *count = ids.value().size();
        std::copy_n(ids.value().begin(), std::min(capacity, *count), tokens);
        return Status();
    });
}

quern_status quern_model_detokenize(const quern_model* model, int32_t token, char* text,
                                    size_t capacity, size_t* bytes, quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"model", model}, {"bytes", bytes}}); !s.ok()) return s;
        if (text == nullptr && capacity > 0) return wrong_use("text is NULL");
        const quern::Tokenizer& tokenizer = model->model->tokenizer();
        if (token < 0 || token >= tokenizer.vocab_size()) {
            return wrong_use("token " + std::to_string(token) + " is out of range, expected 0 to " +
                             std::to_string(tokenizer.vocab_size() - 1));
        }
        const std::string piece = tokenizer.decode(token);
        *bytes = piece.size();
        if (capacity > 0) text[piece.copy(text, capacity - 1)] = 0;
        return Status();
    });
}

int32_t quern_model_is_end(const quern_model* model, int32_t token) {
    return model != nullptr && model->model->tokenizer().is_end(token);
}

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
        session->sampler->reset();
        session->session->truncate(0);
        cache_changed(session);
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

quern_status quern_session_add_message(quern_session* session, const char* role,
                                       const char* content, quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"session", session}, {"role", role}, {"content", content}});
            !s.ok()) {
            return s;
        }
        const std::string_view name = role;
        std::vector<quern::Message> messages = session->conversation->messages();
        if (name != "system" && name != "user" && name != "assistant") {
            return wrong_use("role is \"" + std::string(name.substr(0, 40)) +
                             "\", expected system, user or assistant");
        }
        if (name == "system" && !messages.empty()) {
            return wrong_use("a system message must be the first message; reset the session first");
        }
        if (const size_t bad = quern::find_invalid_utf8(content); bad != std::string::npos) {
            return wrong_use("content is not valid UTF-8 at byte " + std::to_string(bad));
        }
        messages.push_back({role, content});
        session->conversation->set_messages(std::move(messages));
        return Status();
    });
}

quern_status quern_session_generate(quern_session* session, int64_t max_tokens,
                                    quern_text_callback callback, void* user, quern_answer* answer,
                                    quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"session", session}}); !s.ok()) return s;
        if (max_tokens < 0) return wrong_use("max_tokens is negative, expected 0 or more");
        quern::Conversation& conversation = *session->conversation;
        std::vector<quern::Message> messages = conversation.messages();
        if (messages.empty() || messages.back().role != "user") {
            return wrong_use("the last message must be a user's; add one first");
        }
        const std::string question = std::move(messages.back().content);
        messages.pop_back();
        conversation.set_messages(std::move(messages));
        conversation.set_max_tokens(max_tokens);

        quern_answer full{};
        quern::AnswerEvents events;
        session->stop = false;
        session->has_logits = false;
        events.cancel = &session->stop;
        events.notice = [&](const std::string&) { full.turns_dropped = 1; };
        if (callback != nullptr) {
            events.text = [&](std::string_view text) {
                const std::string piece(text);
                return callback(piece.c_str(), piece.size(), user) == 0
                           ? Status()
                           : Status(Code::kInterrupted, "stopped");
            };
        }
        const auto made = conversation.ask(question, events);
        if (!made.ok()) return made.status();
        full.finish = static_cast<quern_finish>(made.value().finish);
        full.prompt_tokens = made.value().prompt_tokens;
        full.prompt_evaluated = made.value().prompt_evaluated;
        full.answer_tokens = made.value().answer_tokens;
        full.prompt_seconds = made.value().prompt_seconds;
        full.answer_seconds = made.value().answer_seconds;
        if (answer != nullptr) write_struct(full, answer);
        return Status();
    });
}

void quern_session_stop(quern_session* session) {
    if (session != nullptr) session->stop.store(true);
}

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
        cache_changed(session);
        return Status();
    });
}
