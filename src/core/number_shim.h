/* number_shim.h - what number.cc lends to C. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_NUMBER_SHIM_H
#define CORE_NUMBER_SHIM_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NUMBER_SHIM_SIZE_MAX 26 /* "-2.2250738585072014e-308" and some air */

/** The double nearest to a decimal number. False: the range is left, `*real` is unchanged. */
bool number_shim_read(const char *text, const char *end, double *real);

/** Shortest digits as `d.ddde-xx`; returns the bytes, at most NUMBER_SHIM_SIZE_MAX. */
size_t number_shim_write(char *out, double real);

#ifdef __cplusplus
}
#endif

#endif
