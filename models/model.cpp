// Loading a model: file, architecture, weights, tokenizer, chat template.
#include "models/model.h"

#include "arch/architecture.h"
#include "model_hash.h"
#include "tensor/quoted.h"
#include "tensor/system.h"

namespace quern {
namespace {

/// Metadata errors name the key; this adds the file.
Status in_file(const std::string& path, const Status& s) {
    return s.message().rfind(path, 0) == 0 ? s : Status(s.code(), path + ": " + s.message());
}

std::string file_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

}  // namespace

Model::~Model() = default;

Result<std::shared_ptr<const Model>> Model::load(const std::string& path,
                                                 const ModelOptions& options) {
    Result<std::unique_ptr<ModelFile>> file =
        ModelFile::open(path, {options.map, options.allow_nonfinite});
    if (!file.ok()) return file.status();
    return load(std::move(*file), options);
}

Result<std::shared_ptr<const Model>> Model::load(std::unique_ptr<ModelFile> file,
                                                 const ModelOptions& options) {
    const Result<int> threads = check_threads(options.threads);
    if (!threads.ok()) return threads.status();
    std::shared_ptr<Model> model(new Model);
    model->file_ = std::move(file);
    const Metadata& metadata = model->file_->metadata();
    const std::string& path = model->file_->path();

    const Result<std::string> name = metadata.get_string("general.architecture");
    if (!name.ok()) return in_file(path, name.status());
    Result<ArchitectureFactory> factory = find_architecture(name.value());
    if (!factory.ok()) return in_file(path, factory.status());
    model->weights_ =
        std::make_unique<Weights>(*model->file_, options.allow_nonfinite, options.exact_inputs);
    Result<std::unique_ptr<Architecture>> architecture = (*factory)(metadata, *model->weights_);
    if (!architecture.ok()) return in_file(path, architecture.status());
    model->architecture_ = std::move(*architecture);
    ModelInfo& info = model->info_;
    // Before the weights are loaded, which gives back the file's memory.
    if (Status s = model->file_->check_unchanged(); !s.ok()) return in_file(path, s);
    info.hash = hash_model(*model->file_);
    if (Status s = model->weights_->load(threads.value()); !s.ok()) return in_file(path, s);
    if (Status s = model->architecture_->check_values(); !s.ok()) return in_file(path, s);

    static_cast<ModelShape&>(info) = model->architecture_->shape();
    info.architecture = name.value();
    const Result<std::string> title = metadata.get_string("general.name", file_name(path));
    info.name = title.ok() && !title.value().empty() ? title.value() : file_name(path);
    if (!is_valid_name(info.name)) info.name = in_quotes(info.name);
    for (const FileTensor& t : model->file_->tensors()) info.n_parameters += t.elements();
    info.weight_bytes = model->weights_->bytes();

    Result<std::unique_ptr<Tokenizer>> tokenizer = Tokenizer::create(metadata, info.vocab_size);
    if (tokenizer.ok()) {
        model->tokenizer_ = std::move(*tokenizer);
    } else if (options.need_tokenizer) {
        return in_file(path, tokenizer.status());
    }
    Result<std::unique_ptr<ChatTemplate>> chat_template = ChatTemplate::create(metadata);
    if (chat_template.ok()) {
        model->chat_template_ = std::move(*chat_template);
    } else {
        model->chat_template_error_ = in_file(path, chat_template.status());
    }
    return std::shared_ptr<const Model>(std::move(model));
}

}  // namespace quern
