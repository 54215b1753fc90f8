/* kept.h - the data folder of `dagd run --data` and what keeps each DAG's state in it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_KEPT_H
#define CLI_KEPT_H

#include "runtime/runtime.h"

struct kept;

/** Opens and locks the folder for up to `count` DAGs. CLI_OK, CLI_LOCKED, or another exit code;
 * then `err`. */
int kept_open(const char *path, size_t count, struct kept **kept, struct dag_error *err);

/** From now on the DAG's state is kept, with a checkpoint at least every so often (0: the default).
 * Before its start. */
bool kept_add(struct kept *kept, struct dag *dag, int64_t checkpoint_interval_us,
              struct dag_error *err);

/** Behind the runtime. NULL is allowed. */
void kept_close(struct kept *kept);

#endif
