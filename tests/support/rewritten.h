// A .quern file written again with some tensors more, or with other values in some.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "support/aligned.h"
#include "support/read_tensor.h"
#include "tensor/quern_writer.h"

namespace quern::test {

/// Row-major values of a tensor that is to be; a vector has rank 1.
struct NewTensor {
    int rank;
    int64_t rows, cols;
    std::vector<float> values;
    std::string format = "f32";
};

inline void append_tensor(QuernWriter& writer, const std::string& name, const NewTensor& t) {
    const Format& f = *find_format(t.format);
    REQUIRE(writer
                .begin_tensor(name, t.rank,
                              {t.rank == 1 ? t.cols : t.rows, t.rank == 1 ? 1 : t.cols, 1, 1}, f)
                .ok());
    if (t.rank == 1) {
        REQUIRE(writer
                    .append(reinterpret_cast<const uint8_t*>(t.values.data()),
                            t.values.size() * sizeof(float))
                    .ok());
    }
    for (int64_t r = 0; t.rank == 2 && r < t.rows; r += kTileRows) {
        Aligned tile(f.tile_bytes(f, t.cols));
        f.encode_tile(&t.values[static_cast<size_t>(r * t.cols)], std::min(kTileRows, t.rows - r),
                      t.cols, tile.data());
        REQUIRE(writer.append(tile.data(), f.tile_bytes(f, t.cols)).ok());
    }
    REQUIRE(writer.end_tensor({}).ok());
}

/// The tensors of `in` in their formats, those in `changed` with new values, and the others of
/// `changed` behind them.
inline void rewrite(const std::string& in, const std::string& out,
                    std::map<std::string, NewTensor> changed) {
    auto file = ModelFile::open(in, {});
    REQUIRE(file.ok());
    auto writer = QuernWriter::create(out, (*file)->metadata());
    REQUIRE(writer.ok());
    for (const FileTensor& t : (*file)->tensors()) {
        const auto found = changed.find(t.name);
        if (found == changed.end()) {
            append_tensor(**writer, t.name,
                          {t.rank, t.rows(), t.cols(), values_of(**file, t), t.format->name});
        } else {
            append_tensor(**writer, t.name, found->second);
            changed.erase(found);
        }
    }
    for (const auto& [name, tensor] : changed) append_tensor(**writer, name, tensor);
    REQUIRE((*writer)->finish().ok());
}

}  // namespace quern::test
