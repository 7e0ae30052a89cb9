// What the parts of gbench share; nothing of it is for users.
#ifndef GBENCH_INTERNAL_H
#define GBENCH_INTERNAL_H

#include "gbench.h"

#include <benchmark/benchmark.h>

#include <exception>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <vector>

namespace gb {

// Leaves the line for gb_error() and returns -1.
__attribute__((format(printf, 1, 2))) int fail(const char *format, ...);

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
std::string clean(const char *text);

extern bool error_lost; // a benchmark's error could not even be stored

void free_families();

// Passes on to a reporter of the library what may be shown.
class Reporter : public benchmark::BenchmarkReporter {
  public:
    // `inner` may be NULL: nothing is shown then.
    Reporter(benchmark::BenchmarkReporter *inner, bool hide_repetitions, bool bare_names);

    bool ReportContext(const Context &context) override;
    void ReportRuns(const std::vector<Run> &runs) override;
    void Finalize() override;

    bool complete() const {
        return complete_;
    }

    bool written() const {
        return written_;
    }

  private:
    void check();

    benchmark::BenchmarkReporter *inner_;
    bool hide_repetitions_, bare_names_, complete_ = false, written_ = true;
};

// Sees every result first: counts errors, tells the caller. What the library complains of before it runs anything is
// kept, to become the line of gb_error().
class DisplayReporter : public Reporter {
  public:
    DisplayReporter(benchmark::BenchmarkReporter *inner, bool hide_repetitions, const gb_reporting &reporting);

    bool ReportContext(const Context &context) override;
    void ReportRuns(const std::vector<Run> &runs) override;

    int errors() const {
        return errors_;
    }

    std::string complaint() const;

  private:
    void tell(Run run) const;

    const gb_reporting reporting_;
    std::ostringstream complaint_;
    int errors_ = 0;
};

// "console", "json" or "csv".
std::unique_ptr<benchmark::BenchmarkReporter> make_file_reporter(const std::string &format);

} // namespace gb

#endif
