/* storage_host.h - a fake host whose files are those of a storage. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_STORAGE_HOST_H
#define TESTS_STORAGE_HOST_H

#include "core/storage.h"
#include "support/fake_host.h"

/** After fake_host_init(). The counters and failures of the fake host's own files have no effect. */
void fake_host_use_storage(struct fake_host *host, struct storage *storage);

#endif
