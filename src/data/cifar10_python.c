#include "cifar.h"

#include <stdlib.h>
#include <string.h>

#include "images.h"
#include "pickle.h"

/* The bytes of the array that the object describes, if it is one of `*rows` rows of KNN_CIFAR_BYTES unsigned bytes in
 * C order; else NULL. numpy describes an array as _reconstruct(ndarray, (0,), 'b') with the state (1, shape, dtype,
 * Fortran order, bytes) and its type as dtype('u1', ...) with a state that does not matter for bytes. */
static const uint8_t *array_bytes(const struct knn_pickle *pickle, const struct knn_pickle_value *array, size_t *rows) {
    const struct knn_pickle_value *call = knn_pickle_item(pickle, array, 0, KNN_PICKLE_GLOBAL);
    const struct knn_pickle_value *arguments = knn_pickle_item(pickle, array, 1, KNN_PICKLE_TUPLE);
    const struct knn_pickle_value *class = knn_pickle_item(pickle, arguments, 0, KNN_PICKLE_GLOBAL);
    const struct knn_pickle_value *state = knn_pickle_item(pickle, array, 2, KNN_PICKLE_TUPLE);
    const struct knn_pickle_value *shape = knn_pickle_item(pickle, state, 1, KNN_PICKLE_TUPLE);
    const struct knn_pickle_value *height = knn_pickle_item(pickle, shape, 0, KNN_PICKLE_INTEGER);
    const struct knn_pickle_value *width = knn_pickle_item(pickle, shape, 1, KNN_PICKLE_INTEGER);
    const struct knn_pickle_value *type = knn_pickle_item(pickle, state, 2, KNN_PICKLE_OBJECT);
    const struct knn_pickle_value *type_call = knn_pickle_item(pickle, type, 0, KNN_PICKLE_GLOBAL);
    const struct knn_pickle_value *type_arguments = knn_pickle_item(pickle, type, 1, KNN_PICKLE_TUPLE);
    const struct knn_pickle_value *type_name = knn_pickle_item(pickle, type_arguments, 0, KNN_PICKLE_BYTES);
    const struct knn_pickle_value *fortran = knn_pickle_item(pickle, state, 3, KNN_PICKLE_INTEGER);
    const struct knn_pickle_value *data = knn_pickle_item(pickle, state, 4, KNN_PICKLE_BYTES);
    if (call == NULL || call->integer != KNN_PICKLE_RECONSTRUCT || class == NULL ||
        class->integer != KNN_PICKLE_NDARRAY || height == NULL || width == NULL || shape->size != 2 ||
        width->integer != KNN_CIFAR_BYTES || type_call == NULL || type_call->integer != KNN_PICKLE_DTYPE ||
        !knn_pickle_is(type_name, "u1") || fortran == NULL || fortran->integer != 0 || data == NULL ||
        data->size % KNN_CIFAR_BYTES != 0 || height->integer != (int64_t)(data->size / KNN_CIFAR_BYTES))
        return NULL;
    *rows = data->size / KNN_CIFAR_BYTES;
    return data->bytes;
}

static int take_labels(struct knn_images *images, const struct knn_pickle *pickle, const struct knn_pickle_value *list,
                       const char *where, struct knn_error *error) {
    if (list->size != images->pixels.rows)
        return knn_fail(error, "%s: has %zu labels for %zu images: fetch CIFAR-10 again", where, list->size,
                        images->pixels.rows);
    size_t row = 0;
    for (uint32_t i = list->first; i != KNN_PICKLE_END; i = pickle->items[i].next, row++) {
        const struct knn_pickle_value *label = &pickle->values[pickle->items[i].value];
        if (label->kind != KNN_PICKLE_INTEGER || label->integer < 0 || label->integer >= KNN_CIFAR10_CLASSES)
            return knn_fail(error, "%s: label %zu (of 0 to %zu) is not a number from 0 to 9: fetch CIFAR-10 again",
                            where, row, list->size - 1);
        images->labels[row] = (uint16_t)label->integer;
    }
    return 0;
}

static int take_images(struct knn_images *images, const struct knn_pickle *pickle, const char *where,
                       struct knn_error *error) {
    const struct knn_pickle_value *root = &pickle->values[pickle->root];
    if (root->kind != KNN_PICKLE_DICT)
        return knn_fail(error, "%s: is not a pickled dictionary: fetch CIFAR-10 again", where);
    const struct knn_pickle_value *labels = knn_pickle_get(pickle, root, "labels", KNN_PICKLE_LIST);
    const struct knn_pickle_value *array = knn_pickle_get(pickle, root, "data", KNN_PICKLE_OBJECT);
    if (labels == NULL)
        return knn_fail(error, "%s: has no list \"labels\": fetch CIFAR-10 again", where);
    size_t rows = 0;
    const uint8_t *bytes = array != NULL ? array_bytes(pickle, array, &rows) : NULL;
    if (bytes == NULL || rows == 0)
        return knn_fail(error, "%s: has no array \"data\" of unsigned bytes, %d to an image: fetch CIFAR-10 again",
                        where, KNN_CIFAR_BYTES);
    if (knn_images_alloc(images, rows, KNN_CIFAR_BYTES, error) != 0)
        return -1;
    for (size_t i = 0; i < rows; i++)
        memcpy(knn_matrix_row(&images->pixels, i), bytes + i * KNN_CIFAR_BYTES, KNN_CIFAR_BYTES);
    return take_labels(images, pickle, labels, where, error);
}

int knn_cifar_read_python(struct knn_images *images, struct knn_member *batch, struct knn_error *error) {
    size_t size = (size_t)batch->size;
    uint8_t *bytes = size == batch->size ? malloc(size) : NULL;
    if (bytes == NULL)
        return knn_fail(error, "%s: no memory for its %ju bytes: close other programs", batch->where,
                        (uintmax_t)batch->size);
    struct knn_pickle pickle = {0};
    int result = knn_member_read(batch, bytes, size, error);
    if (result == 0)
        result = knn_pickle_read(&pickle, bytes, size, batch->where, error);
    if (result == 0)
        result = take_images(images, &pickle, batch->where, error);
    knn_pickle_free(&pickle);
    free(bytes);
    if (result != 0)
        knn_images_free(images);
    return result;
}
