/* command.h - from a message to the commands that write it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONNECTORS_REDIS_COMMAND_H
#define CONNECTORS_REDIS_COMMAND_H

#include "connectors/redis/link.h"
#include "dag/json.h"

/** How a message is stored under its key. */
enum redis_store {
    REDIS_STORE_SET,  /* the other attributes as one JSON text */
    REDIS_STORE_HASH, /* a field for each other attribute */
};

#define REDIS_KEY_ATTRIBUTE "__dagserver_key"

/** How messages become commands. */
struct redis_writing {
    enum redis_store store;
    const struct dag_name *key;       /* of the attribute that names the key */
    bool keeps_key;                   /* that attribute is stored, too */
    const char *prefix;               /* of every key; "" for none */
    int64_t ttl_us;                   /* 0: for ever */
    struct dag_buffer key_text, text; /* owned; kept between messages */
};

/** Queues the commands for one message. `*count`: how many replies will come; 0: none, as `reason`
 *  says. False, with `err`: no memory. */
bool redis_write_row(struct redis_writing *writing, const struct dag_row *row,
                     struct redis_link *link, size_t *count, const char **reason,
                     struct dag_error *err);

void redis_writing_deinit(struct redis_writing *writing);

#endif
