// The objects behind quern.h's opaque types.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

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
    std::vector<quern::Sampler> samplers;  // one per sequence; a conversation has its own
    std::atomic<bool> stop{false};
    std::vector<int64_t> logits_of;  // the sequences of the rows of logits; empty: there are none

    /// After tokens went into or out of the cache behind the conversation's back.
    void cache_changed() {
        conversation->forget_cache();
        logits_of.clear();
    }
};
