/* Connections to other hosts. */
#ifndef LINKS_H
#define LINKS_H

/* Has the system notice within some 15 seconds that the other end of a connection is gone, which takes it minutes or
 * hours else, and says whether that has happened: -1, for MPI may not tell. MPI opens its connections when it likes: to
 * be called now and then. */
int links_watch(void);

#endif
