#include "container.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct knn_stream { /* one of the two */
    FILE *file;
    struct archive *archive;
};

enum { WHERE_SIZE = PATH_MAX + 64, BLOCK = 1 << 16 };
enum { DEFLATE_RATIO = 1032 }; /* the most bytes that can come from one of gzip's */

/* libarchive has no text for some failures. */
static const char *archive_reason(struct archive *archive) {
    const char *reason = archive_error_string(archive);
    return reason != NULL ? reason : "damaged";
}

const char *knn_open_advice(int code) {
    switch (code) {
    case EACCES:
    case EPERM:
        return "check its permissions";
    case ELOOP:
        return "a link leads back to itself: mend it";
    case EMFILE:
    case ENFILE:
        return "close other files, or raise their limit (ulimit -n)";
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
        return "check the path";
    default:
        return "check the disk";
    }
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

/* Reads fewer bytes only at the end. */
static int read_some(struct knn_member *member, void *bytes, size_t size, size_t *done, struct knn_error *error) {
    const struct knn_stream *stream = member->stream;
    *done = 0;
    if (stream->file != NULL) {
        *done = fread(bytes, 1, size, stream->file);
        if (*done < size && ferror(stream->file))
            return knn_fail(error, "%s: cannot be read (%s): check the disk", member->where, strerror(errno));
    }
    while (stream->archive != NULL && *done < size) {
        la_ssize_t got = archive_read_data(stream->archive, (char *)bytes + *done, size - *done);
        if (got < 0)
            return knn_fail(error, "%s: cannot be unpacked (%s): fetch it again", member->where,
                            archive_reason(stream->archive));
        if (got == 0)
            break;
        *done += (size_t)got;
    }
    return 0;
}

int knn_member_read(struct knn_member *member, void *bytes, size_t size, struct knn_error *error) {
    size_t done;
    if (read_some(member, bytes, size, &done, error) != 0)
        return -1;
    if (done == size)
        return 0;
    return member->exact ? knn_fail(error, "%s: ends before its %ju bytes: fetch it again", member->where,
                                    (uintmax_t)member->size)
                         : knn_fail(error, "%s: ends before what its header promises: fetch it again", member->where);
}

int knn_member_skip(struct knn_member *member, uint64_t size, struct knn_error *error) {
    uint8_t bytes[4096];
    if (member->stream->file != NULL) {
        if (size == 0 || fseeko(member->stream->file, (off_t)size, SEEK_CUR) == 0)
            return 0;
        return knn_fail(error, "%s: cannot be read (%s): check the disk", member->where, strerror(errno));
    }
    for (uint64_t some; size > 0; size -= some) {
        some = size < sizeof bytes ? size : sizeof bytes;
        if (knn_member_read(member, bytes, (size_t)some, error) != 0)
            return -1;
    }
    return 0;
}

int knn_member_holds(const struct knn_member *member, uint64_t header, uint64_t rows, uint64_t dim,
                     struct knn_error *error) {
    uint64_t all = header + rows * dim;
    if (member->size < all)
        return knn_fail(error, "%s: its header promises %ju bytes, more than the %ju it can have: fetch it again",
                        member->where, (uintmax_t)all, (uintmax_t)member->size);
    if (member->exact && member->size > all)
        return knn_fail(error, "%s: its %ju bytes are more than the %ju its header promises: fetch it again",
                        member->where, (uintmax_t)member->size, (uintmax_t)all);
    return 0;
}

int knn_member_end(struct knn_member *member, struct knn_error *error) {
    char byte;
    size_t done;
    if (read_some(member, &byte, 1, &done, error) != 0)
        return -1;
    return done == 0 ? 0 : knn_fail(error, "%s: is longer than its header says: fetch it again", member->where);
}

/* -- files --------------------------------------------------------------------------------------------------------- */

/* Does not wait for a pipe or a device. */
static int open_regular(const char *path, struct stat *status, struct knn_error *error) {
    int file;
    do
        file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    while (file < 0 && errno == EINTR);
    if (file < 0)
        return knn_fail(error, "%s: cannot be opened (%s): %s", path, strerror(errno), knn_open_advice(errno));
    if (fstat(file, status) == 0 && S_ISREG(status->st_mode))
        return file;
    close(file);
    return knn_fail(error, "%s: is not a regular file: give one", path);
}

static struct archive *open_archive(int file, int raw) {
    struct archive *archive = archive_read_new();
    if (archive == NULL)
        return NULL;
    archive_read_support_filter_all(archive);
    (raw ? archive_read_support_format_raw : archive_read_support_format_all)(archive);
    archive_read_open_fd(archive, file, BLOCK); /* what is wrong comes up with the first header */
    return archive;
}

static int take_plain(int file, const struct stat *status, const char *path, unsigned which, knn_member_fn *take,
                      void *context, struct knn_error *error) {
    struct knn_stream stream = {.file = fdopen(file, "rb")};
    struct knn_member member = {which, (uint64_t)status->st_size, path, 1, &stream};
    if (stream.file == NULL) {
        close(file);
        return knn_fail(error, "%s: no memory to read it: close other programs", path);
    }
    int result = take(&member, context, error);
    fclose(stream.file);
    return result;
}

static int take_zipped(int file, const struct stat *status, const char *path, unsigned which, knn_member_fn *take,
                       void *context, struct knn_error *error) {
    struct archive_entry *entry;
    struct knn_stream stream = {.archive = open_archive(file, 1)};
    struct knn_member member = {which, (uint64_t)status->st_size * DEFLATE_RATIO, path, 0, &stream};
    int result;
    if (stream.archive == NULL)
        result = knn_fail(error, "%s: no memory to read it: close other programs", path);
    else if (archive_read_next_header(stream.archive, &entry) != ARCHIVE_OK)
        result = knn_fail(error, "%s: cannot be unpacked (%s): fetch it again", path, archive_reason(stream.archive));
    else
        result = take(&member, context, error);
    archive_read_free(stream.archive);
    close(file);
    return result;
}

int knn_file_read(const char *path, unsigned which, knn_member_fn *take, void *context, struct knn_error *error) {
    struct stat status;
    unsigned char start[2];
    int file = open_regular(path, &status, error);
    if (file < 0)
        return -1;
    int zipped = pread(file, start, sizeof start, 0) == sizeof start && start[0] == 0x1f && start[1] == 0x8b;
    return (zipped ? take_zipped : take_plain)(file, &status, path, which, take, context, error);
}

/* -- folders ------------------------------------------------------------------------------------------------------- */

static int read_folder(const char *path, const char *const *names, unsigned count, knn_member_fn *take, void *context,
                       struct knn_error *error) {
    char where[WHERE_SIZE];
    struct stat status;
    for (unsigned i = 0; i < count; i++) {
        snprintf(where, sizeof where, "%s/%s", path, names[i]);
        if (stat(where, &status) != 0 && errno == ENOENT)
            continue;
        int file = open_regular(where, &status, error);
        if (file < 0 || take_plain(file, &status, where, i, take, context, error) != 0)
            return -1;
    }
    return 0;
}

static int see_folder(const char *path, knn_name_fn *see, void *context, struct knn_error *error) {
    DIR *folder = opendir(path);
    if (folder == NULL)
        return knn_fail(error, "%s: cannot be opened (%s): %s", path, strerror(errno), knn_open_advice(errno));
    for (struct dirent *entry; (entry = readdir(folder)) != NULL && see(entry->d_name, context) == 0;)
        ;
    closedir(folder);
    return 0;
}

/* -- archives ------------------------------------------------------------------------------------------------------ */

struct walk {
    const char *path;
    struct archive *archive;
    const char *name; /* of the entry, without folders */
    struct archive_entry *entry;
};

/* Goes on to the next file: 1, or 0 after the last. */
static int next_entry(struct walk *walk, struct knn_error *error) {
    for (;;) {
        int status = archive_read_next_header(walk->archive, &walk->entry);
        if (status == ARCHIVE_EOF)
            return 0;
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
            return knn_fail(error, "%s: cannot be read as an archive (%s): fetch it again, or give a folder",
                            walk->path, archive_reason(walk->archive));
        const char *path = archive_entry_pathname(walk->entry);
        if (path == NULL || archive_entry_filetype(walk->entry) != AE_IFREG)
            continue;
        const char *slash = strrchr(path, '/');
        walk->name = slash != NULL ? slash + 1 : path;
        return 1;
    }
}

static int take_entry(const struct walk *walk, const char *const *names, unsigned which, knn_member_fn *take,
                      void *context, struct knn_error *error) {
    char where[WHERE_SIZE];
    struct knn_stream stream = {.archive = walk->archive};
    snprintf(where, sizeof where, "%s: %s", walk->path, names[which]);
    if (!archive_entry_size_is_set(walk->entry) || archive_entry_size(walk->entry) < 0)
        return knn_fail(error, "%s: has no size in this kind of archive: unpack it", where);
    struct knn_member member = {which, (uint64_t)archive_entry_size(walk->entry), where, 1, &stream};
    return take(&member, context, error);
}

static int read_entries(struct walk *walk, const char *const *names, unsigned count, knn_member_fn *take, void *context,
                        struct knn_error *error) {
    int more;
    while ((more = next_entry(walk, error)) > 0)
        for (unsigned i = 0; i < count; i++)
            if (strcmp(walk->name, names[i]) == 0 && take_entry(walk, names, i, take, context, error) != 0)
                return -1;
    return more;
}

static int see_entries(struct walk *walk, knn_name_fn *see, void *context, struct knn_error *error) {
    int more;
    while ((more = next_entry(walk, error)) > 0)
        if (see(walk->name, context) != 0)
            return 0;
    return more;
}

/* The file to close after the walk; -1 if there is none. */
static int begin_walk(struct walk *walk, const char *path, struct knn_error *error) {
    struct stat status;
    int file = open_regular(path, &status, error);
    if (file < 0)
        return -1;
    *walk = (struct walk){.path = path, .archive = open_archive(file, 0)};
    if (walk->archive != NULL)
        return file;
    close(file);
    return knn_fail(error, "%s: no memory to read it: close other programs", path);
}

static void end_walk(struct walk *walk, int file) {
    archive_read_free(walk->archive);
    close(file);
}

/* -- either -------------------------------------------------------------------------------------------------------- */

static int is_folder(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

int knn_container_read(const char *path, const char *const *names, unsigned count, knn_member_fn *take, void *context,
                       struct knn_error *error) {
    struct walk walk;
    if (is_folder(path))
        return read_folder(path, names, count, take, context, error);
    int file = begin_walk(&walk, path, error);
    if (file < 0)
        return -1;
    int result = read_entries(&walk, names, count, take, context, error);
    end_walk(&walk, file);
    return result;
}

int knn_container_names(const char *path, knn_name_fn *see, void *context, struct knn_error *error) {
    struct walk walk;
    if (is_folder(path))
        return see_folder(path, see, context, error);
    int file = begin_walk(&walk, path, error);
    if (file < 0)
        return -1;
    int result = see_entries(&walk, see, context, error);
    end_walk(&walk, file);
    return result;
}
