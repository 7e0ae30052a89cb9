/* What options (knnmark.h) mean on this machine. */
#ifndef KNN_SETUP_H
#define KNN_SETUP_H

#include "engine.h"

struct knn_setup {
    struct knn_options options; /* a copy, without what it points to */
    struct knn_team team;
    struct knn_job job; /* points to the team: the setup must not move */
};

/* Copies the options; NULL, and members that an older program lacks, give defaults. Fails on bad options. */
int knn_options_read(struct knn_options *own, const struct knn_options *options, struct knn_error *error);

/* Fails on bad options, on what this CPU cannot do, and without memory; options may be NULL. With ids, there must be
 * `rows` of them. */
int knn_setup_open(struct knn_setup *setup, const struct knn_options *options, size_t rows, struct knn_error *error);

/* Safe on a zeroed struct, and twice. */
void knn_setup_close(struct knn_setup *setup);

#endif
