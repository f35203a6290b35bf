// quern-quantize IN OUT --format F: the recipe from the command line, and help that teaches.
#include <memory>
#include <utility>

#include "common/quantization_options.h"
#include "quantize/commands.h"
#include "quantize/run_conversion.h"

namespace quern {
namespace {

struct QuantizeSettings {
    ConversionSettings conversion;
    cli::QuantizationSettings quantization;
};

Status run(QuantizeSettings settings, const cli::Common& common) {
    settings.conversion.texts = cli::quantization_inputs(settings.quantization);
    if (Status s = cli::check_effects(settings.quantization); !s.ok()) return s;
    auto options = cli::quantize_options(settings.quantization);
    if (!options.ok()) return options.status();
    if (common.seed >= 0) options->calibration.seed = static_cast<uint64_t>(common.seed);
    return run_conversion(settings.conversion, common, std::move(*options));
}

std::vector<cli::Topic> topics() {
    return {
        {"Choosing a format",
         {{"q8_g32", "8.5 bits per weight: practically no loss"},
          {"q4z_g128", "4.19 bits: small and fast, the usual choice"},
          {"q4m_g32", "5 bits: the most accurate of the 4-bit formats"},
          {"f16, bf16", "16 bits: no quantization, for measuring what the others cost"}}},
        {"Reading a format's name",
         {{"q4", "bits of a weight's code, 2 to 8"},
          {"_g128",
           "128 neighbouring weights of a row share a scale. One outlier makes its whole "
           "group coarser, so small groups are more accurate, but each scale costs 16 "
           "bits: 0.13 bits per weight at 128, 0.5 at 32. 128 is the usual balance; take 32 if "
           "quality matters more than size"},
          {"_row", "one scale per row: the smallest, good enough only at 8 bits"},
          {"z",
           "an integer zero point: the grid spans the group's minimum to maximum instead of "
           "lying evenly around 0"},
          {"m",
           "a minimum in f16 instead of the zero point: the best grid for the bits, and what "
           "GGUF calls Q4_1"},
          {"d at the end",
           "double quantization: scales and minima take 8 bits instead of 16, in units of their "
           "row. q4m_g32d takes 4.51 bits, q4m_g32 5"}}},
        {"Mixed precision, the default",
         {{"below 8 bits",
           "token embedding and output head are stored as q8_g32, every other "
           "matrix in F, norms as f32. Each token passes the embedding once and "
           "every choice of a token is made by the head, so rounding them hurts "
           "most; of the time they take little"},
          {"8 bits and more", "all matrices are stored in F, norms as f32"},
          {"--fit, --target-bpw",
           "a format for every matrix, embedding and head included, after measuring how much "
           "noise each format puts into the matrix's outputs, and what noise in each kind of "
           "matrix does to the model's predictions; --report and inspect tell the choice"}}},
        {"Writing GGUF, for other programs",
         {{"OUT.gguf",
           "holds exactly the values that the .quern file would, from any method; formats that "
           "GGUF "
           "has no type for are refused before the work begins"},
          {"q4_*, q5_*, q8_*", "become Q4_0, Q5_0, Q8_0"},
          {"q4m_*, q5m_*", "become Q4_1, Q5_1; q4m_g32 is the best of the 4-bit types"},
          {"_g64, _g128, _row",
           "take no less space than _g32 there: GGUF stores a scale for every 32 weights"},
          {"f16, bf16, f32",
           "stay what they are; with --method awq --for-format q4_g32 their weights are scaled so "
           "that another program loses less when it makes Q4_0 of them"},
          {"_g32d, _g64d, _g128d", "are refused: no type has scales of this kind"}}},
    };
}

}  // namespace

cli::Command quantize_command() {
    auto settings = std::make_shared<QuantizeSettings>();
    cli::Command command;
    command.description =
        "Makes a model small: reads a GGUF or .quern file and writes a .quern or GGUF file in "
        "which "
        "the weights have fewer bits. Start from f16 or bf16; a file that is quantized already "
        "works "
        "too, but the errors add up. OUT appears when it is complete, or not at all.";
    command.positionals = {{"IN", "a .gguf or .quern file", &settings->conversion.in},
                           {"OUT", "the .quern file to write, or a GGUF file if it ends in .gguf",
                            &settings->conversion.out}};
    command.groups = cli::quantization_groups(&settings->quantization);
    command.groups.back().options.push_back(
        cli::flag("resume", &settings->quantization.options.resume,
                  "go on with what an interrupted or killed run left in OUT.partial; the result is "
                  "the same as without the interruption"));
    command.groups.push_back(conversion_options(&settings->conversion));
    command.seed_default = "0";
    command.topics = topics();
    command.examples = {
        {"quern-quantize model-f16.gguf model.quern --format q4z_g128",
         "4 bits, with embedding and head at 8"},
        {"quern-quantize model-f16.gguf model.quern --format q4z_g128 --tensor 'ffn_down=q6_g32'",
         "more bits for a sensitive kind of matrix"},
        {"quern-quantize model-f16.gguf model.quern --format q4_g32 \\\n"
         "      --tensor '^blk\\.(0|1|31)\\.=q8_g32' --tensor 'attn_v=q6_g32'",
         "first, second and last layer at 8 bits, all other value projections at 6"},
        {"quern-quantize model-f16.gguf model.quern --format q8_g32 --report report.json",
         "8 bits, and the error of every tensor in a file"},
        {"quern-quantize model-f16.gguf model.quern --format q4z_g64 --method awq+gptq \\\n"
         "      --calibration my-text.txt",
         "minutes instead of seconds, and much closer to the original"},
        {"quern-quantize model-f16.gguf model.quern --format q4z_g64 --method gptq \\\n"
         "      --calibration my-text.txt --samples 64 --train-codes 100 --train-scales 64",
         "closer still, if time does not matter"},
        {"quern-quantize model-f16.gguf model-q4_1.gguf --format q4m_g32 --method gptq",
         "a better Q4_1 file for any program that reads GGUF"},
        {"quern-quantize model-f16.gguf model.quern --fit 600M --method gptq",
         "the best mix of formats for a file of this size"},
        {"quern-quantize convert model.gguf model.quern", "another container, the same weights"}};
    command.run = [settings](const cli::Common& common) { return run(*settings, common); };
    return command;
}

}  // namespace quern
