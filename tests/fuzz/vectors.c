/* Rows without labels: .u8bin and .bvecs, which are known by their names. */
#include <stdlib.h>
#include <unistd.h>

#include "fuzz.h"
#include "rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const names[] = {"vectors-link.u8bin", "vectors-link.bvecs"};
    const char *path = fuzz_file(data, size);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct knn_matrix rows;
        struct knn_error error;
        unlink(names[i]);
        if (symlink(path, names[i]) != 0)
            abort();
        if (knn_rows_open(&rows, names[i], &error) == 0 && (rows.rows == 0 || rows.rows * rows.dim > 1032 * size))
            abort();
        knn_matrix_free(&rows);
        unlink(names[i]);
    }
    return 0;
}
