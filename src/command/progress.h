/* How far a job is, on a terminal. */
#ifndef PROGRESS_H
#define PROGRESS_H

/* The part of a job that a search is: it starts at `done` of the whole and is `share` of it. */
struct progress {
    double done, share;
    double since, from; /* on_progress's own: when it was first called, and how far the job was then */
};

/* A knn_progress_fn, whose context is a struct progress: a bar on standard error if that is a terminal, in one line of
 * it. Stops the job after an interrupt. */
int on_progress(double done, void *context);

void clear_progress(void);

#endif
