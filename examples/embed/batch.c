/* Several texts at once: continues every text of the command line by 20 tokens. Together they are
 * faster than one after the other, because the model's weights are read once for all.
 *     batch MODEL TEXT...
 */
#include <quern.h>
#include <stdio.h>
#include <string.h>

enum { MAX_TEXTS = 16, MAX_PROMPT = 256, NEW_TOKENS = 20 };

static quern_error error;

/* Evaluates the text in the sequence of its number. */
static int begin(const quern_model* model, quern_session* session, int32_t number,
                 const char* text) {
    int32_t tokens[MAX_PROMPT];
    size_t n;
    return quern_model_tokenize(model, text, strlen(text), 0, tokens, MAX_PROMPT, &n, &error) ==
               QUERN_OK &&
           quern_session_select(session, number, &error) == QUERN_OK &&
           quern_session_eval(session, tokens, n < MAX_PROMPT ? n : MAX_PROMPT, &error) == QUERN_OK;
}

/* After the prompts every text has a first new token; the batch makes the others. */
static int run(const quern_model* model, quern_session* session, int n, char** texts) {
    int32_t numbers[MAX_TEXTS], tokens[MAX_TEXTS], made[MAX_TEXTS][NEW_TOKENS];
    for (int i = 0; i < n; ++i) {
        numbers[i] = i;
        if (!begin(model, session, i, texts[i])) return 0;
        if (quern_session_sample(session, &tokens[i], &error) != QUERN_OK) return 0;
    }
    for (int step = 0; step < NEW_TOKENS; ++step) {
        for (int i = 0; i < n; ++i) made[i][step] = tokens[i];
        if (step + 1 == NEW_TOKENS) break;
        if (quern_session_eval_batch(session, numbers, tokens, (size_t)n, &error) != QUERN_OK ||
            quern_session_sample_batch(session, tokens, (size_t)n, &error) != QUERN_OK) {
            return 0;
        }
    }
    for (int i = 0; i < n; ++i) {
        printf("%s", texts[i]);
        for (int step = 0; step < NEW_TOKENS && !quern_model_is_end(model, made[i][step]); ++step) {
            char piece[256];
            size_t bytes;
            quern_model_detokenize(model, made[i][step], piece, sizeof piece, &bytes, NULL);
            printf("%s", piece);
        }
        printf("\n");
    }
    return 1;
}

int main(int argc, char** argv) {
    if (argc < 3 || argc > 2 + MAX_TEXTS) {
        fprintf(stderr, "usage: batch MODEL TEXT... (at most %d)\n", MAX_TEXTS);
        return QUERN_WRONG_USE;
    }
    quern_model* model = NULL;
    quern_session* session = NULL;
    quern_session_options options;
    quern_session_options_init(&options, sizeof options);
    options.sequences = argc - 2;
    options.context = MAX_PROMPT + NEW_TOKENS;
    quern_sampling_options sampling;
    quern_sampling_options_init(&sampling, sizeof sampling);
    sampling.temperature = 0; /* greedy: the same texts every time */

    const int done = quern_model_load(argv[1], NULL, &model, &error) == QUERN_OK &&
                     quern_session_create(model, &options, &session, &error) == QUERN_OK &&
                     quern_session_set_sampling(session, &sampling, &error) == QUERN_OK &&
                     run(model, session, argc - 2, argv + 2);
    if (!done) fprintf(stderr, "batch: %s\n", error.message);
    quern_session_free(session);
    quern_model_free(model);
    return done ? 0 : (int)error.code;
}
