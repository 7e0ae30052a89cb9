/* The reader of pickles, and what is asked of one that it took. */
#include "pickle.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct knn_pickle pickle;
    struct knn_error error;
    if (knn_pickle_read(&pickle, data, size, "fuzz", &error) != 0)
        return 0;
    const struct knn_pickle_value *root = &pickle.values[pickle.root];
    const struct knn_pickle_value *array = knn_pickle_get(&pickle, root, "data", KNN_PICKLE_OBJECT);
    for (size_t i = 0; i < 4; i++)
        knn_pickle_item(&pickle, array, i, KNN_PICKLE_TUPLE);
    knn_pickle_item(&pickle, knn_pickle_get(&pickle, root, "labels", KNN_PICKLE_LIST), 0, KNN_PICKLE_INTEGER);
    knn_pickle_free(&pickle);
    return 0;
}
