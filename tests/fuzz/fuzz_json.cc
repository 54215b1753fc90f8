/* fuzz_json.cc - the JSON codec against simdjson, against itself, and against its own output.
 *
 * simdjson refuses what we carry: integers beyond uint64, 1e400, lone surrogates as escapes, a
 * byte order mark. A text that it accepts must mean the same to us. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <simdjson.h>

#include "dag/json.h"

namespace
{

constexpr size_t size_max = 1 << 16;

[[noreturn]] void fail(const char *what, std::string_view text)
{
    fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()), text.data());
    abort();
}

/* What became of a message, comparable. */
struct outcome {
    bool is_rejected = false;
    std::string text; /* the row, or the reason */

    bool operator==(const outcome &other) const
    {
        return is_rejected == other.is_rejected && text == other.text;
    }
};

struct codec {
    dag_json_parser *parser = dag_json_parser_new(0);
    dag_batch *batch = dag_batch_new();
    dag_buffer buffer = {};
    dag_error err = {};

    ~codec()
    {
        dag_json_parser_free(parser);
        dag_batch_unref(batch);
        dag_buffer_free(&buffer);
    }

    std::string_view write(const dag_row &row)
    {
        buffer.size = 0;
        if (!dag_json_write_row(&buffer, &row))
            abort();
        return {buffer.bytes, buffer.size};
    }

    std::string write(const dag_value &value)
    {
        buffer.size = 0;
        if (!dag_json_write_value(&buffer, &value))
            abort();
        return {buffer.bytes, buffer.size};
    }

    outcome describe(size_t index)
    {
        const dag_row &row = dag_batch_rows(batch)[index];

        if (dag_batch_origins(batch)[index].flags & DAG_ORIGIN_REJECTED)
            return {true, std::string(row.values[1].as.text, row.values[1].size)};
        return {false, std::string(write(row))};
    }

    void renew()
    {
        dag_batch_unref(batch);
        batch = dag_batch_new();
    }

    const dag_row &parse(std::string_view text)
    {
        renew();
        if (!dag_json_parse(parser, batch, text.data(), text.size(), dag_origin{}, &err))
            abort();
        return dag_batch_rows(batch)[0];
    }

    bool is_rejected() const
    {
        return dag_batch_origins(batch)[0].flags & DAG_ORIGIN_REJECTED;
    }
};

std::string decoded(const dag_value &value)
{
    std::string out(dag_text_decode_bound(&value), '\0');

    out.resize(dag_text_decode(&value, out.data()));
    if (!dag_text_equals(&value, out.data(), out.size()))
        fail("decodes to what it does not equal", out);
    return out;
}

bool same(const dag_value &ours, simdjson::dom::element theirs);

bool same_nested(const dag_value &ours, simdjson::dom::element theirs)
{
    size_t cursor = 0;
    dag_value key = {}, element = {};

    if (theirs.is_array()) {
        simdjson::dom::array array = theirs.get_array().value_unsafe();
        if (ours.as.text[0] != '[')
            return false;
        for (auto child : array)
            if (!dag_json_next(&ours, &cursor, nullptr, &element) || !same(element, child))
                return false;
    } else {
        if (!theirs.is_object() || ours.as.text[0] != '{')
            return false;
        simdjson::dom::object object = theirs.get_object().value_unsafe();
        for (auto member : object)
            if (!dag_json_next(&ours, &cursor, &key, &element) || decoded(key) != member.key ||
                !same(element, member.value))
                return false;
    }
    return !dag_json_next(&ours, &cursor, &key, &element);
}

bool same(const dag_value &ours, simdjson::dom::element theirs)
{
    switch (ours.type) {
    case DAG_TYPE_NULL:
        return theirs.is_null();
    case DAG_TYPE_BOOL:
        return theirs.is_bool() && theirs.get_bool().value_unsafe() == (ours.as.integer != 0);
    case DAG_TYPE_INT:
        return theirs.is_int64() && theirs.get_int64().value_unsafe() == ours.as.integer;
    case DAG_TYPE_DOUBLE: {
        if (!theirs.is_double())
            return false;
        double real = theirs.get_double().value_unsafe();
        uint64_t bits, our_bits; /* the sign of zero counts */
        memcpy(&bits, &real, sizeof(bits));
        memcpy(&our_bits, &ours.as.real, sizeof(our_bits));
        return bits == our_bits;
    }
    case DAG_TYPE_BIGNUM:
        return theirs.is_uint64() && std::to_string(theirs.get_uint64().value_unsafe()) ==
                                         std::string(ours.as.text, ours.size);
    case DAG_TYPE_TEXT:
        return theirs.is_string() && decoded(ours) == theirs.get_string().value_unsafe();
    default:
        return same_nested(ours, theirs);
    }
}

bool same_row(const dag_row &ours, simdjson::dom::element theirs)
{
    std::unordered_map<std::string, simdjson::dom::element> last;
    std::vector<std::string> order;

    if (!ours.shape)
        return same(ours.values[0], theirs);
    if (!theirs.is_object())
        return false;
    simdjson::dom::object object = theirs.get_object().value_unsafe();
    for (auto member : object) {
        std::string key(member.key);
        if (last.find(key) == last.end())
            order.push_back(key);
        last[key] = member.value;
    }
    if (order.size() != ours.shape->count)
        return false;
    for (uint32_t i = 0; i < ours.shape->count; i++) {
        const dag_name &name = *ours.shape->names[i];
        if (order[i] != std::string_view(name.text, name.size) ||
            !same(ours.values[i], last[order[i]]))
            return false;
    }
    return true;
}

bool has_bignum(const dag_value &value)
{
    size_t cursor = 0;
    dag_value element = {};

    if (value.type == DAG_TYPE_BIGNUM)
        return true;
    while (value.type == DAG_TYPE_NESTED && dag_json_next(&value, &cursor, nullptr, &element))
        if (has_bignum(element))
            return true;
    return false;
}

/* Whether the oracle may refuse what we accepted. */
bool may_be_refused(const dag_row &row, std::string_view text, simdjson::error_code error)
{
    bool is_big = false;
    uint32_t count = row.shape ? row.shape->count : 1;

    for (uint32_t i = 0; i < count; i++)
        is_big |= has_bignum(row.values[i]);
    /* a duplicate's value is gone from the row, so the text has to do */
    if (error == simdjson::NUMBER_ERROR)
        return is_big || text.size() > 20 || text.find_first_of("eE") != text.npos;
    return error == simdjson::STRING_ERROR &&
           (text.find("\\ud") != text.npos || text.find("\\uD") != text.npos);
}

void check_oracle(codec &ours, std::string_view text)
{
    static simdjson::dom::parser parser;
    static const auto allocated = parser.allocate(size_max + 64, 4096);
    std::string_view body = text.substr(0, 3) == "\xef\xbb\xbf" ? text.substr(3) : text;
    simdjson::padded_string padded(body);
    simdjson::dom::element theirs;
    auto error = parser.parse(padded).get(theirs);
    const dag_row &row = ours.parse(text);

    if (allocated)
        abort();
    if (!ours.is_rejected()) {
        if (error ? !may_be_refused(row, text, error) : !same_row(row, theirs))
            fail(error ? "only we accept" : "not the same as the oracle's", text);
        return;
    }
    std::string reason = decoded(row.values[1]);
    if (!error && !theirs.is_null() && reason.find("nested too deep") == reason.npos)
        fail(reason.c_str(), text);
    if (decoded(row.values[0]) != text)
        fail("the raw text of a rejected row", text);
}

/* What is written reads back equal and is written the same again. */
void check_round_trip(std::string_view text)
{
    codec first, second;
    const dag_row &row = first.parse(text);

    if (first.is_rejected())
        return;
    std::string written(first.write(row));
    const dag_row &again = second.parse(written);
    if (second.is_rejected() || second.write(again) != written)
        fail("is not written the same again", text);
    if (row.shape != again.shape && (row.shape->id != 0 || again.shape->id != 0))
        fail("reads back with another shape", text);
    for (uint32_t i = 0; i < (row.shape ? row.shape->count : 1); i++) {
        if (!dag_value_equal(&row.values[i], &again.values[i]) ||
            !dag_value_equal(&again.values[i], &row.values[i]))
            fail("reads back unequal", text);
        if (i > 0 && dag_value_equal(&row.values[0], &row.values[i]) !=
                         dag_value_equal(&row.values[i], &row.values[0]))
            fail("equal one way only", text);
    }
}

std::vector<outcome> parse_lines(codec &ours, std::string_view text, char behind, bool is_last)
{
    std::vector<outcome> outcomes;
    size_t offset = 0;

    while (offset < text.size()) {
        size_t left = text.size() - offset, consumed = 0;
        std::vector<char> bytes(left + DAG_JSON_PADDING, behind);
        memcpy(bytes.data(), text.data() + offset, left);
        ours.renew();
        dag_origin origin = {};
        origin.offset = offset;
        if (!dag_json_parse_lines(ours.parser, ours.batch, bytes.data(), left, is_last, origin,
                                  &consumed, &ours.err))
            abort();
        for (size_t i = 0; i < dag_batch_row_count(ours.batch); i++)
            outcomes.push_back(ours.describe(i));
        offset += consumed;
        if (consumed == 0)
            break;
    }
    return outcomes;
}

/* Lines give what their texts give as messages. */
void check_lines(codec &ours, std::string_view text)
{
    std::vector<outcome> expected;
    codec single;

    for (size_t begin = 0; begin < text.size();) {
        size_t feed = text.find('\n', begin);
        size_t end = feed == text.npos ? text.size() : feed;
        std::string_view line = text.substr(begin, end - begin);
        std::string_view body = line.substr(0, 3) == "\xef\xbb\xbf" ? line.substr(3) : line;
        if (body.find_first_not_of(" \t\r") != body.npos) {
            single.parse(line);
            expected.push_back(single.describe(0));
        }
        begin = end + 1;
    }
    for (char behind : {'\0', '"', '1', '}', '\\', 'e', '\n'}) {
        if (parse_lines(ours, text, behind, true) != expected)
            fail("lines are not their messages", text);
    }
    if (text.size() > 0 && text.back() == '\n' && parse_lines(ours, text, '1', false) != expected)
        fail("lines depend on being the last", text);
}

/* The same whatever the parser has learned, and whatever stands behind the text. */
void check_memory(codec &ours, std::string_view text)
{
    codec fresh;

    fresh.parse(text);
    outcome expected = fresh.describe(0);
    for (char behind : {'\0', '"', '7', '}', ' ', 'l', '\xbf'}) {
        std::vector<char> bytes(text.size() + DAG_JSON_PADDING, behind);
        memcpy(bytes.data(), text.data(), text.size());
        ours.renew();
        if (!dag_json_parse_in_place(ours.parser, ours.batch, bytes.data(), text.size(),
                                     dag_origin{}, &ours.err))
            abort();
        if (!(ours.describe(0) == expected))
            fail("depends on more than the text", text);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    std::string_view text(reinterpret_cast<const char *>(data), size);
    codec ours; /* learns from one check to the next */

    if (size > size_max)
        return 0;
    check_oracle(ours, text);
    check_round_trip(text);
    check_memory(ours, text);
    check_lines(ours, text);
    check_oracle(ours, text);
    return 0;
}
