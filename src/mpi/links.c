#include "links.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

enum { MOST = 4096 }; /* files that are looked at */

static int is_internet(int file) {
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    return getsockname(file, (struct sockaddr *)&own, &size) == 0 &&
           (own.ss_family == AF_INET || own.ss_family == AF_INET6);
}

/* 1 if the system has given this connection up. */
static int is_dead(int file) {
#ifdef TCP_USER_TIMEOUT
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    return getsockopt(file, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_state == TCP_CLOSE;
#else
    return 0;
#endif
}

static void set(int file, int level, int option, int value) {
    setsockopt(file, level, option, &value, sizeof value); /* other sockets than TCP refuse, and stay as they are */
}

int links_watch(void) {
    static char watched[MOST];
    int status = 0;
    enum { IDLE = 5, EVERY = 3, TRIES = 3, UNANSWERED = 15000 };
    for (int file = 3; file < MOST; file++) {
        if (!is_internet(file)) {
            watched[file] = 0;
            continue;
        }
        if (watched[file] && is_dead(file))
            status = -1;
        watched[file] = !is_dead(file); /* a new one is dead before it is connected */
        set(file, SOL_SOCKET, SO_KEEPALIVE, 1);
#ifdef TCP_USER_TIMEOUT
        set(file, IPPROTO_TCP, TCP_KEEPIDLE, IDLE);
        set(file, IPPROTO_TCP, TCP_KEEPINTVL, EVERY);
        set(file, IPPROTO_TCP, TCP_KEEPCNT, TRIES);
        set(file, IPPROTO_TCP, TCP_USER_TIMEOUT, UNANSWERED);
#endif
    }
    return status;
}
