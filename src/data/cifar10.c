#include "cifar.h"

#include <stdio.h>
#include <string.h>

#include "images.h"
#include "reader.h"

enum { BINARY, PYTHON, VERSIONS };
enum { TRAIN_BATCHES = 5, TEST_BATCH = TRAIN_BATCHES, BATCHES, RECORD = 1 + KNN_CIFAR_BYTES };

static const char *const file_names[VERSIONS * BATCHES] = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                                           "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin",
                                                           "data_batch_1",     "data_batch_2",     "data_batch_3",
                                                           "data_batch_4",     "data_batch_5",     "test_batch"};

const char *const knn_cifar10_names[KNN_CIFAR10_CLASSES] = {"airplane", "automobile", "bird",  "cat",  "deer",
                                                            "dog",      "frog",       "horse", "ship", "truck"};

static int probe(const char *name) {
    for (int i = 0; i < VERSIONS * BATCHES; i++)
        if (strcmp(name, file_names[i]) == 0)
            return 1;
    return 0;
}

/* An archive holds the batches in any order, and a Python batch tells how many images it has only when it is read. So
 * each batch is first read into images of its own. */
struct batches {
    struct knn_images images[BATCHES];
    size_t counts[BATCHES];      /* of images in the binary version's files, if only a share of them is read */
    struct knn_span train, test; /* that share */
    int version;                 /* -1 until a file is found */
};

static const struct knn_cifar_record record = {.labels = 1, .classes = {KNN_CIFAR10_CLASSES}};

static int is_part(struct knn_share share) {
    return share.parts > 1 || share.limit > 0;
}

/* Which images of a file are read. */
static struct knn_span span_of(const struct batches *batches, unsigned batch, size_t count) {
    size_t before = 0;
    if (batches->train.all == 0)
        return (struct knn_span){0, count, count};
    if (batch == TEST_BATCH)
        return (struct knn_span){knn_min(batches->test.first, count), knn_min(batches->test.count, count), count};
    for (unsigned i = 0; i < batch; i++)
        before += batches->counts[i];
    size_t first = knn_min(knn_max(batches->train.first, before) - before, count);
    size_t end = knn_min(knn_max(batches->train.first + batches->train.count, before) - before, count);
    return (struct knn_span){first, end - first, count};
}

static int count_batch(struct knn_member *file, void *context, struct knn_error *error) {
    struct batches *batches = context;
    (void)error;
    if (file->which < BATCHES)
        batches->counts[file->which] = knn_cifar_count(file, &record);
    return 0;
}

/* A file's share is known only when the sizes of all files are. */
static int find_shares(struct batches *batches, const struct knn_dataset *dataset, const char *path,
                       struct knn_error *error) {
    size_t train = 0;
    if (!is_part(dataset->train_share) && !is_part(dataset->test_share))
        return 0;
    if (knn_container_read(path, file_names, BATCHES, count_batch, batches, error) != 0)
        return -1;
    for (unsigned i = 0; i < TRAIN_BATCHES; i++)
        train += batches->counts[i];
    batches->train = knn_span_of(dataset->train_share, train);
    batches->test = knn_span_of(dataset->test_share, batches->counts[TEST_BATCH]);
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
    if (knn_cifar_check(images, file, RECORD, error) != 0)
        return -1;
    struct knn_span span = span_of(batches, file->which % BATCHES, knn_cifar_count(file, &record));
    return version == BINARY ? knn_cifar_read_binary(images, span, &record, file, error)
                             : knn_cifar_read_python(images, file, error);
}

/* Moves a batch to the rows from `row` on, and its labels behind those of `before` images. Memory is given back on the
 * way: there is never a second copy of more than a few rows. */
static void move_images(struct knn_images *to, size_t row, size_t before, struct knn_images *from) {
    enum { STEP = 2048 };
    size_t rows = from->pixels.rows;
    memcpy(to->labels + before, from->labels, from->span.all * sizeof *to->labels);
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
    struct knn_span span = {batches->version == BINARY ? batches->train.first : 0, 0, 0};
    for (int i = 0; i < BATCHES; i++) {
        if (batches->images[i].labels == NULL)
            return knn_fail(error, "%s: %s is missing: fetch CIFAR-10 again", path,
                            file_names[batches->version * BATCHES + i]);
        span.count += i < TRAIN_BATCHES ? batches->images[i].span.count : 0;
        span.all += i < TRAIN_BATCHES ? batches->images[i].span.all : 0;
    }
    if (knn_images_alloc_span(&dataset->train, span, KNN_CIFAR_BYTES, error) != 0)
        return -1;
    for (size_t i = 0, row = 0, before = 0; i < TRAIN_BATCHES; i++) {
        struct knn_span moved = batches->images[i].span;
        move_images(&dataset->train, row, before, &batches->images[i]);
        row += moved.count;
        before += moved.all;
    }
    dataset->test = batches->images[TEST_BATCH];
    batches->images[TEST_BATCH] = (struct knn_images){0};
    return 0;
}

int knn_cifar10_describe(struct knn_dataset *dataset, struct knn_error *error) {
    dataset->shape = knn_cifar_shape;
    return knn_classes_set(dataset, KNN_CIFAR10_CLASSES, knn_cifar10_names, error);
}

static int open_batches(struct knn_dataset *dataset, const char *path, const char *variant, struct knn_error *error) {
    (void)variant;
    struct batches batches = {.version = -1};
    int result = find_shares(&batches, dataset, path, error);
    if (result == 0)
        result = knn_container_read(path, file_names, VERSIONS * BATCHES, take_batch, &batches, error);
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

const struct knn_format knn_format_cifar10 = {
    .name = "CIFAR-10",
    .places = (const char *const[]){"cifar-10-batches-bin", "cifar-10-batches-py", "cifar-10-binary.tar.gz",
                                    "cifar-10-python.tar.gz", NULL},
    .probe = probe,
    .open = open_batches,
};
