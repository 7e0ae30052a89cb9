#include "sample.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container.h"
#include "find.h"
#include "random.h"

static uint64_t add_bytes(uint64_t sample, const void *bytes, size_t size) {
    for (size_t i = 0; i < size; i++)
        sample = knn_scramble(sample + ((const uint8_t *)bytes)[i] + 1);
    return sample;
}

/* Samples the first and the last block, and some in even steps between. */
int knn_sample_file(const char *path, uint64_t *sample, struct knn_error *error) {
    enum { BLOCKS = 32, BLOCK = 512 };
    uint8_t bytes[BLOCK];
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return knn_fail(error, "%s: cannot be opened (%s): %s", path, strerror(errno), knn_open_advice(errno));
    size_t size = fstat(file, &status) == 0 ? (size_t)status.st_size : 0;
    *sample = knn_scramble(size);
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t start = size > BLOCK ? (size - BLOCK) / (BLOCKS - 1) * i : 0;
        ssize_t got = pread(file, bytes, BLOCK, (off_t)start);
        *sample = add_bytes(*sample, bytes, got > 0 ? (size_t)got : 0);
    }
    close(file);
    return 0;
}

struct sum {
    const struct knn_find *find;
    uint64_t sample;
    struct knn_error *error;
    int status;
};

/* Files come in any order, so their samples are added. */
static int add_file(const char *name, void *context) {
    struct sum *sum = context;
    char path[PATH_MAX + NAME_MAX + 2];
    uint64_t sample;
    if (!sum->find->format->probe(name))
        return 0;
    snprintf(path, sizeof path, "%s/%s", sum->find->path, name);
    sum->status = knn_sample_file(path, &sample, sum->error);
    sum->sample += sum->status == 0 ? add_bytes(sample, name, strlen(name)) : 0;
    return sum->status != 0;
}

int knn_sample_dataset(const struct knn_dataset *dataset, const char *spec, uint64_t *sample, struct knn_error *error) {
    struct knn_find find;
    struct stat status;
    if (dataset->synthetic) {
        *sample = add_bytes(0, dataset->source, strlen(dataset->source));
        return 0;
    }
    if (knn_dataset_find(&find, spec, error) != 0)
        return -1;
    if (stat(find.path, &status) == 0 && !S_ISDIR(status.st_mode))
        return knn_sample_file(find.path, sample, error);
    struct sum sum = {&find, 0, error, 0};
    if (knn_container_names(find.path, add_file, &sum, error) != 0 || sum.status != 0)
        return -1;
    *sample = sum.sample;
    return 0;
}
