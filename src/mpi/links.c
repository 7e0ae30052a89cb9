#include "links.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "clock.h"

#ifdef __linux__
enum { MOST = 4096, IDLE = 3, EVERY = 3, SILENT = 20 }; /* files that are looked at; seconds */

/* What the system knows of a connection to elsewhere; 0 if the file is none. */
static int find_out(int file, struct tcp_info *info) {
    struct sockaddr_storage own;
    socklen_t own_size = sizeof own, size = sizeof *info;
    return getsockname(file, (struct sockaddr *)&own, &own_size) == 0 &&
           (own.ss_family == AF_INET || own.ss_family == AF_INET6) &&
           getsockopt(file, IPPROTO_TCP, TCP_INFO, info, &size) == 0;
}

/* 1 if the other end's system is asked from now on, after some silence, whether it is there: it answers whatever its
 * processes do. 0 if it was asked before. */
static int ask(int file) {
    const int on = 1, idle = IDLE, every = EVERY;
    int now = 0;
    socklen_t size = sizeof now;
    if (getsockopt(file, IPPROTO_TCP, TCP_KEEPIDLE, &now, &size) == 0 && now == IDLE)
        return 0;
    setsockopt(file, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(file, IPPROTO_TCP, TCP_KEEPINTVL, &every, sizeof every);
    setsockopt(file, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    return 1;
}

/* Silence alone proves nothing: who cannot take more data is asked ever more rarely, and answers. */
static int is_silent(const struct tcp_info *info) {
    const unsigned most = SILENT * 1000;
    return info->tcpi_last_ack_recv > most && info->tcpi_last_data_recv > most &&
           (info->tcpi_probes > 1 || info->tcpi_retransmits > 1);
}

int links_watch(void) {
    static double asked[MOST], last;
    static int lost;
    struct tcp_info info;
    double now = knn_seconds();
    if (now < last + 1)
        return lost;
    last = now;
    for (int file = 0; file < MOST; file++) {
        if (!find_out(file, &info) || info.tcpi_state != TCP_ESTABLISHED)
            asked[file] = 0;
        else if (ask(file) || asked[file] == 0)
            asked[file] = now;
        else if (now > asked[file] + SILENT && is_silent(&info))
            lost = -1;
    }
    return lost;
}
#else
int links_watch(void) {
    return 0;
}
#endif
