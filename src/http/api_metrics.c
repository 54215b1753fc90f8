/* api_metrics.c - see api_metrics.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/api_metrics.h"

#include <inttypes.h>
#include <stdatomic.h>

#include "graph/writer.h"
#include "server/audit.h"
#include "server/denials.h"

static void metric(struct writer *writer, const char *name, const char *type, const char *help,
                   double value)
{
    writer_format(writer, "# HELP %s %s\n# TYPE %s %s\n%s %.17g\n", name, help, name, type, name,
                  value);
}

static void write_http(struct writer *writer, const struct http_counters *counters)
{
    metric(writer, "dagd_http_connections_total", "counter", "Connections that were accepted.",
           (double)counters->connections);
    metric(writer, "dagd_http_connections_refused_total", "counter", "Connections over a limit.",
           (double)counters->connections_refused);
    metric(writer, "dagd_http_requests_total", "counter", "Requests that were answered.",
           (double)counters->requests);
    metric(writer, "dagd_http_request_seconds_total", "counter",
           "Time from the whole head of requests to their replies.",
           (double)counters->duration_us / 1e6);
    metric(writer, "dagd_http_malformed_total", "counter", "Requests that the parser refused.",
           (double)counters->malformed);
    metric(writer, "dagd_http_timeouts_total", "counter", "Clients that were too slow.",
           (double)counters->timed_out);
    metric(writer, "dagd_http_received_bytes_total", "counter", "Bytes read from clients.",
           (double)counters->bytes_in);
    metric(writer, "dagd_http_sent_bytes_total", "counter", "Bytes written to clients.",
           (double)counters->bytes_out);
    metric(writer, "dagd_http_tls_failures_total", "counter", "TLS handshakes that failed.",
           (double)counters->tls_failures);
    metric(writer, "dagd_http_connections_open", "gauge", "Connections now.",
           counters->connections_open);
    metric(writer, "dagd_http_streams_open", "gauge", "Live streams now.", counters->streams_open);
    writer_plain(writer, "# HELP dagd_http_replies_total Replies by class of status.\n"
                         "# TYPE dagd_http_replies_total counter\n");
    for (unsigned int i = 1; i < 6; i++)
        writer_format(writer, "dagd_http_replies_total{class=\"%uxx\"} %" PRIu64 "\n", i,
                      counters->replies[i]);
}

static void write_causes(struct writer *writer, const char *name, const char *help,
                         const char *const *causes, const uint64_t *values, size_t count)
{
    writer_format(writer, "# HELP %s %s\n# TYPE %s counter\n", name, help, name);
    for (size_t i = 0; i < count; i++)
        writer_format(writer, "%s{cause=\"%s\"} %" PRIu64 "\n", name, causes[i], values[i]);
}

static void write_denials(struct writer *writer, struct api *api)
{
    static const char *const causes[] = {"credential", "sign_in", "rate"};
    struct denials_counts credentials = {0}, sign_ins = {0};

    denials_count(api->wrong_credentials, &credentials);
    denials_count(api->failed_sign_ins, &sign_ins);
    write_causes(writer, "dagd_http_denied_total",
                 "Wrong credentials and failed attempts to sign in, in full.", causes,
                 (const uint64_t[]){credentials.told, sign_ins.told}, 2);
    write_causes(writer, "dagd_http_slowed_total",
                 "Requests that were told to wait, of addresses and users that sent too many.",
                 causes, (const uint64_t[]){credentials.held, sign_ins.held, api->over_rate}, 3);
}

bool api_metrics_write(struct api *api, struct dag_buffer *out)
{
    struct writer writer = {.out = out};
    struct http_server *http = atomic_load(&api->http); /* the first request may come early */
    struct http_counters counters;

    metric(&writer, "process_start_time_seconds", "gauge", "When the process started, since 1970.",
           (double)api->started_us / 1e6);
    metric(&writer, "dagd_audit_failed", "gauge",
           "1: the audit log can't be written, and changes are refused.",
           audit_has_failed(api->audit));
    write_denials(&writer, api);
    if (http) {
        http_server_counters(http, &counters);
        write_http(&writer, &counters);
    }
    return !writer.failed;
}
