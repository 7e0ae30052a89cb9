/* FAISS: IndexFlat, which keeps floats, and IndexScalarQuantizer on bytes, which has no L1. Its C interface is not in
 * Debian's library. */
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <omp.h>

#include <cblas.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexScalarQuantizer.h>
#include <faiss/utils/distances.h>

extern "C" {
#include "peer.h"
}

namespace {

/* IndexFlatL2 multiplies blocks of this size by BLAS. The other indexes have no blocks, so only the first two settings
 * differ for them. */
struct setting {
    bool own_threads; /* FAISS cuts up the work; else every thread searches for its part of the queries */
    int queries, train_rows;
};

const setting settings[] = {{true, 4096, 1024}, {false, 4096, 1024}, {true, 4096, 4096}, {false, 1024, 4096}};
const size_t all_settings = sizeof settings / sizeof settings[0], thread_settings = 2;

struct floats {
    float *data;
    floats(const knn_matrix *matrix, knn_error *error) : data(peer_floats(matrix, error)) {
        if (data == nullptr)
            throw std::runtime_error(error->message);
    }
    ~floats() {
        free(data);
    }
};

struct state {
    peer_job job;
    bool blas;
    std::string index_name;
    std::unique_ptr<faiss::Index> index;
    std::unique_ptr<floats> test;
    setting chosen;
};

int open_index(void **result, const peer_job *job, const char *name, bool blas, faiss::Index *index, knn_error *error) {
    std::unique_ptr<faiss::Index> owned(index);
    try {
        {
            floats train(job->train, error);
            index->train(static_cast<faiss::Index::idx_t>(job->train->rows), train.data);
            index->add(static_cast<faiss::Index::idx_t>(job->train->rows), train.data);
        }
        *result =
            new state{*job, blas, name, std::move(owned), std::make_unique<floats>(job->test, error), settings[0]};
        return 0;
    } catch (const std::exception &e) {
        return knn_fail(error, "FAISS does not start: %s", e.what());
    }
}

int open_l2(void **result, const peer_job *job, knn_error *error) {
    return open_index(result, job, "IndexFlatL2", true, new faiss::IndexFlatL2(job->train->dim), error);
}

int open_l1(void **result, const peer_job *job, knn_error *error) {
    return open_index(result, job, "IndexFlat of METRIC_L1", false,
                      new faiss::IndexFlat(job->train->dim, faiss::METRIC_L1), error);
}

int open_bytes(void **result, const peer_job *job, knn_error *error) {
    return open_index(result, job, "IndexScalarQuantizer of QT_8bit_direct", false,
                      new faiss::IndexScalarQuantizer(job->train->dim, faiss::ScalarQuantizer::QT_8bit_direct), error);
}

int choose(void *context, size_t setting, knn_error *) {
    static_cast<state *>(context)->chosen = settings[setting];
    return 0;
}

void search_part(const state &s, size_t first, size_t count, uint32_t *nearest) {
    std::vector<float> distances(count);
    std::vector<faiss::Index::idx_t> labels(count);
    s.index->search(static_cast<faiss::Index::idx_t>(count), s.test->data + first * s.job.test->dim, 1,
                    distances.data(), labels.data());
    for (size_t i = 0; i < count; i++)
        nearest[first + i] = static_cast<uint32_t>(labels[i]);
}

void search_all(const state &s, size_t count, uint32_t *nearest) {
    unsigned threads = s.job.team->threads;
    std::exception_ptr failure;
    if (s.chosen.own_threads || threads == 1)
        return search_part(s, 0, count, nearest);
#pragma omp parallel num_threads(threads)
    {
        knn_binding *own = knn_team_join(s.job.team);
        size_t part = static_cast<size_t>(omp_get_thread_num()), first = count * part / threads;
        try {
            search_part(s, first, count * (part + 1) / threads - first, nearest);
        } catch (...) {
#pragma omp critical
            failure = std::current_exception();
        }
        knn_team_leave(s.job.team, own);
    }
    if (failure)
        std::rethrow_exception(failure);
}

int search(void *context, size_t count, uint32_t *nearest, knn_error *error) {
    const state &s = *static_cast<state *>(context);
    faiss::distance_compute_blas_query_bs = s.chosen.queries;
    faiss::distance_compute_blas_database_bs = s.chosen.train_rows;
    openblas_set_num_threads(s.chosen.own_threads ? static_cast<int>(s.job.team->threads) : 1);
    try {
        search_all(s, count, nearest);
        return 0;
    } catch (const std::exception &e) {
        return knn_fail(error, "FAISS fails: %s", e.what());
    }
}

void describe(const void *context, char *text, size_t size) {
    const state &s = *static_cast<const state *>(context);
    int length =
        snprintf(text, size, "FAISS %d.%d.%d %s; %s", FAISS_VERSION_MAJOR, FAISS_VERSION_MINOR, FAISS_VERSION_PATCH,
                 s.index_name.c_str(), s.chosen.own_threads ? "threads by FAISS" : "a part of the queries a thread");
    if (s.blas && length > 0 && static_cast<size_t>(length) < size)
        snprintf(text + length, size - static_cast<size_t>(length), "; sgemm of %d x %d, core type %s",
                 s.chosen.queries, s.chosen.train_rows, openblas_get_corename());
}

void close_index(void *context) {
    delete static_cast<state *>(context);
}

} // namespace

extern "C" {
const peer peer_faiss_l2 = {"faiss_flat", KNN_L2, 0, 512, all_settings, open_l2, choose, search, describe, close_index};
const peer peer_faiss_l1 = {"faiss_flat", KNN_L1, 1,      4,        thread_settings,
                            open_l1,      choose, search, describe, close_index};
const peer peer_faiss_bytes_l2 = {"faiss_bytes", KNN_L2, 1,      8,        thread_settings,
                                  open_bytes,    choose, search, describe, close_index};
}
