// Saved conversations: what was saved is loaded, foreign and damaged files are refused, and never
// overwritten.
#include "chat/saved_chat.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "chat/line_reader.h"
#include "tensor/quern_writer.h"

using namespace quern;

namespace {

/// A folder of its own, removed at the end.
struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("quern-chat-test-" + std::to_string(getpid()));
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file(const std::string& name) const { return (path / name).string(); }
};

Status load_roles(const Folder& folder, const std::vector<std::string>& roles,
                  const std::vector<std::string>& contents) {
    const std::string path = folder.file("made.quern");
    Metadata metadata;
    metadata.set_strings("quern.chat.roles", roles);
    metadata.set_strings("quern.chat.contents", contents);
    auto writer = QuernWriter::create(path, metadata);
    REQUIRE(writer.ok());
    REQUIRE((*writer)->finish().ok());
    return load_chat(path).status();
}

}  // namespace

TEST_CASE("saved chat: round trip, also over an older one") {
    const Folder folder;
    const std::string path = folder.file("chat.quern");
    const SavedChat empty{{}, 1, "m"};
    REQUIRE(save_chat(path, empty).ok());
    CHECK(load_chat(path).value().messages.empty());

    const SavedChat chat{
        {{"system", ""}, {"user", "größe?\nzwei"}, {"assistant", "🙂 <|im_end|>"}},
        0xFEDCBA9876543210,
        "a model"};
    REQUIRE(save_chat(path, chat).ok());
    const auto loaded = load_chat(path);
    REQUIRE(loaded.ok());
    CHECK(loaded.value().model_hash == chat.model_hash);
    CHECK(loaded.value().model_name == chat.model_name);
    REQUIRE(loaded.value().messages.size() == 3);
    for (size_t i = 0; i < 3; ++i) {
        CHECK(loaded.value().messages[i].role == chat.messages[i].role);
        CHECK(loaded.value().messages[i].content == chat.messages[i].content);
    }
}

TEST_CASE("saved chat: wrong roles, orders and lengths are refused") {
    const Folder folder;
    CHECK(load_roles(folder, {"user", "assistant"}, {"a", "b"}).ok());
    CHECK(load_roles(folder, {"system"}, {"a"}).ok());
    for (const Status& status :
         {load_roles(folder, {"user", "assistant"}, {"a"}),
          load_roles(folder, {"user", "user"}, {"a", "b"}), load_roles(folder, {"user"}, {"a"}),
          load_roles(folder, {"assistant"}, {"a"}), load_roles(folder, {"tool"}, {"a"}),
          load_roles(folder, {"user", "assistant", "system"}, {"a", "b", "c"})}) {
        CHECK(status.code() == Code::kBadFile);
        CHECK(status.message().find("made.quern") != std::string::npos);
    }
}

TEST_CASE("saved chat: a file that is something else is neither loaded nor replaced") {
    const Folder folder;
    const std::string path = folder.file("notes.txt");
    std::ofstream(path) << "precious";
    CHECK_FALSE(load_chat(path).ok());
    CHECK(save_chat(path, {{}, 1, "m"}).code() == Code::kWrongUse);
    std::string content;
    std::ifstream(path) >> content;
    CHECK(content == "precious");
    CHECK_FALSE(load_chat(folder.file("absent.quern")).ok());
}

TEST_CASE("line reader: ends of lines, a last line without one, end of file") {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const std::string text = "one\r\n\ntwo\nlast";
    REQUIRE(write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    close(ends[1]);
    LineReader reader(ends[0], -1);
    std::string line;
    for (const char* expected : {"one", "", "two", "last"}) {
        REQUIRE(reader.read(&line) == LineReader::Event::kLine);
        CHECK(line == expected);
    }
    CHECK(reader.read(&line) == LineReader::Event::kEnd);
    CHECK(reader.read(&line) == LineReader::Event::kEnd);
    close(ends[0]);
}
