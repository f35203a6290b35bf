// Which rows a comparison has. A row that is quantized is METHOD FORMAT and more options:
//
//   METHOD   names joined by +: transforms, a method, and options that take no value: awq+gptq,
//            rtn+importance, gptq+refine
//   FORMAT   of most matrices (q4z_g64), or a limit for formats that are chosen: 4.25bpw, 90M
//   OPTIONS  any others of quern-quantize: --tensor 'ffn_down=q6_g64'
//
// A file has one a line, "NAME = " may stand before it, # begins a comment.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/quantization_options.h"
#include "tensor/status.h"

namespace quern {

/// Where a row's model comes from.
struct CompareSource {
    std::string method;  ///< "file" for models that are there already, or the row's own name
    std::string format;  ///< of a file: its name
    std::string path;    ///< of a file; empty: the row is quantized from the base

    // Of a row that is quantized:
    std::string command;                     ///< the options, for quern-quantize
    cli::QuantizationSettings quantization;  ///< the same, read
};

/// "gptq q4z_g64"
std::string row_title(const CompareSource& source);
/// A file name for what is quantized: "gptq-q4z_g64.quern", with a hash of options behind it.
std::string row_file_name(const CompareSource& source);

/// `words`: METHOD FORMAT OPTIONS...; `defaults` are for options that they do not name. Checks all
/// that can be known without the model, so that no row fails for it later.
Result<CompareSource> quantized_row(const std::vector<std::string>& words,
                                    const cli::QuantizationSettings& defaults);
CompareSource model_row(const std::string& path);

/// The rows of a file's text; `name` is the file's, for messages.
Result<std::vector<CompareSource>> parse_rows(std::string_view text, const std::string& name,
                                              const cli::QuantizationSettings& defaults);

/// Refuses rows that a table, or the folder of their files, could not tell apart.
Status check_distinct(const std::vector<CompareSource>& rows);

/// "rtn, gptq, awq, ...": what may stand in METHOD.
std::string known_method_parts();

}  // namespace quern
