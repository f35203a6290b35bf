// The C API's chat: messages and answers.
#include "c_api/boundary.h"
#include "c_api/handles.h"
#include "models/utf8.h"

using namespace quern::c_api;
using quern::Status;

quern_status quern_session_add_message(quern_session* session, const char* role,
                                       const char* content, quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"session", session}, {"role", role}, {"content", content}});
            !s.ok()) {
            return s;
        }
        const std::string_view name = role;
        std::vector<quern::Message> messages = session->conversation->messages();
        if (name != "system" && name != "user" && name != "assistant") {
            return wrong_use("role is \"" + std::string(name.substr(0, 40)) +
                             "\", expected system, user or assistant");
        }
        if (name == "system" && !messages.empty()) {
            return wrong_use("a system message must be the first message; reset the session first");
        }
        if (const size_t bad = quern::find_invalid_utf8(content); bad != std::string::npos) {
            return wrong_use("content is not valid UTF-8 at byte " + std::to_string(bad));
        }
        messages.push_back({role, content});
        session->conversation->set_messages(std::move(messages));
        return Status();
    });
}

quern_status quern_session_generate(quern_session* session, int64_t max_tokens,
                                    quern_text_callback callback, void* user, quern_answer* answer,
                                    quern_error* error) {
    return guarded(error, [&]() -> Status {
        if (Status s = check_present({{"session", session}}); !s.ok()) return s;
        if (max_tokens < 0) return wrong_use("max_tokens is negative, expected 0 or more");
        quern::Conversation& conversation = *session->conversation;
        std::vector<quern::Message> messages = conversation.messages();
        if (messages.empty() || messages.back().role != "user") {
            return wrong_use("the last message must be a user's; add one first");
        }
        const std::string question = std::move(messages.back().content);
        messages.pop_back();
        conversation.set_messages(std::move(messages));
        conversation.set_max_tokens(max_tokens);

        quern_answer full{};
        quern::AnswerEvents events;
        session->stop = false;
        session->logits_of.clear();
        events.cancel = &session->stop;
        events.notice = [&](const std::string&) { full.turns_dropped = 1; };
        if (callback != nullptr) {
            events.text = [&](std::string_view text) {
                const std::string piece(text);
                return callback(piece.c_str(), piece.size(), user) == 0
                           ? Status()
                           : Status(quern::Code::kInterrupted, "stopped");
            };
        }
        const auto made = conversation.ask(question, events);
        if (!made.ok()) return made.status();
        full.finish = static_cast<quern_finish>(made.value().finish);
        full.prompt_tokens = made.value().prompt_tokens;
        full.prompt_evaluated = made.value().prompt_evaluated;
        full.answer_tokens = made.value().answer_tokens;
        full.prompt_seconds = made.value().prompt_seconds;
        full.answer_seconds = made.value().answer_seconds;
        if (answer != nullptr) write_struct(full, answer);
        return Status();
    });
}
