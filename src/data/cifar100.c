/* CIFAR-100's binary version: two labels to an image, its coarse class (of 20) and its fine one (of 100). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cifar.h"
#include "images.h"
#include "reader.h"

enum { TRAIN, TEST, COARSE_NAMES, FINE_NAMES, FILES };
enum { COARSE, FINE, RECORD = 2 + KNN_CIFAR_BYTES };

static const char *const file_names[FILES] = {"train.bin", "test.bin", "coarse_label_names.txt",
                                              "fine_label_names.txt"};
static const struct {
    const char *name;
    unsigned classes;
} kinds[] = {[COARSE] = {"coarse", 20}, [FINE] = {"fine", 100}};

struct reading {
    struct knn_dataset *dataset;
    struct knn_cifar_record record;
    char *names; /* what the file of names holds; NULL: not there */
    size_t names_size;
};

static int probe(const char *name) {
    return strcmp(name, file_names[TRAIN]) == 0 || strcmp(name, file_names[TEST]) == 0;
}

/* -- class names --------------------------------------------------------------------------------------------------- */

static int take_names(struct reading *reading, struct knn_member *file, struct knn_error *error) {
    enum { LARGEST = 1 << 16 };
    if (file->size > LARGEST)
        return knn_fail(error, "%s: its %ju bytes are no list of class names: fetch it again", file->where,
                        (uintmax_t)file->size);
    free(reading->names);
    reading->names_size = (size_t)file->size;
    reading->names = malloc(reading->names_size + 1);
    if (reading->names == NULL)
        return knn_fail(error, "%s: no memory to read it: close other programs", file->where);
    reading->names[reading->names_size] = '\0';
    return knn_member_read(file, reading->names, reading->names_size, error);
}

/* 1 if a line can stand in a column of a CSV file as it is. */
static int is_name(const char *line) {
    const char *end = line;
    while (isgraph((unsigned char)*end) && *end != ',' && *end != '"')
        end++;
    return end > line && *end == '\0';
}

/* There is one name a line; empty lines at the end do not count. */
static int set_names(struct reading *reading, const char *path, struct knn_error *error) {
    const char *names[100];
    const char *file = file_names[reading->record.used == FINE ? FINE_NAMES : COARSE_NAMES];
    unsigned classes = reading->record.classes[reading->record.used], lines = 0;
    if (reading->names == NULL)
        return knn_classes_set(reading->dataset, classes, NULL, error);
    char *rest = reading->names;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        line[strcspn(line, "\r")] = '\0';
        if (*line == '\0' && (rest == NULL || strspn(rest, "\r\n") == strlen(rest)))
            break;
        if (lines == classes || !is_name(line))
            return knn_fail(error, "%s: line %u of %s is no name of one of %u classes: fetch it again", path, lines + 1,
                            file, classes);
        names[lines++] = line;
    }
    if (lines < classes)
        return knn_fail(error, "%s: %s has %u names for %u classes: fetch it again", path, file, lines, classes);
    return knn_classes_set(reading->dataset, classes, names, error);
}

/* -- images -------------------------------------------------------------------------------------------------------- */

static int take_file(struct knn_member *file, void *context, struct knn_error *error) {
    struct reading *reading = context;
    if (file->which >= COARSE_NAMES)
        return (file->which == FINE_NAMES) == (reading->record.used == FINE) ? take_names(reading, file, error) : 0;
    struct knn_images *images = file->which == TRAIN ? &reading->dataset->train : &reading->dataset->test;
    if (knn_cifar_check(images, file, RECORD, error) != 0)
        return -1;
    struct knn_share share = file->which == TRAIN ? reading->dataset->train_share : reading->dataset->test_share;
    struct knn_span span = knn_span_of(share, knn_cifar_count(file, &reading->record));
    return knn_cifar_read_binary(images, span, &reading->record, file, error);
}

static int open_files(struct knn_dataset *dataset, const char *path, const char *variant, struct knn_error *error) {
    int used = variant != NULL && strcmp(variant, kinds[COARSE].name) == 0 ? COARSE : FINE;
    struct reading reading = {dataset, {2, (unsigned)used, {kinds[COARSE].classes, kinds[FINE].classes}}, NULL, 0};
    int result = knn_container_read(path, file_names, FILES, take_file, &reading, error);
    if (result == 0 && (dataset->train.labels == NULL || dataset->test.labels == NULL))
        result = knn_fail(error, "%s: %s is missing: fetch CIFAR-100 again", path,
                          file_names[dataset->train.labels == NULL ? TRAIN : TEST]);
    if (result == 0)
        result = set_names(&reading, path, error);
    free(reading.names);
    dataset->shape = knn_cifar_shape;
    snprintf(dataset->source, sizeof dataset->source, "images in CIFAR-100's binary format, %s labels, in %s",
             kinds[used].name, path);
    return result;
}

const struct knn_format knn_format_cifar100 = {
    .name = "CIFAR-100 (binary)",
    .places = (const char *const[]){"cifar-100-binary", "cifar-100-binary.tar.gz", NULL},
    .variants = (const char *const[]){"fine", "coarse", NULL},
    .probe = probe,
    .open = open_files,
};
