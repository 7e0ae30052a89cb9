// What the C wrapper costs: the empty loop of cost_loop.c beside the same one as a C++ benchmark writes it, both
// repeated in random order. Ends with 1 if it costs too much.
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

int register_loops() {
    benchmark::RegisterBenchmark("c++", cxx_loop)->Iterations(iterations)->Repetitions(pairs);
    gb_benchmark wanted = {};
    wanted.name = "c";
    wanted.function = c_loop;
    wanted.iterations = iterations;
    wanted.repetitions = pairs;
    return gb_register(&wanted);
}

void collect(const gb_result *result, void *context) {
    Times *times = static_cast<Times *>(context);
    if (!result->aggregate)
        (strcmp(result->name, "c") == 0 ? times->c : times->cxx).push_back(1e9 * result->cpu_time);
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
    const char *defaults[] = {"--benchmark_enable_random_interleaving=true", nullptr};
    if (gb_initialize(argc, argv, defaults, nullptr) != 0 || register_loops() != 0) {
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
