// The program: flags, the run, and what is shown where.
#include "parts.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <regex>
#include <set>
#include <sstream>

using namespace gbench;
using benchmark::BenchmarkReporter;
using Run = BenchmarkReporter::Run;

namespace {

// The file of --benchmark_out.
struct OutputFile {
    std::ofstream stream;
    std::string name, path;
    bool in_place;

    int open(const std::string &wanted) {
        namespace fs = std::filesystem;
        std::error_code none;
        if (fs::is_directory(wanted, none))
            return fail("%s is a directory: name a file", wanted.c_str());
        const fs::path target = fs::canonical(wanted, none); // links resolved; empty: they end at no existing name
        in_place = fs::exists(fs::symlink_status(wanted, none)) && !fs::is_regular_file(target, none);
        name = in_place || target.empty() ? wanted : target.string();
        path = in_place ? name : name + ".part";
        stream.open(path);
        return stream ? 0 : fail("cannot write %s: %s; name another file", path.c_str(), strerror(errno));
    }

    // Gives the complete file its name.
    int commit() {
        stream.close();
        if (!stream)
            return fail("cannot write all of %s: is the disk full?", path.c_str());
        return in_place || rename(path.c_str(), name.c_str()) == 0
                   ? 0
                   : fail("cannot rename %s to %s: %s", path.c_str(), name.c_str(), strerror(errno));
    }
};

template <class Unwanted> void drop_counters(Run &run, Unwanted unwanted) {
    for (auto i = run.counters.begin(); i != run.counters.end();)
        i = unwanted(*i) ? run.counters.erase(i) : ++i;
}

// A reporter of the library, and where it writes.
struct Sink {
    BenchmarkReporter *reporter;
    std::string format;
    std::ostream &out, &errors;
    bool hides_repetitions, has_columns = false;
    std::set<std::string> columns = {};

    void begin(const BenchmarkReporter::Context &context) {
        std::ostringstream said;
        reporter->SetOutputStream(&out);
        reporter->SetErrorStream(&said);
        reporter->ReportContext(context);
        reporter->SetErrorStream(&errors);
        errors << said.str();
        if (said.str().find("built as DEBUG") != std::string::npos)
            errors << "(as distributions package it; it costs nothing measurable: while the clock runs no code of the "
                      "library does)\n";
    }

    void show(std::vector<Run> runs, const std::string &member) {
        if (format == "csv")
            restrict_columns(runs);
        if (format == "json")
            for (const Run &run : runs)
                write_with(member, [&] { reporter->ReportRuns({run}); });
        else if (!runs.empty())
            reporter->ReportRuns(runs);
        out.flush();
    }

    // Where this is JSON, a member (unless it is "") joins the last object that is written.
    template <class Write> void write_with(const std::string &member, Write write) {
        std::ostringstream written;
        reporter->SetOutputStream(&written);
        write();
        reporter->SetOutputStream(&out);
        std::string text = written.str();
        const size_t brace = text.rfind('}');
        if (format == "json" && !member.empty() && brace != std::string::npos) {
            const size_t line = text.rfind('\n', brace) + 1, last = text.find_last_not_of(" \n", brace - 1) + 1;
            text.insert(last, ",\n" + text.substr(line, brace - line) + "  " + member);
        }
        out << text;
    }

    // As CSV, the library ends the program over a counter that the first result did not have.
    void restrict_columns(std::vector<Run> &runs) {
        if (!std::exchange(has_columns, true))
            for (const Run &run : runs)
                for (const auto &counter : run.counters)
                    columns.insert(counter.first);
        for (Run &run : runs)
            drop_counters(run, [this](const auto &counter) { return columns.count(counter.first) == 0; });
    }
};

void tell(const Run &run, const Benchmark *ours, bool failed) {
    std::vector<gb_field> counters;
    for (const auto &counter : run.counters)
        counters.push_back({counter.first.c_str(), nullptr, counter.second.value});
    const std::string name = run.benchmark_name(), plain_name = run.run_name.str();
    const bool aggregate = run.run_type == Run::RT_Aggregate, fraction = run.aggregate_unit == benchmark::kPercentage;
    const double unit = benchmark::GetTimeUnitMultiplier(run.time_unit);
    const gb_result result = {name.c_str(),
                              plain_name.c_str(),
                              aggregate ? run.aggregate_name.c_str() : nullptr,
                              run.report_label.c_str(),
                              failed ? ours->error.c_str() : nullptr,
                              run.iterations,
                              aggregate ? -1 : run.repetition_index,
                              run.repetitions,
                              fraction ? run.real_accumulated_time : run.GetAdjustedRealTime() / unit,
                              fraction ? run.cpu_accumulated_time : run.GetAdjustedCPUTime() / unit,
                              counters.data(),
                              counters.size(),
                              ours ? ours->wanted.fields : nullptr,
                              ours ? ours->wanted.field_count : 0};
    reporting.on_result(&result, reporting.context);
}

// The only reporter that the library knows. It sees every result first, tells the caller, and passes it on to display
// and file. So it clears the flags that would make the library do the same.
struct Reporter : BenchmarkReporter {
    benchmark::ConsoleReporter console = benchmark::ConsoleReporter(benchmark::ConsoleReporter::OO_None);
    benchmark::JSONReporter json;
    BENCHMARK_DISABLE_DEPRECATED_WARNING
    benchmark::CSVReporter csv;
    BENCHMARK_RESTORE_DEPRECATED_WARNING
    std::vector<Sink> sinks;
    int errors = 0;

    int run() {
        const std::string out = std::exchange(benchmark::FLAGS_benchmark_out, "");
        const std::string format = benchmark::FLAGS_benchmark_out_format;
        const bool hidden = std::exchange(benchmark::FLAGS_benchmark_report_aggregates_only, false);
        const bool undisplayed = std::exchange(benchmark::FLAGS_benchmark_display_aggregates_only, false) || hidden;
        std::map<std::string, BenchmarkReporter *> reporters = {{"console", &console}, {"json", &json}, {"csv", &csv}};
        OutputFile file;
        if (!reporting.quiet)
            sinks.push_back({benchmark::CreateDefaultDisplayReporter(), benchmark::FLAGS_benchmark_format, std::cout,
                             std::cerr, undisplayed});
        if (!out.empty()) {
            if (file.open(out) != 0)
                return -1;
            sinks.push_back({reporters[format], format, file.stream, file.stream, hidden});
        }
        benchmark::RunSpecifiedBenchmarks(this, ".");
        return out.empty() || file.commit() == 0 ? errors : -1;
    }

    bool ReportContext(const Context &context) override {
        for (Sink &sink : sinks)
            sink.begin(context);
        return true;
    }

    void ReportRuns(const std::vector<Run> &runs) override {
        const bool is_ours = current && !runs.empty() && runs.front().run_name.function_name == current->name;
        const Benchmark *ours = is_ours ? current : nullptr; // or of a C++ file
        const bool broken = ours && ours->broken;
        std::vector<Run> kept;
        bool has_failed = false;
        for (Run run : runs) {
            const bool failed = run.report_label == failed_mark, cut = run.report_label == cut_mark;
            if (!std::isfinite(run.real_accumulated_time) || !std::isfinite(run.cpu_accumulated_time) || cut ||
                (broken && run.run_type == Run::RT_Aggregate) || (failed && std::exchange(has_failed, true)))
                continue;
            drop_counters(run, [](const auto &counter) { return !std::isfinite(counter.second.value); });
            if (failed)
                run.report_label.clear();
            if (ours) {
                run.run_name = {};
                run.run_name.function_name = ours->name;
            }
            if (reporting.on_result)
                tell(run, ours, failed);
            kept.push_back(run);
        }
        errors += has_failed;
        const bool aggregates_follow = !broken && kept.size() >= 2 && kept.front().run_type == Run::RT_Iteration;
        for (Sink &sink : sinks)
            if (!aggregates_follow || !sink.hides_repetitions)
                sink.show(kept, ours ? ours->member : "");
    }

    void Finalize() override {
        const char *extra = reporting.extra ? reporting.extra(reporting.context) : nullptr;
        for (Sink &sink : sinks)
            sink.write_with(extra ? extra : "", [&] { sink.reporter->Finalize(); });
    }
};

void (*help)(void);
bool help_wanted;

// The library calls this, and then exits with 0, for --help, but also for a value of a flag that it does not know.
void print_help() {
    if (!help_wanted) {
        fprintf(stderr, "%s %s\n", "--benchmark_format and --benchmark_out_format take console, json or csv,",
                "--benchmark_time_unit ns, us, ms or s, --benchmark_color auto, true or false");
        exit(1);
    }
    help ? help() : benchmark::PrintDefaultHelp();
}

// Keeps the benchmarks whose names match the filter; as in the library, those that do not if it begins with "-".
int select_benchmarks(const std::string &filter) {
    const bool all = filter.empty() || filter == "all", negative = filter[0] == '-';
    try {
        const std::regex wanted(all ? "." : filter.substr(negative), std::regex::extended | std::regex::nosubs);
        auto left_out = [&](const Benchmark &i) { return std::regex_search(i.name, wanted) == negative; };
        benchmarks.erase(std::remove_if(benchmarks.begin(), benchmarks.end(), left_out), benchmarks.end());
    } catch (const std::regex_error &error) {
        return fail("Could not compile benchmark re \"%s\": %s: see --benchmark_filter", filter.c_str(), error.what());
    }
    return benchmarks.empty() ? fail("Failed to match any benchmarks against regex: %s: see --benchmark_filter and "
                                     "--benchmark_list_tests",
                                     filter.c_str())
                              : 0;
}

// Whether the environment has a flag: BENCHMARK_OUT for --benchmark_out=...
bool in_environment(const char *flag) {
    std::string name(flag + 2, strcspn(flag + 2, "="));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return toupper(c); });
    return getenv(name.c_str()) != nullptr;
}

} // namespace

// -- the interface ----------------------------------------------------------------------------------------------------

const char *gb_error(void) {
    return error_line;
}

int gb_initialize(int argc, char **argv, const char *const *defaults, void (*own_help)(void)) {
    help = own_help;
    return guarded([=] {
        std::vector<char *> arguments = {argv[0]};
        for (const char *const *flag = defaults; flag && *flag; flag++)
            if (!in_environment(*flag))
                arguments.push_back(const_cast<char *>(*flag));
        arguments.insert(arguments.end(), argv + 1, argv + argc);
        help_wanted = std::count(arguments.begin(), arguments.end(), std::string("--help")) > 0;
        int left = static_cast<int>(arguments.size());
        benchmark::Initialize(&left, arguments.data(), print_help);
        std::string unknown;
        for (int i = 1; i < left; i++)
            unknown += std::string(" ") + arguments[i];
        return unknown.empty() ? 0 : fail("unknown or malformed:%s (see --help)", unknown.c_str());
    });
}

int gb_context(const char *key, const char *value) {
    return guarded([=] { return benchmark::AddCustomContext(clean(key), clean(value)), 0; });
}

int gb_run(const struct gb_reporting *wanted) {
    reporting = wanted ? *wanted : gb_reporting();
    return guarded([] {
        if (select_benchmarks(benchmark::GetBenchmarkFilter()) != 0)
            return -1;
        const bool listing = benchmark::FLAGS_benchmark_list_tests;
        for (Benchmark &ours : benchmarks)
            listing ? void(std::cout << ours.name << '\n') : hand_over(ours);
        const int errors = listing ? 0 : Reporter().run();
        return errors < 0 || std::cout.flush().good() ? errors : fail("cannot write all results to standard output");
    });
}

void gb_stop_run(void) {
    stop_wanted = true;
}

int gb_stopping(void) {
    return stop_wanted && (stop_told = true);
}

int gb_was_stopped(void) {
    return stopped;
}

void gb_shutdown(void) {
    benchmark::ClearRegisteredBenchmarks();
    benchmarks.clear();
    current = nullptr;
    benchmark::Shutdown();
    benchmark::internal::GetGlobalContext() = nullptr; // or a second call would free it again
}
