// Reads the files that goldens/make_tokenizer_golden.py writes; its docstring says what the lines
// mean.
#pragma once

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "golden_lines.h"
#include "tensor/metadata.h"

namespace quern::test {

struct TokenizerGolden {
    struct Vector {
        std::string pre;
        bool parse;  // control tokens
        std::string text;
        std::vector<int32_t> ids;
    };
    struct Words {
        std::string pre;
        std::string text;
        std::vector<int32_t> lengths;  // in bytes
    };
    struct Wiki {
        size_t bytes, count;
        uint64_t hash;
    };
    std::vector<std::string> tokens;
    std::vector<int64_t> types;
    std::vector<std::string> merges;
    std::vector<Words> words;
    std::vector<Vector> vectors;
    std::vector<Wiki> wiki;

    /// A model file's metadata with this vocabulary; <|im_start|> is BOS, <|im_end|> EOS.
    Metadata metadata(const std::string& pre) const {
        Metadata out;
        out.set_string("tokenizer.ggml.model", "gpt2");
        out.set_string("tokenizer.ggml.pre", pre);
        out.set_strings("tokenizer.ggml.tokens", tokens);
        out.set("tokenizer.ggml.token_type", {MetaType::kArray, MetaType::kI32, types});
        out.set_strings("tokenizer.ggml.merges", merges);
        out.set_u64("tokenizer.ggml.bos_token_id", 1);
        out.set_u64("tokenizer.ggml.eos_token_id", 2);
        return out;
    }
};

inline std::vector<int32_t> read_numbers(const std::string& text) {
    std::istringstream in(text);
    std::vector<int32_t> ids;
    for (int32_t id; in >> id;) ids.push_back(id);
    return ids;
}

inline TokenizerGolden read_tokenizer_golden(const std::string& path) {
    TokenizerGolden golden;
    std::istringstream in(read_file(path));
    std::string pre;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#')) continue;
        std::vector<std::string> fields;
        std::istringstream parts(line + '\t');
        for (std::string field; std::getline(parts, field, '\t');)
            fields.push_back(unescape(field));
        if (fields[0] == "pre") {
            pre = fields[1];
        } else if (fields[0] == "token") {
            golden.types.push_back(std::stoi(fields[1]));
            golden.tokens.push_back(fields[2]);
        } else if (fields[0] == "merge") {
            golden.merges.push_back(fields[1]);
        } else if (fields[0] == "words") {
            golden.words.push_back({pre, fields[1], read_numbers(fields[2])});
        } else if (fields[0] == "wiki") {
            golden.wiki.push_back({std::stoul(fields[1]), std::stoul(fields[2]),
                                   std::stoull(fields[3], nullptr, 16)});
        } else {
            golden.vectors.push_back(
                {pre, fields[0] == "parse", fields[1], read_numbers(fields[2])});
        }
    }
    return golden;
}

}  // namespace quern::test
