// What is shown, where, and what the caller is told of it.
#include "gbench_internal.h"

#include <cmath>
#include <iostream>
#include <iterator>

namespace gb {

using benchmark::BenchmarkReporter;
using Run = BenchmarkReporter::Run;

static bool finite(const Run &run) {
    return std::isfinite(run.real_accumulated_time) && std::isfinite(run.cpu_accumulated_time);
}

static void drop_counters(Run &run) {
    for (auto i = run.counters.begin(); i != run.counters.end();)
        i = std::isfinite(i->second.value) ? std::next(i) : run.counters.erase(i);
}

Reporter::Reporter(BenchmarkReporter *inner, bool hide_repetitions, bool bare_names)
    : inner_(inner), hide_repetitions_(hide_repetitions), bare_names_(bare_names) {
}

bool Reporter::ReportContext(const Context &context) {
    if (!inner_)
        return true;
    inner_->SetOutputStream(&GetOutputStream());
    inner_->SetErrorStream(&GetErrorStream());
    return inner_->ReportContext(context);
}

void Reporter::ReportRuns(const std::vector<Run> &runs) {
    size_t good = 0;
    for (const Run &run : runs)
        good += !run.error_occurred;
    // The library aggregates two good repetitions or more. An error is never hidden.
    bool hide = hide_repetitions_ && good >= 2 && runs.front().run_type == Run::RT_Iteration;
    std::vector<Run> shown;
    for (const Run &run : runs)
        if (finite(run) && !(hide && !run.error_occurred))
            shown.push_back(run);
    for (Run &run : shown) {
        drop_counters(run);
        if (bare_names_)
            run.run_name.time_type.clear();
    }
    if (inner_ && !shown.empty())
        inner_->ReportRuns(shown);
    check();
}

void Reporter::Finalize() {
    if (inner_)
        inner_->Finalize();
    check();
    complete_ = true;
}

void Reporter::check() {
    written_ = GetOutputStream().flush().good() && written_;
}

DisplayReporter::DisplayReporter(BenchmarkReporter *inner, bool hide_repetitions, const gb_reporting &reporting)
    : Reporter(inner, hide_repetitions, reporting.bare_names != 0), reporting_(reporting) {
    SetErrorStream(&complaint_);
}

bool DisplayReporter::ReportContext(const Context &context) {
    SetErrorStream(&std::cerr);
    return Reporter::ReportContext(context);
}

void DisplayReporter::ReportRuns(const std::vector<Run> &runs) {
    bool error = false;
    for (const Run &run : runs) {
        error = error || run.error_occurred;
        if (reporting_.on_result && finite(run))
            tell(run);
    }
    errors_ += error;
    Reporter::ReportRuns(runs);
}

std::string DisplayReporter::complaint() const {
    std::string line = complaint_.str();
    return line.substr(0, line.find('\n'));
}

void DisplayReporter::tell(Run run) const {
    drop_counters(run);
    if (reporting_.bare_names)
        run.run_name.time_type.clear();
    std::vector<gb_value> counters;
    for (const auto &counter : run.counters)
        counters.push_back({counter.first.c_str(), counter.second.value});
    const std::string name = run.benchmark_name(), plain_name = run.run_name.str();
    bool aggregate = run.run_type == Run::RT_Aggregate, fraction = run.aggregate_unit == benchmark::kPercentage;
    double unit = benchmark::GetTimeUnitMultiplier(run.time_unit);
    gb_result result = {};
    result.name = name.c_str();
    result.benchmark = plain_name.c_str();
    result.aggregate = aggregate ? run.aggregate_name.c_str() : nullptr;
    result.label = run.report_label.c_str();
    result.error = run.error_occurred ? run.error_message.c_str() : nullptr;
    result.is_fraction = fraction;
    result.iterations = run.iterations;
    result.repetition = aggregate ? -1 : run.repetition_index;
    result.repetitions = run.repetitions;
    result.real_time = fraction ? run.real_accumulated_time : run.GetAdjustedRealTime() / unit;
    result.cpu_time = fraction ? run.cpu_accumulated_time : run.GetAdjustedCPUTime() / unit;
    result.counters = counters.data();
    result.counter_count = counters.size();
    reporting_.on_result(&result, reporting_.context);
}

std::unique_ptr<BenchmarkReporter> make_file_reporter(const std::string &format) {
    using benchmark::ConsoleReporter;
    if (format == "console")
        return std::make_unique<ConsoleReporter>(ConsoleReporter::OO_None);
    BENCHMARK_DISABLE_DEPRECATED_WARNING
    if (format == "csv")
        return std::make_unique<benchmark::CSVReporter>();
    BENCHMARK_RESTORE_DEPRECATED_WARNING
    return std::make_unique<benchmark::JSONReporter>();
}

} // namespace gb
