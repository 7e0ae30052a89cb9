// What the two parts of the wrapper share: calls.cc registers benchmarks and runs one call of a benchmark function,
// program.cc reads flags, runs all, and shows what came out.
#ifndef GBENCH_PARTS_H
#define GBENCH_PARTS_H

#include "gbench.h"

#include <benchmark/benchmark.h>

#include <atomic>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>

// The library's flags. When the run starts, they have the values of the command line, the environment or a default.
namespace benchmark {
extern bool FLAGS_benchmark_list_tests, FLAGS_benchmark_report_aggregates_only, FLAGS_benchmark_display_aggregates_only;
extern int32_t FLAGS_benchmark_repetitions;
extern double FLAGS_benchmark_min_warmup_time;
extern std::string FLAGS_benchmark_out, FLAGS_benchmark_out_format, FLAGS_benchmark_format;
} // namespace benchmark

namespace gbench {

inline char error_line[1024];

// Leaves the line for gb_error() and returns -1.
__attribute__((format(printf, 1, 2))) inline int fail(const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsnprintf(error_line, sizeof error_line, format, list);
    va_end(list);
    return -1;
}

// Calls `work`, which returns 0 or -1, and turns an exception into a failure.
template <class Work> int guarded(Work work) {
    try {
        return work();
    } catch (const std::bad_alloc &) {
        return fail("out of memory");
    } catch (const std::exception &exception) {
        return fail("Google Benchmark failed: %s", exception.what());
    }
}

// JSON has no place for control characters, and the library escapes only some of them.
inline std::string clean(const char *text) {
    std::string result(text);
    for (char &c : result)
        if (static_cast<unsigned char>(c) < ' ')
            c = ' ';
    return result;
}

// A benchmark, and what is known of it while it runs.
struct Benchmark {
    gb_benchmark wanted;
    std::string name, member; // without options and clock, unlike the library's name; its fields, in JSON
    int64_t iterations = 0;
    bool warming_up = false, broken = false;                        // broken: it failed or was cut
    std::string error = {};                                         // "" unless it failed
    std::map<std::string, benchmark::Counter::Flags> counters = {}; // as the first call set them
};

inline std::vector<Benchmark> benchmarks;
inline Benchmark *current; // called last: the library reports a benchmark after its last call

inline gb_reporting reporting;
inline size_t started, starts; // repetitions: so far, and in all

inline std::atomic<bool> stop_wanted, stop_told; // told: to a benchmark function
static_assert(std::atomic<bool>::is_always_lock_free, "gb_stop_run is for signal handlers");
inline bool stopped;

// These labels carry the outcome of a run to its report. Users cannot set them: control characters are removed from
// theirs.
inline const char failed_mark[] = "\1", cut_mark[] = "\2";

// Hands a benchmark to the library.
void hand_over(Benchmark &benchmark);

} // namespace gbench

#endif
