/* MNIST's four idx files, and those of Fashion-MNIST and EMNIST, whose names differ only by a prefix. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "idx.h"
#include "reader.h"

static const char *const part_names[KNN_PARTS] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                                  "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

enum { PREFIX_SIZE = 64 };

/* What a file's name says: "emnist-letters-train-images-idx3-ubyte.gz" has the prefix "emnist-letters-". */
struct name {
    char prefix[PREFIX_SIZE];
    enum knn_part part;
    int zipped;
};

/* Compares with a part's name, whose last '-' but one may be a point here. */
static int is_part(const char *text, size_t length, const char *part) {
    size_t joint = strlen(part) - strlen("-idx3-ubyte");
    return length == strlen(part) && strncmp(text, part, joint) == 0 && (text[joint] == '-' || text[joint] == '.') &&
           strncmp(text + joint + 1, part + joint + 1, length - joint - 1) == 0;
}

static int parse(const char *text, struct name *name) {
    static const struct {
        const char *text;
        enum knn_part part;
    } endings[] = {{"train-images-idx3-ubyte", KNN_TRAIN_IMAGES}, {"train-labels-idx1-ubyte", KNN_TRAIN_LABELS},
                   {"t10k-images-idx3-ubyte", KNN_TEST_IMAGES},   {"t10k-labels-idx1-ubyte", KNN_TEST_LABELS},
                   {"test-images-idx3-ubyte", KNN_TEST_IMAGES},   {"test-labels-idx1-ubyte", KNN_TEST_LABELS}};
    size_t length = strlen(text);
    name->zipped = length > 3 && strcmp(text + length - 3, ".gz") == 0;
    length -= name->zipped ? 3 : 0;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t ending = strlen(endings[i].text), prefix = length > ending ? length - ending : 0;
        if (length < ending || prefix >= PREFIX_SIZE || (prefix > 0 && text[prefix - 1] != '-') ||
            !is_part(text + prefix, ending, endings[i].text))
            continue;
        snprintf(name->prefix, PREFIX_SIZE, "%.*s", (int)prefix, text);
        name->part = endings[i].part;
        return 1;
    }
    return 0;
}

static int probe(const char *name) {
    struct name ignored;
    return parse(name, &ignored);
}

/* -- the four files ------------------------------------------------------------------------------------------------ */

/* The files of a folder that are of one set. */
struct set {
    const char *prefix; /* NULL: any, but the same for all files */
    char found[PREFIX_SIZE];
    char files[KNN_PARTS][NAME_MAX + 1]; /* "": not there */
    char other[PREFIX_SIZE];             /* a second prefix, where there must be only one */
    int several;
};

/* If a file is there both plain and zipped, the plain one is read. */
static int see_file(const char *text, void *context) {
    struct set *set = context;
    struct name name;
    if (!parse(text, &name) || (set->prefix != NULL && strcmp(name.prefix, set->prefix) != 0))
        return 0;
    int first = 1;
    for (size_t i = 0; i < KNN_PARTS; i++)
        first &= set->files[i][0] == '\0';
    if (first)
        snprintf(set->found, sizeof set->found, "%s", name.prefix);
    if (strcmp(name.prefix, set->found) != 0) {
        snprintf(set->other, sizeof set->other, "%s", name.prefix);
        return set->several = 1;
    }
    if (set->files[name.part][0] == '\0' || !name.zipped)
        snprintf(set->files[name.part], sizeof set->files[0], "%s", text);
    return 0;
}

static int take_part(struct knn_member *file, void *context, struct knn_error *error) {
    struct knn_parts *parts = context;
    struct knn_array *array = &parts->arrays[file->which];
    return file->which == KNN_TRAIN_IMAGES || file->which == KNN_TEST_IMAGES ? knn_idx_read_images(array, file, error)
                                                                             : knn_idx_read_labels(array, file, error);
}

static int read_parts(struct knn_parts *parts, const char *folder, const struct set *set, struct knn_error *error) {
    char path[PATH_MAX + NAME_MAX + 2];
    for (unsigned i = 0; i < KNN_PARTS; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, set->files[i]);
        if (set->files[i][0] != '\0' && knn_file_read(path, i, take_part, parts, error) != 0)
            return -1;
    }
    return 0;
}

/* The set in a folder, or the one that a file belongs to, and its folder. */
static int find_set(struct set *set, struct name *name, const char *path, char folder[PATH_MAX],
                    struct knn_error *error) {
    struct stat status;
    const char *slash = strrchr(path, '/'), *base = slash != NULL ? slash + 1 : path;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        snprintf(folder, PATH_MAX, "%s", path);
    } else if (parse(base, name)) {
        snprintf(folder, PATH_MAX, "%.*s", base > path ? (int)(base - path) : 1, base > path ? path : ".");
        set->prefix = name->prefix;
    } else {
        return knn_fail(error, "%s: is an archive with MNIST's files: unpack it and give the folder", path);
    }
    if (knn_container_names(folder, see_file, set, error) != 0)
        return -1;
    if (set->several)
        return knn_fail(error, "%s: holds two sets, \"%s\" and \"%s\": give the path of the images to train on", path,
                        set->found, set->other);
    return 0;
}

static int open_files(struct knn_dataset *dataset, const char *path, const char *variant, struct knn_error *error) {
    (void)variant;
    struct name name;
    struct set set = {0};
    struct knn_parts parts = {0};
    parts.arrays[KNN_TRAIN_IMAGES].share = dataset->train_share;
    parts.arrays[KNN_TEST_IMAGES].share = dataset->test_share;
    char folder[PATH_MAX];
    int result = find_set(&set, &name, path, folder, error);
    if (result == 0)
        result = read_parts(&parts, folder, &set, error);
    if (result == 0)
        result = knn_parts_join(dataset, &parts, path, part_names, error);
    knn_parts_free(&parts);
    snprintf(dataset->source, sizeof dataset->source, "images in MNIST's format in %s", path);
    return result;
}

const struct knn_format knn_format_idx = {
    .name = "MNIST's idx files",
    .places = (const char *const[]){"MNIST/raw", "FashionMNIST/raw", NULL},
    .probe = probe,
    .open = open_files,
};
