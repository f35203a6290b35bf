// Chooses the reader by the magic bytes; names and endings of files mean nothing.
#include "tensor/model_file.h"

#include <algorithm>

#include "files/file_error.h"
#include "files/quern_layout.h"
#include "files/readers.h"

namespace quern {
namespace {

struct FileKind {
    std::string_view magic;
    OpenedFile (*open)(MappedFile file, const std::string& path, const ModelFile::Options& options);
};

constexpr FileKind kKinds[] = {{"GGUF", open_gguf}, {kQuernMagic, open_quern}};

}  // namespace

Result<std::unique_ptr<ModelFile>> ModelFile::open(const std::string& path,
                                                   const Options& options) {
    Result<MappedFile> file = MappedFile::open(path, options.map);
    if (!file.ok()) return file.status();
    const auto bytes = file->bytes();
    const std::string_view start(reinterpret_cast<const char*>(bytes.data()),
                                 std::min<size_t>(bytes.size(), 8));
    for (const FileKind& kind : kKinds) {
        if (start.substr(0, kind.magic.size()) == kind.magic) {
            return kind.open(std::move(*file), path, options);
        }
    }
    std::string expected;
    for (const FileKind& kind : kKinds) {
        expected += (expected.empty() ? "" : " or ") + in_quotes(kind.magic);
    }
    return bad_file(path, "is not a model file: it starts with " + in_quotes(start) +
                              ", expected " + expected + "; name a GGUF or a .quern file");
}

const FileTensor* ModelFile::find(std::string_view name) const {
    const auto at =
        std::lower_bound(sorted_.begin(), sorted_.end(), name,
                         [&](uint32_t i, std::string_view n) { return tensors_[i].name < n; });
    return at != sorted_.end() && tensors_[*at].name == name ? &tensors_[*at] : nullptr;
}

}  // namespace quern
