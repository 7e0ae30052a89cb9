/* Signals that ask a program to end. */
#ifndef KNN_INTERRUPT_H
#define KNN_INTERRUPT_H

/* From now on SIGINT, SIGTERM, SIGQUIT and SIGHUP (unless it is ignored, as nohup leaves it) only set
 * knn_interrupted(), end waits in system calls, and call `also`, which must be async-signal-safe or NULL. Further
 * signals change nothing: they may be the same one, passed on by a parent. SIGPIPE and SIGXFSZ are ignored: a write
 * that fails says so, and files written aside are removed. For programs: the library itself touches no signal. */
void knn_catch_interrupts(void (*also)(void));

/* The first signal that came; 0: none did. Async-signal-safe, as is the next. */
int knn_interrupted(void);

/* The exit status of a program that this signal ended, as a shell shows it: 128 + the signal. */
int knn_interrupt_status(void);

#endif
