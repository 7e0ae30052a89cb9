#include "error.h"

#include <stdarg.h>
#include <stdio.h>

int knn_fail(struct knn_error *error, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    for (char *c = error->message; *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            *c = '?'; /* one line, whatever a file's name holds */
    return -1;
}
