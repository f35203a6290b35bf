// The main() of every test program. With a QUERN_ISA that this CPU lacks nothing would be tested,
// so it ends with 77, which CTest reports as skipped.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>

#include "tensor/system.h"

int main(int argc, char** argv) {
    if (const quern::Status status = quern::check_environment(); !status.ok()) {
        std::printf("SKIPPED: %s\n", status.message().c_str());
        return 77;
    }
    return doctest::Context(argc, argv).run();
}
