// One call of a benchmark function, and what it may ask of its state; statistics over several.
#include "parts.h"

#include <array>

using namespace gbench;

namespace {

Instance &find_instance(gb_family &family, const benchmark::State &state) {
    std::vector<int64_t> args;
    for (size_t i = 0; family.args != no_args && i < family.args; i++)
        args.push_back(state.range(i));
    auto found = family.instances.try_emplace(args);
    if (found.second)
        found.first->second.warming_up = family.wanted.min_warm_up_time > 0 || flags.warm_up;
    current_family = &family;
    return *(current = &found.first->second);
}

// Brings the library's loop to its regular end, wherever it is: to return without is fatal.
void finish(gb_state &state) {
    if (state.phase == gb_state::DONE)
        return;
    if (state.phase != gb_state::RUNNING)
        state.inner.KeepRunningBatch(state.inner.max_iterations);
    if (state.paused)
        state.inner.ResumeTiming();
    state.inner.KeepRunningBatch(state.inner.max_iterations); // no iteration is left: it stops the clock
    state.paused = false;
    state.phase = gb_state::DONE;
}

void call(gb_state &state) {
    const gb_benchmark &wanted = state.family.wanted;
    if (wanted.setup)
        wanted.setup(&state, wanted.context);
    if (state.failed)
        return;
    state.phase = gb_state::READY;
    wanted.function(&state, wanted.context);
    if (state.phase != gb_state::DONE)
        gb_skip_with_error(&state, "the benchmark returned without calling %s",
                           state.phase == gb_state::READY ? "gb_start" : "gb_stop");
    finish(state);
    if (wanted.teardown)
        wanted.teardown(&state, wanted.context);
}

// What would end the program in the library, have it try a billion iterations, or spoil its JSON.
void check_call(gb_state &state, Instance &instance) {
    const gb_benchmark &wanted = state.family.wanted;
    if (wanted.clock == GB_MANUAL_TIME && !state.timed)
        state.set_error("manual time needs gb_set_iteration_time");
    if ((wanted.complexity != GB_O_NONE || wanted.complexity_curve) && state.inner.complexity_length_n() < 1)
        state.set_error("complexity needs gb_set_complexity_n");
    for (const auto &counter : state.inner.counters) {
        if (is_reserved(counter.first) || (!state.family.fields.list.empty() && counter.first == wanted.fields_name))
            gb_skip_with_error(&state, "no counter can be named %s: JSON results have that already",
                               counter.first.c_str());
        if (instance.counters.emplace(counter.first, counter.second.flags).first->second != counter.second.flags)
            gb_skip_with_error(&state, "counter %s has other flags than before", counter.first.c_str());
    }
}

void discard(gb_state &state, const char *mark) {
    state.inner.counters.clear();
    state.inner.SetComplexityN(1);
    state.inner.SetLabel(mark);
    state.family.broken = true;
}

// Calls `work`, and turns an exception into the error of the benchmark.
template <class Work> void attempt(gb_state *state, Work work) {
    try {
        work();
    } catch (...) {
        state->set_error("out of memory");
    }
}

} // namespace

void gbench::run_one(benchmark::State &inner, gb_family &family) {
    gb_state state = {inner, family, gb_state::OUTSIDE, false, false, false, {}};
    Instance &instance = find_instance(family, inner);
    bool called = false;
    if (!rehearsing) {
        const bool begins = instance.begins(inner.max_iterations);
        if (begins && progress.function && !instance.failed && !stop_wanted)
            progress.function(instance.name.c_str(), progress.index, progress.total, progress.context);
        progress.index += begins;
        if (!instance.failed && !stop_wanted) {
            called = true;
            call(state);
            check_call(state, instance);
        }
    }
    finish(state);
    if (state.failed && !stop_wanted) {
        instance.failed = true;
        instance.error = std::move(state.error);
    }
    if (rehearsing)
        inner.SetComplexityN(1);
    else if (instance.failed)
        discard(state, failed_mark);
    else if (!called || state.failed || stop_told) {
        instance.cut = stopped = true;
        discard(state, cut_mark);
    }
}

// -- statistics -------------------------------------------------------------------------------------------------------

namespace {

struct Statistic {
    gb_statistic_fn *function;
    void *context;
};

Statistic statistics[GB_MAX_STATISTICS];
size_t statistic_count;

// Without good repetitions there is nothing to compute from, and what comes out is not shown.
template <size_t index> double compute(const std::vector<double> &values) {
    if (rehearsing || !current || current->broken())
        return 0;
    return statistics[index].function(values.data(), values.size(), statistics[index].context);
}

template <size_t... index>
constexpr std::array<benchmark::StatisticsFunc *, sizeof...(index)> make_computes(std::index_sequence<index...>) {
    return {compute<index>...};
}

constexpr auto computes = make_computes(std::make_index_sequence<GB_MAX_STATISTICS>());

} // namespace

void gbench::forget_statistics() {
    statistic_count = 0;
}

int gb_statistic(struct gb_family *family, const char *name, gb_statistic_fn *function, void *context,
                 int is_fraction) {
    return guarded([=] {
        if (!name || !*name || !function)
            return fail("benchmark %s: a statistic needs a name and a function", family->name.c_str());
        if (statistic_count == GB_MAX_STATISTICS)
            return fail("benchmark %s: more than %d statistics in the program", family->name.c_str(),
                        static_cast<int>(GB_MAX_STATISTICS));
        family->registered->ComputeStatistics(clean(name), computes[statistic_count],
                                              is_fraction ? benchmark::kPercentage : benchmark::kTime);
        statistics[statistic_count++] = {function, context};
        return 0;
    });
}

// -- inside a benchmark function --------------------------------------------------------------------------------------

int64_t gb_start(struct gb_state *state) {
    if (state->phase != gb_state::READY)
        state->set_error("gb_start is called once, by the benchmark function");
    if (state->failed)
        return 0;
    state->phase = gb_state::RUNNING;
    const int64_t iterations = gb_iterations(state);
    return state->inner.KeepRunningBatch(iterations) ? iterations : 0; // all of them in one batch
}

void gb_stop(struct gb_state *state) {
    if (state->phase == gb_state::RUNNING)
        finish(*state);
    else
        state->set_error("gb_stop was called without gb_start");
}

void gb_pause(struct gb_state *state) {
    if (state->phase != gb_state::RUNNING || state->paused)
        return;
    state->inner.PauseTiming();
    state->paused = true;
}

void gb_resume(struct gb_state *state) {
    if (!state->paused)
        return;
    state->inner.ResumeTiming();
    state->paused = false;
}

int64_t gb_iterations(const struct gb_state *state) {
    return state->inner.max_iterations;
}

void gb_set_iteration_time(struct gb_state *state, double seconds) {
    if (!is_time(seconds))
        return gb_skip_with_error(state, "an iteration time of %g seconds", seconds);
    state->inner.SetIterationTime(seconds);
    state->timed = true;
}

int64_t gb_arg(const struct gb_state *state, size_t index) {
    const size_t count = state->family.args;
    return count != no_args && index < count ? state->inner.range(index) : 0;
}

void gb_set_complexity_n(struct gb_state *state, int64_t n) {
    state->inner.SetComplexityN(n);
}

void gb_skip_with_error(struct gb_state *state, const char *format, ...) {
    char line[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    state->set_error(line);
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
