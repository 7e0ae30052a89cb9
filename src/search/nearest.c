#include "nearest.h"

#include <stdlib.h>

#include "arith.h"

/* The rows of one part and what is said of its progress. */
struct part {
    size_t first, rows, all;
    knn_progress_fn *progress;
    void *context;
};

static int on_part(double done, void *context) {
    const struct part *part = context;
    return part->progress(((double)part->first + done * (double)part->rows) / (double)part->all, part->context);
}

/* Puts the k nearest of `best` and `found`, both sorted, into `best`, from its end on so that nothing is overwritten
 * that is still to be moved. At equal distances `best` comes first: its rows do. */
static void merge(struct knn_neighbor *best, size_t k, const struct knn_neighbor *found, size_t count) {
    size_t i = k, j = count;
    while (i + j > k)
        if (best[i - 1].distance > found[j - 1].distance)
            i--;
        else
            j--;
    for (size_t to = k; j > 0;)
        best[--to] = i > 0 && best[i - 1].distance > found[j - 1].distance ? best[--i] : found[--j];
}

/* Ranges of rows would begin without a bound once more, each of them: where there are queries enough, only these are
 * dealt out to the threads. */
static struct knn_policy policy_for(const struct knn_kernel *kernel, size_t queries, unsigned threads) {
    enum { TILES_PER_THREAD = 32 };
    int enough = queries / kernel->mr >= TILES_PER_THREAD * (size_t)threads;
    return (struct knn_policy){.split = enough ? KNN_SPLIT_QUERIES : KNN_SPLIT_AUTO};
}

static int search_part(const struct knn_kernel *kernel, const struct knn_matrix *rows, const struct knn_matrix *queries,
                       size_t k, struct knn_neighbor *found, const struct knn_team *team, struct part *part,
                       struct knn_error *error) {
    struct knn_matrix own = *rows;
    own.data = knn_matrix_row(rows, part->first);
    own.rows = part->rows;
    struct knn_panels panels;
    int status = knn_panels_pack(&panels, kernel, &own, 0, team, error);
    if (status == 0)
        status = knn_search_by(policy_for(kernel, queries->rows, team->threads), &panels, queries, k, found, team,
                               part->progress != NULL ? on_part : NULL, part, error);
    for (size_t i = 0; status == 0 && i < queries->rows * k; i++)
        found[i].index += (uint32_t)part->first;
    knn_panels_free(&panels);
    return status;
}

int knn_nearest(const struct knn_kernel *kernel, const struct knn_matrix *rows, const struct knn_matrix *queries,
                size_t k, struct knn_neighbor *neighbors, const struct knn_team *team, knn_progress_fn *progress,
                void *context, struct knn_error *error) {
    enum { PARTS = 4 }; /* more would save little memory, and each begins its search without a bound */
    size_t step = kernel->pair != NULL ? rows->rows : (rows->rows + PARTS - 1) / PARTS;
    if (step < k) /* the first part has k neighbours for every query, if all rows have */
        step = knn_min(k, rows->rows);
    struct part part = {.rows = step, .all = rows->rows, .progress = progress, .context = context};
    if (search_part(kernel, rows, queries, k, neighbors, team, &part, error) != 0)
        return -1;
    if (step == rows->rows)
        return 0;
    struct knn_neighbor *found = malloc(queries->rows * k * sizeof *found);
    if (found == NULL)
        return knn_fail(error, "no memory for %zu times %zu neighbours: use fewer queries or a smaller k",
                        queries->rows, k);
    int status = 0;
    for (part.first = step; status == 0 && part.first < rows->rows; part.first += step) {
        part.rows = knn_min(step, rows->rows - part.first);
        size_t count = knn_min(k, part.rows);
        status = search_part(kernel, rows, queries, count, found, team, &part, error);
        for (size_t q = 0; status == 0 && q < queries->rows; q++)
            merge(neighbors + q * k, k, found + q * count, count);
    }
    free(found);
    return status;
}
