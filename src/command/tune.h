/* What `knnmark tune` found out, for those who write it down. */
#ifndef TUNE_H
#define TUNE_H

#include "dataset.h"
#include "options.h"
#include "report.h"

/* One k by one metric on the images held out. */
struct setting {
    enum knn_metric metric;
    size_t k, right;
};

struct tune {
    struct knn_dataset dataset;
    struct knn_team team;
    const struct knn_kernel *kernels[KNN_METRICS]; /* of the metrics, in the order of the arguments */
    struct knn_images held_out, rest;              /* views of the training images */
    uint32_t *swaps;                               /* of a random draw */
    struct setting settings[KNN_METRICS * MAX_KS]; /* by metric, then k */
    size_t count, per_metric;
    const struct setting *best;
    uint16_t *predicted;          /* the best one's, of the images held out */
    struct knn_evaluation chosen; /* of them */
    double search_seconds, final_seconds;
    struct knn_evaluation final; /* of the test images, with --final */
};

void print_tune_text(const struct tune *t, const struct arguments *arguments);
int print_tune_json(const struct tune *t, const struct arguments *arguments, struct knn_error *error);
void write_tune_csv(const struct tune *t, FILE *csv);

/* The data of plots/tune.gp; the context is a struct tune. */
void write_tune_plot(const void *context, FILE *data);

#endif
