/* Result files, from JSON to the page, its pictures and the summary. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "report/page.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct results results = {.count = 0};
    struct knn_error error;
    if (results_load(&results, fuzz_file(data, size), &error) == 0)
        write_all(&results);
    results_free(&results);
    return 0;
}
