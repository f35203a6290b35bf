// quern-bench: how fast a model runs on this machine.
#include "bench/command.h"

int main(int argc, char** argv) {
    return quern::cli::run_program(argc, argv, {"quern-bench", "", {quern::bench_command()}});
}
