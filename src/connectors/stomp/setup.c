/* setup.c - see setup.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/stomp/setup.h"

#include <stdio.h>
#include <stdlib.h>

#include "connectors/net/pem.h"

/* ---- checks ---- */

bool stomp_check_line(const char *option, const char *text, struct dag_error *err)
{
    return !text || !text[strcspn(text, "\r\n")] ||
           dag_error_set(err, DAG_ERROR_INVALID, "option '%s': there is a line break in it",
                         option);
}

/* HOST, HOST:PORT or [ADDRESS]:PORT. */
static bool read_place(const char *text, int64_t default_port, struct stomp_place *place)
{
    bool is_bracketed = text[0] == '[';
    size_t size = strcspn(text += is_bracketed, is_bracketed ? "]" : ":");
    const char *rest = text + size;
    long port = (long)default_port;
    char *end = NULL;

    if (is_bracketed)
        rest += *rest == ']';
    if (*rest == ':') {
        port = strtol(rest + 1, &end, 10);
        if (*end != '\0')
            return false;
        rest = end;
    }
    if (size == 0 || size >= sizeof(place->host) || *rest != '\0' || port < 1 || port > 65535)
        return false;
    snprintf(place->host, sizeof(place->host), "%.*s", (int)size, text);
    place->port = (uint16_t)port;
    return true;
}

static bool check_hosts(const struct stomp_options *options, struct dag_error *err)
{
    struct stomp_place place;

    for (size_t i = 0; i < options->hosts.count; i++)
        if (!read_place(options->hosts.items[i].text, options->port, &place))
            return dag_error_set(err, DAG_ERROR_INVALID,
                                 "option 'hosts': '%.100s' should be HOST:PORT",
                                 options->hosts.items[i].text);
    return true;
}

static bool check_lines(const struct stomp_options *options, struct dag_error *err)
{
    return stomp_check_line("username", options->username, err) &&
           stomp_check_line("password", options->password, err) &&
           stomp_check_line("virtual_host", options->virtual_host, err) &&
           stomp_check_line("client_id", options->client_id, err);
}

bool stomp_check(const struct stomp_options *options, const struct dag_address *address,
                 struct dag_error *err)
{
    const char *rest = address->rest;

    if ((strncmp(rest, "topic/", 6) != 0 && strncmp(rest, "queue/", 6) != 0) || rest[6] == '\0')
        return dag_error_set(err, DAG_ERROR_INVALID, "the address should look like %s",
                             STOMP_ADDRESS_HELP);
    if (options->key_file && !options->cert_file)
        return dag_error_set(err, DAG_ERROR_INVALID, "option 'key_file': needs 'cert_file'");
    if (!options->tls && (options->ca_file || options->cert_file))
        return dag_error_set(err, DAG_ERROR_INVALID, "option '%s': needs \"tls\": true",
                             options->ca_file ? "ca_file" : "cert_file");
    if (options->body_attribute && options->body_attribute[0] == '\0')
        return dag_error_set(err, DAG_ERROR_INVALID, "option 'body_attribute': is empty");
    return check_hosts(options, err) && check_lines(options, err);
}

/* ---- setting up ---- */

static bool read_places(struct stomp_setup *setup, const struct stomp_options *options,
                        struct dag_error *err)
{
    size_t count = options->hosts.count ? options->hosts.count : 1;
    bool done = true;

    setup->places = calloc(count, sizeof(*setup->places));
    if (!setup->places)
        return dag_error_set_memory(err, "the brokers");
    if (options->hosts.count == 0) {
        snprintf(setup->places->host, sizeof(setup->places->host), "%s", options->host);
        setup->places->port = (uint16_t)options->port;
    }
    for (size_t i = 0; done && i < options->hosts.count; i++)
        done = read_place(options->hosts.items[i].text, options->port, &setup->places[i]);
    setup->settings.places = setup->places;
    setup->settings.place_count = count;
    return done || dag_error_set(err, DAG_ERROR_INVALID, "option 'hosts': should be HOST:PORT");
}

static const char *unless_empty(const char *text)
{
    return text && text[0] != '\0' ? text : NULL;
}

bool stomp_set_up(struct stomp_setup *setup, const struct stomp_options *options,
                  const char *client_id, struct dag_host *host, struct dag_error *err)
{
    const char *key_file = options->key_file ? options->key_file : options->cert_file;
    struct net_tls_settings *tls = &setup->settings.tls;

    setup->settings = (struct stomp_settings){
        .login = unless_empty(options->username),
        .passcode = unless_empty(options->username) ? options->password : NULL,
        .virtual_host = unless_empty(options->virtual_host),
        .client_id = client_id ? client_id : unless_empty(options->client_id),
        .heartbeat_us = options->heartbeat_us,
        .connect_timeout_us = options->connect_timeout_us,
        .message_size_max = (size_t)options->message_size_max,
        .uses_tls = options->tls,
        .tls = {.verifies = options->verify, .key_password = options->key_password},
    };
    if (!read_places(setup, options, err) ||
        !net_pem_read(host, "ca_file", options->ca_file, &tls->ca, err) ||
        !net_pem_read(host, "cert_file", options->cert_file, &tls->certificate, err) ||
        !net_pem_read(host, "key_file", key_file, &tls->key, err))
        return false;
    setup->connection = stomp_connection_new(&setup->settings, host, err);
    if (!setup->connection)
        return false;
    stomp_connection_try(setup->connection);
    return true;
}

void stomp_tear_down(struct stomp_setup *setup, bool orderly)
{
    stomp_connection_free(setup->connection, orderly);
    dag_buffer_free(&setup->settings.tls.ca);
    dag_buffer_free(&setup->settings.tls.certificate);
    dag_buffer_free(&setup->settings.tls.key);
    free(setup->places);
    *setup = (struct stomp_setup){0};
}
