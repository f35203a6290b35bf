/* Quern's C API: run a language model inside another program. C11 and C++.
 *
 *     quern_error error;
 *     quern_model* model = NULL;
 *     quern_session* session = NULL;
 *     if (quern_model_load("model.quern", NULL, &model, &error) != QUERN_OK) puts(error.message);
 *     ... quern_session_create, quern_session_add_message, quern_session_generate ...
 *     quern_session_free(session);
 *     quern_model_free(model);
 *
 * Errors. Functions that can fail return a quern_status and, if the caller gave an error buffer
 * (NULL is fine), write the code and one sentence there; after success it holds QUERN_OK and "".
 * After a failure the objects are as before unless the function says otherwise, and outputs are
 * not written. Nothing prints, exits, aborts or throws; a NULL where an object is needed is
 * QUERN_WRONG_USE.
 *
 * Options. A NULL stands for the defaults. Otherwise call the _init function first, which fills in
 * the struct's size and the defaults, then change fields. Fields are only ever appended, so a
 * program keeps working with a newer library without being compiled again.
 *
 * Threads. A model is immutable: any thread may use it at any time. A session is used by one thread
 * at a time (quern_session_stop is the exception); different sessions are independent.
 *
 * Text is UTF-8. The environment variables QUERN_ISA and QUERN_THREADS are obeyed.
 */
#ifndef QUERN_H
#define QUERN_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define QUERN_API __attribute__((visibility("default")))
#else
#define QUERN_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Errors ---------------------------------------------------------------------------------- */

typedef enum quern_status {
    QUERN_OK = 0,
    QUERN_FAILED = 1,       /* what has no code of its own: an internal error */
    QUERN_WRONG_USE = 2,    /* an argument is out of range, or the call does not fit the state */
    QUERN_BAD_FILE = 3,     /* a file is missing, malformed or not supported */
    QUERN_OUT_OF_SPACE = 4, /* memory or disk */
    QUERN_INTERRUPTED = 130 /* quern_session_stop was called */
} quern_status;

/* Owned by the caller; may live on the stack. Needs no initialization. */
typedef struct quern_error {
    quern_status code;
    char message[508]; /* NUL-terminated; a longer one is cut at a whole character */
} quern_error;

/* "0.1.0". Static: never freed. */
QUERN_API const char* quern_version(void);

/* ---- Models ---------------------------------------------------------------------------------- */

typedef struct quern_model quern_model;

typedef struct quern_model_options {
    size_t size;     /* set by quern_model_options_init */
    int32_t map;     /* 1: the file is mapped and must not change; 0: read into private memory */
    int32_t threads; /* for loading; 0: the number of physical cores */
} quern_model_options;

/* size: sizeof(quern_model_options). */
QUERN_API void quern_model_options_init(quern_model_options* options, size_t size);

/* Loads a .quern or GGUF file into *model, which the caller frees. The file is untrusted: its
 * whole structure is checked before it is used. */
QUERN_API quern_status quern_model_load(const char* path, const quern_model_options* options,
                                        quern_model** model, quern_error* error);

/* NULL is fine. Sessions keep what they need of a model: the order of freeing does not matter. */
QUERN_API void quern_model_free(quern_model* model);

typedef struct quern_model_info {
    size_t size;              /* set by the caller: sizeof(quern_model_info) */
    const char* name;         /* owned by the model */
    const char* architecture; /* "llama"; owned by the model */
    int64_t n_parameters;
    uint64_t weight_bytes;
    int64_t context_length; /* tokens that the model was made for */
    int64_t vocab_size;
    int64_t n_layers, n_embd, n_heads, n_kv_heads, head_dim, n_ff;
    int32_t bos, eos;          /* token ids; -1: none */
    int32_t has_chat_template; /* 0: quern_session_generate continues the last message as text */
} quern_model_info;

/* Fills in the first info->size bytes. */
QUERN_API quern_status quern_model_describe(const quern_model* model, quern_model_info* info,
                                            quern_error* error);

/* Token ids of text (text_bytes long, not NUL-terminated), without a leading BOS. Writes the first
 * `capacity` of them; *count is how many there are, so a call with capacity 0 and tokens NULL asks
 * for the size. parse_control: 1 turns the text of control tokens ("<|im_start|>") into these
 * tokens; use 0 for text that a user typed. */
QUERN_API quern_status quern_model_tokenize(const quern_model* model, const char* text,
                                            size_t text_bytes, int32_t parse_control,
                                            int32_t* tokens, size_t capacity, size_t* count,
                                            quern_error* error);

/* The bytes of one token, NUL-terminated, with the size convention of snprintf: writes at most
 * capacity - 1 of them; *bytes is how many there are. A token may hold a part of a character.
 * Control tokens are empty. */
QUERN_API quern_status quern_model_detokenize(const quern_model* model, int32_t token, char* text,
                                              size_t capacity, size_t* bytes, quern_error* error);

/* 1 if the token ends an answer, else 0 (also for NULL). */
QUERN_API int32_t quern_model_is_end(const quern_model* model, int32_t token);

/* ---- Sessions -------------------------------------------------------------------------------- */

/* A conversation with a model: the KV cache, scratch memory, worker threads, sampler. Or several
 * texts side by side, its sequences: see "Several sequences" below. */
typedef struct quern_session quern_session;

typedef struct quern_session_options {
    size_t size;     /* set by quern_session_options_init */
    int64_t context; /* tokens the cache holds, per sequence; 0: the model's, at most 4096 */
    int64_t chunk;   /* prompt tokens evaluated at once: more is faster and takes more memory */
    int32_t threads; /* 0: the number of physical cores. Results do not depend on it. */
    const char* cache_keys;   /* format of cached keys, any: "f16", "q8", "q4" ...; NULL: f16, or
                                 bf16 where that is faster and the model rounds its inputs anyway */
    const char* cache_values; /* f32, f16, bf16 or symmetric: "q8", "q4" ...; or NULL */
    int64_t sequences;        /* 1 (default) to 1024; each takes a cache of its own */
} quern_session_options;

QUERN_API void quern_session_options_init(quern_session_options* options, size_t size);

/* Creates *session, which the caller frees. Reserves the cache, so this is where too little memory
 * shows (QUERN_OUT_OF_SPACE); scratch memory is taken by the first evaluation of its kind. */
QUERN_API quern_status quern_session_create(const quern_model* model,
                                            const quern_session_options* options,
                                            quern_session** session, quern_error* error);

/* NULL is fine. The session must not be in use. */
QUERN_API void quern_session_free(quern_session* session);

/* Forgets all messages and the tokens of all sequences, restarts the samplers with their seeds and
 * selects sequence 0. */
QUERN_API quern_status quern_session_reset(quern_session* session, quern_error* error);

/* How tokens are chosen. The steps run in the order of the fields, penalties first. */
typedef struct quern_sampling_options {
    size_t size;              /* set by quern_sampling_options_init */
    float temperature;        /* 0: greedy */
    int32_t top_k;            /* 0: off */
    float top_p;              /* 1: off */
    float min_p;              /* 0: off; relative to the best token's probability */
    float repetition_penalty; /* 1: off */
    float frequency_penalty;  /* 0: off */
    float presence_penalty;   /* 0: off */
    int32_t penalty_window;   /* how many of the last tokens the penalties look at */
    uint64_t seed; /* the same seed gives the same text; sequence i samples with seed + i */
} quern_sampling_options;

QUERN_API void quern_sampling_options_init(quern_sampling_options* options, size_t size);

/* Holds from the next token on, for quern_session_generate and quern_session_sample; restarts the
 * random sequence. Without this call the defaults hold. */
QUERN_API quern_status quern_session_set_sampling(quern_session* session,
                                                  const quern_sampling_options* options,
                                                  quern_error* error);

/* ---- Chat ------------------------------------------------------------------------------------ */

/* Adds a message to the conversation; role is "system" (only as the first), "user" or "assistant".
 * content is NUL-terminated and copied. Nothing is evaluated yet. Control tokens in content are
 * ordinary text: a user cannot forge a turn. */
QUERN_API quern_status quern_session_add_message(quern_session* session, const char* role,
                                                 const char* content, quern_error* error);

/* Receives the answer piece by piece: whole UTF-8 characters, NUL-terminated, valid during the
 * call. Runs on the calling thread. Returns 0 to go on, anything else to stop the answer. Must not
 * throw, and of this session's functions may call only quern_session_stop. */
typedef int (*quern_text_callback)(const char* text, size_t bytes, void* user);

typedef enum quern_finish {
    QUERN_FINISH_END = 0,     /* the model ended its answer */
    QUERN_FINISH_LENGTH = 1,  /* max_tokens */
    QUERN_FINISH_CONTEXT = 2, /* the context is full and there are no older turns to drop */
    QUERN_FINISH_STOPPED = 3  /* the callback or quern_session_stop */
} quern_finish;

typedef struct quern_answer {
    size_t size; /* set by the caller: sizeof(quern_answer) */
    quern_finish finish;
    int32_t turns_dropped;    /* 1: the oldest turns were dropped to make room */
    int64_t prompt_tokens;    /* of the whole conversation so far */
    int64_t prompt_evaluated; /* of them, not found in the cache */
    int64_t answer_tokens;
    double prompt_seconds, answer_seconds;
} quern_answer;

/* Answers the last message, which must be a user's, and adds the answer to the conversation, also
 * when it was stopped. Only what is new in the conversation is evaluated. If the context is too
 * small the oldest turns are dropped, never the system message. max_tokens: of the answer; 0: no
 * limit. callback, answer: may be NULL. If it fails, or is stopped before the first piece of the
 * answer, the last message is taken back; a refused argument changes nothing. */
QUERN_API quern_status quern_session_generate(quern_session* session, int64_t max_tokens,
                                              quern_text_callback callback, void* user,
                                              quern_answer* answer, quern_error* error);

/* Stops a running quern_session_generate, quern_session_eval or quern_session_eval_batch within
 * milliseconds, also in the middle of a long prompt; without one it does nothing. May be called
 * from any thread and from a signal handler. NULL is fine. */
QUERN_API void quern_session_stop(quern_session* session);

/* ---- Token by token -------------------------------------------------------------------------- */

/* For programs that do their own prompting. Chat and these functions share the cache: after one of
 * them, quern_session_generate evaluates its conversation anew. */

/* Appends tokens to the cache and computes the logits of the last one. If it is stopped
 * (QUERN_INTERRUPTED), a first part of the tokens, whole chunks, may be in the cache: see
 * quern_session_position. The session can go on from there. */
QUERN_API quern_status quern_session_eval(quern_session* session, const int32_t* tokens,
                                          size_t n_tokens, quern_error* error);

/* The logits of the last evaluated token, vocab_size of them, owned by the session and valid until
 * it is used again; NULL if the last call was no successful quern_session_eval or _eval_batch. A
 * refused one (QUERN_WRONG_USE) changes nothing. */
QUERN_API const float* quern_session_logits(const quern_session* session);

/* Chooses a token from these logits and remembers it for the penalties. Does not evaluate it. Fails
 * with QUERN_BAD_FILE if no logit is finite. */
QUERN_API quern_status quern_session_sample(quern_session* session, int32_t* token,
                                            quern_error* error);

/* Tokens in the cache, and how many it holds; 0 for NULL. */
QUERN_API int64_t quern_session_position(const quern_session* session);
QUERN_API int64_t quern_session_context(const quern_session* session);

/* Forgets all tokens from `position` on, 0 <= position <= quern_session_position(). */
QUERN_API quern_status quern_session_truncate(quern_session* session, int64_t position,
                                              quern_error* error);

/* ---- Several sequences ----------------------------------------------------------------------- */

/* A session made with quern_session_options.sequences > 1 holds that many texts, numbered from 0.
 * quern_session_eval_batch extends several of them by a token each and reads the weights once for
 * all, which makes more tokens per second together than one after the other. A sequence's results
 * are the same in any company, bit for bit.
 *
 *     for (i = 0; i < n; ++i) { quern_session_select, quern_session_eval: the prompt of i }
 *     while (...) { quern_session_eval_batch, then quern_session_sample_batch: the next tokens }
 */

/* quern_session_eval, _position, _truncate and _generate are about this sequence from now on; at
 * first it is 0. Logits stay. */
QUERN_API quern_status quern_session_select(quern_session* session, int64_t sequence,
                                            quern_error* error);

/* How many the session has; 0 for NULL. */
QUERN_API int64_t quern_session_sequences(const quern_session* session);

/* Appends tokens[i] to sequence sequences[i], 0 <= i < n, all different, and computes the logits of
 * each. If it is refused or stopped no token is in the cache. */
QUERN_API quern_status quern_session_eval_batch(quern_session* session, const int32_t* sequences,
                                                const int32_t* tokens, size_t n,
                                                quern_error* error);

/* The logits of the batch's token `index`, as quern_session_logits; NULL also if there is no such
 * index. After quern_session_eval there is index 0. */
QUERN_API const float* quern_session_batch_logits(const quern_session* session, size_t index);

/* Chooses a token from the logits of each of the batch's tokens, in its order, and remembers it for
 * the penalties of its sequence. n is the batch's. Does not evaluate them. */
QUERN_API quern_status quern_session_sample_batch(quern_session* session, int32_t* tokens, size_t n,
                                                  quern_error* error);

#ifdef __cplusplus
}
#endif

#endif
