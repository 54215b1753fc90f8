/* number.cc - lends C the conversions of the C++ library, which are exact and need no locale. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <charconv>

#include "core/number_shim.h"

extern "C" bool number_shim_read(const char *text, const char *end, double *real)
{
    return std::from_chars(text, end, *real).ec == std::errc();
}

extern "C" size_t number_shim_write(char *out, double real)
{
    std::to_chars_result result =
        std::to_chars(out, out + NUMBER_SHIM_SIZE_MAX, real, std::chars_format::scientific);
    return static_cast<size_t>(result.ptr - out);
}
