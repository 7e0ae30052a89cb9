#include "data.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dataset.h"
#include "output.h"
#include "protocol.h"

static size_t stride_of(size_t dim) {
    return (dim + 63) / 64 * 64;
}

/* -- writing ------------------------------------------------------------------------------------------------------- */

static void write_rows(FILE *stream, const struct knn_matrix *rows, size_t count) {
    static const char zeros[64];
    for (size_t i = 0; i < count; i++) {
        fwrite(knn_matrix_row(rows, i), 1, rows->dim, stream);
        fwrite(zeros, 1, stride_of(rows->dim) - rows->dim, stream);
    }
}

static int write_set(const char *path, const struct knn_dataset *set, struct knn_error *error) {
    const struct knn_matrix *train = &set->train.pixels, *queries = &set->test.pixels;
    size_t rows = train->rows < REGRESS_TRAIN ? train->rows : REGRESS_TRAIN;
    size_t asked = queries->rows < REGRESS_QUERIES ? queries->rows : REGRESS_QUERIES;
    char head[REGRESS_DATA_START] = "";
    struct knn_output output;
    snprintf(head, sizeof head, REGRESS_DATA " %zu %zu %zu\n", train->dim, rows, asked);
    if (knn_output_open(&output, path, error) != 0)
        return -1;
    fwrite(head, 1, sizeof head, output.stream);
    write_rows(output.stream, train, rows);
    write_rows(output.stream, queries, asked);
    return knn_output_commit(&output, error);
}

int regress_data_write(const char *path, const char *spec, char *source, size_t size, struct knn_error *error) {
    struct knn_dataset set = {0};
    char small[64];
    spec = knn_dataset_spec(spec);
    if (strcmp(spec, "synthetic") == 0) { /* no need to make 60000 images */
        snprintf(small, sizeof small, "synthetic:train=%d,test=%d", REGRESS_TRAIN, REGRESS_QUERIES);
        spec = small;
    }
    if (knn_dataset_open(&set, spec, error) != 0)
        return -1;
    snprintf(source, size, "%s", set.source);
    int status = write_set(path, &set, error);
    knn_dataset_close(&set);
    return status;
}

/* -- mapping ------------------------------------------------------------------------------------------------------- */

static int set_views(struct regress_data *data, const char *path, struct knn_error *error) {
    size_t dim, train, queries;
    uint8_t *rows = (uint8_t *)data->mapping + REGRESS_DATA_START;
    if (sscanf(data->mapping, REGRESS_DATA " %zu %zu %zu\n", &dim, &train, &queries) != 3 || dim < 1 || train < 1 ||
        queries < 1 || data->bytes != REGRESS_DATA_START + (train + queries) * stride_of(dim))
        return knn_fail(error, "%s is no whole data file of this version; remove it", path);
    data->train = (struct knn_matrix){.data = rows, .rows = train, .dim = dim, .stride = stride_of(dim)};
    data->queries = data->train;
    data->queries.data += train * stride_of(dim);
    data->queries.rows = queries;
    return 0;
}

int regress_data_map(struct regress_data *data, const char *path, struct knn_error *error) {
    struct stat status;
    *data = (struct regress_data){0};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &status) != 0 || status.st_size <= REGRESS_DATA_START) {
        knn_fail(error, "cannot read the data file %s: %s", path, file < 0 ? strerror(errno) : "it is too short");
        if (file >= 0)
            close(file);
        return -1;
    }
    data->bytes = (size_t)status.st_size;
    data->mapping = mmap(NULL, data->bytes, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    if (data->mapping == MAP_FAILED) {
        *data = (struct regress_data){0};
        return knn_fail(error, "cannot map the data file %s: %s", path, strerror(errno));
    }
    if (set_views(data, path, error) == 0)
        return 0;
    regress_data_unmap(data);
    return -1;
}

void regress_data_unmap(struct regress_data *data) {
    if (data->mapping != NULL)
        munmap(data->mapping, data->bytes);
    *data = (struct regress_data){0};
}
