/* request_target.c - see request_target.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/request_target.h"

#include <string.h>

static bool bad(struct http_fault *fault, const char *detail)
{
    return http_fault_set(fault, 400, "malformed_target", detail);
}

size_t utf8_length(const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length;

    if (bytes[0] == 0)
        return 0;
    if (bytes[0] < 0x80)
        return 1;
    if (bytes[0] < 0xC2 || bytes[0] > 0xF4)
        return 0;
    length = bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;
    for (size_t i = 1; i < length; i++)
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    if ((bytes[0] == 0xE0 && bytes[1] < 0xA0) || (bytes[0] == 0xED && bytes[1] > 0x9F) ||
        (bytes[0] == 0xF0 && bytes[1] < 0x90) || (bytes[0] == 0xF4 && bytes[1] > 0x8F))
        return 0;
    return length;
}

static bool is_utf8(const char *text)
{
    while (*text) {
        size_t length = utf8_length(text);
        if (length == 0)
            return false;
        text += length;
    }
    return true;
}

static int hex_digit(char byte)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = byte ? strchr(digits, byte) : NULL;

    return at ? (int)((at - digits) % 16) : -1;
}

/* Decodes in place. `is_query`: '+' is a space. */
static bool decode(char *text, bool is_query, struct http_fault *fault)
{
    char *out = text;

    for (const char *in = text; *in; in++) {
        int high, low;

        if (*in != '%') {
            *out++ = (char)(is_query && *in == '+' ? ' ' : *in);
            continue;
        }
        high = hex_digit(in[1]);
        low = high < 0 ? -1 : hex_digit(in[2]);
        if (low < 0)
            return bad(fault, "'%' isn't followed by two hexadecimal digits.");
        if (high == 0 && low == 0)
            return bad(fault, "The target holds an encoded NUL.");
        if (!is_query && high == 2 && low == 15)
            return bad(fault, "The path holds an encoded slash.");
        *out++ = (char)(high * 16 + low);
        in += 2;
    }
    *out = '\0';
    return is_utf8(text) || bad(fault, "The target isn't UTF-8.");
}

static bool check_path(const char *path, struct http_fault *fault)
{
    const char *segment = path;

    for (const char *byte = path; *byte; byte++)
        if ((unsigned char)*byte < 0x20 || *byte == 0x7F || *byte == '\\')
            return bad(fault, "The path holds a control byte or a backslash.");
    while (segment) {
        const char *next = strchr(segment, '/');
        size_t size = next ? (size_t)(next - segment) : strlen(segment);

        if ((size == 1 && segment[0] == '.') || (size == 2 && memcmp(segment, "..", 2) == 0))
            return bad(fault, "The path holds a segment '.' or '..'.");
        segment = next ? next + 1 : NULL;
    }
    return true;
}

static bool parse_query(struct http_target *target, char *query, struct http_fault *fault)
{
    char *next;

    for (char *at = query; at; at = next) {
        struct http_pair *pair = &target->query[target->query_count];
        char *value;

        next = strchr(at, '&');
        if (next)
            *next++ = '\0';
        if (!*at)
            continue;
        if (target->query_count == TARGET_QUERY_MAX)
            return bad(fault, "There are too many query parameters.");
        value = strchr(at, '=');
        if (value)
            *value++ = '\0';
        if (!decode(at, true, fault) || (value && !decode(value, true, fault)))
            return false;
        *pair = (struct http_pair){.name = at, .value = value ? value : ""};
        target->query_count++;
    }
    return true;
}

bool target_parse(struct http_target *target, char *text, struct http_fault *fault)
{
    char *query = strchr(text, '?');

    *target = (struct http_target){.path = text};
    if (query)
        *query++ = '\0';
    return decode(text, false, fault) && check_path(text, fault) &&
           (!query || parse_query(target, query, fault));
}
