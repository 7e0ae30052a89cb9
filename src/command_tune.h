/* What `knnmark tune` found out, for those who write it down. */
#ifndef COMMAND_TUNE_H
#define COMMAND_TUNE_H

#include "command_report.h"
#include "options.h"

/* One k by one metric on the images held out. */
struct setting {
    enum knn_metric metric;
    size_t k;
    struct knn_evaluation evaluation;
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
    double search_seconds, final_seconds;
    struct knn_evaluation final; /* of the test images, with --final */
};

void print_tune_text(const struct tune *t, const struct arguments *arguments);
int print_tune_json(const struct tune *t, const struct arguments *arguments, struct knn_error *error);
void write_tune_csv(const struct tune *t, FILE *csv);

/* Draws accuracy by k into the stream; fails with a line that says what is missing. */
int draw_tune(const struct tune *t, FILE *svg, struct knn_error *error);

/* The same before any work is done: whether there is what drawing needs. */
int check_drawing(struct knn_error *error);

#endif
