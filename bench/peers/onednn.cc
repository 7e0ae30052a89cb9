/* oneDNN: products of unsigned and signed bytes in 32 bits, and the selection of blocks.c. They are exact: train rows
 * go in as t - 128, so that P = sum q (t - 128), and |t|^2 - 2 qt = |t|^2 - 2 P - 256 sum q. The last term is the same
 * for all rows. */
#include <cstdio>
#include <cstring>
#include <exception>
#include <vector>

#include <omp.h>

#include <oneapi/dnnl/dnnl.hpp>

extern "C" {
#include "blocks.h"
}

namespace {

using dnnl::memory;

const blocks_setting settings[] = {
    {0, 128, 1024}, {0, 256, 512}, {0, 512, 256}, {0, 512, 512}, {0, 512, 1024}, {1, 1024, 1024}, {1, 1024, 2048},
};
const size_t most_queries = 1024; /* of a block */

/* Every thread has its own: primitives and their scratch memory cannot be shared. */
struct product {
    dnnl::stream stream;
    dnnl::matmul::primitive_desc description;
    dnnl::matmul matmul;
    memory scratch;
};

struct onednn {
    struct blocks blocks = {};
    peer_job job;
    dnnl::engine engine{dnnl::engine::kind::cpu, 0};
    std::vector<uint8_t> test;  /* followed by a block of zeros: every product has all rows */
    std::vector<int32_t> terms; /* |t|^2 of the train rows */
    std::vector<memory> train;  /* the shifted rows of every block, as the products want them */
    std::vector<product> products;

    explicit onednn(const peer_job &of) : job(of) {
    }
    memory::dim dim() const {
        return static_cast<memory::dim>(job.train->dim);
    }
};

dnnl::matmul::primitive_desc describe_product(const onednn &o) {
    memory::dim queries = static_cast<memory::dim>(o.blocks.setting.queries);
    memory::dim rows = static_cast<memory::dim>(o.blocks.setting.train_rows);
    memory::desc source({queries, o.dim()}, memory::data_type::u8, memory::format_tag::ab);
    memory::desc weights({o.dim(), rows}, memory::data_type::s8, memory::format_tag::any);
    memory::desc result({queries, rows}, memory::data_type::s32, memory::format_tag::ab);
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
#if DNNL_VERSION_MAJOR >= 3
    return dnnl::matmul::primitive_desc(o.engine, source, weights, result, attributes);
#else
    return dnnl::matmul::primitive_desc(dnnl::matmul::desc(source, weights, result), attributes, o.engine);
#endif
}

product make_product(const onednn &o) {
    dnnl::matmul::primitive_desc description = describe_product(o);
    return {dnnl::stream(o.engine), description, dnnl::matmul(description),
            memory(description.scratchpad_desc(), o.engine)};
}

/* Within a parallel region, oneDNN makes products for a single thread. */
void make_products(onednn &o) {
    unsigned threads = o.blocks.setting.own_threads ? 1 : o.job.team->threads;
    std::exception_ptr failure;
    o.products.clear();
    if (threads == 1) {
        o.products.push_back(make_product(o));
        return;
    }
    o.products.resize(threads);
#pragma omp parallel num_threads(threads)
    try {
        o.products[static_cast<size_t>(omp_get_thread_num())] = make_product(o);
    } catch (...) {
#pragma omp critical
        failure = std::current_exception();
    }
    if (failure)
        std::rethrow_exception(failure);
}

void pack_train(onednn &o) {
    const knn_matrix &rows = *o.job.train;
    product &p = o.products[0];
    size_t width = o.blocks.setting.train_rows;
    std::vector<int8_t> shifted(width * rows.dim);
    memory plain({{o.dim(), static_cast<memory::dim>(width)}, memory::data_type::s8, memory::format_tag::ba}, o.engine,
                 shifted.data());
    o.train.clear();
    for (size_t first = 0; first < rows.rows; first += width) {
        for (size_t i = 0; i < width && first + i < rows.rows; i++)
            for (size_t j = 0; j < rows.dim; j++)
                shifted[i * rows.dim + j] = static_cast<int8_t>(knn_matrix_row(&rows, first + i)[j] - 128);
        o.train.emplace_back(p.description.weights_desc(), o.engine);
        dnnl::reorder(plain, o.train.back()).execute(p.stream, plain, o.train.back());
        p.stream.wait();
    }
}

int multiply(void *context, size_t first_query, size_t, size_t block, void *out) {
    onednn &o = *static_cast<onednn *>(context);
    product &p = o.products[static_cast<size_t>(omp_get_thread_num())];
    try {
        memory source(p.description.src_desc(), o.engine, o.test.data() + first_query * o.job.test->dim);
        memory result(p.description.dst_desc(), o.engine, out);
        p.matmul.execute(p.stream, {{DNNL_ARG_SRC, source},
                                    {DNNL_ARG_WEIGHTS, o.train[block]},
                                    {DNNL_ARG_DST, result},
                                    {DNNL_ARG_SCRATCHPAD, p.scratch}});
        p.stream.wait();
        return 0;
    } catch (const dnnl::error &e) {
        return e.status;
    } catch (const std::exception &) {
        return dnnl_out_of_memory;
    }
}

void copy_data(onednn &o) {
    const knn_matrix &test = *o.job.test, &train = *o.job.train;
    o.test.resize((test.rows + most_queries) * test.dim);
    for (size_t i = 0; i < test.rows; i++)
        memcpy(o.test.data() + i * test.dim, knn_matrix_row(&test, i), test.dim);
    o.terms.resize(train.rows);
    for (size_t i = 0; i < train.rows; i++)
        for (size_t j = 0; j < train.dim; j++)
            o.terms[i] += knn_matrix_row(&train, i)[j] * knn_matrix_row(&train, i)[j];
    o.blocks.job = &o.job;
    o.blocks.terms = o.terms.data();
    o.blocks.select = blocks_select_int;
    o.blocks.multiply = multiply;
    o.blocks.context = &o;
}

void close_onednn(void *state) {
    delete static_cast<onednn *>(state);
}

int open_onednn(void **state, const peer_job *job, knn_error *error) {
    const size_t most = INT32_MAX / (2 * 255 * 255); /* |t|^2 - 2 P stays within 32 bits */
    if (job->train->dim > most)
        return knn_fail(error, "oneDNN's 32-bit results hold no more than %zu bytes a row", most);
    onednn *o = nullptr;
    try {
        o = new onednn(*job);
        copy_data(*o);
        *state = o;
        return 0;
    } catch (const std::exception &e) {
        delete o;
        return knn_fail(error, "oneDNN does not start: %s", e.what());
    }
}

int choose(void *state, size_t setting, knn_error *error) {
    onednn &o = *static_cast<onednn *>(state);
    o.blocks.setting = settings[setting];
    try {
        make_products(o);
        pack_train(o);
        return 0;
    } catch (const std::exception &e) {
        return knn_fail(error, "oneDNN makes no product of these blocks: %s", e.what());
    }
}

int search(void *state, size_t count, uint32_t *nearest, knn_error *error) {
    return blocks_search(&static_cast<onednn *>(state)->blocks, "oneDNN", count, nearest, error);
}

void describe(const void *state, char *text, size_t size) {
    const onednn &o = *static_cast<const onednn *>(state);
    const dnnl_version_t *version = dnnl_version();
    char blocks[64];
    blocks_describe(&o.blocks.setting, blocks, sizeof blocks);
    snprintf(text, size, "oneDNN %d.%d.%d u8 x s8 matmul (%s), packed train rows, selection; %s", version->major,
             version->minor, version->patch, o.products[0].description.impl_info_str(), blocks);
}

} // namespace

extern "C" const peer peer_onednn_l2 = {"onednn",    KNN_L2, 1,      512,      sizeof settings / sizeof settings[0],
                                        open_onednn, choose, search, describe, close_onednn};
