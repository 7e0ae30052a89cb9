// What is shown where, and what the caller is told.
#include "parts.h"

#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <sstream>

namespace gbench {
namespace {

// Adds a member to the last object of a JSON text, where it stands at the end of a line of its own.
void add_member(std::string &text, const std::string &member) {
    const size_t brace = text.rfind('}');
    if (brace == std::string::npos)
        return;
    const size_t line = text.rfind('\n', brace) + 1, last = text.find_last_not_of(" \n", brace - 1) + 1;
    text.insert(last, ",\n" + text.substr(line, brace - line) + "  " + member);
}

// -- the file of --benchmark_out --------------------------------------------------------------------------------------

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

// -- reporters --------------------------------------------------------------------------------------------------------

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

} // namespace

int run_and_report(const gb_reporting &reporting, const std::string &filter) {
    Reporter reporter(reporting);
    return reporter.conclude(benchmark::RunSpecifiedBenchmarks(&reporter, filter));
}

int finish_list() {
    return std::cout.flush().good() ? 0 : fail("cannot write all of the list to standard output");
}

} // namespace gbench
