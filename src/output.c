#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int cannot_write(const char *path, struct knn_error *error) {
    return knn_fail(error, "cannot write %s: %s; name a file in a folder with room that you may write to", path,
                    strerror(errno));
}

int knn_output_open(struct knn_output *output, const char *path, struct knn_error *error) {
    struct stat status;
    if (path[0] == '\0') {
        *output = (struct knn_output){0};
        errno = ENOENT;
        return cannot_write("\"\"", error);
    }
    int direct = lstat(path, &status) == 0 && !S_ISREG(status.st_mode);
    *output = (struct knn_output){.path = strdup(path)};
    if (output->path == NULL || (!direct && asprintf(&output->aside, "%s.%ld.part", path, (long)getpid()) < 0)) {
        output->aside = NULL;
        knn_output_discard(output);
        return knn_fail(error, "no memory for the name of %s", path);
    }
    output->stream = fopen(direct ? path : output->aside, "w");
    if (output->stream != NULL)
        return 0;
    cannot_write(path, error);
    knn_output_discard(output);
    return -1;
}

int knn_output_commit(struct knn_output *output, struct knn_error *error) {
    FILE *stream = output->stream;
    output->stream = NULL;
    errno = EIO; /* for a write that failed earlier: its own reason is gone */
    int failed = fflush(stream) != 0 || ferror(stream) || (output->aside != NULL && fsync(fileno(stream)) != 0);
    int reason = errno;
    if (fclose(stream) != 0 && !failed) {
        failed = 1;
        reason = errno;
    }
    errno = reason;
    if (!failed && output->aside != NULL)
        failed = rename(output->aside, output->path) != 0;
    if (failed)
        cannot_write(output->path, error);
    else if (output->aside != NULL)
        output->aside[0] = '\0'; /* renamed: nothing left to remove */
    knn_output_discard(output);
    return failed ? -1 : 0;
}

void knn_output_discard(struct knn_output *output) {
    if (output->stream != NULL)
        fclose(output->stream);
    if (output->aside != NULL && output->aside[0] != '\0')
        unlink(output->aside);
    free(output->aside);
    free(output->path);
    *output = (struct knn_output){0};
}
