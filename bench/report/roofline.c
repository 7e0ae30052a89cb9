/* The roofline: byte pairs done with every byte read from memory, against byte pairs per second. The data file has four
 * blocks: the roofs; batches, joined by lines; the full job by each kernel; the range of rates:
 *
 *   metric "label" "short label" from rate label-at       metric 0: the rate of reading, in bytes per second
 *   metric "label" intensity rate          an empty line between kernels
 *   metric shade intensity rate lowest highest "label"
 *   lowest highest
 */
#include <math.h>
#include <string.h>

#include "picture.h"
#include "results/text.h"

enum { USUAL_BLOCK = 256 }; /* queries; where the file does not tell the cache */

/* What the report knows of the machine. */
struct roofline {
    const struct drawing *drawing;
    double dim, read;       /* read: bytes per second */
    double block;           /* queries that a core's cache holds */
    double lowest, highest; /* rates */
};

/* Bytes of second-level cache that a core has to itself; 0: unknown. */
static double own_cache(const struct results *results) {
    size_t i;
    json_t *cache;
    double bytes = 0;
    json_array_foreach(results_fact(results, "context.caches", NULL), i, cache) {
        double sharing = json_number_value(json_object_get(cache, "num_sharing"));
        if (json_integer_value(json_object_get(cache, "level")) == 2)
            bytes = json_number_value(json_object_get(cache, "size")) / fmax(1, sharing);
    }
    return bytes;
}

static double intensity(const struct roofline *roofline, double batch) {
    return fmax(1, fmin(batch, roofline->block));
}

static double pairs_per_s(const struct roofline *roofline, const struct run *run) {
    return run_median(run, "distances_per_s") * roofline->dim;
}

static void see(struct roofline *roofline, const struct run_list *list, const char *counter, double scale) {
    for (size_t i = 0; i < list->count; i++) {
        double rate = run_median(list->items[i], counter) * scale;
        roofline->lowest = fmin(roofline->lowest, rate);
        roofline->highest = fmax(roofline->highest, rate);
    }
}

/* -- roofs --------------------------------------------------------------------------------------------------------- */

static void put_roof(FILE *data, unsigned metric, const char *label, const char *brief, double from, double rate,
                     double at) {
    fprintf(data, "%u ", metric);
    put_quoted(data, label);
    fputc(' ', data);
    put_quoted(data, brief);
    fprintf(data, " %.6g %.6g %.6g\n", from, rate, at);
}

static void write_roofs(struct roofline *roofline, const struct run_list *mixes, unsigned metric) {
    enum { MOST = 32 };
    double at[MOST], lowest = log(roofline->lowest), highest = log(roofline->highest);
    size_t count = 0;
    for (size_t i = 0; i < mixes->count && count < MOST; i++)
        if (mixes->items[i]->metric == metric)
            at[count++] = log(run_median(mixes->items[i], "byte_pairs_per_s"));
    double room = fmax(highest - lowest, 1);
    spread_labels(at, count, highest - room, highest + 0.1 * room, 0.0625 * (room + 1));
    for (size_t i = 0, next = 0; i < mixes->count && next < count; i++) {
        const struct run *run = mixes->items[i];
        double rate = run_median(run, "byte_pairs_per_s");
        char label[128];
        if (run->metric != metric)
            continue;
        const char *mix = run->subject + strcspn(run->subject, "_"); /* without the metric */
        snprintf(label, sizeof label, "%s, %s/s", mix + strspn(mix, "_"), number_si(rate).text);
        put_roof(roofline->drawing->data, metric, label, mix + strspn(mix, "_"),
                 roofline->read > 0 ? rate / roofline->read : 0, rate, exp(at[next++]));
        table_add(roofline->drawing->table, words(run->name), words(""), number_si(rate));
    }
}

/* -- points -------------------------------------------------------------------------------------------------------- */

static void write_batches(struct roofline *roofline, const struct run_list *batches) {
    const char *last = "";
    double at = 0;
    FILE *data = roofline->drawing->data;
    fputs("0 \"\" NaN NaN\n", data); /* a block is never empty */
    for (size_t i = 0; i < batches->count; i++) {
        const struct run *run = batches->items[i];
        double x = intensity(roofline, run->batch), rate = pairs_per_s(roofline, run);
        char label[24] = "";
        if (strcmp(run->subject, last) != 0) {
            fputc('\n', data);
            at = 0;
        }
        if (run->metric == 0)
            continue;
        if (x > 1.6 * at) {
            snprintf(label, sizeof label, "%.0f", run->batch);
            at = x;
        }
        fprintf(data, "%u ", run->metric);
        put_quoted(data, label);
        fprintf(data, " %.6g %.6g\n", x, rate);
        table_add(roofline->drawing->table, words(run->name), number_plain(x), number_si(rate));
        last = run->subject;
    }
}

static void write_full_jobs(struct roofline *roofline, const struct run_list *searches) {
    FILE *data = roofline->drawing->data;
    fputs("0 0 NaN NaN NaN NaN \"\"\n", data);
    for (size_t i = 0; i < searches->count; i++) {
        const struct run *run = searches->items[i];
        struct spread spread = run_spread(run, "distances_per_s");
        double x = intensity(roofline, INFINITY), rate = pairs_per_s(roofline, run);
        if (run->metric == 0)
            continue;
        fprintf(data, "%u %u %.6g %.6g %.6g %.6g ", run->metric, shade_of(run), x, rate, spread.lowest * roofline->dim,
                spread.highest * roofline->dim);
        put_quoted(data, run->scalar ? run->subject : "");
        fputc('\n', data);
        table_add(roofline->drawing->table, words(run->name), number_plain(x), number_si(rate));
    }
}

/* -- all ----------------------------------------------------------------------------------------------------------- */

size_t draw_roofline(const struct drawing *drawing) {
    const struct results *results = drawing->results;
    double threads = results_most_threads(results, "ceiling"), dim = results_dim(results);
    struct run_list mixes = select_runs(results, .group = "ceiling", .counter = "byte_pairs_per_s", .threads = threads);
    const struct run *read =
        select_runs(results, .group = "ceiling", .counter = "bytes_per_s", .threads = threads).items[0];
    struct run_list batches = select_runs(results, .group = "stream", .counter = "distances_per_s", .threads = threads);
    struct run_list searches =
        select_runs(results, .group = "search", .counter = "distances_per_s", .k = 1, .threads = threads);
    struct roofline roofline = {.drawing = drawing, .dim = dim, .lowest = INFINITY};
    roofline.block = own_cache(results) > 0 ? floor(0.9 * own_cache(results) / dim) : USUAL_BLOCK;
    roofline.read = run_median(read, "bytes_per_s");
    run_list_sort(&mixes, "byte_pairs_per_s");
    if (mixes.count == 0 || (batches.count == 0 && searches.count == 0))
        return 0;
    table_start(drawing->table, NULL, "measured", "byte pairs a byte read", "byte pairs/s");
    FILE *data = drawing->data;
    see(&roofline, &mixes, "byte_pairs_per_s", 1);
    see(&roofline, &batches, "distances_per_s", dim);
    see(&roofline, &searches, "distances_per_s", dim);
    if (roofline.read > 0) {
        char label[64];
        snprintf(label, sizeof label, "reading, %sB/s", number_si(roofline.read).text);
        put_roof(data, 0, label, label, 0, roofline.read, roofline.read);
        snprintf(label, sizeof label, "%sB/s", number_si(roofline.read).text);
        table_add(drawing->table, words(read->name), words(""), words(label));
    }
    for (unsigned metric = 1; metric <= KNN_METRICS; metric++)
        write_roofs(&roofline, &mixes, metric);
    fputs("\n\n", data);
    write_batches(&roofline, &batches);
    fputs("\n\n", data);
    write_full_jobs(&roofline, &searches);
    fprintf(data, "\n\n%.6g %.6g\n", roofline.lowest, roofline.highest);
    return mixes.count;
}
