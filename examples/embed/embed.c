/* The smallest useful program around quern.h: answers one question from the command line.
 *     embed MODEL QUESTION
 */
#include <quern.h>
#include <stdio.h>

static int print_piece(const char* text, size_t bytes, void* user) {
    (void)user;
    const int failed = fwrite(text, 1, bytes, stdout) != bytes || fflush(stdout) != 0;
    return failed; /* stops the answer */
}

int main(int argc, char** argv) {
    if (argc != 3) {
        fprintf(stderr, "embed, with Quern %s\nusage: embed MODEL QUESTION\n", quern_version());
        return QUERN_WRONG_USE;
    }
    quern_error error;
    quern_model* model = NULL;
    quern_session* session = NULL;
    quern_sampling_options sampling;
    quern_sampling_options_init(&sampling, sizeof sampling);
    sampling.temperature = 0; /* greedy: the same answer every time */
    quern_answer answer = {.size = sizeof answer};

    const int failed =
        quern_model_load(argv[1], NULL, &model, &error) != QUERN_OK ||
        quern_session_create(model, NULL, &session, &error) != QUERN_OK ||
        quern_session_set_sampling(session, &sampling, &error) != QUERN_OK ||
        quern_session_add_message(session, "user", argv[2], &error) != QUERN_OK ||
        quern_session_generate(session, 100, print_piece, NULL, &answer, &error) != QUERN_OK;
    if (failed) {
        fprintf(stderr, "embed: %s\n", error.message);
    } else {
        fprintf(stderr, "\n[%lld tokens, %.1f tokens/s]\n", (long long)answer.answer_tokens,
                (double)answer.answer_tokens / answer.answer_seconds);
    }
    quern_session_free(session);
    quern_model_free(model);
    return failed ? (int)error.code : 0;
}
