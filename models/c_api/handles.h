// The objects behind quern.h's opaque types.
#pragma once

#include <atomic>
#include <memory>

#include "models/conversation.h"
#include "models/model.h"
#include "models/quern.h"
#include "models/sampler.h"
#include "models/session.h"

struct quern_model {
    std::shared_ptr<const quern::Model> model;
};

struct quern_session {
    std::shared_ptr<const quern::Model> model;
    std::unique_ptr<quern::Session> session;
    std::unique_ptr<quern::Conversation> conversation;
    std::unique_ptr<quern::Sampler> sampler;  // of quern_session_sample; a conversation has its own
    std::atomic<bool> stop{false};
    bool has_logits = false;

    /// After tokens went into or out of the cache behind the conversation's back.
    void cache_changed() {
        conversation->forget_cache();
        has_logits = false;
    }
};
