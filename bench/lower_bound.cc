/* lower_bound.cc - the reference job, and only that, on simdjson on demand: what a person would
 * write by hand for it. dagd's figures are compared with it.
 *
 * usage: lower_bound IN OUT
 *
 * JSON lines in; defaults for `status`; `total` = `value1` + `value2`, an exact integer unless one
 * of them is a double, missing and non-numeric ones skipped; JSON lines out with id, name, status
 * and total. Texts are copied as they stand in the message. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <simdjson.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <string_view>
#include <unistd.h>

using namespace simdjson;

namespace
{

constexpr size_t read_size = 256 * 1024;
constexpr size_t line_size_max = 16 * 1024 * 1024;
constexpr size_t write_size = 256 * 1024;

[[noreturn]] void fail(const char *what)
{
    std::perror(what);
    std::exit(6);
}

/* Bytes on their way out. The buffer has room for a whole line past the point of flushing. */
class Output
{
  public:
    explicit Output(int fd) : fd_(fd), bytes_(new char[write_size + line_size_max + 1024])
    {
    }

    void text(std::string_view bytes)
    {
        std::memcpy(bytes_.get() + size_, bytes.data(), bytes.size());
        size_ += bytes.size();
    }

    void number(int64_t value)
    {
        char *start = bytes_.get() + size_;
        size_ = static_cast<size_t>(std::to_chars(start, start + 32, value).ptr - bytes_.get());
    }

    /* Shortest form that reads back equal; a point or an exponent keeps it a double. */
    void number(double value)
    {
        char *start = bytes_.get() + size_;
        char *end = std::to_chars(start, start + 32, value).ptr;
        bool marked = false;

        for (const char *at = start; at < end; at++)
            marked |= *at == '.' || *at == 'e';
        size_ = static_cast<size_t>(end - bytes_.get());
        if (!marked)
            text(".0");
    }

    void end_line()
    {
        text("}\n");
        if (size_ >= write_size)
            flush();
    }

    void flush()
    {
        for (size_t done = 0; done < size_;) {
            ssize_t count = write(fd_, bytes_.get() + done, size_ - done);
            if (count < 0)
                fail("write");
            done += static_cast<size_t>(count);
        }
        size_ = 0;
    }

  private:
    int fd_;
    size_t size_ = 0;
    std::unique_ptr<char[]> bytes_;
};

/* The running sum: exact as long as only integers came. */
struct Total {
    int64_t integer = 0;
    double real = 0.0;
    bool is_real = false;

    bool add(ondemand::value value)
    {
        ondemand::json_type type;
        ondemand::number number;

        if (value.type().get(type) != SUCCESS || type != ondemand::json_type::number)
            return true;
        if (value.get_number().get(number) != SUCCESS)
            return false;
        if (number.is_int64() && !is_real)
            return !__builtin_add_overflow(integer, number.get_int64(), &integer);
        if (!is_real)
            real = static_cast<double>(integer);
        is_real = true;
        real += number.as_double();
        return true;
    }
};

std::string_view trimmed(std::string_view token)
{
    while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ')
        token.remove_suffix(1);
    return token;
}

/* The raw text of a value, whatever its type. */
bool raw_text(ondemand::value value, std::string_view &text)
{
    std::string_view token = value.raw_json_token();

    if (token[0] == '{') {
        ondemand::object object;
        return value.get_object().get(object) == SUCCESS && object.raw_json().get(text) == SUCCESS;
    }
    if (token[0] == '[') {
        ondemand::array array;
        return value.get_array().get(array) == SUCCESS && array.raw_json().get(text) == SUCCESS;
    }
    text = trimmed(token);
    return true;
}

bool convert(ondemand::object object, Output &out)
{
    std::string_view id, name, status;
    Total total;

    for (auto field : object) {
        ondemand::raw_json_string key;
        ondemand::value value;
        bool good = true;

        if (field.key().get(key) != SUCCESS || field.value().get(value) != SUCCESS)
            return false;
        switch (key.raw()[0]) {
        case 'i':
            if (key.unsafe_is_equal("id"))
                good = raw_text(value, id);
            break;
        case 'n':
            if (key.unsafe_is_equal("name"))
                good = raw_text(value, name);
            break;
        case 's':
            if (key.unsafe_is_equal("status"))
                good = raw_text(value, status);
            break;
        case 'v':
            if (key.unsafe_is_equal("value1") || key.unsafe_is_equal("value2"))
                good = total.add(value);
            break;
        default:
            break;
        }
        if (!good)
            return false;
    }

    bool first = true;
    auto member = [&](std::string_view head, std::string_view text) {
        out.text(first ? "{" : ",");
        out.text(head);
        out.text(text);
        first = false;
    };
    if (!id.empty())
        member("\"id\":", id);
    if (!name.empty())
        member("\"name\":", name);
    member("\"status\":", status.empty() || status == "null" ? "\"new\"" : status);
    out.text(",\"total\":");
    if (total.is_real)
        out.number(total.real);
    else
        out.number(total.integer);
    out.end_line();
    return true;
}

/* All whole lines of a chunk. The bytes behind it are padding. */
void convert_chunk(ondemand::parser &parser, const char *bytes, size_t size, Output &out)
{
    ondemand::document_stream stream;

    if (parser.iterate_many(bytes, size, size < 32 ? 32 : size).get(stream) != SUCCESS)
        fail("parser");
    for (auto document : stream) {
        ondemand::object object;

        if (document.get_object().get(object) != SUCCESS || !convert(object, out)) {
            std::fprintf(stderr, "a line is no message\n");
            std::exit(3);
        }
    }
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s IN OUT\n", argv[0]);
        return 2;
    }
    int in = open(argv[1], O_RDONLY | O_CLOEXEC);
    if (in < 0)
        fail(argv[1]);
    int fd = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        fail(argv[2]);

    Output out(fd);
    ondemand::parser parser;
    std::unique_ptr<char[]> buffer(new char[read_size + line_size_max + SIMDJSON_PADDING]);
    size_t held = 0;

#ifdef SIMDJSON_THREADS_ENABLED
    parser.threaded = false; // one thread does all the work that is measured
#endif
    for (;;) {
        ssize_t count = read(in, buffer.get() + held, read_size);
        if (count < 0)
            fail("read");
        held += static_cast<size_t>(count);

        const void *newline = memrchr(buffer.get(), '\n', held);
        size_t whole =
            newline ? static_cast<size_t>(static_cast<const char *>(newline) - buffer.get()) + 1
                    : 0;
        if (count == 0)
            whole = held; // the last line may lack its newline
        if (whole > 0)
            convert_chunk(parser, buffer.get(), whole, out);
        held -= whole;
        std::memmove(buffer.get(), buffer.get() + whole, held);
        if (count == 0)
            break;
        if (held > line_size_max) {
            std::fprintf(stderr, "a line is longer than %zu bytes\n", line_size_max);
            return 3;
        }
    }
    out.flush();
    return 0;
}
