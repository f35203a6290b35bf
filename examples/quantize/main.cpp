// quern-quantize: makes models small, and shows what is in them. Each command is a file of this
// folder and a line here.
#include "quantize/commands.h"

int main(int argc, char** argv) {
    quern::cli::Program program;
    program.name = "quern-quantize";
    program.commands = {quern::quantize_command(), quern::convert_command(),
                        quern::inspect_command(),  quern::verify_command(),
                        quern::formats_command(),  quern::methods_command()};
    return quern::cli::run_program(argc, argv, std::move(program));
}
