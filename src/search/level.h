/* A level has a short row for each row, and distances of short rows give lower bounds of the rows' distances.
 * docs/bounds.md says why, in the arithmetic used here.
 *
 * A row is cut into blocks of n bytes (grid.h): squares of a picture's planes, or runs of a row that is no picture. For
 * L1, a short row has the rounded mean of each block; for L2, the coefficients of its spectrum (spectrum.h) that vary
 * most and the norm of all that they leave out, mixed so that all have about the same range, and rounded to bytes. A
 * number beside each row, its slack, bounds what rounding lost. If short rows have distance d, rows have at least
 * distance
 *
 *   L1   unit (d - slack(a) - slack(b))            slack: the sum over all blocks of |sum - n mean|, divided by n
 *   L2   (unit (sqrt(d) - slack(a) - slack(b)))^2  slack: how far rounding moved the short row, at most */
#ifndef KNN_LEVEL_H
#define KNN_LEVEL_H

#include "panels.h"
#include "spectrum.h"

enum { KNN_COARSE, KNN_FINE, KNN_LEVELS };
enum { KNN_LONGEST_SPECTRUM = 1024 }; /* bytes of a short row, for L2 */

struct knn_level {
    struct knn_matrix rows; /* the short ones */
    double *slack;          /* [row] */
    double most_slack;
};

/* How short rows are made, of train rows and of queries alike. */
struct knn_form {
    enum knn_metric metric;
    size_t dim;           /* of rows */
    struct knn_grid grid; /* of the fine level */
    size_t shorter[KNN_LEVELS];
    double unit[KNN_LEVELS]; /* times a short distance (its root, for L2): a distance of rows */

    const struct knn_kernel *pair; /* for norms, for L2 */
    struct knn_spectrum spectrum;
    float middle[KNN_LEVELS][KNN_LONGEST_SPECTRUM]; /* of each coordinate's range */
};

/* Bytes of a short row; 0 if the rows are too short. */
size_t knn_level_dim(enum knn_metric metric, size_t dim, struct knn_picture picture, int level);

/* For L1 and L2, and rows that are long enough. L2's form is fitted to these rows; `pair` computes L2. Fails without
 * memory; close it nevertheless. */
int knn_form_open(struct knn_form *form, enum knn_metric metric, struct knn_rows rows, struct knn_picture picture,
                  const struct knn_kernel *pair);
void knn_form_close(struct knn_form *form);

/* All levels of rows, on all threads of the team. Fails without memory; free them nevertheless. */
int knn_levels_build(struct knn_level levels[KNN_LEVELS], const struct knn_form *form, struct knn_rows rows,
                     const struct knn_team *team);
void knn_level_free(struct knn_level *level);

/* Converts a limit for distances of rows into units of a level, for a query with this slack. */
double knn_level_limit(const struct knn_form *form, int level, uint64_t limit, double slack);

/* The largest short distance at which a train row with this slack may be within such a limit. */
static inline double knn_level_reach(const struct knn_form *form, double limit, double slack) {
    double reach = limit + slack;
    return form->metric == KNN_L1 ? reach : reach * reach;
}

#endif
