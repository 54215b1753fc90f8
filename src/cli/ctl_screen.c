/* ctl_screen.c - see ctl_screen.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ctl_screen.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool screen_open(struct screen *screen, struct dag_error *err)
{
    struct termios raw;

    if (tcgetattr(STDIN_FILENO, &screen->before) != 0)
        return dag_error_set_errno(err, "standard input is no terminal");
    raw = screen->before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    raw.c_cc[VSUSP] = _POSIX_VDISABLE; /* a stopped program would leave the screen as it is */
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) != 0)
        return dag_error_set_errno(err, "cannot set up the terminal");
    screen->is_open = true;
    fputs("\033[?1049h\033[?25l", stdout); /* the other screen, no cursor */
    fflush(stdout);
    return true;
}

void screen_close(struct screen *screen)
{
    if (!screen->is_open)
        return;
    fputs("\033[?25h\033[?1049l", stdout);
    fflush(stdout);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &screen->before);
    screen->is_open = false;
}

void screen_size(size_t *width, size_t *height)
{
    struct winsize window;
    bool is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0;

    *width = is_known && window.ws_col > 0 ? window.ws_col : 80;
    *height = is_known && window.ws_row > 0 ? window.ws_row : 24;
}

void screen_show(const struct dag_buffer *frame)
{
    fputs("\033[H", stdout);
    fwrite(frame->bytes, 1, frame->size, stdout);
    fputs("\033[J", stdout);
    fflush(stdout);
}

static int read_byte(void)
{
    unsigned char byte;

    return read(STDIN_FILENO, &byte, 1) == 1 ? byte : -1;
}

/* What follows an escape: arrows and pages; others mean nothing. */
static int read_escape(void)
{
    int kind;

    if (read_byte() != '[')
        return 27;
    kind = read_byte();
    switch (kind) {
    case 'A':
        return SCREEN_UP;
    case 'B':
        return SCREEN_DOWN;
    case '5':
    case '6':
        (void)read_byte(); /* the '~' */
        return kind == '5' ? SCREEN_PAGE_UP : SCREEN_PAGE_DOWN;
    default:
        return SCREEN_NONE;
    }
}

int screen_take_key(void)
{
    int byte = read_byte();

    if (byte < 0)
        return SCREEN_NONE;
    return byte == 27 ? read_escape() : byte;
}
