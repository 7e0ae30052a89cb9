/* The Python version's batches of cifar_files.h, put together by hand, opcode by opcode. */
#include <string.h>

#include "cifar_files.h"

/* A string as Python 2 writes it, and remembers it in the memo. */
static void put_string(struct cifar_bytes *to, const char *string, uint8_t memo) {
    cifar_put_byte(to, 'U');
    cifar_put_byte(to, (uint8_t)strlen(string));
    cifar_put(to, string, strlen(string));
    cifar_put_byte(to, 'q');
    cifar_put_byte(to, memo);
}

#define PUT(to, literal) cifar_put(to, literal, sizeof literal - 1)

struct cifar_bytes cifar_python_batch(int batch) {
    uint8_t count = (uint8_t)cifar_batch_images[batch];
    uint32_t length = count * (uint32_t)KNN_CIFAR_BYTES;
    struct cifar_bytes bytes = {.size = 0};
    PUT(&bytes, "\x80\x02}q\x01(");
    put_string(&bytes, "batch_label", 2);
    put_string(&bytes, "training batch 1 of 5", 3);
    put_string(&bytes, "labels", 4);
    PUT(&bytes, "]q\x05(");
    for (uint8_t i = 0; i < count; i++) {
        cifar_put_byte(&bytes, 'K');
        cifar_put_byte(&bytes, cifar_label(batch, i));
    }
    PUT(&bytes, "e");
    put_string(&bytes, "data", 6);
    PUT(&bytes, "cnumpy.core.multiarray\n_reconstruct\nq\x07"
                "cnumpy\nndarray\nq\x08K\0\x85U\1b\x87Rq\x09(K\1K");
    cifar_put_byte(&bytes, count);
    PUT(&bytes, "M\0\x0c\x86"
                "cnumpy\ndtype\nq\x0aU\2u1K\0K\1\x87Rq\x0b(K\3U\1|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89T");
    for (int i = 0; i < 4; i++)
        cifar_put_byte(&bytes, (uint8_t)(length >> 8 * i));
    for (size_t i = 0; i < count; i++)
        cifar_put_pixels(&bytes, batch, i);
    PUT(&bytes, "tb");
    put_string(&bytes, "filenames", 12);
    PUT(&bytes, "]q\x0d(");
    for (uint8_t i = 0; i < count; i++)
        put_string(&bytes, "a.png", (uint8_t)(14 + i));
    PUT(&bytes, "eu.");
    return bytes;
}

struct cifar_bytes cifar_python3_batch(int batch) {
    struct cifar_bytes bytes = {.size = 0};
    PUT(&bytes, "\x80\x04\x95\x10\0\0\0\0\0\0\0}\x94(\x8c\x06labels\x94]\x94K");
    cifar_put_byte(&bytes, cifar_label(batch, 0));
    PUT(&bytes, "aX\4\0\0\0data\x94\x8c\x16numpy._core.multiarray\x94\x8c\x0c_reconstruct\x94\x93\x94");
    PUT(&bytes, "\x8c\5numpy\x94\x8c\7ndarray\x94\x93\x94K\0\x85\x94"
                "C\1b\x94\x87\x94R\x94");
    PUT(&bytes, "(K\1\x8a\1\1M\0\x0c\x86\x94h\7\x8c\5dtype\x94\x93\x94\x8c\2u1\x94\x89\x88\x87\x94R\x94");
    PUT(&bytes, "(K\3\x8c\1|\x94NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0t\x94"
                "b\x89"
                "B\0\x0c\0\0");
    cifar_put_pixels(&bytes, batch, 0);
    PUT(&bytes, "\x94t\x94"
                "bu.");
    return bytes;
}
