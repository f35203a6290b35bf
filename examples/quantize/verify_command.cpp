// quern-quantize verify FILE: reads every byte and says whether the file is sound.
#include <memory>

#include "common/interrupt.h"
#include "common/json.h"
#include "common/printable.h"
#include "common/progress.h"
#include "common/table.h"
#include "quantize/commands.h"
#include "tensor/model_file.h"

namespace quern {
namespace {

struct VerifySettings {
    std::string file;
    bool json = false;
};

struct BadTensor {
    std::string name;
    std::string problem;
};

std::string json_line(const VerifySettings& settings, const ModelFile& file,
                      const std::vector<BadTensor>& bad) {
    cli::Json json;
    json.begin_object();
    json.member("file", settings.file).member("kind", file.kind());
    json.member("bytes", file.file_bytes()).member("tensors", file.tensors().size());
    json.member("sound", bad.empty()).key("bad_tensors").begin_array();
    for (const BadTensor& b : bad) {
        json.begin_object();
        json.member("name", b.name).member("problem", b.problem);
        json.end_object();
    }
    return json.end_array().end_object().text() + "\n";
}

std::string text_lines(const VerifySettings& settings, const ModelFile& file,
                       const std::vector<BadTensor>& bad) {
    std::string out;
    for (const BadTensor& b : bad) out += cli::printable(b.problem, 400) + "\n";
    if (!bad.empty()) return out;
    return settings.file + ": sound: " + file.kind() + ", " + cli::human_bytes(file.file_bytes()) +
           ", " + std::to_string(file.tensors().size()) + " tensors; " +
           (file.is_tiled() ? "every checksum is right and every scale and value is finite\n"
                            : "every scale and value is finite (GGUF has no checksums)\n");
}

Status run(const VerifySettings& settings, const cli::Common& common) {
    auto file = ModelFile::open(settings.file, {});
    if (!file.ok()) return file.status();
    cli::Interrupt interrupt;
    cli::Progress progress("verifying", "bytes", common.quiet);
    int64_t total = 0, done = 0;
    for (const FileTensor& t : (*file)->tensors()) total += static_cast<int64_t>(t.bytes);
    std::vector<BadTensor> bad;
    for (const FileTensor& t : (*file)->tensors()) {
        if (interrupt.requested()) {
            return {Code::kInterrupted, "interrupted; " + settings.file + " is not verified"};
        }
        const Status status = (*file)->verify_tensor(t);
        if (!status.ok()) bad.push_back({t.name, status.message()});
        done += static_cast<int64_t>(t.bytes);
        progress.update(done, total, cli::printable(t.name, 60));
    }
    progress.finish();
    Status printed = cli::print(settings.json ? json_line(settings, **file, bad)
                                              : text_lines(settings, **file, bad));
    if (!printed.ok() || bad.empty()) return printed;
    return {Code::kBadFile, settings.file + ": " + std::to_string(bad.size()) + " of " +
                                std::to_string((*file)->tensors().size()) +
                                (bad.size() == 1 ? " tensors is" : " tensors are") +
                                " damaged or cannot be read"};
}

}  // namespace

cli::Command verify_command() {
    auto settings = std::make_shared<VerifySettings>();
    cli::Command command;
    command.name = "verify";
    command.summary = "check every tensor of a file";
    command.description =
        "Reads the whole file: its structure, the checksum of every tensor (.quern; GGUF has "
        "none), and that no scale or value is NaN or infinite. Lists what is wrong; exit code 3 if "
        "anything is.";
    command.positionals = {{"FILE", "a .quern or .gguf file", &settings->file}};
    command.groups = {{"Result", {cli::flag("json", &settings->json, "print one JSON object")}}};
    command.examples = {{"quern-quantize verify model.quern", "after a download or a copy"}};
    command.run = [settings](const cli::Common& common) { return run(*settings, common); };
    return command;
}

}  // namespace quern
