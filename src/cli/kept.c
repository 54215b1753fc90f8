/* kept.c - see kept.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/kept.h"

#include <assert.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "durable/keeper.h"

struct kept {
    struct data_folder *folder; /* owned */
    struct disk_pool *pool;     /* owned; of all keepers */
    struct keeper **keepers;    /* owned */
    size_t count, capacity;
};

int kept_open(const char *path, size_t count, struct kept **kept, struct dag_error *err)
{
    struct kept *made = calloc(1, sizeof(*made));

    if (made)
        made->keepers = calloc(count + 1, sizeof(struct keeper *));
    if (!made || !made->keepers) {
        free(made);
        dag_error_set_memory(err, "the data folder");
        return CLI_IO;
    }
    made->capacity = count;
    enum data_folder_outcome outcome =
        data_folder_open(storage_disk(), path, true, false, &made->folder, err);
    if (outcome == DATA_FOLDER_OK) {
        made->pool = disk_pool_new(DISK_POOL_THREADS, err);
        if (made->pool) {
            *kept = made;
            return CLI_OK;
        }
    }
    kept_close(made);
    if (outcome == DATA_FOLDER_LOCKED) /* a server, perhaps */
        dag_error_add_context(err, "'dagd ctl apply FILE --start' runs a DAG in a server instead");
    return outcome == DATA_FOLDER_LOCKED ? CLI_LOCKED : CLI_IO;
}

bool kept_add(struct kept *kept, struct dag *dag, int64_t checkpoint_interval_us,
              struct dag_error *err)
{
    struct keeper_options options = {
        .storage = storage_disk(),
        .clock = clock_system(),
        .folder = kept->folder,
        .pool = kept->pool,
        .plan = dag_plan(dag),
        .checkpoint_interval_us = checkpoint_interval_us,
    };

    assert(kept->count < kept->capacity);
    struct keeper *keeper = keeper_new(&options, err);
    if (!keeper)
        return false;
    kept->keepers[kept->count++] = keeper;
    return dag_keep(dag, keeper_durability(keeper), err);
}

void kept_close(struct kept *kept)
{
    if (!kept)
        return;
    for (size_t i = 0; i < kept->count; i++)
        keeper_free(kept->keepers[i]);
    disk_pool_free(kept->pool);
    data_folder_close(kept->folder);
    free(kept->keepers);
    free(kept);
}
