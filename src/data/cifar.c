#include "cifar.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "images.h"

enum { BINARY, PYTHON, VERSIONS };
enum { TRAIN_BATCHES = 5, TEST_BATCH = TRAIN_BATCHES, BATCHES, RECORD = 1 + KNN_CIFAR_BYTES };

static const char *const file_names[VERSIONS * BATCHES] = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                                           "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin",
                                                           "data_batch_1",     "data_batch_2",     "data_batch_3",
                                                           "data_batch_4",     "data_batch_5",     "test_batch"};

const char *const knn_cifar10_names[KNN_CIFAR10_CLASSES] = {"airplane", "automobile", "bird",  "cat",  "deer",
                                                            "dog",      "frog",       "horse", "ship", "truck"};

int knn_cifar_holds(const char *folder) {
    char path[PATH_MAX + 64];
    for (int i = 0; i < VERSIONS * BATCHES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, file_names[i]);
        if (access(path, F_OK) == 0)
            return 1;
    }
    return 0;
}

/* An archive holds the batches in any order and a Python batch tells its images only when it is read, so each batch is
 * first read into images of its own. */
struct batches {
    struct knn_images images[BATCHES];
    int version; /* -1 until a file is found */
};

/* A record is a label and its pixels; the file is a sequence of records. */
static int read_binary(struct knn_images *images, struct knn_member *batch, struct knn_error *error) {
    if (batch->size % RECORD != 0)
        return knn_fail(error, "%s: its %ju bytes are not a multiple of %d, the size of a record: fetch it again",
                        batch->where, (uintmax_t)batch->size, RECORD);
    if (knn_images_alloc(images, (size_t)(batch->size / RECORD), KNN_CIFAR_BYTES, error) != 0)
        return -1;
    for (size_t i = 0; i < images->pixels.rows; i++) {
        uint8_t label;
        if (knn_member_read(batch, &label, 1, error) != 0 ||
            knn_member_read(batch, knn_matrix_row(&images->pixels, i), KNN_CIFAR_BYTES, error) != 0)
            return -1;
        if (label >= KNN_CIFAR10_CLASSES)
            return knn_fail(error, "%s: record %zu (of 0 to %zu) has label %d, not 0 to 9: fetch it again",
                            batch->where, i, images->pixels.rows - 1, label);
        images->labels[i] = label;
    }
    return 0;
}

static int take_batch(struct knn_member *file, void *context, struct knn_error *error) {
    struct batches *batches = context;
    int version = (int)file->which / BATCHES;
    struct knn_images *images = &batches->images[file->which % BATCHES];
    if (batches->version < 0)
        batches->version = version;
    if (version != batches->version)
        return 0;
    if (images->labels != NULL)
        return knn_fail(error, "%s: is there twice: keep one", file->where);
    if (file->size == 0)
        return knn_fail(error, "%s: is empty: fetch it again", file->where);
    if (file->size > (uint64_t)KNN_MAX_IMAGES * RECORD)
        return knn_fail(error, "%s: its %ju bytes are more than %d images: fetch it again", file->where,
                        (uintmax_t)file->size, KNN_MAX_IMAGES);
    return (version == BINARY ? read_binary : knn_cifar_read_python)(images, file, error);
}

/* Moves a batch to the rows from `row` on. What was copied is given back on the way: never is there a second copy of
 * more than a few rows. */
static void move_images(struct knn_images *to, size_t row, struct knn_images *from) {
    enum { STEP = 2048 };
    size_t rows = from->pixels.rows;
    memcpy(to->labels + row, from->labels, rows * sizeof *to->labels);
    for (size_t done = 0; done < rows; done += STEP) {
        size_t step = rows - done < STEP ? rows - done : STEP;
        memcpy(knn_matrix_row(&to->pixels, row + done), knn_matrix_row(&from->pixels, done), step * to->pixels.stride);
        knn_matrix_discard(&from->pixels, 0, done + step);
    }
    knn_images_free(from);
}

static int join_batches(struct knn_dataset *dataset, struct batches *batches, const char *path,
                        struct knn_error *error) {
    if (batches->version < 0)
        return knn_fail(error, "%s: holds neither %s nor %s: give CIFAR-10's binary or Python version", path,
                        file_names[0], file_names[BATCHES]);
    size_t rows = 0;
    for (int i = 0; i < BATCHES; i++) {
        if (batches->images[i].labels == NULL)
            return knn_fail(error, "%s: %s is missing: fetch CIFAR-10 again", path,
                            file_names[batches->version * BATCHES + i]);
        rows += i < TRAIN_BATCHES ? batches->images[i].pixels.rows : 0;
    }
    if (knn_images_alloc(&dataset->train, rows, KNN_CIFAR_BYTES, error) != 0)
        return -1;
    rows = 0;
    for (int i = 0; i < TRAIN_BATCHES; i++) {
        size_t moved = batches->images[i].pixels.rows;
        move_images(&dataset->train, rows, &batches->images[i]);
        rows += moved;
    }
    dataset->test = batches->images[TEST_BATCH];
    batches->images[TEST_BATCH] = (struct knn_images){0};
    return 0;
}

int knn_cifar10_describe(struct knn_dataset *dataset, struct knn_error *error) {
    dataset->shape = (struct knn_shape){.height = KNN_CIFAR_WIDTH, .width = KNN_CIFAR_WIDTH, .planes = 3};
    return knn_classes_set(dataset, KNN_CIFAR10_CLASSES, knn_cifar10_names, error);
}

int knn_cifar_open(struct knn_dataset *dataset, const char *path, struct knn_error *error) {
    struct batches batches = {.version = -1};
    int result = knn_container_read(path, file_names, VERSIONS * BATCHES, take_batch, &batches, error);
    if (result == 0)
        result = join_batches(dataset, &batches, path, error);
    if (result == 0)
        result = knn_cifar10_describe(dataset, error);
    for (int i = 0; i < BATCHES; i++)
        knn_images_free(&batches.images[i]);
    if (result == 0)
        snprintf(dataset->source, sizeof dataset->source, "images in CIFAR-10's %s format in %s",
                 batches.version == BINARY ? "binary" : "Python", path);
    return result;
}
