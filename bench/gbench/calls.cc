// Registering, one call of a benchmark function, and what the function may do with its state.
#include "parts.h"

using namespace gbench;
using benchmark::Counter;

struct gb_state {
    benchmark::State &inner;
    Benchmark &ours;
    enum { READY, RUNNING, DONE } phase;
    bool paused, timed;
    char error[1024]; // "": none; the first one stays
};

namespace {

std::string quoted(const char *text) {
    std::string result = "\"";
    for (char c : clean(text))
        result += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    return result + '"';
}

std::string member_of(const gb_benchmark &wanted) {
    std::string member;
    for (const gb_field *field = wanted.fields; field != wanted.fields + wanted.field_count; field++) {
        char number[32];
        snprintf(number, sizeof number, "%.17g", field->number);
        member += member.empty() ? quoted(wanted.fields_name) + ": {" : ", ";
        member += quoted(field->name) + ": " + (field->text ? quoted(field->text) : number);
    }
    return member.empty() ? member : member + "}";
}

int check_definition(const gb_benchmark &wanted) {
    const char *name = wanted.name && *wanted.name ? wanted.name : "without a name";
    if (name != wanted.name || !wanted.function)
        return fail("benchmark %s: it needs a name and a function", name);
    if (!(wanted.min_time >= 0) || std::isinf(wanted.min_time) || wanted.iterations < 0 || wanted.repetitions < 0)
        return fail("benchmark %s: times, iterations and repetitions are finite and not negative", name);
    if (wanted.iterations > 0 && wanted.min_time > 0)
        return fail("benchmark %s: give iterations or min_time, not both", name);
    for (size_t i = 0; i < wanted.field_count; i++)
        if (!wanted.fields_name || !wanted.fields[i].name || !std::isfinite(wanted.fields[i].number))
            return fail("benchmark %s: fields need names, and finite numbers", name);
    return 0;
}

// Whether this call begins a repetition. In the first one the library calls with more and more iterations, to find how
// many it needs; a warm-up does the same before it. Every other repetition is one call with the last number.
bool begins(Benchmark &ours, int64_t wanted) {
    const bool first = ours.iterations == 0, more = wanted > ours.iterations;
    ours.iterations = wanted;
    return first || (!more && !std::exchange(ours.warming_up, false));
}

// Brings the library's loop to its regular end, wherever it is: a return before that is fatal.
void finish(gb_state &state) {
    if (state.phase == gb_state::DONE)
        return;
    if (state.phase == gb_state::READY)
        state.inner.KeepRunningBatch(state.inner.max_iterations);
    gb_resume(&state);
    state.inner.KeepRunningBatch(state.inner.max_iterations); // no iteration is left: it stops the clock
    state.phase = gb_state::DONE;
}

void call(gb_state &state) {
    const gb_benchmark &wanted = state.ours.wanted;
    wanted.function(&state, wanted.context);
    if (state.phase != gb_state::DONE)
        gb_skip_with_error(&state, "the benchmark returned without calling %s",
                           state.phase == gb_state::READY ? "gb_start" : "gb_stop");
    // Otherwise the library would try a billion iterations, or end the program.
    if (wanted.clock == GB_MANUAL_TIME && !state.timed)
        gb_skip_with_error(&state, "manual time needs gb_set_iteration_time");
    for (const auto &[name, counter] : state.inner.counters)
        if (state.ours.counters.emplace(name, counter.flags).first->second != counter.flags)
            gb_skip_with_error(&state, "counter %s has other flags than before", name.c_str());
}

void run_one(benchmark::State &inner, Benchmark &ours) {
    gb_state state = {inner, ours, gb_state::READY, false, false, ""};
    const bool called = ours.error.empty() && !stop_wanted, starts_one = begins(ours, inner.max_iterations);
    current = &ours;
    if (called && starts_one && reporting.on_start)
        reporting.on_start(ours.name.c_str(), started, starts, reporting.context);
    started += starts_one;
    if (called)
        call(state);
    finish(state);
    if (*state.error && !stop_wanted)
        ours.error = clean(state.error);
    const bool failed = !ours.error.empty(), cut = !failed && (!called || *state.error || stop_told);
    if (failed)
        inner.SkipWithError(ours.error.c_str());
    if (failed || cut) {
        inner.counters.clear();
        inner.SetLabel(failed ? failed_mark : cut_mark);
        ours.broken = true;
    }
    stopped = stopped || cut;
}

// Calls `work`, and turns an exception into the error of the benchmark.
template <class Work> void attempt(gb_state *state, Work work) {
    if (guarded([=] { return work(), 0; }) != 0)
        gb_skip_with_error(state, "%s", gb_error());
}

} // namespace

void gbench::hand_over(Benchmark &ours) {
    const gb_benchmark &wanted = ours.wanted;
    auto *registered =
        benchmark::RegisterBenchmark(ours.name.c_str(), [&ours](benchmark::State &state) { run_one(state, ours); });
    static_assert(GB_S - GB_NS == benchmark::kSecond, "units are in the library's order");
    if (wanted.unit != GB_DEFAULT_UNIT)
        registered->Unit(static_cast<benchmark::TimeUnit>(wanted.unit - GB_NS));
    if (wanted.clock == GB_REAL_TIME)
        registered->UseRealTime();
    if (wanted.clock == GB_MANUAL_TIME)
        registered->UseManualTime();
    if (wanted.process_cpu_time)
        registered->MeasureProcessCPUTime();
    if (wanted.min_time > 0)
        registered->MinTime(wanted.min_time);
    if (wanted.iterations > 0)
        registered->Iterations(wanted.iterations);
    if (wanted.repetitions > 0)
        registered->Repetitions(wanted.repetitions);
    ours.warming_up = benchmark::FLAGS_benchmark_min_warmup_time > 0;
    starts += static_cast<size_t>(wanted.repetitions ? wanted.repetitions : benchmark::FLAGS_benchmark_repetitions);
}

// -- the interface ----------------------------------------------------------------------------------------------------

int gb_register(const struct gb_benchmark *wanted) {
    return guarded([=] {
        if (check_definition(*wanted) != 0)
            return -1;
        benchmarks.push_back({*wanted, clean(wanted->name), member_of(*wanted)});
        return 0;
    });
}

int64_t gb_start(struct gb_state *state) {
    if (state->phase != gb_state::READY)
        gb_skip_with_error(state, "gb_start is called once");
    if (*state->error)
        return 0;
    state->phase = gb_state::RUNNING;
    return state->inner.KeepRunningBatch(gb_iterations(state)) ? gb_iterations(state) : 0; // all in one batch
}

void gb_stop(struct gb_state *state) {
    if (state->phase != gb_state::RUNNING)
        gb_skip_with_error(state, "gb_stop was called without gb_start");
    finish(*state);
}

void gb_pause(struct gb_state *state) {
    if (state->phase == gb_state::RUNNING && !std::exchange(state->paused, true))
        state->inner.PauseTiming();
}

void gb_resume(struct gb_state *state) {
    if (std::exchange(state->paused, false))
        state->inner.ResumeTiming();
}

int64_t gb_iterations(const struct gb_state *state) {
    return state->inner.max_iterations;
}

void gb_set_iteration_time(struct gb_state *state, double seconds) {
    if (!std::isfinite(seconds) || seconds < 0)
        return gb_skip_with_error(state, "an iteration time of %g seconds", seconds);
    state->inner.SetIterationTime(seconds);
    state->timed = true;
}

void gb_skip_with_error(struct gb_state *state, const char *format, ...) {
    if (*state->error)
        return;
    va_list list;
    va_start(list, format);
    vsnprintf(state->error, sizeof state->error, format, list);
    va_end(list);
    if (!*state->error)
        strcpy(state->error, "error");
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

void gb_counter(struct gb_state *state, const char *name, double value, unsigned flags) {
    if (!std::isfinite(value))
        return gb_skip_with_error(state, "counter %s is not a finite number", name);
    unsigned wanted = flags & (GB_RATE | GB_ITERATION_INVARIANT | GB_AVERAGE_ITERATIONS); // as the library has them
    wanted |= flags & GB_INVERT ? static_cast<unsigned>(Counter::kInvert) : 0;
    const auto base = flags & GB_1024 ? Counter::kIs1024 : Counter::kIs1000;
    attempt(state,
            [=] { state->inner.counters[clean(name)] = Counter(value, static_cast<Counter::Flags>(wanted), base); });
}
