/* loader_no_entry.c - a shared library for the loader's tests: no plug-in. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "dag/error.h"

DAG_API int loader_no_entry(void);

int loader_no_entry(void)
{
    return 0;
}
