// ChatML, the format of SmolLM2, Qwen and others:
//   <|im_start|>ROLE \n CONTENT <|im_end|> \n    for each message, and
//   <|im_start|>assistant \n                     where the answer begins.
#pragma once

#include <memory>
#include <string_view>

#include "models/chat_template.h"

namespace quern {

bool is_chatml(std::string_view source);
std::unique_ptr<ChatTemplate> create_chatml(std::string_view source);

}  // namespace quern
