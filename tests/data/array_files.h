/* Small data sets for tests in the formats of arrays: idx, .npy, .npz; good ones, and the bytes to damage. A failure is
 * cmocka's. */
#ifndef ARRAY_FILES_H
#define ARRAY_FILES_H

#include "cifar_files.h"

/* Of four files: images and labels to train on and to test with, in this order. */
enum { ARRAYS = 4, ARRAY_HEIGHT = 4, ARRAY_WIDTH = 3, ARRAY_DIM = ARRAY_HEIGHT * ARRAY_WIDTH, ARRAY_CLASSES = 5 };
extern const char *const array_idx_names[ARRAYS], *const array_npy_names[ARRAYS];
extern const size_t array_counts[2]; /* images to train on and to test with */

/* A byte of an image and a label of the set, 0 to train on and 1 to test with. */
uint8_t array_byte(int set, size_t image, size_t at);
uint8_t array_label(int set, size_t image);

/* A good file of the four: images in grey, labels of a byte. */
struct cifar_bytes array_idx(int which);
struct cifar_bytes array_npy(int which);

/* A .npy file of version 1 with this dictionary and nothing behind it. */
struct cifar_bytes array_npy_header(const char *dictionary);

/* All four, in a folder that is made if it is not there. */
void array_write_folder(const char *folder, const char *const *names, struct cifar_bytes (*file)(int which));

/* The files of this order, a digit each, as entries of a zip file, deflated or stored; or one file gzipped. */
void array_write_zip(const char *path, const char *const *names, const struct cifar_bytes *files, const char *order,
                     int deflate);
void array_write_gz(const char *path, const struct cifar_bytes *bytes);

/* The same with `more` zeros behind the bytes of the first file. */
void array_write_bomb(const char *path, const char *name, const struct cifar_bytes *bytes, size_t more);

/* Opens and finds the good set, whose shape is as given. */
void array_check_good(const char *spec, struct knn_shape shape);

#endif
