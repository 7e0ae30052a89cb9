/* Signals that ask a program to end. */
#ifndef KNN_INTERRUPT_H
#define KNN_INTERRUPT_H

/* From now on SIGINT, SIGTERM and SIGHUP (unless it is ignored, as nohup leaves it) only make knn_interrupted answer 1,
 * fail what waits in a system call, and call `also`, if that is not NULL, which must be async-signal-safe. Further ones
 * change nothing: they may be the same one, passed on by a parent. SIGPIPE is ignored: a write that fails says so, and
 * files written aside are removed. For programs: the library itself touches no signal. */
void knn_catch_interrupts(void (*also)(void));
int knn_interrupted(void);

enum { KNN_EXIT_INTERRUPTED = 130 }; /* as a shell shows it for Ctrl-C */

#endif
