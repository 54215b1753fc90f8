/* request_head.c - see request_head.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/request_head.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool http_fault_set(struct http_fault *fault, unsigned int status, const char *code,
                    const char *detail)
{
    *fault = (struct http_fault){.status = status, .code = code, .detail = detail};
    return false;
}

static bool bad(struct http_fault *fault, const char *detail)
{
    return http_fault_set(fault, 400, "malformed_request", detail);
}

static bool scan_line_end(struct head_scan *scan, struct http_fault *fault, bool *is_end)
{
    bool is_empty = scan->line_size == 0;

    *is_end = false;
    scan->line_size = 0;
    if (is_empty && scan->line_count == 0) {
        if (scan->had_blank)
            return bad(fault, "Empty lines stand in front of the request line.");
        scan->had_blank = true;
        return true;
    }
    *is_end = is_empty;
    if (!is_empty && ++scan->line_count > scan->count_max + 1)
        return http_fault_set(fault, 431, "headers_too_large", "There are too many headers.");
    return true;
}

static bool scan_byte(struct head_scan *scan, unsigned char byte, struct http_fault *fault,
                      bool *is_end)
{
    if (++scan->size > scan->size_max)
        return http_fault_set(fault, 431, "headers_too_large", "The headers are too large.");
    if (scan->had_return) {
        scan->had_return = false;
        if (byte != '\n')
            return bad(fault, "A line holds a carriage return.");
        return scan_line_end(scan, fault, is_end);
    }
    if (byte == '\n')
        return bad(fault, "A line ends with LF alone; it must end with CR LF.");
    if (byte == '\r') {
        scan->had_return = true;
        return true;
    }
    if ((byte < 0x20 && byte != '\t') || byte == 0x7F)
        return bad(fault, "The head holds a control byte.");
    scan->line_size++;
    /* method, version and spaces take less than 64 bytes */
    if (scan->line_count == 0 && scan->line_size > scan->target_max + 64)
        return http_fault_set(fault, 414, "uri_too_long", "The request's target is too long.");
    return true;
}

enum head_state head_scan(struct head_scan *scan, const char *bytes, size_t size, size_t *used,
                          struct http_fault *fault)
{
    for (size_t i = 0; i < size; i++) {
        bool is_end = false;

        if (!scan_byte(scan, (unsigned char)bytes[i], fault, &is_end)) {
            *used = i;
            return HEAD_BAD;
        }
        if (is_end) {
            *used = i + 1;
            return HEAD_COMPLETE;
        }
    }
    *used = size;
    return HEAD_MORE;
}

static bool is_token_byte(unsigned char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || (byte && strchr("!#$%&'*+-.^_`|~", byte));
}

/* The next line without its CR LF, NUL-terminated in place. NULL: the text ends, or the line isn't
 * whole. */
static char *next_line(char **at, const char *end)
{
    char *line = *at;
    char *mark = memchr(line, '\r', (size_t)(end - line));

    if (!mark || mark + 1 >= end || mark[1] != '\n')
        return NULL;
    *mark = '\0';
    *at = mark + 2;
    return line;
}

/* http://host/path: the host must be the one of the Host header, which is checked later. */
static bool parse_absolute(struct http_head *head, const char **authority, struct http_fault *fault)
{
    char *host = strstr(head->target, "://");
    char *path;

    if (!host || (strncasecmp(head->target, "http://", 7) != 0 &&
                  strncasecmp(head->target, "https://", 8) != 0))
        return bad(fault, "The target must begin with '/'.");
    host += 3;
    path = strchr(host, '/');
    if (!path)
        return bad(fault, "The target has no path.");
    /* the text moves one byte to the left, which leaves room for the NUL before the path */
    memmove(host - 1, host, (size_t)(path - host));
    path[-1] = '\0';
    *authority = host - 1;
    head->target = path;
    return true;
}

static bool parse_version(struct http_head *head, const char *version, struct http_fault *fault)
{
    if (strcmp(version, "HTTP/1.1") == 0)
        return true;
    if (strcmp(version, "HTTP/1.0") == 0) {
        head->is_http10 = true;
        return true;
    }
    if (strncmp(version, "HTTP/", 5) == 0 && version[5] >= '0' && version[5] <= '9' &&
        version[6] == '.' && version[7] >= '0' && version[7] <= '9' && version[8] == '\0')
        return http_fault_set(fault, 505, "version_unsupported", "Only HTTP/1.1 is spoken here.");
    return bad(fault, "The request line has no version.");
}

static bool parse_request_line(struct http_head *head, char *line, const char **authority,
                               struct http_fault *fault)
{
    char *target = strchr(line, ' ');
    char *version = target ? strchr(target + 1, ' ') : NULL;

    if (!version || strchr(version + 1, ' '))
        return bad(fault, "The request line isn't 'METHOD target HTTP/1.1'.");
    *target++ = '\0';
    *version++ = '\0';
    for (const char *byte = line; *byte; byte++)
        if (!is_token_byte((unsigned char)*byte))
            return bad(fault, "The method isn't a token.");
    if (!*line)
        return bad(fault, "The method is missing.");
    for (const char *byte = target; *byte; byte++)
        if ((unsigned char)*byte <= ' ' || (unsigned char)*byte >= 0x7F || *byte == '#')
            return bad(fault, "The target holds a byte that must be percent-encoded.");
    head->method = line;
    head->target = target;
    if (!parse_version(head, version, fault))
        return false;
    if (*target == '/' || (strcmp(target, "*") == 0 && strcmp(line, "OPTIONS") == 0))
        return true;
    return parse_absolute(head, authority, fault);
}

static char *trimmed(char *value)
{
    size_t size;

    while (*value == ' ' || *value == '\t')
        value++;
    size = strlen(value);
    while (size > 0 && (value[size - 1] == ' ' || value[size - 1] == '\t'))
        size--;
    value[size] = '\0';
    return value;
}

static bool parse_header(struct http_pair *pair, char *line, struct http_fault *fault)
{
    char *colon = line;

    if (*line == ' ' || *line == '\t')
        return bad(fault, "A header is folded over two lines.");
    for (; *colon && *colon != ':'; colon++) {
        if (*colon == ' ' || *colon == '\t')
            return bad(fault, "A space stands before the colon of a header.");
        if (!is_token_byte((unsigned char)*colon))
            return bad(fault, "A header's name isn't a token.");
        if (*colon >= 'A' && *colon <= 'Z')
            *colon = (char)(*colon + ('a' - 'A'));
    }
    if (!*colon)
        return bad(fault, "A header has no colon.");
    if (colon == line)
        return bad(fault, "A header has no name.");
    *colon = '\0';
    *pair = (struct http_pair){.name = line, .value = trimmed(colon + 1)};
    return true;
}

static bool parse_length(struct http_head *head, const char *value, struct http_fault *fault)
{
    size_t digits = strspn(value, "0123456789");

    if (digits == 0 || value[digits] || digits > 18)
        return bad(fault, "Content-Length isn't a number.");
    if (head->has_length)
        return bad(fault, "Content-Length is repeated.");
    head->has_length = true;
    head->length = strtoull(value, NULL, 10);
    return true;
}

/* Whether a comma-separated list holds the word. */
static bool list_has(const char *list, const char *word)
{
    size_t size = strlen(word);

    for (;;) {
        list += strspn(list, " \t,");
        if (!*list)
            return false;
        size_t item = strcspn(list, ",");
        size_t end = item;
        while (end > 0 && (list[end - 1] == ' ' || list[end - 1] == '\t'))
            end--;
        if (end == size && strncasecmp(list, word, size) == 0)
            return true;
        list += item;
    }
}

static bool take_transfer_encoding(struct http_head *head, const char *value,
                                   struct http_fault *fault)
{
    if (head->is_chunked)
        return bad(fault, "Transfer-Encoding is repeated.");
    if (strcasecmp(value, "chunked") != 0)
        return bad(fault, "The only transfer coding is 'chunked'.");
    if (head->is_http10)
        return bad(fault, "HTTP/1.0 has no transfer codings.");
    head->is_chunked = true;
    return true;
}

/* What the server itself must know of a header. */
static bool take_header(struct http_head *head, const struct http_pair *pair,
                        struct http_fault *fault)
{
    const char *name = pair->name, *value = pair->value;

    if (strcmp(name, "content-length") == 0)
        return parse_length(head, value, fault);
    if (strcmp(name, "transfer-encoding") == 0)
        return take_transfer_encoding(head, value, fault);
    if (strcmp(name, "host") == 0) {
        if (head->host)
            return bad(fault, "Host is repeated.");
        head->host = value;
    } else if (strcmp(name, "expect") == 0) {
        if (strcasecmp(value, "100-continue") != 0)
            return http_fault_set(fault, 417, "expectation_failed",
                                  "The only expectation is '100-continue'.");
        head->expects_continue = !head->is_http10;
    } else if (strcmp(name, "connection") == 0) {
        if (list_has(value, "close"))
            head->keep_alive = false;
    }
    return true;
}

/* Two of these mean two different requests to two readers. */
static bool check_repeats(const struct http_head *head, struct http_fault *fault)
{
    static const char *const single[] = {"authorization", "content-type", "expect", "origin",
                                         "x-csrf-token"};

    for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
        size_t count = 0;
        for (size_t k = 0; k < head->header_count; k++) {
            assert(head->headers[k].name);
            count += strcmp(head->headers[k].name, single[i]) == 0;
        }
        if (count > 1)
            return bad(fault, "A header that may stand once is repeated.");
    }
    return true;
}

/* A name, an address or [an IPv6 address], and perhaps a port. */
static bool is_host(const char *host)
{
    size_t size = *host == '[' ? strspn(host + 1, "0123456789abcdefABCDEF:.") + 1
                               : strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                              "0123456789-._");

    if (*host == '[' && (size < 3 || host[size++] != ']'))
        return false;
    if (size == 0 || size > 255)
        return false;
    if (host[size] == ':')
        size += 1 + strspn(host + size + 1, "0123456789");
    return host[size] == '\0';
}

static bool check_head(const struct http_head *head, const char *authority,
                       struct http_fault *fault)
{
    if (head->is_chunked && head->has_length)
        return bad(fault, "Content-Length and Transfer-Encoding stand together.");
    if (!head->host)
        return bad(fault, "Host is missing.");
    if (!is_host(head->host))
        return bad(fault, "Host isn't a name with an optional port.");
    if (authority && strcasecmp(authority, head->host) != 0)
        return bad(fault, "The target and Host name different servers.");
    return check_repeats(head, fault);
}

bool head_parse(struct http_head *head, char *text, size_t size, struct http_fault *fault)
{
    const char *end = text + size, *authority = NULL;
    char *at = text, *line;

    *head = (struct http_head){.keep_alive = true};
    if (size >= 2 && text[0] == '\r' && text[1] == '\n')
        at += 2;
    head->headers = calloc(HEAD_COUNT_MAX, sizeof(*head->headers));
    if (!head->headers)
        return http_fault_set(fault, 503, "out_of_memory", "There is no memory for the request.");
    line = next_line(&at, end);
    if (!line || !parse_request_line(head, line, &authority, fault))
        return line ? false : bad(fault, "The request line is missing.");
    head->keep_alive = !head->is_http10;
    while ((line = next_line(&at, end)) && *line) {
        struct http_pair *pair = &head->headers[head->header_count];
        if (head->header_count == HEAD_COUNT_MAX)
            return http_fault_set(fault, 431, "headers_too_large", "There are too many headers.");
        if (!parse_header(pair, line, fault) || !take_header(head, pair, fault))
            return false;
        head->header_count++;
    }
    if (!line)
        return bad(fault, "The head isn't complete.");
    return check_head(head, authority, fault);
}

void head_deinit(struct http_head *head)
{
    free(head->headers);
    *head = (struct http_head){0};
}
