/* storage_host.h - a fake host whose files are those of a storage. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_STORAGE_HOST_H
#define TESTS_STORAGE_HOST_H

#include "core/storage.h"
#include "support/fake_host.h"

/** After fake_host_init(). The fake host's own files, counters and failures have no effect. */
void fake_host_use_storage(struct fake_host *host, struct storage *storage);

#endif
