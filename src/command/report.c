#include "report.h"

json_t *json_accuracy(size_t right, size_t images) {
    struct knn_interval interval = knn_wilson(right, images);
    return json_pack("{s:I, s:I, s:f, s:f, s:f}", "right", (json_int_t)right, "images", (json_int_t)images, "accuracy",
                     knn_share(right, images), "low", interval.low, "high", interval.high);
}

static json_t *json_confusion(const struct knn_evaluation *e) {
    if (e->classes > MOST_CONFUSED)
        return json_null();
    json_t *confusion = json_array();
    for (size_t c = 0; c < e->classes; c++) {
        const size_t *counts = knn_confusion_row(e, c);
        json_t *row = json_array();
        for (size_t p = 0; p < e->classes; p++)
            json_array_append_new(row, json_integer((json_int_t)counts[p]));
        json_array_append_new(confusion, row);
    }
    return confusion;
}

json_t *json_evaluation(const struct knn_evaluation *e) {
    json_t *result = json_accuracy(e->right, e->images), *classes = json_object();
    for (size_t c = 0; c < e->classes; c++)
        json_object_set_new(classes, e->names[c], json_accuracy(knn_class_right(e, c), knn_class_images(e, c)));
    json_object_set_new(result, "classes", classes);
    json_object_set_new(result, "confusion", json_confusion(e));
    return result;
}
