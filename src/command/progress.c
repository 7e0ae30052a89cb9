#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clock.h"
#include "interrupt.h"
#include "ranks.h"

enum { LONGEST_BAR = 40, TEXT = 22, USUAL_COLUMNS = 80 };

static int is_shown(void) {
    return isatty(STDERR_FILENO) && ranks_is_first();
}

/* The most columns that a line may have without wrapping. */
static int line_width(void) {
    struct winsize size;
    int known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    int width = (known ? size.ws_col : USUAL_COLUMNS) - 1;
    return width < LONGEST_BAR + 2 + TEXT ? width : LONGEST_BAR + 2 + TEXT;
}

/* `left` is in seconds, negative if it is unknown. */
static void show(double all, double left) {
    char text[64], seconds[32] = "?", bar[LONGEST_BAR + 1];
    int width = line_width(), length = width - 2 - TEXT;
    if (left >= 0)
        snprintf(seconds, sizeof seconds, "%.0f", left);
    snprintf(text, sizeof text, "%4.0f %%, %s s left", 100 * all, seconds);
    if (length < 1) {
        fprintf(stderr, "\r%-*.*s", width, width, text);
        return;
    }
    int full = (int)(all * length);
    memset(bar, '#', sizeof bar);
    fprintf(stderr, "\r[%.*s%*s]%-*.*s", full, bar, length - full, "", TEXT, TEXT, text);
}

/* The rate counts from the first call on: before it, rows were packed. */
int on_progress(double done, void *context) {
    struct progress *p = context;
    double now = knn_seconds(), all = p->done + done * p->share;
    if (p->since == 0) {
        p->since = now;
        p->from = all;
    }
    if (is_shown())
        show(all, all > p->from ? (now - p->since) * (1 - all) / (all - p->from) : -1);
    return knn_interrupted();
}

void clear_progress(void) {
    if (is_shown())
        fprintf(stderr, "\r%*s\r", line_width(), "");
}
