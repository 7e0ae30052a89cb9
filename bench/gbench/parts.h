// What the parts of the wrapper share. program.cc reads flags and runs, families.cc registers, calls.cc runs one call
// of a benchmark function, reports.cc shows what came out.
#ifndef GBENCH_PARTS_H
#define GBENCH_PARTS_H

#include "gbench.h"

#include <benchmark/benchmark.h>

#include <atomic>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace gbench {

using benchmark::BenchmarkReporter;
using benchmark::Counter;
using Run = BenchmarkReporter::Run;

// -- failures and texts -----------------------------------------------------------------------------------------------

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
    } catch (...) {
        return fail("Google Benchmark failed");
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

// -- flags ------------------------------------------------------------------------------------------------------------

// The command line's, the environment's, the caller's defaults.
struct Flags {
    void (*help)(void);
    bool help_wanted;
    std::string out, out_format, filter;
    bool list;
    bool hide_in_display, hide_in_file; // repetitions, where there are aggregates
    bool warm_up;
};

inline Flags flags;

// -- what is registered, and what is known of each instance while it runs ---------------------------------------------

struct Instance {
    std::string name; // known after a rehearsal
    int64_t iterations = 0;
    bool warming_up;
    bool failed = false, cut = false;
    std::string error;
    std::map<std::string, Counter::Flags> counters; // as the first call set them

    bool broken() const {
        return failed || cut;
    }

    // Whether this call begins a repetition. In the first one the library tries how many iterations it takes, each time
    // more; a warm-up does the same before it. Every other repetition is one call with as many as the last.
    bool begins(int64_t wanted) {
        const bool first = iterations == 0, more = wanted > iterations;
        iterations = wanted;
        if (first || more)
            return first;
        return !std::exchange(warming_up, false);
    }
};

// Copies of a benchmark's fields.
struct Fields {
    std::deque<std::string> texts; // of which the list has parts: they stay where they are
    std::vector<gb_field> list;
    std::string member; // of a JSON object

    explicit Fields(const gb_benchmark &wanted);

  private:
    const char *copy(const char *text);
};

} // namespace gbench

struct gb_family {
    gb_benchmark wanted;
    std::string name;
    gbench::Fields fields;
    benchmark::internal::Benchmark *registered;
    size_t args, count; // arguments of an instance; instances
    bool broken;        // one of its instances is
    std::map<std::vector<int64_t>, gbench::Instance> instances;
};

struct gb_state {
    benchmark::State &inner;
    gb_family &family;
    enum { OUTSIDE, READY, RUNNING, DONE } phase; // OUTSIDE: the function does not run yet
    bool paused, timed, failed;
    std::string error;

    void set_error(const char *line) noexcept {
        if (failed) // the first one stays
            return;
        failed = true;
        try {
            error = *line ? gbench::clean(line) : "error"; // an empty one would be none
        } catch (...) {
            error = "no memory"; // so short that it needs none
        }
    }
};

namespace gbench {

inline const size_t no_args = SIZE_MAX, max_instances = 1000000;

inline std::vector<std::unique_ptr<gb_family>> families;

inline Instance *current; // whose function was called last: the library reports an instance after its last call
inline gb_family *current_family;

inline bool is_time(double seconds) {
    return std::isfinite(seconds) && seconds >= 0;
}

// Whether JSON results have a member of this name already.
bool is_reserved(const std::string &name);

// -- running ----------------------------------------------------------------------------------------------------------

inline std::atomic<bool> stop_wanted, stop_told; // told: to a benchmark function
static_assert(std::atomic<bool>::is_always_lock_free, "gb_stop_run is for signal handlers");
inline bool stopped;

// A rehearsal goes through the library's motions and calls nothing of the user's, to learn what a run will do.
inline bool rehearsing;

struct Progress {
    gb_start_fn *function;
    void *context;
    size_t index, total;
};

inline Progress progress;

// Outcomes travel with a run to its report as labels, which no user can set: those are free of control characters.
// The library itself never hears of an error, for 1.7.1 does not survive all of them: it computes aggregates from a
// first repetition that has none of what it needs, and looks for the first good one of a family that has none.
inline const char failed_mark[] = "\1", cut_mark[] = "\2";

// One call of a benchmark function.
void run_one(benchmark::State &inner, gb_family &family);

// The instance a run is of; NULL where a C++ file registered it.
inline Instance *owner(const Run &run) {
    return current && run.run_name.function_name == current_family->name ? current : nullptr;
}

// Runs what the library's filter selects, and reports it: the number of benchmarks with errors, or -1.
int run_and_report(const gb_reporting &reporting, const std::string &filter);

// Flushes what was listed.
int finish_list();

void forget_statistics();

} // namespace gbench

#endif
