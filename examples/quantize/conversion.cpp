// Running a conversion: progress, Ctrl-C, warnings, result, report file.
#include "quantize/conversion.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

#include "common/interrupt.h"
#include "common/progress.h"
#include "common/table.h"
#include "quantize/printable.h"
#include "quantize/report.h"

namespace quern {
namespace {

constexpr char kProgram[] = "quern-quantize";

/// The report is written beside its name and then renamed. It is opened before the work, so that a
/// folder that cannot be written to is known at once; without finish() nothing is left.
class ReportFile {
  public:
    explicit ReportFile(const std::string& path) : path_(path), part_(path + ".part") {}
    ~ReportFile() {
        if (!file_) return;
        std::fclose(file_);
        std::remove(part_.c_str());
    }
    ReportFile(const ReportFile&) = delete;
    ReportFile& operator=(const ReportFile&) = delete;

    Status open() {
        if (path_.empty()) return {};
        file_ = std::fopen(part_.c_str(), "w");
        return file_ ? Status() : failure();
    }

    Status finish(const std::string& text) {
        if (!file_) return {};
        const bool written = std::fwrite(text.data(), 1, text.size(), file_) == text.size();
        const bool closed = std::fclose(std::exchange(file_, nullptr)) == 0;
        if (written && closed && std::rename(part_.c_str(), path_.c_str()) == 0) return {};
        Status status = failure();
        std::remove(part_.c_str());
        return status;
    }

  private:
    Status failure() const {
        const Code code = errno == ENOSPC ? Code::kOutOfSpace : Code::kFailed;
        return {code, path_ + ": the report cannot be written: " +
                          std::generic_category().message(errno) +
                          "; name a file in a folder that you may write to"};
    }

    std::string path_, part_;
    std::FILE* file_ = nullptr;
};

/// "blk.3.ffn_up.weight  85.1 MB/s": the bytes are those of the input.
class Note {
  public:
    explicit Note(const std::string& in) {
        if (std::FILE* file = std::fopen(in.c_str(), "rb")) {
            if (std::fseek(file, 0, SEEK_END) == 0) bytes_ = static_cast<double>(std::ftell(file));
            std::fclose(file);
        }
    }
    std::string text(const std::string& tensor, int64_t done, int64_t total) const {
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start_;
        const double rate =
            bytes_ * static_cast<double>(done) / static_cast<double>(total) / seconds.count();
        return printable(tensor, 60) + "  " + cli::human_bytes(static_cast<uint64_t>(rate)) + "/s";
    }

  private:
    double bytes_ = 0;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

cli::OptionGroup conversion_options(ConversionSettings* s) {
    return {"Result",
            {cli::text("report", "FILE", &s->report,
                       "also write a JSON object with an entry per tensor to FILE"),
             cli::flag("json", &s->json, "print one JSON object instead of the table"),
             cli::flag("allow-nonfinite", &s->allow_nonfinite,
                       "let NaN and infinite values pass instead of refusing the file")}};
}

Status run_conversion(const ConversionSettings& settings, const cli::Common& common, Recipe recipe,
                      const std::string& method) {
    ReportFile file(settings.report);
    if (Status s = file.open(); !s.ok()) return s;
    std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes becomes an error of write()
    cli::Interrupt interrupt;
    const bool lossless = recipe.rules.empty();
    cli::Progress progress(lossless ? "converting" : "quantizing", "weights", common.quiet);
    const Note note(settings.in);
    QuantizeOptions options;
    options.recipe = std::move(recipe);
    options.method = method;
    options.threads = common.threads;
    options.allow_nonfinite = settings.allow_nonfinite;
    options.cancel = &interrupt.flag();
    options.warning = [&](const std::string& text) {
        if (!common.quiet) cli::print_message(kProgram, "warning: " + text);
    };
    options.progress = [&](const std::string& tensor, int64_t done, int64_t total) {
        progress.update(done, total, note.text(tensor, done, total));
    };
    auto report = quantize_file(settings.in, settings.out, options);
    progress.finish();
    if (!report.ok()) return report.status();

    const ReportTitle title{settings.in, settings.out, lossless ? "convert" : method};
    if (Status s = file.finish(report_json(title, *report, true)); !s.ok()) return s;
    if (settings.json) return cli::print(report_json(title, *report, false));
    return common.quiet ? Status() : cli::print(report_table(title, *report));
}

}  // namespace quern
