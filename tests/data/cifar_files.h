/* Small CIFAR-10 files for tests, good ones, in a temporary folder; and what must come of opening them. A failure is
 * cmocka's. */
#ifndef CIFAR_FILES_H
#define CIFAR_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "cifar.h"

enum { CIFAR_BATCHES = 6, CIFAR_RECORD = 1 + KNN_CIFAR_BYTES, CIFAR_CAPACITY = 3 * CIFAR_RECORD + 4096 };

/* The names of the five training batches and the test batch, and how many images each has here. */
extern const char *const cifar_binary_names[CIFAR_BATCHES];
extern const char *const cifar_python_names[CIFAR_BATCHES];
extern const size_t cifar_batch_images[CIFAR_BATCHES];

struct cifar_bytes {
    uint8_t data[CIFAR_CAPACITY];
    size_t size;
};

uint8_t cifar_label(int batch, size_t image);
void cifar_put(struct cifar_bytes *to, const void *from, size_t size);
void cifar_put_byte(struct cifar_bytes *to, uint8_t byte);
void cifar_put_pixels(struct cifar_bytes *to, int batch, size_t image);

/* The content of a batch's file: the binary version's; the Python version's as Python 2's cPickle writes it (protocol
 * 2) and, of one image and with text for keys, as Python 3 does (protocol 4). */
typedef struct cifar_bytes cifar_batch_fn(int batch);
struct cifar_bytes cifar_binary_batch(int batch);
struct cifar_bytes cifar_python_batch(int batch);
struct cifar_bytes cifar_python3_batch(int batch);

void cifar_write_file(const char *path, const struct cifar_bytes *bytes);

/* All six batches, in a folder that is made if it is not there. */
void cifar_write_folder(const char *folder, const char *const *names, cifar_batch_fn *batch);

/* A .tar.gz or .tar with a file that nobody asked for and the batches of this order, a digit each. */
void cifar_write_archive(const char *path, const char *const *names, cifar_batch_fn *batch, const char *order);

/* Setup and teardown of a test: a temporary folder to work in, and no KNNMARK_DATA. */
int cifar_enter(void **state);
int cifar_leave(void **state);

/* Opens and finds the images of all batches in order, or only the first image of each. */
void cifar_check_good(const char *spec, const char *source, int first_only);

/* Fails with one line that holds both texts, and leaves nothing allocated. */
void cifar_check_bad(const char *spec, const char *name, const char *reason);

#endif
