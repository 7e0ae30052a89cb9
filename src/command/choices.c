#include "choices.h"

#include <stdio.h>

#include "plural.h"

struct knn_options choice_options(const struct arguments *arguments, size_t i, struct progress *progress) {
    double share = 1.0 / (double)arguments->metrics.count;
    struct knn_options options = arguments->knn;
    *progress = (struct progress){.done = (double)i * share, .share = share};
    options.metric = arguments->metrics.metric[i];
    options.progress = on_progress;
    options.context = progress;
    return options;
}

const char *as_good_as(const struct arguments *arguments) {
    return arguments->knn.method == KNN_EXHAUSTIVE ? "" : "equivalent to ";
}

void print_method(const struct arguments *arguments, unsigned threads) {
    struct knn_error none; /* stays empty: without a name there is always a kernel */
    printf("method    %s, %u thread%s%s, kernel",
           arguments->knn.weights == KNN_DISTANCE ? "votes by distance" : "a vote each", threads, knn_plural(threads),
           !arguments->knn.bind ? ", not bound" : "");
    for (size_t i = 0; i < arguments->metrics.count; i++)
        printf(" %s", knn_choose_kernel(NULL, arguments->metrics.metric[i], arguments->features, &none)->name);
    putchar('\n');
}
