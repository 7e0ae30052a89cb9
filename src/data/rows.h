/* Rows of bytes without labels, for search: one matrix from one file, by its name.
 *
 *   *.npy            a NumPy array of unsigned bytes, N x D or more: N rows of the rest
 *   *.u8bin          big-ann-benchmarks': the number of rows and of bytes in each, as little-endian numbers of 4 bytes,
 *                    then the bytes
 *   *.bvecs          TEXMEX's: each row follows the number of its bytes, likewise
 *   *idx3-ubyte      MNIST's images, a row an image
 *
 * Each but .bvecs may be gzipped, whatever its name then ends in: .gz is not looked at. */
#ifndef KNN_ROWS_H
#define KNN_ROWS_H

#include "matrix.h"
#include "share.h"

/* Fails on other files, on one that is damaged, and without memory; nothing is then left allocated. */
int knn_rows_open(struct knn_matrix *rows, const char *path, struct knn_error *error);

/* The same, but only a share of the rows is read. The others' bytes are not touched unless the file is gzipped. *span
 * becomes the rows of the share. */
int knn_rows_open_part(struct knn_matrix *rows, struct knn_span *span, struct knn_share share, const char *path,
                       struct knn_error *error);

#endif
