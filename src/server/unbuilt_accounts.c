/* unbuilt_accounts.c - no secrets and no confinement, until secrets.h and storage_beneath.h are
 * built. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "core/storage_beneath.h"
#include "server/secrets.h"

static int none;

struct secrets *secrets_new(const struct secrets_options *options, struct dag_error *err)
{
    (void)options;
    (void)err;
    return (struct secrets *)(void *)&none;
}

void secrets_free(struct secrets *secrets)
{
    (void)secrets;
}

const char *secrets_find(void *context, const char *name)
{
    (void)context;
    (void)name;
    return NULL;
}

struct storage *storage_beneath_new(const char *root, struct dag_error *err)
{
    (void)root;
    (void)err;
    return storage_disk();
}

void storage_beneath_free(struct storage *storage)
{
    (void)storage;
}
