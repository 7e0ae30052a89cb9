// Benchmarks: registered ones and running ones.
#include "gbench_internal.h"

#include <cmath>
#include <cstdarg>
#include <cstdio>

using benchmark::Counter;
using gb::clean;
using gb::fail;
using gb::guarded;

struct gb_family {
    gb_fn *function;
    void *context;
    benchmark::internal::Benchmark *registered;
    size_t args;
};

struct gb_state {
    benchmark::State &inner;
    const gb_family &family;
    enum { READY, RUNNING, DONE } phase;
    bool paused;
};

bool gb::error_lost;

namespace {

std::vector<std::unique_ptr<gb_family>> families;

// Calls `work`, and turns an exception into the error of the benchmark.
template <class Work> void attempt(gb_state *state, Work work) {
    try {
        work();
    } catch (...) {
        try {
            state->inner.SkipWithError("out of memory");
        } catch (...) {
            gb::error_lost = true;
        }
    }
}

void run_one(benchmark::State &inner, const gb_family &family) {
    gb_state state = {inner, family, gb_state::READY, false};
    family.function(&state, family.context);
    if (state.phase != gb_state::DONE && !inner.error_occurred())
        gb_skip_with_error(&state, "the benchmark returned without calling %s",
                           state.phase == gb_state::READY ? "gb_start" : "gb_stop");
    // All repetitions must count the same iterations, or the library aborts when it aggregates them: one that reported
    // its error before the loop enters the loop now, which after an error ends at once.
    if (state.phase == gb_state::READY)
        inner.KeepRunningBatch(inner.max_iterations);
}

bool is_time(double seconds) {
    return std::isfinite(seconds) && seconds >= 0;
}

int check_definition(const gb_benchmark &wanted) {
    if (!wanted.name || !*wanted.name)
        return fail("a benchmark needs a name");
    if (!wanted.function)
        return fail("benchmark %s needs a function", wanted.name);
    if (!is_time(wanted.min_time) || !is_time(wanted.min_warm_up_time) || wanted.iterations < 0 ||
        wanted.repetitions < 0)
        return fail("benchmark %s: times, iterations and repetitions are finite and not negative", wanted.name);
    if (wanted.iterations > 0 && wanted.min_time + wanted.min_warm_up_time > 0)
        return fail("benchmark %s: give iterations or times, not both", wanted.name);
    if (wanted.min_warm_up_time > 0 && !(wanted.min_time > 0))
        return fail("benchmark %s: min_warm_up_time needs min_time", wanted.name);
    return 0;
}

void apply(const gb_benchmark &wanted, benchmark::internal::Benchmark *registered) {
    static const benchmark::TimeUnit units[] = {benchmark::kNanosecond, benchmark::kMicrosecond,
                                                benchmark::kMillisecond, benchmark::kSecond};
    if (wanted.unit >= GB_NS && wanted.unit <= GB_S)
        registered->Unit(units[wanted.unit - GB_NS]);
    if (wanted.clock == GB_REAL_TIME)
        registered->UseRealTime();
    if (wanted.clock == GB_MANUAL_TIME)
        registered->UseManualTime();
    if (wanted.process_cpu_time)
        registered->MeasureProcessCPUTime();
    if (wanted.min_time > 0)
        registered->MinTime(wanted.min_time);
    if (wanted.min_warm_up_time > 0)
        registered->MinWarmUpTime(wanted.min_warm_up_time);
    if (wanted.iterations > 0)
        registered->Iterations(wanted.iterations);
    if (wanted.repetitions > 0)
        registered->Repetitions(wanted.repetitions);
    registered->ReportAggregatesOnly(false); // Reporter hides repetitions itself, so that on_result sees them
}

const size_t no_args = SIZE_MAX;

} // namespace

void gb::free_families() {
    families.clear();
}

struct gb_family *gb_register(const struct gb_benchmark *wanted) {
    gb_family *family = nullptr;
    int status = guarded([&] {
        if (check_definition(*wanted) != 0)
            return -1;
        families.push_back(std::make_unique<gb_family>());
        gb_family *added = families.back().get();
        auto function = [added](benchmark::State &state) { run_one(state, *added); };
        auto *registered = benchmark::RegisterBenchmark(clean(wanted->name).c_str(), function);
        *added = {wanted->function, wanted->context, registered, no_args};
        apply(*wanted, registered);
        family = added;
        return 0;
    });
    return status == 0 ? family : nullptr;
}

int gb_args(struct gb_family *family, const int64_t *args, size_t count) {
    return guarded([=] {
        if (family->args != no_args && family->args != count)
            return fail("all arguments of a benchmark come in lists of the same length, here %zu", family->args);
        family->registered->Args(std::vector<int64_t>(args, args + count));
        family->args = count;
        return 0;
    });
}

int64_t gb_start(struct gb_state *state) {
    if (state->phase != gb_state::READY)
        gb_skip_with_error(state, "gb_start was called twice");
    if (state->inner.error_occurred())
        return 0;
    state->phase = gb_state::RUNNING;
    const int64_t iterations = gb_iterations(state);
    return state->inner.KeepRunningBatch(iterations) ? iterations : 0; // all of them in one batch
}

void gb_stop(struct gb_state *state) {
    if (state->inner.error_occurred())
        return;
    if (state->phase != gb_state::RUNNING)
        return gb_skip_with_error(state, "gb_stop was called without gb_start");
    gb_resume(state);
    state->inner.KeepRunningBatch(gb_iterations(state)); // no iteration is left: it stops the clock
    state->phase = gb_state::DONE;
}

void gb_pause(struct gb_state *state) {
    if (state->phase != gb_state::RUNNING || state->paused || state->inner.error_occurred())
        return;
    state->inner.PauseTiming();
    state->paused = true;
}

void gb_resume(struct gb_state *state) {
    if (!state->paused || state->inner.error_occurred())
        return;
    state->inner.ResumeTiming();
    state->paused = false;
}

int64_t gb_iterations(const struct gb_state *state) {
    return state->inner.max_iterations;
}

void gb_set_iteration_time(struct gb_state *state, double seconds) {
    if (is_time(seconds))
        state->inner.SetIterationTime(seconds);
    else
        gb_skip_with_error(state, "an iteration time of %g seconds", seconds);
}

int64_t gb_arg(const struct gb_state *state, size_t index) {
    const size_t count = state->family.args;
    return count != no_args && index < count ? state->inner.range(index) : 0;
}

void gb_skip_with_error(struct gb_state *state, const char *format, ...) {
    char line[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    attempt(state, [&] { state->inner.SkipWithError(clean(line).c_str()); });
}

void gb_label(struct gb_state *state, const char *text) {
    attempt(state, [=] { state->inner.SetLabel(clean(text).c_str()); });
}

void gb_items_processed(struct gb_state *state, int64_t items) {
    attempt(state, [=] { state->inner.SetItemsProcessed(items); });
}

void gb_bytes_processed(struct gb_state *state, int64_t bytes) {
    attempt(state, [=] { state->inner.SetBytesProcessed(bytes); });
}

void gb_counter(struct gb_state *state, const char *name, double value, unsigned flags_wanted) {
    static const Counter::Flags known[] = {Counter::kIsRate, Counter::kAvgThreads, Counter::kIsIterationInvariant,
                                           Counter::kAvgIterations, Counter::kInvert};
    if (!std::isfinite(value))
        return gb_skip_with_error(state, "counter %s is not a finite number", name);
    Counter::Flags wanted = Counter::kDefaults;
    for (unsigned bit = 0; bit < sizeof known / sizeof *known; bit++)
        if (flags_wanted >> bit & 1)
            wanted = wanted | known[bit];
    auto base = flags_wanted & GB_1024 ? Counter::kIs1024 : Counter::kIs1000;
    attempt(state, [=] { state->inner.counters[clean(name)] = Counter(value, wanted, base); });
}
