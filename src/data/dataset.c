#include "dataset.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "container.h"
#include "find.h"
#include "images.h"
#include "synthetic.h"
#include "utf8.h"

static const struct knn_format *const formats[] = {&knn_format_cifar10, &knn_format_cifar100, &knn_format_idx,
                                                   &knn_format_numpy};

enum { FORMATS = sizeof formats / sizeof formats[0], READ_SIZE = 256 };

/* The names of all formats: "this, that or the other". */
static const char *what_is_read(char text[READ_SIZE]) {
    size_t used = 0;
    for (size_t i = 0; i < FORMATS; i++)
        used += (size_t)snprintf(text + used, READ_SIZE - used, "%s%s",
                                 i == 0            ? ""
                                 : i < FORMATS - 1 ? ", "
                                                   : " or ",
                                 formats[i]->name);
    return text;
}

/* -- which format -------------------------------------------------------------------------------------------------- */

/* A data set that is looked for: its format's place in the table (FORMATS: none yet) and its path. */
struct find {
    size_t format;
    int first; /* 1: the first file that a format knows decides, as in an archive, which is read from its start */
    char path[PATH_MAX];
};

static int see_name(const char *name, void *context) {
    struct find *find = context;
    size_t i = 0;
    while (i < find->format && !formats[i]->probe(name))
        i++;
    find->format = i;
    return i == 0 || (find->first && i < FORMATS);
}

/* Looks at a place beneath a folder, usual for one format, an archive or a folder: 1, or 0 if it is not there. */
static int find_at(struct find *find, size_t format, struct knn_error *error) {
    struct stat status;
    if (stat(find->path, &status) != 0)
        return 0;
    find->format = FORMATS;
    if (S_ISDIR(status.st_mode) && knn_container_names(find->path, see_name, find, error) != 0)
        return -1;
    if (!S_ISREG(status.st_mode) && find->format != format)
        return 0;
    find->format = format;
    return 1;
}

static int find_beneath(struct find *find, const char *folder, int length, struct knn_error *error) {
    for (size_t i = 0; i < FORMATS; i++)
        for (const char *const *place = formats[i]->places; place != NULL && *place != NULL; place++) {
            snprintf(find->path, sizeof find->path, "%.*s/%s", length, folder, *place);
            int found = find_at(find, i, error);
            if (found != 0)
                return found;
        }
    return 0;
}

static int find_in_folder(struct find *find, const char *folder, struct knn_error *error) {
    char read[READ_SIZE];
    int length = (int)strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    *find = (struct find){.format = FORMATS};
    snprintf(find->path, sizeof find->path, "%.*s", length, folder);
    if (knn_container_names(find->path, see_name, find, error) != 0)
        return -1;
    int found = find->format < FORMATS ? 1 : find_beneath(find, folder, length, error);
    if (found != 0)
        return found > 0 ? 0 : -1;
    return knn_fail(error,
                    "data set %s: holds no %s: give their folder (make data fetches CIFAR-10), or use --data synthetic",
                    folder, what_is_read(read));
}

/* Finds a format by the file's own name, or by the names in it. */
static int find_in_file(struct find *find, const char *path, struct knn_error *error) {
    const char *slash = strrchr(path, '/');
    struct knn_error reason = {""};
    char read[READ_SIZE];
    *find = (struct find){.format = FORMATS, .first = 1};
    snprintf(find->path, sizeof find->path, "%s", path);
    if (see_name(slash != NULL ? slash + 1 : path, find))
        return 0;
    if (knn_container_names(path, see_name, find, &reason) != 0)
        return knn_fail(error, "%s; what is read: %s", reason.message, what_is_read(read));
    if (find->format < FORMATS)
        return 0;
    return knn_fail(error, "data set %s: is an archive without %s: give another, or use --data synthetic", path,
                    what_is_read(read));
}

/* -- by specification ---------------------------------------------------------------------------------------------- */

const char *knn_dataset_spec(const char *spec) {
    struct find find = {.format = FORMATS};
    struct knn_error ignored;
    if (spec != NULL)
        return spec;
    const char *variable = getenv("KNNMARK_DATA");
    if (variable != NULL && variable[0] != '\0')
        return variable;
    return find_in_folder(&find, "data", &ignored) == 0 ? "data" : "synthetic";
}

/* The variant of this name, NULL if the format has none. */
static const char *find_variant(const struct knn_format *format, const char *word) {
    for (const char *const *variant = format->variants; variant != NULL && *variant != NULL; variant++)
        if (strcmp(*variant, word) == 0)
            return *variant;
    return NULL;
}

/* Cuts a variant off the end of the specification; NULL if there is none, as in a path that exists as it stands. */
static const char *cut_variant(char *spec) {
    struct stat status;
    char *colon = strrchr(spec, ':');
    if (colon == NULL || stat(spec, &status) == 0)
        return NULL;
    for (size_t i = 0; i < FORMATS; i++)
        if (find_variant(formats[i], colon + 1) != NULL) {
            *colon = '\0';
            return find_variant(formats[i], colon + 1);
        }
    return NULL;
}

int knn_dataset_find(struct knn_find *found, const char *spec, struct knn_error *error) {
    *found = (struct knn_find){.format = formats[0]};
    struct stat status;
    struct find find = {.format = FORMATS};
    char path[PATH_MAX], read[READ_SIZE];
    snprintf(path, sizeof path, "%s", spec);
    const char *variant = cut_variant(path);
    if (strlen(spec) >= sizeof path || stat(path, &status) != 0)
        return knn_fail(error,
                        "data set %s: %s: give a folder, a file or an archive of %s (make data fetches CIFAR-10), or "
                        "use --data synthetic",
                        path, strlen(spec) >= sizeof path ? "too long" : strerror(errno), what_is_read(read));
    if ((S_ISDIR(status.st_mode) ? find_in_folder : find_in_file)(&find, path, error) != 0)
        return -1;
    *found = (struct knn_find){.format = formats[find.format], .variant = variant};
    snprintf(found->path, sizeof found->path, "%s", find.path);
    if (variant != NULL && find_variant(found->format, variant) == NULL)
        return knn_fail(error, "data set %s: %s has no labels called %s: leave that out", spec, found->format->name,
                        variant);
    return 0;
}

static int open_path(struct knn_dataset *dataset, const char *spec, struct knn_error *error) {
    struct knn_find found;
    if (knn_dataset_find(&found, spec, error) != 0)
        return -1;
    return found.format->open(dataset, found.path, found.variant, error);
}

int knn_dataset_open(struct knn_dataset *dataset, const char *spec, struct knn_error *error) {
    return knn_dataset_open_part(dataset, spec, (struct knn_share){0}, (struct knn_share){0}, error);
}

int knn_dataset_open_part(struct knn_dataset *dataset, const char *spec, struct knn_share train, struct knn_share test,
                          struct knn_error *error) {
    static const char synthetic[] = "synthetic";
    const size_t length = sizeof synthetic - 1;
    *dataset = (struct knn_dataset){.train_share = train, .test_share = test};
    int generated = strncmp(spec, synthetic, length) == 0 && (spec[length] == '\0' || spec[length] == ':');
    int result = generated ? knn_synthetic_open(dataset, spec[length] == ':' ? spec + length + 1 : NULL, error)
                           : open_path(dataset, spec, error);
    if (result == 0 &&
        (knn_images_cut(&dataset->train, train, error) != 0 || knn_images_cut(&dataset->test, test, error) != 0))
        result = -1;
    if (result != 0)
        knn_dataset_close(dataset);
    knn_utf8_clean(dataset->source);
    return result;
}

void knn_dataset_close(struct knn_dataset *dataset) {
    knn_images_free(&dataset->train);
    knn_images_free(&dataset->test);
    free(dataset->class_names);
    *dataset = (struct knn_dataset){0};
}
