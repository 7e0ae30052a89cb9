/* Connections to other hosts. */
#ifndef LINKS_H
#define LINKS_H

/* -1 if another host has been silent for some 20 seconds, else 0. Its system is asked, which answers also for a process
 * that computes, waits for a disk or is stopped. MPI may not tell, or only after hours. To be called often, for MPI
 * opens its connections when it likes: it looks once a second. */
int links_watch(void);

#endif
