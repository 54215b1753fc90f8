"""Requests that a strict HTTP server refuses, and with which status: for the tests of the HTTP
layer alone and of `dagd serve`.
"""
HOST = b"Host: 127.0.0.1\r\n"


def get(target, headers=HOST):
    return b"GET %s HTTP/1.1\r\n%s" % (target, headers)


def post(target, more=b""):
    return b"POST %s HTTP/1.1\r\n%sContent-Type: application/json\r\n%s" % (target, HOST, more)


def smuggled(target, more=b""):
    """What two readers could understand as requests of different lengths."""
    begin = post(target, more)
    chunked = b"Transfer-Encoding: chunked\r\n"
    return [
        begin + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
        begin + b"Content-Length: 5\r\nContent-Length: 50\r\n\r\n0\r\n\r\n",
        begin + b"Content-Length: 1\r\n" + chunked + b"\r\n0\r\n\r\n",
        begin + chunked + b"Content-Length: 1\r\n\r\n0\r\n\r\n",
        begin + chunked + chunked + b"\r\n0\r\n\r\n",
        begin + chunked + b"Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        begin + b"Transfer-Encoding: gzip\r\n\r\n",
        begin + b"Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        begin + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        begin + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        begin + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        begin + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        begin + b"Transfer-Encoding\r\n: chunked\r\n\r\n0\r\n\r\n",
        begin.replace(b"HTTP/1.1", b"HTTP/1.0") + chunked + b"\r\n0\r\n\r\n",
    ] + [begin + b"Content-Length: %s\r\n\r\na" % length
         for length in (b"+1", b"-1", b"0x1", b"1, 1", b"1 1", b"", b"9" * 30)]


def malformed(get_target, post_target, more=b""):
    """Requests that get 400; `more` are headers of those that must get as far as their body."""
    begin, head = post(post_target, more), get(get_target)
    chunked = begin + b"Transfer-Encoding: chunked\r\n\r\n"
    return smuggled(post_target, more) + [
        chunked + b"1\nA\r\n0\r\n\r\n",
        chunked + b"1\r\nAB\r\n0\r\n\r\n",
        chunked + b"1\r\nA\n0\r\n\r\n",
        chunked + b"Z\r\n",
        chunked + b"-1\r\n",
        chunked + b"0x1\r\nA\r\n0\r\n\r\n",
        chunked + b"1 \r\nA\r\n0\r\n\r\n",
        chunked + b"FFFFFFFFF\r\n",
        chunked + b"1;a=\x00\r\nA\r\n0\r\n\r\n",
        chunked + b"1;a=b\nA\r\n0\r\n\r\n",
        chunked + b"1;" + b"a" * 5000 + b"\r\nA\r\n0\r\n\r\n",
        chunked + b"0\r\nX: y\n\r\n",
        chunked + b"0\r\n" + b"X: y\r\n" * 2000 + b"\r\n",
        get(get_target, b"") + b"\r\n",
        head + HOST + b"\r\n",
        get(get_target, b"Host: 127.0.0.1\n\r\n"),
        get(get_target, b"Host: a b\r\n\r\n"),
        get(get_target, b"Host: \r\n\r\n"),
        get(b"http://elsewhere.example" + get_target) + b"\r\n",
        get(b"elsewhere.example:443") + b"\r\n",
        head + b"X: a\r\n b\r\n\r\n",
        head + b"X : a\r\n\r\n",
        head + b": a\r\n\r\n",
        head + b"X\r\n\r\n",
        head + b"X: a\x00b\r\n\r\n",
        head + b"X: a\x02b\r\n\r\n",
        head + b"X: a\rb\r\n\r\n",
        head + b"Origin: a\r\nOrigin: b\r\n\r\n",
        b"GET  %s HTTP/1.1\r\n%s\r\n" % (get_target, HOST),
        b"GET\t%s HTTP/1.1\r\n%s\r\n" % (get_target, HOST),
        b"GET %s\r\n\r\n" % get_target,
        b"G(T %s HTTP/1.1\r\n%s\r\n" % (get_target, HOST),
        get(get_target + b"#a") + b"\r\n",
        get(get_target + b"\xff") + b"\r\n",
        get(get_target + b"/%2e%2e") + b"\r\n",
        get(get_target + b"/%00") + b"\r\n",
        get(get_target + b"/%zz") + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ]


def refused(get_target, post_target, more=b"", body_max=4194304):
    """Other statuses: (status, request)."""
    begin, head = post(post_target, more), get(get_target, HOST + more)
    return [
        (413, begin + b"Content-Length: %d\r\n\r\n" % (body_max + 1)),
        (413, head + b"Content-Length: 1\r\nContent-Type: application/json\r\n\r\n"),
        (414, get(b"/" + b"a" * 9000) + b"\r\n"),
        (415, b"POST %s HTTP/1.1\r\n%s%sContent-Length: 1\r\n\r\na" % (post_target, HOST, more)),
        (415, begin + b"Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\na"),
        (417, begin + b"Expect: tea\r\nContent-Length: 1\r\n\r\na"),
        (421, get(get_target, b"Host: elsewhere.example\r\n\r\n")),
        (431, head + b"X: y\r\n" * 64 + b"\r\n"),
        (431, head + b"X: " + b"y" * 17000 + b"\r\n\r\n"),
        (505, b"GET / HTTP/3.0\r\n" + HOST + b"\r\n"),
    ]
