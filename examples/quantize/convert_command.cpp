// quern-quantize convert IN OUT: the same weights in a .quern or GGUF file.
#include <memory>

#include "quantize/commands.h"
#include "quantize/run_conversion.h"

namespace quern {

cli::Command convert_command() {
    auto settings = std::make_shared<ConversionSettings>();
    cli::Command command;
    command.name = "convert";
    command.summary = "write a .quern or GGUF file with exactly the same weights";
    command.description =
        "Writes every tensor in the format that holds its values exactly (GGUF Q4_0 as q4_g32, "
        "Q4_1 as q4m_g32, Q8_0 as q8_g32, F16 as f16, ...), so nothing is lost. A .quern file is "
        "laid out for the kernels: it is mapped and used in place, and has a checksum per tensor. "
        "If "
        "OUT ends in .gguf, a GGUF file is written for other programs; formats that GGUF has no "
        "type for are refused, naming the tensor.";
    command.positionals = {
        {"IN", "a .gguf or .quern file", &settings->in},
        {"OUT", "the .quern file to write, or a GGUF file if it ends in .gguf", &settings->out}};
    command.groups = {conversion_options(settings.get())};
    command.examples = {
        {"quern-quantize convert model-q4_1.gguf model.quern", "then: quern-chat model.quern"},
        {"quern-quantize convert model.quern model.gguf", "back, for other programs"}};
    command.run = [settings](const cli::Common& common) {
        return run_conversion(*settings, common, {});
    };
    return command;
}

}  // namespace quern
