// Saved conversations: a .quern file without tensors.
#include "chat/saved_chat.h"

#include <filesystem>

#include "models/utf8.h"
#include "tensor/model_file.h"
#include "tensor/quern_writer.h"

namespace quern {
namespace {

constexpr const char* kRoles = "quern.chat.roles";
constexpr const char* kContents = "quern.chat.contents";
constexpr const char* kModelHash = "quern.chat.model_hash";
constexpr const char* kModelName = "quern.chat.model_name";

/// The only role that may follow `before` messages: a system message opens, then users and
/// assistants alternate.
std::string expected_role(const std::vector<Message>& messages, size_t at) {
    const size_t turns_begin = !messages.empty() && messages[0].role == "system" ? 1 : 0;
    if (at < turns_begin) return "system";
    return (at - turns_begin) % 2 == 0 ? "user" : "assistant";
}

Status not_a_chat(const std::string& path, const std::string& why) {
    return Status(Code::kBadFile,
                  path + " is not a saved conversation: " + why + "; give a file that /save wrote");
}

uint64_t stored_hash(const Metadata& metadata) {
    const MetaValue* found = metadata.find(kModelHash);
    const uint64_t* hash = found ? std::get_if<uint64_t>(&found->value) : nullptr;
    return hash ? *hash : 0;
}

Result<std::vector<Message>> read_messages(const std::string& path, const Metadata& metadata) {
    auto roles = metadata.get_strings(kRoles);
    if (!roles.ok()) return not_a_chat(path, roles.status().message());
    auto contents = metadata.get_strings(kContents);
    if (!contents.ok()) return not_a_chat(path, contents.status().message());
    if ((*roles)->size() != (*contents)->size()) {
        return not_a_chat(path, "it has " + std::to_string((*roles)->size()) + " roles but " +
                                    std::to_string((*contents)->size()) + " contents");
    }
    std::vector<Message> messages;
    auto content = (*contents)->begin();
    for (const std::string_view role : **roles) {
        messages.push_back({std::string(role), std::string(*content)});
        ++content;
    }
    const Status status = check_messages(messages);
    if (!status.ok()) return not_a_chat(path, status.message());
    return messages;
}

}  // namespace

Status check_messages(const std::vector<Message>& messages) {
    for (size_t i = 0; i < messages.size(); ++i) {
        const std::string number = "message " + std::to_string(i + 1);
        const std::string expected = expected_role(messages, i);
        if (messages[i].role != expected) {
            // A foreign role is not quoted: it may hold anything.
            return Status(Code::kBadFile, number + " does not have the role " + expected);
        }
        if (find_invalid_utf8(messages[i].content) != std::string::npos) {
            return Status(Code::kBadFile, number + " is not valid UTF-8");
        }
    }
    if (!messages.empty() && messages.back().role == "user") {
        return Status(Code::kBadFile, "the last message has no answer");
    }
    return Status();
}

Status save_chat(const std::string& path, const SavedChat& chat) {
    Status status = check_messages(chat.messages);
    if (!status.ok()) return status;
    std::error_code error;
    if (std::filesystem::exists(path, error) && !load_chat(path).ok()) {
        return Status(Code::kWrongUse, path +
                                           " exists and is not a saved conversation, so it is "
                                           "not replaced; choose another name");
    }
    std::vector<std::string> roles;
    std::vector<std::string> contents;
    for (const Message& message : chat.messages) {
        roles.push_back(message.role);
        contents.push_back(message.content);
    }
    Metadata metadata;
    metadata.set_strings(kRoles, roles);
    metadata.set_strings(kContents, contents);
    metadata.set_u64(kModelHash, chat.model_hash);
    metadata.set_string(kModelName, chat.model_name);
    auto writer = QuernWriter::create(path, metadata);
    return writer.ok() ? (*writer)->finish() : writer.status();
}

Result<SavedChat> load_chat(const std::string& path) {
    auto file = ModelFile::open(path, {});
    if (!file.ok()) {
        return Status(file.status().code(),
                      "cannot load a conversation: " + file.status().message());
    }
    const Metadata& metadata = (*file)->metadata();
    auto messages = read_messages(path, metadata);
    if (!messages.ok()) return messages.status();
    auto name = metadata.get_string(kModelName, std::string());
    if (!name.ok()) return not_a_chat(path, name.status().message());
    return SavedChat{*messages, stored_hash(metadata), *name};
}

}  // namespace quern
