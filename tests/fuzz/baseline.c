/* Result files as `make regress BASELINE=FILE` compares them: each with a good one and with itself. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "regress/baseline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static FILE *quiet;
    const struct settings settings = {.tau = 0.03};
    const char *path = fuzz_file(data, size);
    struct knn_error error;
    int outcome = NO_REGRESSION;
    if (quiet == NULL && (quiet = freopen("/dev/null", "w", stdout)) == NULL)
        abort();
    static const char good[] = "corpus/baseline/result.json";
    if (compare_baseline(good, (const char *const[]){good, path}, &settings, &outcome, &error) == 0 &&
        outcome == FAILED)
        abort();
    if (compare_baseline(path, (const char *const[]){path, NULL}, &settings, &outcome, &error) == 0 &&
        outcome == FAILED)
        abort();
    return 0;
}
