/* stomp_bare.c - the least that moves messages over STOMP: one socket, one loop, no record.
 *
 *   stomp_bare receive PORT QUEUE COUNT   acknowledges each message, as it comes
 *   stomp_bare send PORT QUEUE COUNT      1,024 in a transaction, whose receipt it waits for
 *
 * Prints the seconds from the login to the broker's word for the last message.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAME(...) ((size_t)snprintf(out, sizeof(out), __VA_ARGS__) + 1) /* with the NUL */
#define BATCH      1024

static char in[1 << 20], out[1 << 20];
static size_t held;
static int peer;

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    fprintf(stderr, "stomp_bare: %s: %.300s\n", what, in);
    exit(1);
}

static void put(const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(peer, bytes, size, MSG_NOSIGNAL);

        if (sent <= 0)
            fail("send");
        bytes += sent;
        size -= (size_t)sent;
    }
}

static void fill(void)
{
    ssize_t got = recv(peer, in + held, sizeof(in) - held, 0);

    if (got <= 0)
        fail("closed");
    held += (size_t)got;
}

/* Reads until a frame of this command has come, and drops all that is held. */
static void await(const char *command)
{
    bool found = false;

    while (!found) {
        fill();
        found = memmem(in, held, command, strlen(command)) && in[held - 1] != ' ';
        if (memmem(in, held, "ERROR\n", 6))
            fail("refused");
        held = found ? 0 : held;
    }
}

static void log_in(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int yes = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    peer = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    if (connect(peer, (struct sockaddr *)&address, sizeof(address)) != 0)
        fail("connect");
    put(out, FRAME("CONNECT\naccept-version:1.2\nhost:/\nlogin:test\npasscode:test\n\n"));
    await("CONNECTED\n");
}

/* Answers each whole frame that is held. Returns how many there were. */
static size_t acknowledge(void)
{
    size_t count = 0, size = 0;
    char *at = in, *end;

    while ((end = memchr(at, '\0', held - (size_t)(at - in)))) {
        char *ack = memmem(at, (size_t)(end - at), "\nack:", 5);

        if (!ack)
            fail("no message");
        size_t length = strcspn(ack + 5, "\n");
        size += (size_t)snprintf(out + size, sizeof(out) - size, "ACK\nid:%.*s\n\n", (int)length,
                                 ack + 5) +
                1;
        count++;
        at = end + 1;
        while (at < in + held && *at == '\n')
            at++;
    }
    held -= (size_t)(at - in);
    memmove(in, at, held);
    put(out, size);
    return count;
}

static void receive(const char *queue, size_t count)
{
    put(out, FRAME("SUBSCRIBE\nid:0\ndestination:/queue/%s\nack:client-individual\n"
                   "activemq.prefetchSize:100\n\n",
                   queue));
    for (size_t done = 0; done < count; done += acknowledge())
        fill();
    put(out, FRAME("DISCONNECT\nreceipt:r\n\n"));
    await("RECEIPT\n");
}

static void send_all(const char *queue, size_t count)
{
    for (size_t done = 0; done < count;) {
        size_t size = FRAME("BEGIN\ntransaction:%zu\n\n", done);

        for (size_t i = 0; i < BATCH && done + i < count; i++) {
            char body[64];
            int length = snprintf(body, sizeof(body), "{\"n\":%zu}", done + i);

            size += (size_t)snprintf(out + size, sizeof(out) - size,
                                     "SEND\ndestination:/queue/%s\npersistent:true\n"
                                     "amq-msg-type:text\ntransaction:%zu\ncontent-length:%d\n\n%s",
                                     queue, done, length, body) +
                    1;
        }
        size += (size_t)snprintf(out + size, sizeof(out) - size,
                                 "COMMIT\ntransaction:%zu\nreceipt:r\n\n", done) +
                1;
        put(out, size);
        await("RECEIPT\n");
        done += BATCH;
    }
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    size_t count = strtoul(argv[4], NULL, 10);
    log_in(atoi(argv[2]));
    double begun = seconds();
    if (strcmp(argv[1], "receive") == 0)
        receive(argv[3], count);
    else
        send_all(argv[3], count);
    printf("%.4f\n", seconds() - begun);
    close(peer);
    return 0;
}
