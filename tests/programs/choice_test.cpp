// Multiple choice: scores against a direct computation, both ways to choose, malformed files.
#include "eval/choice.h"

#include <doctest/doctest.h>

#include <cmath>

#include "programs/fake_session.h"
#include "support/check_status.h"
#include "support/temp_dir.h"

using namespace quern;
using namespace quern::test;

namespace {

/// Logits that depend on everything in the cache.
std::vector<float> byte_logits(const std::vector<int32_t>& cache) {
    double state = 0;
    for (const int32_t token : cache) state = std::fmod(state * 1.7 + token + 1, 11.0);
    std::vector<float> logits;
    for (int v = 0; v < 259; ++v) logits.push_back(static_cast<float>(std::sin(state + v)));
    return logits;
}

/// The definition: every ending from an empty cache, one token at a time.
double direct_score(const std::vector<int32_t>& context, const std::vector<int32_t>& ending) {
    std::vector<int32_t> cache = context;
    double score = 0;
    for (const int32_t token : ending) {
        const std::vector<float> logits = byte_logits(cache);
        double sum = 0;
        for (const float logit : logits) sum += std::exp(static_cast<double>(logit));
        score += static_cast<double>(logits[static_cast<size_t>(token)]) - std::log(sum);
        cache.push_back(token);
    }
    return score;
}

/// A model whose next byte is as likely as the table says; all others share the rest.
FakeSession::Logits likely(std::vector<std::pair<char, double>> table) {
    return [table](const std::vector<int32_t>&) {
        std::vector<float> logits(259, -30.0f);
        for (const auto& [byte, p] : table) {
            logits[static_cast<unsigned char>(byte)] = static_cast<float>(std::log(p));
        }
        return logits;
    };
}

}  // namespace

TEST_CASE("choice: sums of log-probabilities, the context evaluated once") {
    const ByteTokenizer tokenizer(true);
    ChoiceItem item;
    item.context = "some context";
    item.endings = {"a", "four", std::string(300, 'x')};
    const auto tokens = tokenize_choice(item, tokenizer);
    REQUIRE(tokens.ok());
    CHECK(tokens.value().context[0] == ByteTokenizer::kBos);
    CHECK(tokens.value().endings[1] == std::vector<int32_t>{' ', 'f', 'o', 'u', 'r'});
    CHECK(tokens.value().longest() == 13 + 301);

    FakeSession session(1000, byte_logits);
    const auto scores = score_endings(&session, tokens.value(), nullptr);
    REQUIRE(scores.ok());
    for (size_t i = 0; i < 3; ++i) {
        const double direct = direct_score(tokens.value().context, tokens.value().endings[i]);
        CHECK(scores.value()[i] == doctest::Approx(direct).epsilon(1e-6));
    }
    // 13 tokens of context, then only endings, the last token of each left out.
    CHECK(session.evaluated == std::vector<int64_t>{13, 1, 4, 128, 128, 44});
    CHECK(session.position() == 0);
}

TEST_CASE("choice: predictions that are not finite are refused, and the line is named") {
    const ByteTokenizer tokenizer;
    FakeSession session(100, [](const auto&) { return std::vector<float>(256, NAN); });
    ChoiceItem item;
    item.line = 7;
    item.context = "c";
    item.endings = {"a", "b"};
    check_error(measure_choices(&session, {item}, tokenizer, {}).status(), Code::kBadFile,
                "line 7: a prediction is not finite");
}

TEST_CASE("choice: by sum the short ending wins, by length the long one") {
    const ByteTokenizer tokenizer;
    FakeSession session(100, likely({{' ', 0.4}, {'a', 0.1}, {'b', 0.3}}));
    // log p: " a" -0.92 - 2.30 = -3.22 (-3.22 per character), " bbbb" -0.92 - 4 * 1.20 = -5.73
    // (-1.43 per character; the space is not counted).
    std::vector<ChoiceItem> items(3);
    for (size_t i = 0; i < items.size(); ++i) {
        items[i].context = "c";
        items[i].endings = {"bbbb", "a"};
        items[i].label = i == 0 ? 0 : 1;
    }
    const auto score = measure_choices(&session, items, tokenizer, {});
    REQUIRE(score.ok());
    CHECK(score.value().items == 3);
    CHECK(score.value().right == 2);
    CHECK(score.value().right_normalized == 1);
    CHECK(score.value().accuracy() == doctest::Approx(2.0 / 3));
    // sqrt(p (1 - p) / (n - 1))
    CHECK(score.value().accuracy_error() == doctest::Approx(std::sqrt(2.0 / 9 / 2)));
}

TEST_CASE("choice: cancelled between items") {
    const ByteTokenizer tokenizer;
    FakeSession session(100, likely({{' ', 0.4}, {'a', 0.1}}));
    std::vector<ChoiceItem> items(5);
    for (ChoiceItem& item : items) {
        item.context = "c";
        item.endings = {"a", "b"};
    }
    std::atomic<bool> cancel{false};
    ChoiceOptions options;
    options.cancel = &cancel;
    options.progress = [&](const ChoiceScore& so_far) { cancel = so_far.items == 2; };
    const auto score = measure_choices(&session, items, tokenizer, options);
    CHECK(score.status().code() == Code::kInterrupted);
    CHECK(score.status().message().find("after 2 items") != std::string::npos);
    CHECK(score.status().message().find("100.00") != std::string::npos);
}

TEST_CASE("choice: items of a file") {
    const auto items = parse_choices(
        "{\"ind\": 24, \"ctx\": \"Roof \\u00e9\\ud83d\\ude00 shingle\", \"endings\": [\"a\", "
        "\"b c\"], \"label\": 1, \"more\": {\"x\": [null, true, -1.5e3]}}\r\n"
        "\n"
        "{\"ctx\": \"x\", \"endings\": [\"a\", \"b\", \"c\"], \"label\": \"2\"}");
    REQUIRE(items.ok());
    REQUIRE(items.value().size() == 2);
    CHECK(items.value()[0].context == "Roof \xC3\xA9\xF0\x9F\x98\x80 shingle");
    CHECK(items.value()[0].endings == std::vector<std::string>{"a", "b c"});
    CHECK(items.value()[0].label == 1);
    CHECK(items.value()[1].line == 3);
    CHECK(items.value()[1].label == 2);
}

TEST_CASE("choice: the file that is checked in") {
    const auto items = parse_choices(read_file(QUERN_TEST_GOLDENS "/../programs/choices.jsonl"));
    REQUIRE(items.ok());
    CHECK(items.value().size() == 12);
}

TEST_CASE("choice: malformed lines are named by number") {
    const std::string good = "{\"ctx\": \"x\", \"endings\": [\"a\", \"b\"], \"label\": 0}\n";
    const std::pair<std::string, std::string> cases[] = {
        {"{", "line 2: column 2: found the end, expected a name in quotes"},
        {"[1, 2", "expected ',' or ']'"},
        {"{\"ctx\": \"x\"} y", "expected the end"},
        {"{\"ctx\": 01}", "expected ',' or '}'"},
        {"{\"ctx\": 1e999}", "range of a double"},
        {"{\"ctx\": \"\\ud800\"}", "an escape of JSON"},
        {"{\"ctx\": \"\\uZZZZ\"}", "an escape of JSON"},
        {"{\"ctx\": \"open", "expected '\"'"},
        {"{\"ctx\": \"\x01\"}", "no control characters"},
        {"{\"ctx\": \"x\", \"ctx\": \"y\"}", "each name once"},
        {std::string(5000, '['), "levels of nesting"},
        {"null", "\"ctx\" is missing or wrong"},
        {"{\"ctx\": \"\"}", "\"ctx\" is missing or wrong"},
        {"{\"ctx\": \"x\", \"endings\": [\"a\"], \"label\": 0}", "a list of 2 to 64 texts"},
        {"{\"ctx\": \"x\", \"endings\": {\"p\": \"a\", \"q\": \"b\"}, \"label\": 0}",
         "a list of 2 to 64"},
        {"{\"ctx\": \"x\", \"endings\": [\"a\", \"\"], \"label\": 0}", "that are not empty"},
        {"{\"ctx\": \"x\", \"endings\": [\"a\", 1], \"label\": 0}", "that are not empty"},
        {"{\"ctx\": \"x\", \"endings\": [\"a\", \"b\"], \"label\": 2}", "\"label\" is missing"},
        {"{\"ctx\": \"x\", \"endings\": [\"a\", \"b\"], \"label\": 0.5}", "\"label\" is missing"},
        {"{\"ctx\": \"x\", \"endings\": [\"a\", \"b\"]}", "0 to 1"},
        {"{\"ctx\": \"" + std::string(1 << 20, 'x') + "\"}", "expected at most 1048576"},
    };
    for (const auto& [line, message] : cases) {
        const std::string shown = line.substr(0, 60);
        CAPTURE(shown);
        const auto items = parse_choices(good + line + "\n" + good);
        check_error(items.status(), Code::kBadFile, message);
        CHECK(items.status().message().find("line 2: ") == 0);
    }
    CHECK(parse_choices("\n \n").status().code() == Code::kBadFile);
}
