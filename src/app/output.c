#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int cannot_write(const char *path, struct knn_error *error) {
    return knn_fail(error, "cannot write %s: %s; name a file in a folder with room that you may write to", path,
                    strerror(errno));
}

/* The descriptor of standard output or error if this file is one of them, which is not replaced; else -1. */
static int standard_stream(const struct stat *file) {
    struct stat status;
    for (int descriptor = STDOUT_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        if (fstat(descriptor, &status) == 0 && status.st_dev == file->st_dev && status.st_ino == file->st_ino)
            return descriptor;
    return -1;
}

int knn_output_is_standard(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && standard_stream(&status) >= 0;
}

/* What is at a path before it is opened. */
struct place {
    int standard; /* standard_stream()'s answer */
    int mode;     /* an earlier file's permissions; -1: there is none */
};

/* Sets the names; `aside` stays NULL if the file is written directly. */
static int name_files(struct knn_output *output, const char *path, struct place *place) {
    struct stat status;
    char *target = NULL; /* the end of all links */
    int direct;
    *place = (struct place){-1, -1};
    if (stat(path, &status) == 0) {
        *place = (struct place){standard_stream(&status), status.st_mode & 0777};
        direct = place->standard >= 0 || !S_ISREG(status.st_mode);
        if (!direct)
            target = realpath(path, NULL);
        direct |= target == NULL; /* a file without a name: removed, but open as /dev/fd/N */
    } else {
        direct = lstat(path, &status) == 0; /* a link to nothing: there is nothing to lose */
    }
    output->path = target != NULL ? target : strdup(path);
    if (output->path == NULL || direct)
        return output->path != NULL ? 0 : -1;
    if (asprintf(&output->aside, "%s.%ld.part", output->path, (long)getpid()) < 0)
        output->aside = NULL;
    return output->aside != NULL ? 0 : -1;
}

/* A new file, with the permissions of the one it replaces. */
static FILE *open_aside(const char *path, int mode) {
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode >= 0 ? mode : 0666);
    if (file >= 0 && (mode < 0 || fchmod(file, (mode_t)mode) == 0)) /* fchmod() ignores the umask */
        return fdopen(file, "w+");                                  /* gnuplot's pictures are read again */
    if (file >= 0) {
        int reason = errno;
        close(file);
        unlink(path);
        errno = reason;
    }
    return NULL;
}

static FILE *open_stream(const struct knn_output *output, const struct place *place) {
    if (output->aside != NULL)
        return open_aside(output->aside, place->mode);
    int copy = place->standard >= 0 ? dup(place->standard) : -1;
    return copy >= 0 ? fdopen(copy, "w") : fopen(output->path, "w");
}

int knn_output_open(struct knn_output *output, const char *path, struct knn_error *error) {
    struct place place;
    *output = (struct knn_output){0};
    if (path[0] == '\0') {
        errno = ENOENT;
        return cannot_write("\"\"", error);
    }
    if (name_files(output, path, &place) != 0) {
        knn_output_discard(output);
        return knn_fail(error, "no memory for the name of %s", path);
    }
    output->stream = open_stream(output, &place);
    if (output->stream != NULL)
        return 0;
    if (errno == EEXIST)
        knn_fail(error, "cannot write %s: %s is there: give every output a name of its own", path, output->aside);
    else
        cannot_write(path, error);
    free(output->aside); /* the file is not ours to remove */
    output->aside = NULL;
    knn_output_discard(output);
    return -1;
}

/* 0 when all of it is written, else the reason why not. */
static int flush(FILE *stream, int to_disk) {
    if (fflush(stream) != 0)
        return errno;
    if (ferror(stream)) {
        errno = EIO;
        if (fputc('\n', stream) != EOF) /* the earlier reason is lost: one more write fails for the same */
            fflush(stream);
        return errno;
    }
    return to_disk && fsync(fileno(stream)) != 0 ? errno : 0;
}

int knn_output_commit(struct knn_output *output, struct knn_error *error) {
    int reason = flush(output->stream, output->aside != NULL);
    if (fclose(output->stream) != 0 && reason == 0)
        reason = errno;
    output->stream = NULL;
    if (reason == 0 && output->aside != NULL && rename(output->aside, output->path) != 0)
        reason = errno;
    errno = reason;
    if (reason != 0)
        cannot_write(output->path, error);
    else if (output->aside != NULL)
        output->aside[0] = '\0'; /* renamed: nothing left to remove */
    knn_output_discard(output);
    return reason != 0 ? -1 : 0;
}

int knn_output_commit_all(struct knn_output *outputs, size_t count, struct knn_error *error) {
    struct knn_error later;
    int status = 0;
    for (size_t i = 0; i < count; i++)
        if (outputs[i].stream != NULL && knn_output_commit(&outputs[i], status == 0 ? error : &later) != 0)
            status = -1;
    return status;
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
