#include "fail.h"

#include <stdarg.h>
#include <stdio.h>

#include "utf8.h"

int knn_fail(struct knn_error *error, const char *format, ...) {
    va_list arguments;
    if (error == NULL)
        return -1;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    knn_utf8_clean(error->message); /* one line, whatever a file's name holds */
    return -1;
}
