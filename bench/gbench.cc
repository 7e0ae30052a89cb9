// The program: flags, the output file, the run.
#include "gbench_internal.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

using gb::clean;
using gb::fail;
using gb::guarded;

static char error_line[1024];

int gb::fail(const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsnprintf(error_line, sizeof error_line, format, list);
    va_end(list);
    return -1;
}

std::string gb::clean(const char *text) {
    std::string result(text);
    for (char &c : result)
        if (static_cast<unsigned char>(c) < ' ')
            c = ' ';
    return result;
}

namespace {

struct {
    void (*help)(void);
    bool help_wanted;
    std::string out, out_format;
    bool in_place;
    bool hide_in_display, hide_in_file; // repetitions, where there are aggregates
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

// A flag's value as the library will see it; NULL where it is not set.
const char *flag(const std::vector<char *> &arguments, const std::string &name) {
    const char *value = environment(name);
    for (size_t i = 1; i < arguments.size(); i++)
        if (const char *given = value_of(arguments[i], name))
            value = given;
    return value;
}

bool truthy(const char *value) {
    if (!value)
        return false;
    std::string word(value);
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

// -- the output file --------------------------------------------------------------------------------------------------

std::string output_path() {
    return flags.in_place ? flags.out : flags.out + ".part";
}

int open_output() {
    struct stat status;
    bool exists = stat(flags.out.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode))
        return fail("--benchmark_out=%s is a directory: name a file", flags.out.c_str());
    const std::string path = output_path();
    bool writable = false;
    if (flags.in_place && exists && !S_ISREG(status.st_mode)) // to open a pipe and close it would end its reader
        writable = access(path.c_str(), W_OK) == 0;
    else if (FILE *file = fopen(path.c_str(), "w"))
        writable = fclose(file) == 0;
    return writable ? 0 : fail("cannot write %s: %s; give another --benchmark_out", path.c_str(), strerror(errno));
}

int close_output(const gb::Reporter &file) {
    const std::string path = output_path();
    if (file.complete() && file.written()) {
        if (!flags.in_place && rename(path.c_str(), flags.out.c_str()) != 0)
            return fail("cannot rename %s to %s: %s", path.c_str(), flags.out.c_str(), strerror(errno));
        return 0;
    }
    if (!flags.in_place)
        remove(path.c_str());
    // Nothing is written, nor meant to be, where benchmarks are only listed or none matches.
    return file.complete() ? fail("cannot write all of %s: is the disk full?", path.c_str()) : 0;
}

int run_all(const gb_reporting &reporting) {
    const bool to_file = !flags.out.empty();
    if (to_file && open_output() != 0)
        return -1;
    const auto file_format = gb::make_file_reporter(flags.out_format);
    gb::Reporter file(file_format.get(), flags.hide_in_file, reporting.bare_names != 0);
    gb::DisplayReporter display(reporting.quiet ? nullptr : benchmark::CreateDefaultDisplayReporter(),
                                flags.hide_in_display, reporting);
    const size_t matching = benchmark::RunSpecifiedBenchmarks(&display, to_file ? &file : nullptr);
    if (to_file && close_output(file) != 0)
        return -1;
    if (matching == 0)
        return fail("%s: see --benchmark_filter and --benchmark_list_tests", display.complaint().c_str());
    if (!display.written())
        return fail("cannot write all results to standard output");
    if (gb::error_lost)
        return fail("out of memory");
    return display.errors();
}

} // namespace

// -- the interface ----------------------------------------------------------------------------------------------------

const char *gb_error(void) {
    return error_line;
}

int gb_initialize(int *argc, char **argv, const char *const *defaults, void (*help)(void)) {
    return guarded([=] {
        std::vector<char *> arguments = collect(*argc, argv, defaults);
        auto set = [&](const char *name, const char *otherwise) {
            const char *value = flag(arguments, name);
            return std::string(value ? value : otherwise);
        };
        flags.help = help;
        for (char *argument : arguments)
            flags.help_wanted = flags.help_wanted || value_of(argument, "help");
        flags.out = set("benchmark_out", "");
        flags.out_format = set("benchmark_out_format", "json");
        flags.hide_in_file = truthy(flag(arguments, "benchmark_report_aggregates_only"));
        flags.hide_in_display = flags.hide_in_file || truthy(flag(arguments, "benchmark_display_aggregates_only"));
        struct stat status;
        flags.in_place = lstat(flags.out.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
        std::string out = "--benchmark_out=" + output_path();
        if (!flags.out.empty())
            arguments.push_back(&out[0]);

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

void gb_shutdown(void) {
    benchmark::ClearRegisteredBenchmarks();
    gb::free_families();
    benchmark::Shutdown();
    benchmark::internal::GetGlobalContext() = nullptr; // or a second call would free it again
}
