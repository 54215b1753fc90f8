/* serve_settings.h - what `dagd serve` is told: by a file, the environment and its flags. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SERVE_SETTINGS_H
#define CLI_SERVE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/tree.h"
#include "dag/json.h"

#define SERVE_SETTINGS_MAX 32

/** Texts of a setting that may be given several times. */
struct serve_list {
    const char **texts;
    size_t count;
};

/** Every setting; texts live in `document`. Paths are as they were given. */
struct serve_settings {
    const char *dags, *data, *file_root, *web_dir;
    const char *listen;             /* as given; its parts: */
    char listen_address[64];        /* numeric, without brackets */
    uint16_t listen_port;           /* 0: a free one */
    const char *tls_cert, *tls_key; /* both or none */
    const char *secrets_dir;
    const char *metrics_token_file; /* its first line guards /metrics; NULL: nothing does */
    const char *users_file;         /* of the original, to be imported; NULL: none */
    const char *log_format, *log_level;
    const char *name; /* of this server, as people see it; NULL: the machine's */
    struct serve_list host_names, proxies;
    struct serve_list secret_env;                /* variables that ${secret:NAME} may read */
    struct serve_list env;                       /* variables that ${NAME} may read */
    struct serve_list egress_allow, egress_deny; /* addresses and networks that http:// may reach */
    bool start_all, standby, allow_plain_http;
    int64_t drain_timeout_us, checkpoint_interval_us;
    int64_t threads;
    bool print_config;
    bool has_zookeeper;        /* the original's ZOOKEEPER_HOSTS is set */
    struct serve_list unknown; /* DAGD_* variables that are no settings */

    struct tree_document *document;       /* owned */
    const char *from[SERVE_SETTINGS_MAX]; /* by setting: who gave it; NULL: the default */
};

/** Reads them in rising priority: defaults, file (--config, DAGD_CONFIG), the original's variables,
 *  DAGD_* variables, flags. `environment` is like environ. Complains on standard error and returns
 *  the exit code: CLI_OK, CLI_USAGE, or CLI_IO when the file can't be read. serve_settings_deinit()
 *  is due in any case. */
int serve_settings_read(int argc, char **argv, char *const *environment,
                        struct serve_settings *settings);
void serve_settings_deinit(struct serve_settings *settings);

/** Logs what in the environment has no effect: once the log has the form that was asked for. */
void serve_settings_warn(const struct serve_settings *settings);

/** True when one of the paths, made absolute, is or lies in the other, or that can't be told. */
bool serve_settings_overlap(const char *one, const char *other);

/** JSON that --config takes, with a comment "_from" that tells who gave what. Settings that name
 *  secrets hold names only, so there is nothing to hide. False: out of memory. */
bool serve_settings_write(const struct serve_settings *settings, struct dag_buffer *out);

#endif
