/* ctl_screen.h - a terminal that a program draws on as a whole and reads keys from. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CTL_SCREEN_H
#define CLI_CTL_SCREEN_H

#include <termios.h>

#include "dag/json.h"

/** Keys that are no letters. */
enum screen_key {
    SCREEN_NONE = 0,
    SCREEN_UP = 0x100,
    SCREEN_DOWN,
    SCREEN_PAGE_UP,
    SCREEN_PAGE_DOWN,
};

struct screen {
    struct termios before;
    bool is_open;
};

/** Takes standard input and output, which must be terminals: keys come at once and unseen, and what
 *  was on the screen waits behind it. False: `err`. */
bool screen_open(struct screen *screen, struct dag_error *err);

/** Gives the terminal back as it was. */
void screen_close(struct screen *screen);

/** How large it is now. */
void screen_size(size_t *width, size_t *height);

/** Shows a frame in place of the one before: lines end with SCREEN_LINE_END. */
#define SCREEN_LINE_END "\033[K\r\n"
void screen_show(const struct dag_buffer *frame);

/** The next key that was pressed; SCREEN_NONE: none waits. */
int screen_take_key(void);

#endif
