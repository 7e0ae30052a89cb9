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
    const struct arguments *arguments;
    struct knn_dataset dataset;
    struct knn_team team;
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

/* For struct job; each gets a struct tune. The last writes the data of plots/tune.gp. */
void print_tune_text(const void *result);
json_t *tune_json(const void *result);
void write_tune_csv(const void *result, FILE *csv);
void write_tune_confusion(const void *result, FILE *csv);
void write_tune_plot(const void *result, FILE *data);

#endif
