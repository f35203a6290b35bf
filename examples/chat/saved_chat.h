// Saved conversations: a .quern file without tensors, so it is written atomically and read by the
// same hardened reader as models. Its metadata:
//
//   quern.chat.roles       strings: "system" (only first), then "user" and "assistant" in turns
//   quern.chat.contents    strings: the messages, as many as roles
//   quern.chat.model_hash  u64: ModelInfo::hash of the model that answered
//   quern.chat.model_name  string: its name
//
// The KV cache is not stored; it is computed again at the next prompt.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/chat_template.h"
#include "tensor/status.h"

namespace quern {

struct SavedChat {
    std::vector<Message> messages;
    uint64_t model_hash = 0;
    std::string model_name;
};

/// Fails if no role, content or order would be accepted by load_chat().
Status check_messages(const std::vector<Message>& messages);
/// Replaces an older saved conversation; any other file at `path` is left alone and reported.
Status save_chat(const std::string& path, const SavedChat& chat);
Result<SavedChat> load_chat(const std::string& path);

}  // namespace quern
