/* What `knnmark cv` found out, for those who write it down. */
#ifndef CV_H
#define CV_H

#include "dataset.h"
#include "folds.h"
#include "options.h"
#include "report.h"

/* One k by one metric. */
struct cv_setting {
    enum knn_metric metric;
    size_t k;
    size_t *right;          /* [fold] */
    double mean, deviation; /* of the folds' accuracies; the deviation is the population's, as numpy.std has it */
};

struct cv {
    const struct arguments *arguments;
    struct knn_dataset dataset; /* its test images are given back at once */
    struct knn_images images;   /* the training images taken, a view */
    struct knn_team team;
    struct knn_folds folds;
    struct cv_setting settings[KNN_METRICS * MAX_KS]; /* by metric, then k */
    size_t count;
    size_t *right; /* of all settings */
    const struct cv_setting *best;
    double seconds;
};

static inline double cv_accuracy(const struct cv *cv, const struct cv_setting *setting, size_t fold) {
    return knn_share(setting->right[fold], cv->folds.rows[fold]);
}

/* For struct job; each gets a struct cv. The last writes the data of plots/cv.gp. */
void print_cv_text(const void *result);
json_t *cv_json(const void *result);
void write_cv_csv(const void *result, FILE *csv);
void write_cv_plot(const void *result, FILE *data);

#endif
