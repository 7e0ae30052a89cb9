#include "search_write.h"

#include <archive.h>
#include <archive_entry.h>
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

static void write_csv(const struct neighbor_lists *lists, FILE *stream) {
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
}

/* -- what benchmarks of approximate search read -------------------------------------------------------------------- */

/* TEXMEX's: before each list its length; all are signed 32-bit numbers. */
static void write_ivecs(const struct neighbor_lists *lists, FILE *stream) {
    for (size_t q = 0; q < lists->queries && !ferror(stream); q++) {
        write_number(lists->k, 4, stream);
        for (size_t i = 0; i < lists->k; i++)
            write_number(lists->neighbors[q * lists->k + i].id, 4, stream);
    }
}

/* big-ann's ground truth: counts of queries and neighbours, all ids, then all distances as floats, which round those
 * from 2^24 on. */
static void write_bin(const struct neighbor_lists *lists, FILE *stream) {
    size_t count = lists->queries * lists->k;
    write_number(lists->queries, 4, stream);
    write_number(lists->k, 4, stream);
    for (size_t i = 0; i < count && !ferror(stream); i++)
        write_number(lists->neighbors[i].id, 4, stream);
    for (size_t i = 0; i < count && !ferror(stream); i++)
        write_number(float_bits(lists->neighbors[i].distance), 4, stream);
}

/* -- NumPy --------------------------------------------------------------------------------------------------------- */

enum { NPY_HEADER = 128 };

/* Version 1.0 of the format: a matrix of unsigned numbers, row-major. */
static void put_npy_header(const struct neighbor_lists *lists, size_t bytes, char header[NPY_HEADER]) {
    static const char magic[] = "\x93NUMPY\x01";
    memset(header, ' ', NPY_HEADER);
    memcpy(header, magic, sizeof magic); /* its final 0 ends the version */
    put_number(NPY_HEADER - 10, 2, (uint8_t *)header + 8);
    int length =
        snprintf(header + 10, NPY_HEADER - 10, "{'descr': '<u%zu', 'fortran_order': False, 'shape': (%zu, %zu), }",
                 bytes, lists->queries, lists->k);
    header[10 + length] = ' ';
    header[NPY_HEADER - 1] = '\n';
}

static void write_npy(const struct neighbor_lists *lists, FILE *stream) {
    char header[NPY_HEADER];
    put_npy_header(lists, 4, header);
    fwrite(header, 1, sizeof header, stream);
    for (size_t i = 0; i < lists->queries * lists->k && !ferror(stream); i++)
        write_number(lists->neighbors[i].id, 4, stream);
}

/* The numbers of one array of the archive: ids of 4 bytes each, or distances of 8. */
static int add_numbers(struct archive *zip, const struct neighbor_lists *lists, size_t bytes) {
    uint8_t numbers[8192];
    size_t count = lists->queries * lists->k, used = 0;
    for (size_t i = 0; i < count; i++) {
        put_number(bytes == 4 ? lists->neighbors[i].id : lists->neighbors[i].distance, bytes, numbers + used);
        used += bytes;
        if (used < sizeof numbers && i + 1 < count)
            continue;
        if (archive_write_data(zip, numbers, used) != (la_ssize_t)used)
            return -1;
        used = 0;
    }
    return 0;
}

static int add_array(struct archive *zip, const char *name, const struct neighbor_lists *lists, size_t bytes) {
    char header[NPY_HEADER];
    struct archive_entry *entry = archive_entry_new();
    if (entry == NULL)
        return -1;
    put_npy_header(lists, bytes, header);
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (la_int64_t)(NPY_HEADER + lists->queries * lists->k * bytes));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    int status =
        archive_write_header(zip, entry) == ARCHIVE_OK && archive_write_data(zip, header, NPY_HEADER) == NPY_HEADER
            ? add_numbers(zip, lists, bytes)
            : -1;
    archive_entry_free(entry);
    return status;
}

static void write_npz(const struct neighbor_lists *lists, FILE *stream) {
    struct archive *zip = archive_write_new();
    int fine = zip != NULL && archive_write_set_format_zip(zip) == ARCHIVE_OK &&
               archive_write_zip_set_compression_store(zip) == ARCHIVE_OK &&
               archive_write_set_bytes_in_last_block(zip, 1) == ARCHIVE_OK &&
               archive_write_open_FILE(zip, stream) == ARCHIVE_OK && add_array(zip, "ids.npy", lists, 4) == 0 &&
               add_array(zip, "distances.npy", lists, 8) == 0 && archive_write_close(zip) == ARCHIVE_OK;
    archive_write_free(zip);
    if (!fine)
        fgetc(stream); /* the stream is for writing, so this sets its error indicator, whatever failed */
}

/* -- the table ----------------------------------------------------------------------------------------------------- */

static const struct neighbor_format formats[] = {{"csv", UINT32_MAX, write_csv},
                                                 {"npy", UINT32_MAX, write_npy},
                                                 {"npz", UINT32_MAX, write_npz},
                                                 {"ivecs", INT32_MAX, write_ivecs},
                                                 {"bin", UINT32_MAX, write_bin}};

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
