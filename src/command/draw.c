/* `knnmark draw`: the pictures of the lesson (docs/lesson.md), each as one PNG file. */
#include "draw.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "interrupt.h"
#include "job.h"

struct figure {
    const char *name;
    int images; /* 1: drawn from the data set; 0: from points that it makes */
    int (*draw)(struct drawing *d, struct knn_error *error);
};

static const struct figure figures[] = {
    {"first-nine", 1, draw_first_nine},
    {"neighbors", 1, draw_neighbors},
    {"regions", 0, draw_regions},
    {"same-distance", 1, draw_same_distance},
};

enum { FIGURES = sizeof figures / sizeof figures[0] };

int open_figure(struct drawing *d, int width, int height, const char *title, int *top, struct knn_error *error) {
    int generated = d->dataset.synthetic;
    *top = MARGIN + TITLE_LINE + (generated ? CAPTION_LINE : 0) + MARGIN;
    if (canvas_open(&d->canvas, width, *top + height, error) != 0)
        return -1;
    canvas_text(&d->canvas, MARGIN, MARGIN + 26, LEFT, BOLD, INK, "%s", title);
    if (generated)
        canvas_text(&d->canvas, MARGIN, MARGIN + TITLE_LINE + 26, LEFT, NORMAL, MUTED, "%s", d->dataset.source);
    return 0;
}

void report(struct drawing *d, const char *format, ...) {
    size_t used = strlen(d->report);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(d->report + used, sizeof d->report - used, format, arguments);
    va_end(arguments);
}

/* A figure takes moments, so there is no progress bar. */
static int stop_when_interrupted(double done, void *context) {
    (void)done, (void)context;
    return knn_interrupted();
}

static int open_images(struct drawing *d, struct knn_error *error) {
    if (knn_dataset_open(&d->dataset, knn_dataset_spec(d->arguments->data), error) != 0)
        return -1;
    if (d->dataset.shape.planes == 1 || d->dataset.shape.planes == 3)
        return 0;
    return knn_fail(error, "%s: rows of %zu bytes are no pictures in grey or colour: draw needs a data set of images",
                    d->dataset.source, d->dataset.train.pixels.dim);
}

static int draw(struct drawing *d, const struct figure *figure, struct knn_error *error) {
    if (figure->images && open_images(d, error) != 0)
        return -1;
    if (figure->draw(d, error) != 0)
        return -1;
    if (canvas_write(&d->canvas, d->arguments->output, error) != 0)
        return -1;
    puts(d->report);
    return 0;
}

/* Fails on a name that ends like another format's. */
static int check_name(const char *file, struct knn_error *error) {
    if (file == NULL)
        return knn_fail(error, "draw needs --output FILE, the PNG file to write");
    const char *name = strrchr(file, '/') != NULL ? strrchr(file, '/') : file, *suffix = strrchr(name, '.');
    if (suffix != NULL && strcasecmp(suffix, ".png") != 0)
        return knn_fail(error, "--output %s: draw writes a PNG file: give a name that ends with .png", file);
    return 0;
}

static int run(const struct arguments *arguments) {
    struct knn_error error;
    const struct figure *figure = figures;
    while (strcmp(arguments->operand, figure->name) != 0)
        figure++;
    if (check_name(arguments->output, &error) != 0)
        return complain(&error, EXIT_USAGE);
    struct drawing d = {.arguments = arguments, .knn = arguments->knn};
    d.knn.progress = stop_when_interrupted;
    knn_catch_interrupts(NULL);
    int failed = draw(&d, figure, &error) != 0;
    canvas_close(&d.canvas);
    knn_dataset_close(&d.dataset);
    return outcome(failed, &error);
}

static const char *figure_word(size_t i) {
    return i < FIGURES ? figures[i].name : NULL;
}

static const struct option_row options[] = {
    {.same = &shared_options[OPTION_DATA], .only = "first-nine neighbors same-distance"},
    {"metric", 'm', "NAME", offsetof(struct arguments, metric), option_word,
     .help = "neighbors and regions: l1, l2 (default) or l1wrap", .word = metric_word, .only = "neighbors regions"},
    {"k", 'k', "N", offsetof(struct arguments, knn.k), option_number,
     .help = "neighbors: how many (default 10); regions: k of the second picture (default 5)", .least = 1,
     .most = KNN_MAX_K, .only = "neighbors regions"},
    {"limit", 'l', "N", offsetof(struct arguments, limit), option_number,
     .help = "neighbors: how many test images (default 5)", .least = 1, .most = UINT32_MAX, .only = "neighbors"},
    {"seed", 'e', "N", offsetof(struct arguments, seed), option_number,
     .help = "regions: seed of the random points (default 1)", .least = 1, .most = UINT32_MAX, .only = "regions"},
    {"image", 'n', "N", offsetof(struct arguments, image), option_number,
     .help = "same-distance: which training image, from 0 (default 7)", .most = UINT32_MAX, .only = "same-distance"},
    {.same = &shared_options[OPTION_KERNEL], .only = "neighbors regions"},
    {.same = &shared_options[OPTION_ISA], .only = "neighbors regions"},
    {.same = &shared_options[OPTION_THREADS], .only = "neighbors regions"},
    {.same = &shared_options[OPTION_NO_BIND], .only = "neighbors regions"},
    {"output", 'o', "FILE", offsetof(struct arguments, output), option_text, .help = "the PNG file to write"},
    {.same = &shared_options[OPTION_HELP]},
};

const struct command command_draw = {
    .name = "draw",
    .summary = "draw a figure of the lesson: first-nine, neighbors, regions or same-distance",
    .operand = "figure",
    .operand_word = figure_word,
    .options = options,
    .defaults = {.seed = 1, .image = 7, .metric = KNN_METRICS, .knn = {.bind = 1}},
    .run = run,
};
