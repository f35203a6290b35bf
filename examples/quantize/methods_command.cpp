// quern-quantize methods: the registry of methods, as a table.
#include <memory>

#include "common/json.h"
#include "common/table.h"
#include "quantize/commands.h"
#include "quantize/quantize.h"

namespace quern {
namespace {

std::string methods_json() {
    std::string out;
    const auto add = [&](std::string_view kind, std::string_view name, std::string_view summary) {
        cli::Json json;
        json.begin_object().member("name", name).member("kind", kind).member("summary", summary);
        out += json.end_object().text() + "\n";
    };
    for (const Method& m : methods()) add("rounding", m.name, m.summary);
    for (const Transform& t : transforms()) add("transform", t.name, t.summary);
    return out;
}

std::string methods_text() {
    cli::Table table({{"Method"}, {"What it does"}});
    for (const Method& m : methods()) {
        table.add_row({std::string(m.name), std::string(m.summary)});
    }
    table.add_rule();
    for (const Transform& t : transforms()) {
        table.add_row({std::string(t.name) + "+...", std::string(t.summary)});
    }
    return table.text();
}

}  // namespace

cli::Command methods_command() {
    auto json = std::make_shared<bool>(false);
    cli::Command command;
    command.name = "methods";
    command.summary = "list the quantization methods";
    command.description = "Lists the values of --method.";
    command.groups = {{"Result", {cli::flag("json", json.get(), "print one JSON object a line")}}};
    command.run = [json](const cli::Common&) {
        return cli::print(*json ? methods_json() : methods_text());
    };
    return command;
}

}  // namespace quern
