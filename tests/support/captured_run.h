// A program run inside the test: its exit code and what it printed.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "common/program.h"
#include "support/temp_dir.h"

namespace quern::test {

struct Outcome {
    int code = -1;
    std::string out;
    std::string err;
};

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Sends a descriptor to a file while it lives.
class Redirect {
  public:
    Redirect(int descriptor, const std::string& path)
        : descriptor_(descriptor), saved_(::dup(descriptor)) {
        const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ::dup2(file, descriptor);
        ::close(file);
    }
    ~Redirect() {
        std::fflush(nullptr);
        ::dup2(saved_, descriptor_);
        ::close(saved_);
    }
    Redirect(const Redirect&) = delete;
    Redirect& operator=(const Redirect&) = delete;

  private:
    int descriptor_, saved_;
};

inline Outcome captured_run(cli::Program program, std::vector<std::string> arguments) {
    const TempDir outputs;
    arguments.insert(arguments.begin(), program.name);
    std::vector<char*> argv;
    for (std::string& a : arguments) argv.push_back(a.data());
    Outcome outcome;
    std::fflush(nullptr);
    {
        const Redirect out(STDOUT_FILENO, outputs.file("out"));
        const Redirect err(STDERR_FILENO, outputs.file("err"));
        outcome.code =
            cli::run_program(static_cast<int>(argv.size()), argv.data(), std::move(program));
    }
    outcome.out = read_file(outputs.file("out"));
    outcome.err = read_file(outputs.file("err"));
    return outcome;
}

}  // namespace quern::test
