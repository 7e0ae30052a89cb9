/* What the commands that work for a while have in common. Files are opened first, as a long job must not end in
 * "permission denied", and written at the end. Signals stop a job and leave nothing behind. */
#ifndef JOB_H
#define JOB_H

#include <jansson.h>
#include <stdio.h>

#include "fail.h"

/* Each function gets the job's own result. */
struct job {
    struct job_file {
        const char *path; /* NULL: not asked for */
        void (*write)(const void *result, FILE *file);
        const char *picture; /* not NULL: `write` writes this picture's data (plot.h), and the file is its SVG */
    } files[3];
    int (*work)(void *result, struct knn_error *error);
    void (*print_text)(const void *result);
    json_t *(*json)(const void *result); /* may be NULL: no memory */
    void (*close)(void *result);         /* called however much of the work was done */
};

/* Works, writes the files, prints text or else JSON, closes; returns the exit status. */
int run_job(const struct job *job, int as_json, void *result);

/* Prints and releases the object; NULL is an object that there was no memory for. */
int print_object(json_t *object, struct knn_error *error);

/* The exit status of work; if it failed, complains of the error. */
int outcome(int failed, const struct knn_error *error);

#endif
