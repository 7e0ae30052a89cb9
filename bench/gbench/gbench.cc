// The parts, in their order:
//   failures and texts    the line of gb_error(), guards against exceptions
//   flags                 the command line's, the environment's, the caller's defaults
//   families              what is registered, and what is known of each instance while it runs
//   running               one call of a benchmark function
//   output                the file of --benchmark_out
//   reporting             what is shown where, what the caller is told
//   the interface         gbench.h's functions, in its order
#include "gbench.h"

#include <benchmark/benchmark.h>

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <new>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using benchmark::BenchmarkReporter;
using benchmark::Counter;
using Run = BenchmarkReporter::Run;

// -- failures and texts -----------------------------------------------------------------------------------------------

namespace {

char error_line[1024];

// Leaves the line for gb_error() and returns -1.
__attribute__((format(printf, 1, 2))) int fail(const char *format, ...) {
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
std::string clean(const char *text) {
    std::string result(text);
    for (char &c : result)
        if (static_cast<unsigned char>(c) < ' ')
            c = ' ';
    return result;
}

std::string quoted(const char *text) {
    std::string result = "\"";
    for (char c : clean(text))
        result += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    return result + '"';
}

// Adds a member to the last object of a JSON text, where it stands at the end of a line of its own.
void add_member(std::string &text, const std::string &member) {
    const size_t brace = text.rfind('}');
    if (brace == std::string::npos)
        return;
    const size_t line = text.rfind('\n', brace) + 1, last = text.find_last_not_of(" \n", brace - 1) + 1;
    text.insert(last, ",\n" + text.substr(line, brace - line) + "  " + member);
}

// -- flags ------------------------------------------------------------------------------------------------------------

struct {
    void (*help)(void);
    bool help_wanted;
    std::string out, out_format, filter;
    bool list;
    bool hide_in_display, hide_in_file; // repetitions, where there are aggregates
    bool warm_up;
} flags;

// What follows "--name=", "" for a bare "--name", NULL for another flag.
const char *value_of(const char *argument, const std::string &name) {
    if (strncmp(argument, "--", 2) != 0 || strncmp(argument + 2, name.c_str(), name.size()) != 0)
        return nullptr;
    const char *rest = argument + 2 + name.size();
    return *rest == '=' ? rest + 1 : *rest ? nullptr : rest;
}

// The environment variable that sets a flag: BENCHMARK_OUT for "benchmark_out".
const char *environment(std::string name) {
    for (char &c : name)
        c = static_cast<char>(toupper(static_cast<unsigned char>(c)));
    return getenv(name.c_str());
}

// A flag's value as the library would see it.
std::string flag(const std::vector<char *> &arguments, const std::string &name, const char *otherwise) {
    const char *value = environment(name);
    for (size_t i = 1; i < arguments.size(); i++)
        if (const char *given = value_of(arguments[i], name))
            value = given;
    return value ? value : otherwise;
}

bool truthy(std::string word) {
    for (char &c : word)
        c = static_cast<char>(tolower(static_cast<unsigned char>(c)));
    return word != "0" && word != "f" && word != "false" && word != "n" && word != "no" && word != "off";
}

// The library calls for help, and then exits with 0, also when a flag's value is none of those it knows.
void print_help() {
    if (!flags.help_wanted) {
        fprintf(stderr, "%s %s\n", "--benchmark_format and --benchmark_out_format take console, json or csv,",
                "--benchmark_time_unit ns, us, ms or s, --benchmark_color auto, true or false");
        exit(1);
    }
    flags.help ? flags.help() : benchmark::PrintDefaultHelp();
}

// The parts of gb_initialize's arguments in the order in which later ones win.
std::vector<char *> collect(int argc, char **argv, const char *const *defaults) {
    static char unnamed[] = "benchmark";
    std::vector<char *> arguments = {argc > 0 ? argv[0] : unnamed};
    for (; defaults && *defaults; defaults++) {
        std::string name(*defaults + strspn(*defaults, "-"));
        if (!environment(name.substr(0, name.find('='))))
            arguments.push_back(const_cast<char *>(*defaults));
    }
    arguments.insert(arguments.end(), argv + (argc > 0), argv + argc);
    return arguments;
}

void read_flags(const std::vector<char *> &arguments) {
    for (const char *argument : arguments)
        flags.help_wanted = flags.help_wanted || value_of(argument, "help");
    flags.out = flag(arguments, "benchmark_out", "");
    flags.out_format = flag(arguments, "benchmark_out_format", "json");
    flags.filter = flag(arguments, "benchmark_filter", ".");
    flags.list = truthy(flag(arguments, "benchmark_list_tests", "no"));
    flags.hide_in_file = truthy(flag(arguments, "benchmark_report_aggregates_only", "no"));
    flags.hide_in_display = flags.hide_in_file || truthy(flag(arguments, "benchmark_display_aggregates_only", "no"));
    flags.warm_up = strtod(flag(arguments, "benchmark_min_warmup_time", "0").c_str(), nullptr) > 0;
}

// What is done here instead of by the library, which knows one reporter only: that of this file.
char taken[][48] = {"--benchmark_out=", "--benchmark_report_aggregates_only=false",
                    "--benchmark_display_aggregates_only=false"};

// -- families ---------------------------------------------------------------------------------------------------------

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

    explicit Fields(const gb_benchmark &wanted) {
        for (size_t i = 0; i < wanted.field_count; i++) {
            const gb_field &field = wanted.fields[i];
            list.push_back({copy(field.name), field.text ? copy(field.text) : nullptr, field.number});
            char number[32];
            snprintf(number, sizeof number, "%.17g", field.number);
            member += (i ? ", " : "{") + quoted(field.name) + ": " + (field.text ? quoted(field.text) : number);
        }
        if (!list.empty())
            member = quoted(wanted.fields_name) + ": " + member + "}";
    }

  private:
    const char *copy(const char *text) {
        texts.push_back(clean(text));
        return texts.back().c_str();
    }
};

} // namespace

struct gb_family {
    gb_benchmark wanted;
    std::string name;
    Fields fields;
    benchmark::internal::Benchmark *registered;
    size_t args, count; // arguments of an instance; instances
    bool broken;        // one of its instances is
    std::map<std::vector<int64_t>, Instance> instances;
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
            error = *line ? clean(line) : "error"; // an empty one would be none
        } catch (...) {
            error = "no memory"; // so short that it needs none
        }
    }
};

namespace {

const size_t no_args = SIZE_MAX, max_instances = 1000000;

std::vector<std::unique_ptr<gb_family>> families;

Instance *current; // whose function was called last: the library reports an instance after its last call
gb_family *current_family;

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

bool is_time(double seconds) {
    return std::isfinite(seconds) && seconds >= 0;
}

// A counter or fields of such a name would be a second member of that name in the result's JSON object.
bool is_reserved(const std::string &name) {
    static const char reserved[] =
        " name family_index per_family_instance_index run_name run_type repetitions repetition_index threads "
        "aggregate_name aggregate_unit error_occurred error_message iterations real_time cpu_time time_unit label ";
    return strstr(reserved, (" " + name + " ").c_str()) != nullptr;
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
    if (wanted.complexity_curve ? wanted.complexity != GB_O_NONE && wanted.complexity != GB_O_CURVE
                                : wanted.complexity < GB_O_NONE || wanted.complexity > GB_O_AUTO)
        return fail("benchmark %s: give one of the known complexities, or a curve", wanted.name);
    if (wanted.field_count > 0 && (!wanted.fields_name || !*wanted.fields_name || is_reserved(wanted.fields_name)))
        return fail("benchmark %s: its fields need a name that JSON results do not have yet", wanted.name);
    for (size_t i = 0; i < wanted.field_count; i++)
        if (!wanted.fields[i].name || !std::isfinite(wanted.fields[i].number))
            return fail("benchmark %s: field %zu has no name, or no finite number", wanted.name, i);
    return 0;
}

void apply(const gb_benchmark &wanted, benchmark::internal::Benchmark *registered) {
    static const benchmark::TimeUnit units[] = {benchmark::kNanosecond, benchmark::kMicrosecond,
                                                benchmark::kMillisecond, benchmark::kSecond};
    static const benchmark::BigO curves[] = {benchmark::oNone,     benchmark::o1,      benchmark::oN,
                                             benchmark::oNSquared, benchmark::oNCubed, benchmark::oLogN,
                                             benchmark::oNLogN,    benchmark::oAuto};
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
    if (wanted.complexity_curve)
        registered->Complexity(wanted.complexity_curve);
    else
        registered->Complexity(curves[wanted.complexity]);
}

// Adds an instance for every combination of the lists.
int add_product(gb_family *family, const std::vector<std::vector<int64_t>> &lists) {
    if (family->args != no_args && family->args != lists.size())
        return fail("benchmark %s: its arguments or their names are %zu, here %zu", family->name.c_str(), family->args,
                    lists.size());
    double count = lists.empty() ? 0 : 1; // does not overflow
    for (const auto &list : lists)
        count *= static_cast<double>(list.size());
    if (count == 0)
        return fail("benchmark %s: a list of arguments is empty", family->name.c_str());
    if (!(count <= static_cast<double>(max_instances - family->count)))
        return fail("benchmark %s: more than %zu instances", family->name.c_str(), max_instances);
    family->registered->ArgsProduct(lists);
    family->args = lists.size();
    family->count += static_cast<size_t>(count);
    return 0;
}

int check_range(const gb_family *family, const gb_span &range) {
    if (range.first > range.last || range.multiplier < 0 || range.multiplier == 1)
        return fail("benchmark %s: a range from %lld to %lld by %d", family->name.c_str(),
                    static_cast<long long>(range.first), static_cast<long long>(range.last), range.multiplier);
    return 0;
}

// -- running ----------------------------------------------------------------------------------------------------------

std::atomic<bool> stop_wanted, stop_told; // told: to a benchmark function
static_assert(std::atomic<bool>::is_always_lock_free, "gb_stop_run is for signal handlers");
bool stopped;

// A rehearsal goes through the library's motions and calls nothing of the user's, to learn what a run will do.
bool rehearsing;

struct {
    gb_start_fn *function;
    void *context;
    size_t index, total;
} progress;

// Outcomes travel with a run to its report as labels, which no user can set: those are free of control characters.
// The library itself never hears of an error, for 1.7.1 does not survive all of them: it computes aggregates from a
// first repetition that has none of what it needs, and looks for the first good one of a family that has none.
const char failed_mark[] = "\1", cut_mark[] = "\2";

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

void run_one(benchmark::State &inner, gb_family &family) {
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

// Calls `work`, and turns an exception into the error of the benchmark.
template <class Work> void attempt(gb_state *state, Work work) {
    try {
        work();
    } catch (...) {
        state->set_error("out of memory");
    }
}

// -- running: statistics ----------------------------------------------------------------------------------------------

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

// -- output -----------------------------------------------------------------------------------------------------------

class OutputFile {
  public:
    ~OutputFile() {
        if (stream_.is_open())
            abandon();
    }

    int open() {
        struct stat status;
        bool there = stat(flags.out.c_str(), &status) == 0;
        if (there && S_ISDIR(status.st_mode))
            return fail("%s is a directory: name a file", flags.out.c_str());
        in_place_ = there ? !S_ISREG(status.st_mode) : lstat(flags.out.c_str(), &status) == 0; // a link to nothing
        name_ = flags.out;
        if (there && !in_place_) {
            char *target = realpath(flags.out.c_str(), nullptr); // where links end
            in_place_ = !target; // at a file without a name, such as a removed one that is standard output
            name_ = target ? target : flags.out;
            free(target);
        }
        path_ = in_place_ ? name_ : name_ + ".part";
        stream_.open(path_);
        return stream_ ? 0 : fail("cannot write %s: %s; name another file", path_.c_str(), strerror(errno));
    }

    // Gives the complete file its name.
    int commit() {
        stream_.close();
        if (!stream_) {
            abandon();
            return fail("cannot write all of %s: is the disk full?", path_.c_str());
        }
        if (!in_place_ && rename(path_.c_str(), name_.c_str()) != 0) {
            int reason = errno;
            abandon();
            return fail("cannot rename %s to %s: %s", path_.c_str(), name_.c_str(), strerror(reason));
        }
        return 0;
    }

    std::ostream &stream() {
        return stream_;
    }

  private:
    void abandon() {
        if (!in_place_)
            remove(path_.c_str());
    }

    std::ofstream stream_;
    std::string name_, path_;
    bool in_place_ = false;
};

// -- reporting --------------------------------------------------------------------------------------------------------

// The instance a run is of; NULL where a C++ file registered it.
Instance *owner(const Run &run) {
    return current && run.run_name.function_name == current_family->name ? current : nullptr;
}

// An error of a run, as 1.7.1 (`int` is the better match) and as later versions keep it; "" for none.
template <class R> auto error_in(R &run, int) -> decltype((run.error_message)) {
    return run.error_message;
}

template <class R> auto error_in(R &run, long) -> decltype((run.skip_message)) {
    return run.skip_message;
}

template <class R> auto mark_error(R &run, int) -> decltype(run.error_occurred, void()) {
    run.error_occurred = true;
}

template <class R> auto mark_error(R &run, long) -> decltype(run.skipped, void()) {
    run.skipped = static_cast<decltype(run.skipped)>(2); // SkippedWithError
}

bool finite(const Run &run) {
    return std::isfinite(run.real_accumulated_time) && std::isfinite(run.cpu_accumulated_time);
}

template <class Unwanted> void drop_counters(Run &run, Unwanted unwanted) {
    for (auto i = run.counters.begin(); i != run.counters.end();)
        i = unwanted(*i) ? run.counters.erase(i) : std::next(i);
}

// "console", "json" or "csv".
std::unique_ptr<BenchmarkReporter> make_reporter(const std::string &format) {
    using benchmark::ConsoleReporter;
    if (format == "console")
        return std::make_unique<ConsoleReporter>(ConsoleReporter::OO_None);
    BENCHMARK_DISABLE_DEPRECATED_WARNING
    if (format == "csv")
        return std::make_unique<benchmark::CSVReporter>();
    BENCHMARK_RESTORE_DEPRECATED_WARNING
    return std::make_unique<benchmark::JSONReporter>();
}

// A reporter of the library and where it writes; without a reporter nothing is shown.
class Sink {
  public:
    Sink(BenchmarkReporter *reporter, bool hide_repetitions)
        : reporter_(reporter), hide_repetitions_(hide_repetitions) {
        BENCHMARK_DISABLE_DEPRECATED_WARNING
        is_csv_ = dynamic_cast<benchmark::CSVReporter *>(reporter) != nullptr;
        BENCHMARK_RESTORE_DEPRECATED_WARNING
        is_json_ = dynamic_cast<benchmark::JSONReporter *>(reporter) != nullptr;
    }

    bool begin(const BenchmarkReporter::Context &context, std::ostream &out, std::ostream &errors) {
        if (!reporter_)
            return true;
        std::ostringstream said;
        reporter_->SetOutputStream(&out);
        reporter_->SetErrorStream(&said);
        const bool began = reporter_->ReportContext(context);
        reporter_->SetErrorStream(&errors);
        errors << said.str();
        if (said.str().find("built as DEBUG") != std::string::npos)
            errors << "(as distributions package it; it costs nothing measurable: while the clock runs no code of the "
                      "library does)\n";
        return began;
    }

    // Repetitions may be hidden where aggregates follow. `member` is added to every JSON object, unless it is empty.
    void show(std::vector<Run> runs, const std::string &member, gb_shown shown, gb_shown hiding,
              bool aggregates_follow) {
        if (aggregates_follow && (shown == GB_SHOWN_BY_FLAGS ? hide_repetitions_ : shown >= hiding))
            return;
        if (is_csv_)
            restrict_columns(runs);
        if (is_json_)
            for (const Run &run : runs)
                write_with(member, [&] { reporter_->ReportRuns({run}); });
        else if (reporter_ && !runs.empty())
            reporter_->ReportRuns(runs);
        flush();
    }

    // `extra`, unless it is empty, becomes the last member of the object that the text of a JSON file is.
    void end(const std::string &extra) {
        if (reporter_)
            write_with(extra, [this] { reporter_->Finalize(); });
        flush();
    }

    bool written() const {
        return written_;
    }

  private:
    void flush() {
        written_ = written_ && (!reporter_ || reporter_->GetOutputStream().flush().good());
    }

    template <class Write> void write_with(const std::string &member, Write write) {
        std::ostream &out = reporter_->GetOutputStream();
        std::ostringstream written;
        reporter_->SetOutputStream(&written);
        write();
        reporter_->SetOutputStream(&out);
        std::string text = written.str();
        if (!member.empty())
            add_member(text, member);
        out << text;
    }

    // The library ends the program over a counter that the first result did not have.
    void restrict_columns(std::vector<Run> &runs) {
        if (!has_columns_)
            for (const Run &run : runs)
                for (const auto &counter : run.counters)
                    columns_.insert(counter.first);
        has_columns_ = has_columns_ || !runs.empty();
        for (Run &run : runs)
            drop_counters(run, [this](const auto &counter) { return columns_.count(counter.first) == 0; });
    }

    BenchmarkReporter *reporter_;
    bool hide_repetitions_, is_csv_, is_json_, has_columns_ = false, written_ = true;
    std::set<std::string> columns_;
};

int finish_list() {
    return std::cout.flush().good() ? 0 : fail("cannot write all of the list to standard output");
}

// The only reporter that the library knows: sees every result first, tells the caller, and shares out to display and
// file.
class Reporter : public BenchmarkReporter {
  public:
    Reporter(const gb_reporting &reporting)
        : reporting_(reporting), file_reporter_(make_reporter(flags.out_format)),
          display_(reporting.quiet ? nullptr : benchmark::CreateDefaultDisplayReporter(), flags.hide_in_display),
          file_(flags.out.empty() ? nullptr : file_reporter_.get(), flags.hide_in_file) {
        SetErrorStream(&complaint_); // what the library complains of before it runs anything
    }

    bool ReportContext(const Context &context) override {
        SetErrorStream(&std::cerr);
        reached_ = true;
        if (!flags.out.empty() && output_.open() != 0)
            return false;
        began_ = true;
        return display_.begin(context, std::cout, std::cerr) &&
               file_.begin(context, output_.stream(), output_.stream());
    }

    void ReportRuns(const std::vector<Run> &runs) override {
        if (runs.empty())
            return;
        const Instance *instance = owner(runs.front());
        std::vector<Run> kept = select(runs, instance);
        if (reporting_.on_result)
            for (const Run &run : kept)
                tell(run, instance ? &current_family->fields.list : nullptr);
        const bool aggregates_follow =
            kept.size() >= 2 && kept.front().run_type == Run::RT_Iteration && !(instance && instance->broken());
        const gb_shown shown = instance ? current_family->wanted.shown : GB_SHOWN_BY_FLAGS;
        const std::string member = instance ? current_family->fields.member : "";
        display_.show(kept, member, shown, GB_DISPLAY_AGGREGATES_ONLY, aggregates_follow);
        file_.show(std::move(kept), member, shown, GB_REPORT_AGGREGATES_ONLY, aggregates_follow);
    }

    void Finalize() override {
        if (!began_)
            return;
        display_.end("");
        const bool json = !flags.out.empty() && flags.out_format == "json";
        const char *extra = json && reporting_.extra ? reporting_.extra(reporting_.context) : nullptr;
        file_.end(extra ? extra : "");
    }

    // After the run: the number of benchmarks with errors, or -1.
    int conclude(size_t matching) {
        if (matching == 0) {
            const std::string line = complaint_.str();
            return fail("%s: see --benchmark_filter and --benchmark_list_tests",
                        line.substr(0, line.find('\n')).c_str());
        }
        if (!reached_) // the benchmarks were only listed
            return finish_list();
        if (!began_ || (!flags.out.empty() && output_.commit() != 0))
            return -1;
        return display_.written() ? errors_ : fail("cannot write all results to standard output");
    }

  private:
    // What of the runs is shown, without what has no place in a report.
    std::vector<Run> select(const std::vector<Run> &runs, const Instance *instance) {
        std::vector<Run> kept;
        bool failed = false;
        for (const Run &run : runs) {
            const bool error = run.report_label == failed_mark;
            const bool of_family = run.report_big_o || run.report_rms;
            if ((error && failed) || run.report_label == cut_mark || !finite(run))
                continue;
            if (instance && run.run_type == Run::RT_Aggregate &&
                (of_family ? current_family->broken : instance->broken()))
                continue;
            kept.push_back(run);
            if (error && instance)
                make_error(kept.back(), *instance);
            failed = failed || !error_in(kept.back(), 0).empty();
            drop_counters(kept.back(), [](const auto &counter) { return !std::isfinite(counter.second.value); });
            if (reporting_.bare_names)
                kept.back().run_name.time_type.clear();
        }
        errors_ += failed;
        return kept;
    }

    static void make_error(Run &run, const Instance &instance) {
        mark_error(run, 0);
        error_in(run, 0) = instance.error;
        run.report_label.clear();
        run.iterations = 0;
        run.real_accumulated_time = run.cpu_accumulated_time = 0;
    }

    static gb_complexity curve_of(const Run &run) {
        static const gb_complexity curves[] = {GB_O_NONE,  GB_O_1,       GB_O_N,    GB_O_N_SQUARED, GB_O_N_CUBED,
                                               GB_O_LOG_N, GB_O_N_LOG_N, GB_O_AUTO, GB_O_CURVE};
        return run.report_big_o || run.report_rms ? curves[run.complexity] : GB_O_NONE;
    }

    void tell(const Run &run, const std::vector<gb_field> *fields) const {
        std::vector<gb_value> counters;
        for (const auto &counter : run.counters)
            counters.push_back({counter.first.c_str(), counter.second.value});
        const std::string name = run.benchmark_name(), plain_name = run.run_name.str();
        const bool aggregate = run.run_type == Run::RT_Aggregate;
        const bool fraction = run.aggregate_unit == benchmark::kPercentage;
        const double unit = run.report_rms ? 1 : benchmark::GetTimeUnitMultiplier(run.time_unit);
        const bool as_stored = fraction && !run.report_rms;
        gb_result result = {};
        result.name = name.c_str();
        result.benchmark = plain_name.c_str();
        result.aggregate = aggregate ? run.aggregate_name.c_str() : nullptr;
        result.label = run.report_label.c_str();
        result.error = error_in(run, 0).empty() ? nullptr : error_in(run, 0).c_str();
        result.is_fraction = fraction;
        result.curve = curve_of(run);
        result.iterations = run.iterations;
        result.repetition = aggregate ? -1 : run.repetition_index;
        result.repetitions = run.repetitions;
        result.real_time = as_stored ? run.real_accumulated_time : run.GetAdjustedRealTime() / unit;
        result.cpu_time = as_stored ? run.cpu_accumulated_time : run.GetAdjustedCPUTime() / unit;
        result.counters = counters.data();
        result.counter_count = counters.size();
        result.fields = fields ? fields->data() : nullptr;
        result.field_count = fields ? fields->size() : 0;
        reporting_.on_result(&result, reporting_.context);
    }

    const gb_reporting reporting_;
    const std::unique_ptr<BenchmarkReporter> file_reporter_;
    OutputFile output_;
    Sink display_, file_;
    std::ostringstream complaint_;
    bool reached_ = false, began_ = false;
    int errors_ = 0;
};

// Learns the instances' names and counts their repetitions. With --benchmark_list_tests the library runs nothing, but
// writes the names.
class Rehearsal : public BenchmarkReporter {
  public:
    explicit Rehearsal(bool bare_names) : bare_names_(bare_names) {
        std::ostringstream list, nowhere;
        SetOutputStream(&list);
        SetErrorStream(&nowhere);
        rehearsing = true;
        benchmark::RunSpecifiedBenchmarks(this, ".");
        rehearsing = false;
        std::istringstream lines(list.str());
        for (std::string name; std::getline(lines, name);)
            add(name, 0);
    }

    bool ReportContext(const Context &) override {
        return true;
    }

    void ReportRuns(const std::vector<Run> &runs) override {
        if (runs.empty() || runs.front().run_type == Run::RT_Aggregate)
            return;
        add(runs.front().run_name.str(), runs.size());
        if (Instance *instance = owner(runs.front()))
            instance->name = entries_.back().shown;
    }

    // Leaves those whose names match the filter, or do not where it begins with "-", as the library has it.
    int select(const std::string &filter) {
        const bool all = filter.empty() || filter == "all", negative = filter[0] == '-';
        try {
            const std::regex wanted(all ? "." : filter.substr(negative), std::regex::extended | std::regex::nosubs);
            auto left_out = [&](const Entry &entry) { return std::regex_search(entry.shown, wanted) == negative; };
            entries_.erase(std::remove_if(entries_.begin(), entries_.end(), left_out), entries_.end());
        } catch (const std::regex_error &error) {
            return fail("Could not compile benchmark re \"%s\": %s: see --benchmark_filter", filter.c_str(),
                        error.what());
        }
        if (entries_.empty())
            return fail("Failed to match any benchmarks against regex: %s: see --benchmark_filter and %s",
                        filter.c_str(), "--benchmark_list_tests");
        return 0;
    }

    int print() const {
        for (const Entry &entry : entries_)
            std::cout << entry.shown << '\n';
        return finish_list();
    }

    size_t repetitions() const {
        size_t sum = 0;
        for (const Entry &entry : entries_)
            sum += entry.repetitions;
        return sum;
    }

    // For the library: what selects these alone.
    std::string filter() const {
        std::string result;
        for (const Entry &entry : entries_) {
            result += result.empty() ? "^(" : "|";
            for (char c : entry.name)
                result += strchr("\\^$.|?*+()[]{}", c) ? std::string("\\") + c : std::string(1, c);
        }
        return result + ")$";
    }

  private:
    struct Entry {
        std::string name, shown; // the library's own, and without the clock
        size_t repetitions;
    };

    void add(const std::string &name, size_t repetitions) {
        size_t length = name.size();
        for (const char *clock : {"/real_time", "/manual_time"}) {
            const size_t start = name.size() - std::min(name.size(), strlen(clock));
            if (bare_names_ && name.compare(start, std::string::npos, clock) == 0)
                length = start;
        }
        entries_.push_back({name, name.substr(0, length), repetitions});
    }

    bool bare_names_;
    std::vector<Entry> entries_;
};

int run_all(const gb_reporting &reporting) {
    for (const auto &family : families)
        if (family->args != no_args && family->count == 0)
            return fail("benchmark %s has names of arguments, but no arguments", family->name.c_str());
    progress = {reporting.on_start, reporting.context, 0, 0};
    std::string filter = flags.filter;
    if (reporting.on_start || reporting.bare_names) {
        Rehearsal rehearsal(reporting.bare_names);
        if (rehearsal.select(filter) != 0)
            return -1;
        if (flags.list)
            return rehearsal.print();
        progress.total = rehearsal.repetitions();
        filter = rehearsal.filter();
    }
    Reporter reporter(reporting);
    return reporter.conclude(benchmark::RunSpecifiedBenchmarks(&reporter, filter));
}

} // namespace

// -- the interface: the program ---------------------------------------------------------------------------------------

const char *gb_error(void) {
    return error_line;
}

int gb_initialize(int *argc, char **argv, const char *const *defaults, void (*help)(void)) {
    return guarded([=] {
        std::vector<char *> arguments = collect(*argc, argv, defaults);
        flags.help = help;
        read_flags(arguments);
        arguments.insert(arguments.end(), std::begin(taken), std::end(taken));

        int left = static_cast<int>(arguments.size());
        benchmark::Initialize(&left, arguments.data(), print_help);
        for (const char *const *i = defaults; i && *i; i++)
            if (std::find(arguments.begin() + 1, arguments.begin() + left, *i) != arguments.begin() + left)
                return fail("unknown or malformed default: %s", *i);
        if (left < *argc) { // what is left was argv's: it fits
            std::copy(arguments.begin(), arguments.begin() + left, argv);
            argv[left] = nullptr;
            *argc = left;
        }
        return 0;
    });
}

int gb_no_more_arguments(int argc, char **argv) {
    return guarded([=] {
        std::string left;
        for (int i = 1; i < argc; i++)
            left += std::string(" ") + argv[i];
        return left.empty() ? 0 : fail("unknown or malformed:%s (see --help)", left.c_str());
    });
}

int gb_context(const char *key, const char *value) {
    return guarded([=] {
        benchmark::AddCustomContext(clean(key), clean(value));
        return 0;
    });
}

int gb_result_counter(const struct gb_result *result, const char *name, double *value) {
    for (size_t i = 0; i < result->counter_count; i++)
        if (strcmp(result->counters[i].name, name) == 0) {
            *value = result->counters[i].value;
            return 0;
        }
    return -1;
}

int gb_run(const struct gb_reporting *reporting) {
    return guarded([=] { return run_all(reporting ? *reporting : gb_reporting()); });
}

void gb_stop_run(void) {
    stop_wanted.store(true);
}

int gb_stopping(void) {
    if (!stop_wanted.load(std::memory_order_relaxed))
        return 0;
    stop_told.store(true);
    return 1;
}

int gb_was_stopped(void) {
    return stopped;
}

void gb_shutdown(void) {
    benchmark::ClearRegisteredBenchmarks();
    families.clear();
    current = nullptr;
    statistic_count = 0;
    benchmark::Shutdown();
    benchmark::internal::GetGlobalContext() = nullptr; // or a second call would free it again
}

// -- the interface: benchmarks ----------------------------------------------------------------------------------------

struct gb_family *gb_register(const struct gb_benchmark *wanted) {
    gb_family *family = nullptr;
    int status = guarded([&] {
        if (check_definition(*wanted) != 0)
            return -1;
        families.push_back(std::unique_ptr<gb_family>(
            new gb_family{*wanted, clean(wanted->name), Fields(*wanted), nullptr, no_args, 0, false, {}}));
        gb_family *added = families.back().get();
        auto function = [added](benchmark::State &state) { run_one(state, *added); };
        added->registered = benchmark::RegisterBenchmark(added->name.c_str(), function);
        apply(*wanted, added->registered);
        family = added;
        return 0;
    });
    return status == 0 ? family : nullptr;
}

int gb_args(struct gb_family *family, const int64_t *args, size_t count) {
    return guarded([=] {
        std::vector<std::vector<int64_t>> lists;
        for (int64_t arg : std::vector<int64_t>(args, args + count))
            lists.push_back({arg});
        return add_product(family, lists);
    });
}

int gb_range(struct gb_family *family, int64_t first, int64_t last, int multiplier) {
    const gb_span range = {first, last, multiplier};
    return gb_ranges(family, &range, 1);
}

int gb_dense_range(struct gb_family *family, int64_t first, int64_t last, int64_t step) {
    return guarded([=] {
        const uint64_t width = static_cast<uint64_t>(last) - static_cast<uint64_t>(first);
        if (first > last || step < 1)
            return fail("benchmark %s: a range from %lld to %lld by %lld", family->name.c_str(),
                        static_cast<long long>(first), static_cast<long long>(last), static_cast<long long>(step));
        if (width / static_cast<uint64_t>(step) >= max_instances)
            return fail("benchmark %s: more than %zu instances", family->name.c_str(), max_instances);
        std::vector<int64_t> list = {first};
        for (uint64_t left = width / static_cast<uint64_t>(step); left > 0; left--)
            list.push_back(list.back() + step);
        return add_product(family, {list});
    });
}

int gb_ranges(struct gb_family *family, const struct gb_span *ranges, size_t count) {
    return guarded([=] {
        std::vector<std::vector<int64_t>> lists;
        for (const gb_span *range = ranges; range != ranges + count; range++) {
            if (check_range(family, *range) != 0)
                return -1;
            lists.push_back(
                benchmark::CreateRange(range->first, range->last, range->multiplier ? range->multiplier : 8));
        }
        return add_product(family, lists);
    });
}

int gb_args_product(struct gb_family *family, const struct gb_list *lists, size_t count) {
    return guarded([=] {
        std::vector<std::vector<int64_t>> copies;
        for (const gb_list *list = lists; list != lists + count; list++)
            copies.emplace_back(list->values, list->values + list->count);
        return add_product(family, copies);
    });
}

int gb_arg_names(struct gb_family *family, const char *const *names, size_t count) {
    return guarded([=] {
        if (family->args != no_args && family->args != count)
            return fail("benchmark %s has %zu arguments, and here are %zu names", family->name.c_str(), family->args,
                        count);
        std::vector<std::string> copies;
        for (size_t i = 0; i < count; i++)
            copies.push_back(clean(names[i] ? names[i] : ""));
        family->registered->ArgNames(copies);
        family->args = count;
        return 0;
    });
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

// -- the interface: inside a benchmark function -----------------------------------------------------------------------

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
