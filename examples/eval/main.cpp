// quern-eval: what a model is worth, in numbers. A command is a file of this folder and a line
// here.
#include "eval/commands.h"

int main(int argc, char** argv) {
    quern::cli::Program program;
    program.name = "quern-eval";
    program.description =
        "Measures the quality of a language model. Models are .quern or .gguf files. The result "
        "goes to the "
        "standard output, progress to the standard error.";
    program.commands = {quern::perplexity_command(), quern::kl_command(), quern::choice_command(),
                        quern::compare_command()};
    return quern::cli::run_program(argc, argv, std::move(program));
}
