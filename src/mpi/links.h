/* Connections to other hosts. */
#ifndef LINKS_H
#define LINKS_H

/* Makes the system notice within some 15 seconds, not minutes or hours, that the other end of a connection is gone.
 * Returns -1 if that has happened, as MPI may not tell. MPI opens connections at any time: call this now and then. */
int links_watch(void);

#endif
