#include "matrix.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROW_ALIGN = 64, HUGE_PAGE = 2 << 20, HUGE_FROM = HUGE_PAGE / 4 };

/* A mapping that begins and ends at a huge page, as the system needs to use them: cut out of a larger one. */
static void *map_huge(size_t bytes) {
    uint8_t *wide = mmap(NULL, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (wide == MAP_FAILED)
        return wide;
    size_t before = (HUGE_PAGE - (uintptr_t)wide % HUGE_PAGE) % HUGE_PAGE;
    if (before > 0)
        munmap(wide, before);
    munmap(wide + before + bytes, HUGE_PAGE - before);
#ifdef MADV_HUGEPAGE
    madvise(wide + before, bytes, MADV_HUGEPAGE);
#endif
    return wide + before;
}

int knn_matrix_alloc(struct knn_matrix *matrix, size_t rows, size_t dim, struct knn_error *error) {
    *matrix = (struct knn_matrix){0};
    size_t stride, bytes;
    if (rows == 0 || dim == 0 || __builtin_add_overflow(dim, ROW_ALIGN - 1, &stride) ||
        __builtin_mul_overflow(stride &= ~(size_t)(ROW_ALIGN - 1), rows, &bytes) || bytes > SIZE_MAX / 2)
        return knn_fail(error, "a matrix of %zu rows of %zu bytes cannot exist", rows, dim);
    size_t unit = bytes >= HUGE_FROM ? HUGE_PAGE : (size_t)sysconf(_SC_PAGESIZE);
    bytes = (bytes + unit - 1) / unit * unit;
    void *data = unit == HUGE_PAGE ? map_huge(bytes)
                                   : mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED)
        return knn_fail(error, "no memory for %zu rows of %zu bytes (%s): use fewer images", rows, dim,
                        strerror(errno));
    *matrix = (struct knn_matrix){.data = data, .rows = rows, .dim = dim, .stride = stride, .mapped = bytes};
    return 0;
}

void knn_discard(const uint8_t *begin, const uint8_t *end) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = ((uintptr_t)begin + page - 1) / page * page, last = (uintptr_t)end / page * page;
    if (first < last)
        madvise((void *)first, last - first, MADV_DONTNEED);
}

void knn_matrix_free(struct knn_matrix *matrix) {
    if (matrix->data != NULL)
        munmap(matrix->data, matrix->mapped);
    *matrix = (struct knn_matrix){0};
}
