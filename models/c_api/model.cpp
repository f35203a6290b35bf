// The C API's models: loading, description, tokens of text.
#include "c_api/boundary.h"
#include "c_api/handles.h"
#include "tensor/system.h"

using namespace quern::c_api;
using quern::Status;

namespace {

quern_model_options default_model_options() { return {sizeof(quern_model_options), 1, 0}; }

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
