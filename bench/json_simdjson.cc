/* json_simdjson.cc - what simdjson needs for the lines that bench/json.c parses, to compare. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <cstdint>
#include <cstdio>
#include <ctime>

#include <simdjson.h>

namespace
{

constexpr size_t window_size = 1 << 20;

double now_ns()
{
    timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

/* Each message to a tree. */
bool parse_dom(const simdjson::padded_string &text, size_t &count)
{
    simdjson::dom::parser parser;
    simdjson::dom::document_stream stream;

    if (parser.parse_many(text, window_size).get(stream))
        return false;
    for (auto document : stream) {
        if (document.error())
            return false;
        count++;
    }
    return true;
}

/* What our rows hold: numbers converted, text and nested values found, nothing stored. */
bool visit(simdjson::ondemand::value value, uint64_t &sum)
{
    simdjson::ondemand::number number;
    simdjson::ondemand::raw_json_string raw;

    switch (value.type().value_unsafe()) {
    case simdjson::ondemand::json_type::number:
        if (value.get_number().get(number))
            return false;
        sum += number.is_double();
        return true;
    case simdjson::ondemand::json_type::string:
        if (value.get_raw_json_string().get(raw))
            return false;
        sum += static_cast<uint64_t>(raw.raw()[0]);
        return true;
    default:
        sum += value.raw_json_token().size();
        return true;
    }
}

bool parse_on_demand(const simdjson::padded_string &text, size_t &count, uint64_t &sum)
{
    simdjson::ondemand::parser parser;
    simdjson::ondemand::document_stream stream;

    if (parser.iterate_many(text, window_size).get(stream))
        return false;
    for (auto document : stream) {
        simdjson::ondemand::object object;
        if (document.get_object().get(object))
            return false;
        for (auto field : object) {
            simdjson::ondemand::value value;
            if (field.value().get(value) || !visit(value, sum))
                return false;
        }
        count++;
    }
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    double best_dom = 1e300, best_on_demand = 1e300;
    uint64_t sum = 0;

    if (argc < 2) {
        fprintf(stderr, "usage: %s LINES-FILE\n", argv[0]);
        return 2;
    }
    auto loaded = simdjson::padded_string::load(argv[1]);
    if (loaded.error()) {
        fprintf(stderr, "cannot read %s\n", argv[1]);
        return 1;
    }
    const simdjson::padded_string &text = loaded.value_unsafe();
    for (int i = 0; i < 5; i++) {
        size_t trees = 0, visits = 0;
        double start = now_ns();
        bool is_done = parse_dom(text, trees);
        double middle = now_ns();
        is_done = is_done && parse_on_demand(text, visits, sum) && trees > 0 && visits > 0;
        double end = now_ns();
        if (!is_done)
            return 1;
        best_dom = std::min(best_dom, (middle - start) / static_cast<double>(trees));
        best_on_demand = std::min(best_on_demand, (end - middle) / static_cast<double>(visits));
    }
    printf("simdjson tree %.1f ns, on demand %.1f ns a record (%llu)\n", best_dom, best_on_demand,
           static_cast<unsigned long long>(sum));
    return 0;
}
