/* The command under test, $KNNMARK (build/knnmark unless set), run under $WRAPPER if that is set, and what must come of
 * it. A failure is cmocka's. */
#ifndef COMMAND_H
#define COMMAND_H

#include "process.h"

/* Setup and teardown of a test: *state is a struct process. */
int command_enter(void **state);
int command_leave(void **state);

/* Runs the command with these arguments, up to the first NULL. */
#define knnmark(process, ...) command_run(process, (const char *const[]){__VA_ARGS__, NULL})
void command_run(struct process *process, const char *const *arguments);

/* The same in two halves. */
#define knnmark_start(process, ...) command_start(process, (const char *const[]){__VA_ARGS__, NULL})
void command_start(struct process *process, const char *const *arguments);
void command_finish(struct process *process);

/* Waits until the command catches this signal, and some more; where the system does not tell, for a second. */
void command_await(const struct process *process, int number);

/* Starts any program of this project; the first "@" of an argument stands for the folder and a slash. */
void program_start(struct process *process, const char *program, const char *const *arguments);

/* The text of a file in the folder, to be freed. */
char *text_of(const struct process *process, const char *name);

/* 1 if tests run under an emulator: everything takes longer, and signals and terminals are the emulator's. */
int emulated(void);

/* 1 if a large job would take too long to be worth it: under an emulator or sanitizers. */
int slow(void);

/* Ended well and complained of nothing. */
void assert_success(const struct process *process);

/* Ended with this status, having said nothing but one line, "knnmark: ...", that holds `text`. */
void assert_complaint(const struct process *process, int status, const char *text);

/* The same of a command that had its result and printed it, but could not write all its files. */
void assert_late_complaint(const struct process *process, int status, const char *text, const char *printed);

void assert_holds(const char *text, const char *part);

#endif
