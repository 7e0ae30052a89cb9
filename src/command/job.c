#include "job.h"

#include <stdlib.h>

#include "interrupt.h"
#include "options.h"
#include "output.h"
#include "plot.h"
#include "ranks.h"

enum { FILES = sizeof((struct job){0}.files) / sizeof(struct job_file) };

static int open_files(const struct job *job, struct knn_output *outputs, struct knn_error *error) {
    for (size_t i = 0; i < FILES; i++)
        if (job->files[i].path != NULL && job->files[i].picture != NULL &&
            plot_check(job->files[i].picture, error) != 0)
            return -1;
    for (size_t i = 0; i < FILES; i++)
        if (job->files[i].path != NULL && outputs[i].stream == NULL &&
            knn_output_open(&outputs[i], job->files[i].path, error) != 0)
            return -1;
    return 0;
}

/* Checks that all files can be written. Files written aside are removed until there is something to write: a job that
 * is killed before leaves nothing behind. */
static int try_files(const struct job *job, struct knn_output *outputs, struct knn_error *error) {
    int status = open_files(job, outputs, error);
    for (size_t i = 0; i < FILES; i++)
        if (outputs[i].aside != NULL)
            knn_output_discard(&outputs[i]);
    return status;
}

/* Writes all files; if one fails, the others are still written. */
static int write_files(const struct job *job, struct knn_output *outputs, const void *result, struct knn_error *error) {
    struct knn_error problem;
    int undrawn = 0;
    for (size_t i = 0; i < FILES; i++) {
        const struct job_file *file = &job->files[i];
        if (outputs[i].stream == NULL)
            continue;
        if (file->picture == NULL) {
            file->write(result, outputs[i].stream);
        } else if (plot_draw(file->picture, file->write, result, outputs[i].stream, &problem) != 0) {
            undrawn = 1;
            knn_output_discard(&outputs[i]);
        }
    }
    int status = knn_output_commit_all(outputs, FILES, error);
    return status == 0 && undrawn ? knn_fail(error, "%s", problem.message) : status;
}

int run_job(const struct job *job, int as_json, void *result) {
    struct knn_error error;
    struct knn_output outputs[FILES] = {0};
    knn_catch_interrupts(NULL);
    int first = ranks_is_first();
    int failed = ranks_agree(first ? try_files(job, outputs, &error) : 0, &error) != 0 ||
                 ranks_agree(job->work(result, &error), &error) != 0;
    if (!failed && first) {
        failed = open_files(job, outputs, &error) != 0 || write_files(job, outputs, result, &error) != 0;
        if (!as_json)
            job->print_text(result);
        else if (print_object(job->json(result), &error) != 0)
            failed = 1;
    }
    for (size_t i = 0; i < FILES; i++)
        knn_output_discard(&outputs[i]);
    job->close(result);
    return outcome(failed, &error);
}

int print_object(json_t *object, struct knn_error *error) {
    char *text = object != NULL ? json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(object);
    if (text == NULL)
        return knn_fail(error, "no memory for the JSON object");
    puts(text);
    free(text);
    return 0;
}

int outcome(int failed, const struct knn_error *error) {
    if (!failed)
        return EXIT_OK;
    return complain(error, knn_interrupted() ? knn_interrupt_status() : EXIT_FAILED);
}
