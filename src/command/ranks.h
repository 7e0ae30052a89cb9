/* The processes that share a command's work: this one alone (alone.c), or the ranks of an MPI job (src/mpi). All run
 * the same command and call these functions in the same order. Each function that can fail first agrees that nothing
 * has failed anywhere since the last one, so a process may return with an error of its own at any time: what it calls
 * next is ranks_agree, and all end. */
#ifndef RANKS_H
#define RANKS_H

#include <jansson.h>

#include "dataset.h"

/* 1 in the process that has the answers: it alone writes, prints and complains. */
int ranks_is_first(void);

/* 0 if `status` is 0 in all; else -1 in all, with the error of the first that failed, which is named in it. After that
 * no more is agreed on: all are about to end. */
int ranks_agree(int status, struct knn_error *error);

/* Sets the number of threads and their binding if the command line leaves them open: processes of one machine must not
 * crowd on the same cores. */
void ranks_place(struct knn_options *options);

/* The rows that this process has read, of all. */
struct ranks_rows {
    struct knn_matrix rows;
    struct knn_span span;
};

/* Opens this process's part of the rows of two files; of the queries, the first `limit` (0: all) are taken. */
int ranks_open_rows(struct ranks_rows *train, const char *train_path, struct ranks_rows *queries,
                    const char *queries_path, size_t limit, struct knn_error *error);

/* The same for a data set's images; `limit` is for test images. The first process has all labels. */
int ranks_open_dataset(struct knn_dataset *dataset, const char *spec, size_t limit, struct knn_error *error);

/* All images, in every process. */
int ranks_open_whole(struct knn_dataset *dataset, const char *spec, struct knn_error *error);

/* An index of this process's rows, which are consumed; NULL where there are none. */
int ranks_index(struct knn_index **index, const struct knn_matrix *train, struct knn_span span,
                const struct knn_options *options, struct knn_error *error);

/* Finds the k nearest of all queries among the rows of all processes, as knn_index_search does in one; the first
 * process gets the answers. `progress` is the context of the index's options. */
struct progress;
int ranks_search(const struct knn_index *index, struct knn_span train, const struct knn_matrix *queries,
                 struct knn_span span, size_t k, struct knn_neighbor *neighbors, struct progress *progress,
                 struct knn_error *error);

/* As knn_search and knn_search_folds. Each process has all rows and does its part of the work; all get all answers. */
int ranks_search_whole(const struct knn_rows *train, const struct knn_rows *queries, size_t k,
                       struct knn_neighbor *neighbors, const struct knn_options *options, struct knn_error *error);
int ranks_search_folds(const struct knn_rows *rows, const uint32_t *fold, size_t folds, size_t k,
                       struct knn_neighbor *neighbors, const struct knn_options *options, struct knn_error *error);

/* Prints how many processes there were and what they spent; the same as JSON, NULL for one process. */
void ranks_print(void);
json_t *ranks_json(void);

#endif
