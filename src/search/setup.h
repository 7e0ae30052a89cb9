/* What options (knnmark.h) come to on this machine. */
#ifndef KNN_SETUP_H
#define KNN_SETUP_H

#include "engine.h"

struct knn_setup {
    struct knn_options options; /* a copy, without what it points to */
    struct knn_team team;
    struct knn_job job; /* points to the team: the setup must not move */
};

/* The options, with defaults for what an older program's do not have and for NULL. Fails on what makes no sense. */
int knn_options_read(struct knn_options *own, const struct knn_options *options, struct knn_error *error);

/* Fails on options that make no sense, that this CPU cannot do, and without memory; options may be NULL. `rows` is how
 * many ids there must be. */
int knn_setup_open(struct knn_setup *setup, const struct knn_options *options, size_t rows, struct knn_error *error);

/* Safe on a zeroed struct, and twice. */
void knn_setup_close(struct knn_setup *setup);

#endif
