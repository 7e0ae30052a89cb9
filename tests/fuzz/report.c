/* Result files, from JSON to the pages, their pictures and the summary. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "report/page.h"
#include "report/several.h"
#include "results/check.h"
#include "results/summary.h"

static void write_all(const struct results *results) {
    static char nothing[] = "";
    size_t count;
    const struct picture *all = pictures(&count);
    struct drawn *drawn = calloc(count, sizeof *drawn);
    FILE *nowhere = fopen("/dev/null", "w");
    if (drawn == NULL || nowhere == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        drawn[i] = (struct drawn){.picture = &all[i], .finding = nothing};
        drawn[i].things = all[i].write(&(struct drawing){results, nowhere, &drawn[i].table, nowhere});
    }
    page_write(nowhere, results, drawn, count);
    for (int form = FORM_TEXT; form <= FORM_CSV; form++)
        summary_write(nowhere, results, (enum form)form);
    for (size_t i = 0; i < count; i++)
        table_free(&drawn[i].table);
    fclose(nowhere);
    free(drawn);
}

/* The file beside itself. */
static void write_several(const struct results *results) {
    const struct results twice[] = {*results, *results};
    struct cpus cpus;
    struct history history;
    struct knn_error error;
    FILE *nowhere = fopen("/dev/null", "w");
    if (nowhere == NULL)
        abort();
    check_write(nowhere, results);
    for (int form = FORM_TEXT; form <= FORM_CSV; form++) {
        if (cpus_gather(&cpus, twice, 2, &error) == 0)
            cpus_write(nowhere, &cpus, (enum form)form);
        if (check_unfit(results) == NULL && history_gather(&history, twice, 2, &error) == 0)
            history_write(nowhere, &history, (enum form)form);
    }
    fclose(nowhere);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct results results = {.count = 0};
    struct knn_error error;
    if (results_load(&results, fuzz_file(data, size), &error) == 0) {
        write_all(&results);
        write_several(&results);
    }
    results_free(&results);
    return 0;
}
