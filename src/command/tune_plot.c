/* Accuracy by k, drawn by gnuplot. */
#include "tune.h"

static void write_setting(const struct tune *t, const struct setting *s, FILE *data) {
    struct knn_interval interval = knn_wilson(s->right, t->held_out.pixels.rows);
    fprintf(data, "%zu %.6f %.6f %.6f %zu %s\n", s->k, 100 * knn_share(s->right, t->held_out.pixels.rows),
            100 * interval.low, 100 * interval.high, (size_t)(s - t->settings) / t->per_metric + 1,
            knn_metrics[s->metric].name);
}

/* The choice, then a block for each metric; plots/tune.gp says what is in a line. */
void write_tune_plot(const void *result, FILE *data) {
    const struct tune *t = result;
    write_setting(t, t->best, data);
    for (size_t i = 0; i < t->count; i++) {
        if (i == 0 || t->settings[i].metric != t->settings[i - 1].metric)
            fputs("\n\n", data);
        write_setting(t, &t->settings[i], data);
    }
}
