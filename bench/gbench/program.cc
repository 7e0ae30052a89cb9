// The program: flags, and the run.
#include "parts.h"

#include <algorithm>
#include <cctype>
#include <iostream>
#include <iterator>
#include <regex>
#include <sstream>

using namespace gbench;

namespace {

// -- flags ------------------------------------------------------------------------------------------------------------

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

// -- what there is to run ---------------------------------------------------------------------------------------------

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
    return run_and_report(reporting, filter);
}

} // namespace

// -- the interface ----------------------------------------------------------------------------------------------------

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
    forget_statistics();
    benchmark::Shutdown();
    benchmark::internal::GetGlobalContext() = nullptr; // or a second call would free it again
}
