/* NumPy's arrays under the names that Keras and its users give them: in a .npz file, in another archive, or in a folder
 * as .npy files. */
#include <stdio.h>
#include <string.h>

#include "npy.h"
#include "reader.h"

static const char *const part_names[KNN_PARTS] = {"x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"};

static int probe(const char *name) {
    for (size_t i = 0; i < KNN_PARTS; i++)
        if (strcmp(name, part_names[i]) == 0)
            return 1;
    return 0;
}

static int take_part(struct knn_member *file, void *context, struct knn_error *error) {
    struct knn_parts *parts = context;
    struct knn_array *array = &parts->arrays[file->which];
    return file->which == KNN_TRAIN_IMAGES || file->which == KNN_TEST_IMAGES ? knn_npy_read_images(array, file, error)
                                                                             : knn_npy_read_labels(array, file, error);
}

static int open_arrays(struct knn_dataset *dataset, const char *path, const char *variant, struct knn_error *error) {
    (void)variant;
    struct knn_parts parts = {0};
    parts.arrays[KNN_TRAIN_IMAGES].share = dataset->train_share;
    parts.arrays[KNN_TEST_IMAGES].share = dataset->test_share;
    int result = knn_container_read(path, part_names, KNN_PARTS, take_part, &parts, error);
    if (result == 0)
        result = knn_parts_join(dataset, &parts, path, part_names, error);
    knn_parts_free(&parts);
    snprintf(dataset->source, sizeof dataset->source, "NumPy arrays in %s", path);
    return result;
}

const struct knn_format knn_format_numpy = {
    .name = "NumPy's x_train, y_train, x_test, y_test",
    .probe = probe,
    .open = open_arrays,
};
