// What the C wrapper costs: the empty loop of loop.c beside the same one as a C++ benchmark writes it, in pairs that
// run one right after the other, each pair in the other order than the last. Ends with 1 if it costs too much.
#include "gbench.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

extern "C" gb_fn c_loop;

namespace {

const int pairs = 31;
const int64_t iterations = 50000000; // some 20 ms
const double allowed = 1;            // nanoseconds per iteration that the wrapper may cost

struct Times {
    std::vector<double> c, cxx; // nanoseconds per iteration
};

void cxx_loop(benchmark::State &state) {
    for (auto _ : state)
        gb_clobber_memory();
}

bool register_pairs() {
    gb_benchmark wanted = {};
    wanted.name = "c";
    wanted.function = c_loop;
    wanted.iterations = iterations;
    for (int pair = 0; pair < pairs; pair++) {
        if (pair % 2 == 0 && !gb_register(&wanted))
            return false;
        benchmark::RegisterBenchmark("c++", cxx_loop)->Iterations(iterations);
        if (pair % 2 == 1 && !gb_register(&wanted))
            return false;
    }
    return true;
}

void collect(const gb_result *result, void *context) {
    Times *times = static_cast<Times *>(context);
    (strncmp(result->name, "c/", 2) == 0 ? times->c : times->cxx).push_back(1e9 * result->cpu_time);
}

// Returns the median.
double print(const char *what, std::vector<double> values) {
    std::sort(values.begin(), values.end());
    printf("%-10s  %7.4f  %7.4f to %7.4f\n", what, values[pairs / 2], values[pairs / 10],
           values[pairs - 1 - pairs / 10]);
    return values[pairs / 2];
}

} // namespace

int main(int argc, char **argv) {
    Times times;
    if (gb_initialize(&argc, argv, nullptr, nullptr) != 0 || gb_no_more_arguments(argc, argv) != 0 ||
        !register_pairs()) {
        fprintf(stderr, "bench-wrapper: %s\n", gb_error());
        return 1;
    }
    gb_reporting reporting = {};
    reporting.on_result = collect;
    reporting.context = &times;
    reporting.quiet = 1;
    const int errors = gb_run(&reporting);
    gb_shutdown();
    if (errors != 0 || times.c.size() != pairs || times.cxx.size() != pairs) {
        fprintf(stderr, "bench-wrapper: %s\n", errors < 0 ? gb_error() : "not every loop was timed: use no filter");
        return 1;
    }
    std::vector<double> differences;
    for (int pair = 0; pair < pairs; pair++)
        differences.push_back(times.c[pair] - times.cxx[pair]);
    printf("an empty loop, ns per iteration: median, and 80 %% of %d pairs; %s\n", pairs, KNN_COMPILER);
    print("C", times.c);
    print("C++", times.cxx);
    const double cost = print("difference", differences);
    if (cost > allowed) {
        fprintf(stderr, "bench-wrapper: the C wrapper costs %.2f ns per iteration, more than %g ns: see gb_start\n",
                cost, allowed);
        return 1;
    }
    printf("the wrapper costs no more than %g ns\n", allowed);
    return 0;
}
