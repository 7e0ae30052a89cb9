#include "container.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct knn_stream { /* one of the two */
    FILE *file;
    struct archive *archive;
};

enum { WHERE_SIZE = PATH_MAX + 64, BLOCK = 1 << 16 };

/* libarchive has no text for some failures. */
static const char *archive_reason(struct archive *archive) {
    const char *reason = archive_error_string(archive);
    return reason != NULL ? reason : "damaged";
}

int knn_member_read(struct knn_member *member, void *bytes, size_t size, struct knn_error *error) {
    const struct knn_stream *stream = member->stream;
    size_t done = 0;
    if (stream->file != NULL) {
        done = fread(bytes, 1, size, stream->file);
        if (done < size && ferror(stream->file))
            return knn_fail(error, "%s: cannot be read (%s): check the disk", member->where, strerror(errno));
    }
    while (stream->archive != NULL && done < size) {
        la_ssize_t got = archive_read_data(stream->archive, (char *)bytes + done, size - done);
        if (got < 0)
            return knn_fail(error, "%s: cannot be unpacked (%s): fetch the archive again", member->where,
                            archive_reason(stream->archive));
        if (got == 0)
            break;
        done += (size_t)got;
    }
    if (done < size)
        return knn_fail(error, "%s: ends before its %ju bytes: fetch it again", member->where, (uintmax_t)member->size);
    return 0;
}

static int read_file(const char *where, unsigned which, knn_member_fn *take, void *context, struct knn_error *error) {
    FILE *file = fopen(where, "rb");
    if (file == NULL)
        return errno == ENOENT
                   ? 0
                   : knn_fail(error, "%s: cannot be opened (%s): check its permissions", where, strerror(errno));
    struct stat status;
    int result;
    if (fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode)) {
        result = knn_fail(error, "%s: is not a regular file: put CIFAR-10's file there", where);
    } else {
        struct knn_stream stream = {.file = file};
        struct knn_member member = {which, (uint64_t)status.st_size, where, &stream};
        result = take(&member, context, error);
    }
    fclose(file);
    return result;
}

static int read_folder(const char *path, const char *const *names, unsigned count, knn_member_fn *take, void *context,
                       struct knn_error *error) {
    char where[WHERE_SIZE];
    for (unsigned i = 0; i < count; i++) {
        snprintf(where, sizeof where, "%s/%s", path, names[i]);
        if (read_file(where, i, take, context, error) != 0)
            return -1;
    }
    return 0;
}

/* The place of an archive's entry among the names; `count` if it is none of them, or no file. */
static unsigned entry_place(struct archive_entry *entry, const char *const *names, unsigned count) {
    const char *path = archive_entry_pathname(entry);
    if (path == NULL || archive_entry_filetype(entry) != AE_IFREG)
        return count;
    const char *slash = strrchr(path, '/');
    unsigned i = 0;
    while (i < count && strcmp(slash != NULL ? slash + 1 : path, names[i]) != 0)
        i++;
    return i;
}

static int read_entries(struct archive *archive, const char *path, const char *const *names, unsigned count,
                        knn_member_fn *take, void *context, struct knn_error *error) {
    char where[WHERE_SIZE];
    struct knn_stream stream = {.archive = archive};
    struct archive_entry *entry;
    for (;;) {
        int status = archive_read_next_header(archive, &entry);
        if (status == ARCHIVE_EOF)
            return 0;
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
            return knn_fail(error, "%s: cannot be read as an archive (%s): fetch it again, or give a folder", path,
                            archive_reason(archive));
        unsigned which = entry_place(entry, names, count);
        if (which == count)
            continue;
        snprintf(where, sizeof where, "%s: %s", path, names[which]);
        if (!archive_entry_size_is_set(entry))
            return knn_fail(error, "%s: has no size in this kind of archive: unpack it", where);
        struct knn_member member = {which, (uint64_t)archive_entry_size(entry), where, &stream};
        if (take(&member, context, error) != 0)
            return -1;
    }
}

static int read_archive(const char *path, const char *const *names, unsigned count, knn_member_fn *take, void *context,
                        struct knn_error *error) {
    struct archive *archive = archive_read_new();
    if (archive == NULL)
        return knn_fail(error, "%s: no memory to read it: close other programs", path);
    archive_read_support_filter_all(archive);
    archive_read_support_format_all(archive);
    int result =
        archive_read_open_filename(archive, path, BLOCK) == ARCHIVE_OK
            ? read_entries(archive, path, names, count, take, context, error)
            : knn_fail(error, "%s: cannot be opened as an archive (%s): fetch it again", path, archive_reason(archive));
    archive_read_free(archive);
    return result;
}

int knn_container_read(const char *path, const char *const *names, unsigned count, knn_member_fn *take, void *context,
                       struct knn_error *error) {
    struct stat status;
    if (stat(path, &status) != 0)
        return knn_fail(error, "%s: cannot be opened (%s): check the path", path, strerror(errno));
    return (S_ISDIR(status.st_mode) ? read_folder : read_archive)(path, names, count, take, context, error);
}
