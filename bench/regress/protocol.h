/* What base's worker and head's driver have in common: this protocol and the data file, nothing else. Base and head are
 * different commits, so a change here is a new version, and a driver refuses a worker of another one.
 *
 *     knnmark-regress-worker --data=FILE --threads=N
 *
 * A worker speaks lines on standard input and output and works only when told to; between two commands it blocks in a
 * read, with its threads parked (the driver sets OMP_WAIT_POLICY=passive). The end of its input ends it. It binds its
 * threads as the library does, thread i of N to a core of its own.
 *
 *     (start)     knnmark-regress 1                  the version, before any command
 *     list        benchmark NAME KERNEL              one line each, with the kernel that it runs, which earlier workers
 *                                                    do not name; then
 *                 end
 *     check NAME  ok                                 its kernel's distances and masks equal the scalar reference's on
 *                                                    32 queries and 512 rows, its search's answers on all rows; or
 *                 wrong TEXT                         which kernel, and what differs
 *     run NAME N  seconds S                          wall time of N iterations, N >= 1; before them, untimed, N / 16
 *                                                    more (a part of one if N < 16), so that the caches hold this
 *                                                    program's data again
 *     quit                                           ends it with status 0
 *
 * Any command may be answered by `error TEXT` instead. Names have no spaces and stay the same for as long as they mean
 * the same work:
 *
 *     kernel/<kernel>/dim:3072                       tiles or pairs of rows in cache, on one thread
 *     search/<metric>/k:K/batch:B/threads:N          B queries against all train rows of the data file, by whichever
 *                                                    kernel is that tree's default: two trees may differ in it
 *
 * The data file holds rows of bytes at a page boundary, so that a worker can map it and use them in place:
 *
 *     byte 0      knnmark-regress-data 1 DIM TRAIN QUERIES\n    padded with zeros to 4096 bytes
 *     byte 4096   TRAIN + QUERIES rows of DIM bytes, each padded with zeros to a multiple of 64 */
#ifndef REGRESS_PROTOCOL_H
#define REGRESS_PROTOCOL_H

#define REGRESS_HELLO "knnmark-regress 1"
#define REGRESS_DATA  "knnmark-regress-data 1"

enum { REGRESS_DATA_START = 4096, REGRESS_NAME = 128, REGRESS_LINE = 1024, REGRESS_WARM_UP = 16 };

#endif
