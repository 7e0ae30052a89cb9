/* The data file of protocol.h: both sides of a comparison map the same bytes. */
#ifndef REGRESS_DATA_H
#define REGRESS_DATA_H

#include "fail.h"
#include "matrix.h"

/* The rows that are timed: few enough for short epochs, but more train rows than most second-level caches hold. */
enum { REGRESS_TRAIN = 4096, REGRESS_QUERIES = 1024 };

struct regress_data {
    struct knn_matrix train, queries; /* views of the mapping: not to be freed */
    void *mapping;
    size_t bytes;
};

/* Writes the first rows of the data set in force (`spec` as for knn_dataset_spec) and leaves its description, for
 * people, in source[size]. */
int regress_data_write(const char *path, const char *spec, char *source, size_t size, struct knn_error *error);

int regress_data_map(struct regress_data *data, const char *path, struct knn_error *error);

/* Safe on a zeroed struct. */
void regress_data_unmap(struct regress_data *data);

#endif
