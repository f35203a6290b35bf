// Running a conversion: progress, Ctrl-C, warnings, result, report file.
#include "quantize/run_conversion.h"

#include <chrono>
#include <cstdio>

#include "common/interrupt.h"
#include "common/memory.h"
#include "common/output_file.h"
#include "common/printable.h"
#include "common/progress.h"
#include "common/table.h"
#include "quantize/report.h"

namespace quern {
namespace {

constexpr char kProgram[] = "quern-quantize";

/// "blk.3.ffn_up.weight  85.1 MB/s": the bytes are those of the input. Stages, whose names are of
/// several words, take their time for other things and go without.
class Note {
  public:
    explicit Note(const std::string& in) {
        if (std::FILE* file = std::fopen(in.c_str(), "rb")) {
            if (std::fseek(file, 0, SEEK_END) == 0) bytes_ = static_cast<double>(std::ftell(file));
            std::fclose(file);
        }
    }
    std::string text(const std::string& what, int64_t done, int64_t total) const {
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start_;
        const double rate =
            bytes_ * static_cast<double>(done) / static_cast<double>(total) / seconds.count();
        if (what.find(' ') != std::string::npos) return cli::printable(what, 60);
        return cli::printable(what, 60) + "  " + cli::human_bytes(static_cast<uint64_t>(rate)) +
               "/s";
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

Status run_conversion(const ConversionSettings& settings, const cli::Common& common,
                      QuantizeOptions options) {
    std::vector<cli::NamedFile> inputs = settings.texts;
    inputs.push_back({"IN", settings.in});
    const std::vector<cli::NamedFile> outputs = {{"OUT", settings.out},
                                                 {"--report", settings.report}};
    if (Status s = cli::check_outputs(outputs, inputs); !s.ok()) return s;
    cli::return_freed_memory();  // --max-memory counts on it
    cli::Interrupt interrupt;    // before any file is created
    cli::OutputFile file("the report");
    if (Status s = file.open(settings.report); !s.ok()) return s;
    const bool chosen = options.fit_bytes > 0 || options.target_bpw > 0;
    const bool lossless = options.recipe.rules.empty() && !chosen;
    const std::string method = options.method;
    cli::Progress progress(lossless ? "converting" : "quantizing", "weights", common.quiet);
    const Note note(settings.in);
    options.threads = common.threads;
    options.allow_nonfinite = settings.allow_nonfinite;
    options.cancel = &interrupt.flag();
    options.warning = [&](const std::string& text) {
        if (common.quiet) return;
        progress.finish();
        cli::print_message(kProgram, "warning: " + text);
    };
    options.progress = [&](const std::string& what, int64_t done, int64_t total) {
        progress.update(done, total, note.text(what, done, total));
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
