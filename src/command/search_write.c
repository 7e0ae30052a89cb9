#include "search_write.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

/* -- numbers, the low byte first ----------------------------------------------------------------------------------- */

static void put_number(uint64_t number, size_t bytes, uint8_t *at) {
    for (size_t i = 0; i < bytes; i++, number >>= 8)
        at[i] = (uint8_t)number;
}

static void write_number(uint64_t number, size_t bytes, FILE *stream) {
    uint8_t text[sizeof number];
    put_number(number, bytes, text);
    fwrite(text, 1, bytes, stream);
}

static uint32_t float_bits(uint64_t distance) {
    float rounded = (float)distance;
    uint32_t bits;
    memcpy(&bits, &rounded, sizeof bits);
    return bits;
}

/* -- text ---------------------------------------------------------------------------------------------------------- */

static int write_csv(const struct neighbor_lists *lists, FILE *stream, struct knn_error *error) {
    (void)error;
    fputs("query,neighbors,distances\n", stream);
    for (size_t q = 0; q < lists->queries && !ferror(stream); q++) {
        const struct knn_neighbor *list = lists->neighbors + q * lists->k;
        fprintf(stream, "%zu,", q);
        for (size_t i = 0; i < lists->k; i++)
            fprintf(stream, "%s%u", i > 0 ? " " : "", list[i].id);
        for (size_t i = 0; i < lists->k; i++)
            fprintf(stream, "%c%llu", i > 0 ? ' ' : ',', (unsigned long long)list[i].distance);
        fputc('\n', stream);
    }
    return 0;
}

/* -- what benchmarks of approximate search read -------------------------------------------------------------------- */

/* TEXMEX's: before each list its length, as it and all ids are signed. */
static int write_ivecs(const struct neighbor_lists *lists, FILE *stream, struct knn_error *error) {
    for (size_t i = 0; i < lists->queries * lists->k; i++)
        if (lists->neighbors[i].id > INT32_MAX)
            return knn_fail(error, "id %u is more than .ivecs can hold: write .npy", lists->neighbors[i].id);
    for (size_t q = 0; q < lists->queries && !ferror(stream); q++) {
        write_number(lists->k, 4, stream);
        for (size_t i = 0; i < lists->k; i++)
            write_number(lists->neighbors[q * lists->k + i].id, 4, stream);
    }
    return 0;
}

/* big-ann's ground truth: counts of queries and neighbours, all ids, then all distances as floats, which round those
 * from 2^24 on. */
static int write_bin(const struct neighbor_lists *lists, FILE *stream, struct knn_error *error) {
    size_t count = lists->queries * lists->k;
    (void)error;
    write_number(lists->queries, 4, stream);
    write_number(lists->k, 4, stream);
    for (size_t i = 0; i < count && !ferror(stream); i++)
        write_number(lists->neighbors[i].id, 4, stream);
    for (size_t i = 0; i < count && !ferror(stream); i++)
        write_number(float_bits(lists->neighbors[i].distance), 4, stream);
    return 0;
}

/* -- NumPy --------------------------------------------------------------------------------------------------------- */

enum { NPY_HEADER = 128 };

/* Version 1.0 of the format: a matrix of unsigned numbers, row-major. */
static void put_npy_header(const struct neighbor_lists *lists, size_t bytes, char header[NPY_HEADER]) {
    static const char magic[] = "\x93NUMPY\x01";
    memset(header, ' ', NPY_HEADER);
    memcpy(header, magic, sizeof magic); /* with the 0 that ends it */
    put_number(NPY_HEADER - 10, 2, (uint8_t *)header + 8);
    int length =
        snprintf(header + 10, NPY_HEADER - 10, "{'descr': '<u%zu', 'fortran_order': False, 'shape': (%zu, %zu), }",
                 bytes, lists->queries, lists->k);
    header[10 + length] = ' ';
    header[NPY_HEADER - 1] = '\n';
}

static int write_npy(const struct neighbor_lists *lists, FILE *stream, struct knn_error *error) {
    char header[NPY_HEADER];
    (void)error;
    put_npy_header(lists, 4, header);
    fwrite(header, 1, sizeof header, stream);
    for (size_t i = 0; i < lists->queries * lists->k && !ferror(stream); i++)
        write_number(lists->neighbors[i].id, 4, stream);
    return 0;
}

/* One array of the archive: ids of 4 bytes each, or distances of 8. */
static int add_array(struct archive *zip, const char *name, const struct neighbor_lists *lists, size_t bytes) {
    size_t count = lists->queries * lists->k, size = NPY_HEADER + count * bytes;
    uint8_t *array = malloc(size);
    struct archive_entry *entry = archive_entry_new();
    int status = -1;
    if (array != NULL && entry != NULL) {
        put_npy_header(lists, bytes, (char *)array);
        for (size_t i = 0; i < count; i++)
            put_number(bytes == 4 ? lists->neighbors[i].id : lists->neighbors[i].distance, bytes,
                       array + NPY_HEADER + i * bytes);
        archive_entry_set_pathname(entry, name);
        archive_entry_set_size(entry, (la_int64_t)size);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        if (archive_write_header(zip, entry) == ARCHIVE_OK && archive_write_data(zip, array, size) == (la_ssize_t)size)
            status = 0;
    }
    archive_entry_free(entry);
    free(array);
    return status;
}

static int write_npz(const struct neighbor_lists *lists, FILE *stream, struct knn_error *error) {
    struct archive *zip = archive_write_new();
    int status = zip != NULL && archive_write_set_format_zip(zip) == ARCHIVE_OK &&
                         archive_write_zip_set_compression_store(zip) == ARCHIVE_OK &&
                         archive_write_open_FILE(zip, stream) == ARCHIVE_OK &&
                         add_array(zip, "ids.npy", lists, 4) == 0 && add_array(zip, "distances.npy", lists, 8) == 0 &&
                         archive_write_close(zip) == ARCHIVE_OK
                     ? 0
                     : -1;
    if (status != 0 && !ferror(stream))
        knn_fail(error, "cannot write the .npz: %s",
                 zip != NULL && archive_error_string(zip) != NULL ? archive_error_string(zip) : "no memory");
    archive_write_free(zip);
    return ferror(stream) ? 0 : status;
}

/* -- the table ----------------------------------------------------------------------------------------------------- */

static const struct neighbor_format formats[] = {
    {"csv", write_csv}, {"npy", write_npy}, {"npz", write_npz}, {"ivecs", write_ivecs}, {"bin", write_bin}};

const struct neighbor_format *neighbor_format(size_t i) {
    return i < sizeof formats / sizeof formats[0] ? &formats[i] : NULL;
}

const struct neighbor_format *neighbor_format_of(const char *path) {
    const char *suffix = strrchr(path, '.');
    for (size_t i = 0; suffix != NULL && i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(suffix + 1, formats[i].name) == 0)
            return &formats[i];
    return NULL;
}
