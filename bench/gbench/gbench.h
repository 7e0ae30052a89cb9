/* Google Benchmark (1.7.1 or later) for C: its runner, its reporters, its files and all its command-line flags. This
 * header is its interface, README.md says how to build it (C++17); link with -lbenchmark and the C++ runtime.
 *
 *   static void copy(struct gb_state *state, void *context) {
 *       struct buffers *b = context;                      // not timed
 *       int64_t iterations = gb_start(state);             // the clock starts
 *       for (int64_t i = 0; i < iterations; i++) {
 *           memcpy(b->to, b->from, b->bytes);
 *           gb_clobber_memory();
 *       }
 *       gb_stop(state);                                   // the clock stops
 *       gb_bytes_processed(state, iterations * b->bytes);
 *   }
 *
 *   int main(int argc, char **argv) {
 *       const char *defaults[] = {"--benchmark_out=copy.json", NULL};
 *       if (gb_initialize(&argc, argv, defaults, NULL) || gb_no_more_arguments(argc, argv) ||
 *           !gb_register(&(struct gb_benchmark){.name = "copy", .function = copy, .context = &buffers}))
 *           return fprintf(stderr, "%s\n", gb_error()), 1;
 *       int errors = gb_run(NULL);
 *       if (errors < 0)
 *           fprintf(stderr, "%s\n", gb_error());
 *       gb_shutdown();
 *       return errors != 0;
 *   }
 *
 * A function that fails returns -1 or NULL and leaves one line in gb_error(). No C++ exception leaves this interface:
 * whatever Google Benchmark throws, "out of memory" included, becomes such a failure; inside a benchmark function it
 * becomes that benchmark's error. Strings and lists are
 * copied, `context` pointers are not. All of it is for one thread; a benchmark may start threads of its own, which call
 * nothing of this but gb_stopping, gb_do_not_optimize and gb_clobber_memory.
 *
 * Not offered: Threads(n), because 1.7.1 divides its time by n and each thread would start an OpenMP team of its own.
 */
#ifndef GBENCH_H
#define GBENCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The line that the last failure left. */
const char *gb_error(void);

/* -- the program ----------------------------------------------------------------------------------------------------*/

/* Reads Google Benchmark's flags and takes them out of argv. `defaults` (NULL, or a list of flags ended by NULL) are
 * read first, so that an environment variable (BENCHMARK_OUT for --benchmark_out) or the command line wins over them.
 * --help calls `help`, or prints the flags where it is NULL, and exits with 0; a value that a flag cannot take ends the
 * program with a line and 1. */
int gb_initialize(int *argc, char **argv, const char *const *defaults, void (*help)(void));

/* Fails, naming what is left, unless argv holds nothing but the program's name. */
int gb_no_more_arguments(int argc, char **argv);

/* Adds a line to the context that reports begin with. Of two values for a key the first one stays. */
int gb_context(const char *key, const char *value);

/* How a benchmark's time grows with n, what gb_set_complexity_n said. GB_O_AUTO takes the curve that fits best. */
enum gb_complexity {
    GB_O_NONE,
    GB_O_1,
    GB_O_N,
    GB_O_N_SQUARED,
    GB_O_N_CUBED,
    GB_O_LOG_N,
    GB_O_N_LOG_N,
    GB_O_AUTO,
    GB_O_CURVE, /* in results: the caller's own */
};

struct gb_value {
    const char *name;
    double value; /* finite */
};

/* A part of what a benchmark is: a text, or a number where `text` is NULL. */
struct gb_field {
    const char *name, *text;
    double number; /* finite */
};

/* One result: a repetition of a benchmark, or an aggregate of its repetitions. Valid during the callback. */
struct gb_result {
    const char *name;         /* as reports show it: the arguments, options and aggregate included */
    const char *benchmark;    /* without the aggregate: the same for all results of a benchmark */
    const char *aggregate;    /* "mean", "median", "stddev", "cv", a gb_statistic, "BigO", "RMS"; NULL: a repetition */
    const char *label;        /* "" where there is none */
    const char *error;        /* NULL unless the benchmark reported an error: then times and counters mean nothing */
    int is_fraction;          /* an aggregate that is a ratio of times (cv, RMS) instead of a time */
    enum gb_complexity curve; /* of "BigO" and "RMS": the curve that was fitted */
    int64_t iterations;       /* of a repetition; of an aggregate: the repetitions in it; of "BigO" and "RMS": 0 */
    int64_t repetition;       /* 0, 1, ...; -1 for an aggregate */
    int64_t repetitions;      /* asked for */
    double real_time, cpu_time;      /* seconds per iteration; of "BigO": the coefficient of the curve, in seconds */
    const struct gb_value *counters; /* as reported: rates are divided by the time already, and so on */
    size_t counter_count;
    const struct gb_field *fields; /* as registered */
    size_t field_count;
};

typedef void gb_result_fn(const struct gb_result *result, void *context);

/* A repetition starts, `index` of `total`: all repetitions of all selected benchmarks. `name` is gb_result's. */
typedef void gb_start_fn(const char *name, size_t index, size_t total, void *context);

/* 0 and the counter's value, or -1 where the result has no such counter (it is no failure: gb_error() stays). */
int gb_result_counter(const struct gb_result *result, const char *name, double *value);

struct gb_reporting {
    gb_result_fn *on_result; /* called for every result, those included that a flag hides from the reports */
    gb_start_fn *on_start;   /* counting is by a rehearsal that calls none of the functions registered here */
    /* Called after the last result, if --benchmark_out is a JSON file: the text of one more member of its outermost
     * object ("\"key\": value", valid until gb_run returns), or NULL for none. */
    const char *(*extra)(void *context);
    void *context;
    int quiet; /* 1: nothing on standard output; --benchmark_out is written nevertheless */
    /* 1: names without the clock that the library appends ("/real_time", "/manual_time"): in reports and callbacks, in
     * --benchmark_list_tests, and to --benchmark_filter. */
    int bare_names;
};

/* Runs what --benchmark_filter selects and reports it. NULL is standard reporting. Returns how many benchmarks
 * reported an error, or -1: nothing matches the filter, or a report could not be written. To be called once, for some
 * of the library's reporters remember what they have printed.
 *
 * A benchmark that reports an error is not called again: its other repetitions are left out, and so are its aggregates
 * and its family's complexity. Values that are not finite are left out of all reports, for JSON has none: a rate over
 * no time, the cv of zeros. CSV has columns for the first result's counters alone.
 *
 * Benchmarks that C++ files of the program register themselves run and are reported, too, but gb_stop_run does not keep
 * them from running, and a rehearsal (for on_start or bare_names) runs them.
 *
 * --benchmark_out=FILE is written as FILE.part, opened before anything runs, and takes the name FILE when it is
 * complete: a FILE is never half written, whatever interrupts the run. A FILE that exists and is no regular file (a
 * pipe, /dev/stdout, a symbolic link) is written in place. */
int gb_run(const struct gb_reporting *reporting);

/* Ends the run early; safe in a signal handler and in any thread. No benchmark function is called any more, and when
 * the one that runs has returned, gb_run completes its reports and returns as ever. A repetition that this cuts is in
 * no report and no error; the complete ones are, without aggregates where one is missing. */
void gb_stop_run(void);

/* 1 once gb_stop_run was called. A benchmark function, or a thread of it, that asks and is told 1 may end its work in
 * any way, by gb_skip_with_error or without gb_stop, too: its repetition counts as cut. It costs a call and a load. */
int gb_stopping(void);

/* 1 where gb_stop_run cut the run: something selected was left out. */
int gb_was_stopped(void);

/* Frees all benchmarks and what the library holds. */
void gb_shutdown(void);

/* -- benchmarks -----------------------------------------------------------------------------------------------------*/

struct gb_state;  /* a running benchmark */
struct gb_family; /* a registered one; valid until gb_shutdown */

typedef void gb_fn(struct gb_state *state, void *context);

enum gb_unit { GB_DEFAULT_UNIT, GB_NS, GB_US, GB_MS, GB_S }; /* the default: --benchmark_time_unit, or ns */

/* Which clock decides how long to run and what rates are divided by. Manual time is what gb_set_iteration_time said. */
enum gb_clock { GB_CPU_TIME, GB_REAL_TIME, GB_MANUAL_TIME };

/* Which reports show the aggregates alone; where there are none (one repetition, an error) everything is shown. */
enum gb_shown { GB_SHOWN_BY_FLAGS, GB_SHOW_ALL, GB_DISPLAY_AGGREGATES_ONLY, GB_REPORT_AGGREGATES_ONLY };

/* Everything but the name and the function may be 0, the flags of the command line then decide. What is set here wins
 * over those flags. */
struct gb_benchmark {
    const char *name;
    gb_fn *function;
    /* Called before and after every call of the function, not timed; there may be several to a repetition, for the
     * library tries how many iterations it takes. They may use the state but for gb_start and what follows it up to
     * gb_resume. After an error in `setup` neither the function nor `teardown` is called. */
    gb_fn *setup, *teardown;
    void *context; /* of all three */
    enum gb_unit unit;
    enum gb_clock clock;
    int process_cpu_time;    /* 1: CPU time is that of all threads of the process */
    double min_time;         /* seconds */
    double min_warm_up_time; /* seconds, not reported; needs min_time: the library ignores it without */
    int64_t iterations;      /* exactly so many; excludes the two times */
    int repetitions;
    enum gb_shown shown;
    enum gb_complexity complexity;         /* then the function calls gb_set_complexity_n */
    double (*complexity_curve)(int64_t n); /* or a curve of the caller's own; pure: it may be called with any n >= 1 */
    /* What the benchmark is, for those who read results: in JSON every entry of it has a member `fields_name`, an
     * object of these. */
    const char *fields_name;
    const struct gb_field *fields;
    size_t field_count;
};

struct gb_family *gb_register(const struct gb_benchmark *benchmark);

/* Each of these adds instances of the benchmark; all of a family's instances have the same number of arguments. A
 * family without any has one instance without arguments. */

/* One instance with these arguments. */
int gb_args(struct gb_family *family, const int64_t *args, size_t count);

/* One argument: first, last, and the powers of `multiplier` (0: of 8) between them. */
int gb_range(struct gb_family *family, int64_t first, int64_t last, int multiplier);

/* One argument: first, first + step, ... up to last. */
int gb_dense_range(struct gb_family *family, int64_t first, int64_t last, int64_t step);

/* Every combination: an argument for each range, or for each list. The first argument changes fastest. */
struct gb_span {
    int64_t first, last;
    int multiplier;
};

struct gb_list {
    const int64_t *values;
    size_t count;
};

int gb_ranges(struct gb_family *family, const struct gb_span *ranges, size_t count);
int gb_args_product(struct gb_family *family, const struct gb_list *lists, size_t count);

/* Names that precede the arguments' values in the instances' names ("copy/bytes:64"); "" or NULL for none. */
int gb_arg_names(struct gb_family *family, const char *const *names, size_t count);

/* Adds a statistic over the repetitions (two or more) to mean, median, stddev and cv. `function` gets a value for each
 * repetition, once for the real times, the CPU times and each counter. The unit of the times is the library's own, so
 * a result is either a time, which scales as the values do, or a fraction, which does not depend on their scale. At
 * most GB_MAX_STATISTICS in a program: the library's callbacks have no context, so each takes a function here. */
enum { GB_MAX_STATISTICS = 16 };

typedef double gb_statistic_fn(const double *values, size_t count, void *context);

int gb_statistic(struct gb_family *family, const char *name, gb_statistic_fn *function, void *context, int is_fraction);

/* -- inside a benchmark function ------------------------------------------------------------------------------------*/

/* Starts the clock and returns the iterations to do: 0 after an error. The loop is the caller's own and costs nothing
 * but itself. Every path out of the function that reports no error passes gb_start and gb_stop once. */
int64_t gb_start(struct gb_state *state);
void gb_stop(struct gb_state *state);

/* Stops the clock within the loop and starts it again: together they cost some hundred nanoseconds. */
void gb_pause(struct gb_state *state);
void gb_resume(struct gb_state *state);

/* The iterations gb_start returns, to be asked at any time. */
int64_t gb_iterations(const struct gb_state *state);

/* Adds to the manual time, for one iteration or for many at once. */
void gb_set_iteration_time(struct gb_state *state, double seconds);

/* The instance's argument, 0 where it has none at this index. */
int64_t gb_arg(const struct gb_state *state, size_t index);

/* The n of this instance, at least 1, for its family's complexity. */
void gb_set_complexity_n(struct gb_state *state, int64_t n);

/* Reports an error instead of a time; the function then returns. The first error stays. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void gb_skip_with_error(struct gb_state *state, const char *format, ...);

void gb_label(struct gb_state *state, const char *text);
void gb_items_processed(struct gb_state *state, int64_t items);
void gb_bytes_processed(struct gb_state *state, int64_t bytes);

/* What becomes of a counter's value; flags combine. */
enum gb_counter_flag {
    GB_RATE = 1 << 0,                /* divided by the seconds the benchmark ran */
    GB_AVERAGE_THREADS = 1 << 1,     /* divided by the number of threads */
    GB_ITERATION_INVARIANT = 1 << 2, /* multiplied by the iterations */
    GB_AVERAGE_ITERATIONS = 1 << 3,  /* divided by the iterations */
    GB_INVERT = 1 << 4,              /* at the end, 1 / value */
    GB_1024 = 1 << 5,                /* shown with binary prefixes: 1k is 1024 */
};

/* Sets a counter, replacing its former value. One that is not a finite number, that is named as a member which JSON
 * results have already ("iterations"), or whose flags differ from those it had before is the benchmark's error. */
void gb_counter(struct gb_state *state, const char *name, double value, unsigned flags);

#if defined(__GNUC__)
/* Makes the compiler compute a value (a number or a pointer) that nothing else uses. */
#define gb_do_not_optimize(value) __asm__ volatile("" : : "r,m"(value) : "memory")

/* Makes the compiler perform all pending writes to memory, and read memory again. */
static inline void gb_clobber_memory(void) {
    __asm__ volatile("" : : : "memory");
}
#endif

#ifdef __cplusplus
}
#endif

#endif
