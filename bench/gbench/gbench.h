/* Google Benchmark (1.7.1 or later) for C: its runner, its reporters, its files and its command-line flags. This header
 * is its interface, README.md says how to build it (C++17); link with -lbenchmark and the C++ runtime.
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
 *       int errors = 0;
 *       if (gb_initialize(argc, argv, defaults, NULL) ||
 *           gb_register(&(struct gb_benchmark){.name = "copy", .function = copy, .context = &buffers}) ||
 *           (errors = gb_run(NULL)) < 0)
 *           return fprintf(stderr, "%s\n", gb_error()), 1;
 *       gb_shutdown();
 *       return errors != 0;
 *   }
 *
 * A function that fails returns -1 and leaves one line in gb_error(). No C++ exception leaves this interface: whatever
 * Google Benchmark throws, "out of memory" included, becomes such a failure; inside a benchmark function it becomes
 * that benchmark's error. All of it is for one thread; a benchmark may start threads of its own, which call nothing of
 * this but gb_stopping, gb_do_not_optimize and gb_clobber_memory. */
#ifndef GBENCH_H
#define GBENCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The line that the last failure left. */
const char *gb_error(void);

/* -- benchmarks -----------------------------------------------------------------------------------------------------*/

struct gb_state; /* a running benchmark */

typedef void gb_fn(struct gb_state *state, void *context);

enum gb_unit { GB_DEFAULT_UNIT, GB_NS, GB_US, GB_MS, GB_S }; /* the default: --benchmark_time_unit, or ns */

/* Which clock decides how long to run and what rates are divided by. Manual time is what gb_set_iteration_time said. */
enum gb_clock { GB_CPU_TIME, GB_REAL_TIME, GB_MANUAL_TIME };

/* A part of what a benchmark is, or a counter of a result: a text, or a number where `text` is NULL. */
struct gb_field {
    const char *name, *text;
    double number; /* finite */
};

/* Everything but the name and the function may be 0, the flags of the command line then decide. What is set here wins
 * over those flags. */
struct gb_benchmark {
    const char *name;
    gb_fn *function;
    void *context;
    enum gb_unit unit;
    enum gb_clock clock;
    int process_cpu_time; /* 1: CPU time is that of all threads of the process */
    double min_time;      /* seconds */
    int64_t iterations;   /* exactly so many; excludes min_time */
    int repetitions;
    /* What the benchmark is, for those who read results: in JSON every entry of it has a member `fields_name`, an
     * object of these. They must live until gb_run returns, like `context`; all else is copied. */
    const char *fields_name;
    const struct gb_field *fields;
    size_t field_count;
};

int gb_register(const struct gb_benchmark *benchmark);

/* -- the program ----------------------------------------------------------------------------------------------------*/

/* Reads Google Benchmark's flags; `defaults` (NULL, or a list of flags ended by NULL) first, so that the command line
 * and the environment (BENCHMARK_OUT for --benchmark_out) win over them. --help calls `help`, or prints the flags where
 * it is NULL, and exits with 0; a value that a flag cannot take ends the program with a line and 1. Fails on anything
 * else: a program removes its own options before. */
int gb_initialize(int argc, char **argv, const char *const *defaults, void (*help)(void));

/* Adds a line to the context that reports begin with. Of two values for a key the first one stays. */
int gb_context(const char *key, const char *value);

/* One result: a repetition of a benchmark, or an aggregate of its repetitions. Valid during the callback. */
struct gb_result {
    const char *name;                /* as reports show it: the aggregate included */
    const char *benchmark;           /* without the aggregate: the same for all results of a benchmark */
    const char *aggregate;           /* "mean", "median", "stddev", "cv"; NULL: a repetition */
    const char *label;               /* "" where there is none */
    const char *error;               /* NULL unless it reported an error: then times and counters mean nothing */
    int64_t iterations;              /* of a repetition; of an aggregate: the repetitions in it */
    int64_t repetition;              /* 0, 1, ...; -1 for an aggregate */
    int64_t repetitions;             /* asked for */
    double real_time, cpu_time;      /* seconds per iteration */
    const struct gb_field *counters; /* as reported: rates are divided by the time already, and so on */
    size_t counter_count;
    const struct gb_field *fields; /* as registered */
    size_t field_count;
};

struct gb_reporting {
    /* Called for every result, even for those that a flag hides from the reports. */
    void (*on_result)(const struct gb_result *result, void *context);
    /* Called when a repetition starts, `index` of `total`: all repetitions of all selected benchmarks. */
    void (*on_start)(const char *name, size_t index, size_t total, void *context);
    /* Called after the last result: the text of one more member of a JSON report's outermost object ("\"key\": value",
     * valid until gb_run returns), or NULL for none. */
    const char *(*extra)(void *context);
    void *context;
    int quiet; /* 1: nothing on standard output; --benchmark_out is written nevertheless */
};

/* Runs what --benchmark_filter selects, by names as reports and --benchmark_list_tests show them, and reports it. NULL
 * is standard reporting. Returns how many benchmarks reported an error, or -1: nothing matches the filter, or a report
 * could not be written. Call it only once: some of the library's reporters remember what they have printed. - A
 * benchmark that reports an error is not called again: its other repetitions and its aggregates are left out. - Values
 * that are not finite are left out of all reports, for JSON has none: a rate over no time, the cv of zeros. - CSV has
 * columns for the first result's counters alone. - Benchmarks that C++ files of the program register themselves run and
 * are reported, too, whatever the filter and
 *   gb_stop_run say; their errors are not counted.
 * - --benchmark_out=FILE is written as FILE.part, opened before anything runs, and takes the name FILE when it is
 *   complete: a FILE is never half written, whatever interrupts the run. A FILE that is no regular file (a pipe,
 *   /dev/stdout) is written in place; a symbolic link stays one. */
int gb_run(const struct gb_reporting *reporting);

/* Ends the run early; safe in a signal handler and in any thread. No benchmark function is called any more, and when
 * the one that runs has returned, gb_run completes its reports and returns as ever. A repetition that this cuts is not
 * reported, and is no error. Complete ones are reported, without aggregates if one is missing. */
void gb_stop_run(void);

/* 1 once gb_stop_run was called. A benchmark function, or a thread of it, that asks and is told 1 may end its work in
 * any way, by gb_skip_with_error or without gb_stop, too: its repetition counts as cut. It costs a call and a load. */
int gb_stopping(void);

/* 1 where gb_stop_run cut the run: something selected was left out. */
int gb_was_stopped(void);

/* Frees all benchmarks and what the library holds. */
void gb_shutdown(void);

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

/* Reports an error instead of a time; the function then returns. The first error stays. */
__attribute__((format(printf, 2, 3))) void gb_skip_with_error(struct gb_state *state, const char *format, ...);

void gb_label(struct gb_state *state, const char *text);
void gb_items_processed(struct gb_state *state, int64_t items);
void gb_bytes_processed(struct gb_state *state, int64_t bytes);

/* What becomes of a counter's value; flags combine. */
enum gb_counter_flag {
    GB_RATE = 1 << 0,                /* divided by the seconds the benchmark ran */
    GB_ITERATION_INVARIANT = 1 << 2, /* multiplied by the iterations */
    GB_AVERAGE_ITERATIONS = 1 << 3,  /* divided by the iterations */
    GB_INVERT = 1 << 4,              /* at the end, 1 / value */
    GB_1024 = 1 << 5,                /* shown with binary prefixes: 1k is 1024 */
};

/* Sets a counter, replacing its former value. One that is not a finite number, or whose flags differ from those it had
 * before, is the benchmark's error. */
void gb_counter(struct gb_state *state, const char *name, double value, unsigned flags);

/* Makes the compiler compute a value (a number or a pointer) that nothing else uses. */
#define gb_do_not_optimize(value) __asm__ volatile("" : : "r,m"(value) : "memory")

/* Makes the compiler perform all pending writes to memory, and read memory again. */
static inline void gb_clobber_memory(void) {
    __asm__ volatile("" : : : "memory");
}

#ifdef __cplusplus
}
#endif

#endif
