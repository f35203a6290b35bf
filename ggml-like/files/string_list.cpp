// StringList's two sources: memory of its own, and a file.
#include "tensor/string_list.h"

#include "files/byte_writer.h"

namespace quern {

StringList::StringList(const std::vector<std::string>& texts) : size_(texts.size()) {
    ByteWriter out;
    for (const std::string& text : texts) out.string(text);
    own_ = out.bytes();
}

StringList StringList::view(std::string_view stored, size_t size) {
    StringList list;
    list.size_ = size;
    list.view_ = stored;
    return list;
}

}  // namespace quern
