/* The header of a .npy file: a magic string, a version, a length, and a Python dictionary of three keys as text:
 * {'descr': '|u1', 'fortran_order': False, 'shape': (60000, 28, 28), }. */
#include <stdlib.h>
#include <string.h>

#include "npy.h"

enum { MOST_TEXT = 1 << 16, START = 8 };

struct text {
    const char *at;
    const struct knn_member *file;
    struct knn_error *error;
};

static int refuse(struct text *text, const char *what) {
    return knn_fail(text->error, "%s: %s: save the array again with numpy.save", text->file->where, what);
}

/* Skips this word and returns 1 if the text goes on with it. */
static int skip(struct text *text, const char *word) {
    text->at += strspn(text->at, " \t\n\r");
    if (strncmp(text->at, word, strlen(word)) != 0)
        return 0;
    text->at += strlen(word);
    return 1;
}

/* -- the values ---------------------------------------------------------------------------------------------------- */

/* A type: its byte order, kind and size, as in '<i8'. */
static int read_type(struct text *text, struct knn_npy *npy) {
    if (!skip(text, "'") && !skip(text, "\""))
        return refuse(text, "has elements of several fields");
    char order = text->at[0], kind = order != '\0' ? text->at[1] : '\0';
    if (strchr("<>|=", order) == NULL || kind == '\0')
        return refuse(text, "has an unknown type");
    if (kind == 'O')
        return knn_fail(
            text->error,
            "%s: holds Python objects, which are never unpickled: save an array of numbers, x.astype(\"uint8\")",
            text->file->where);
    char *end;
    unsigned long size = text->at[2] >= '1' && text->at[2] <= '9' ? strtoul(text->at + 2, &end, 10) : 0;
    if (size == 0 || size > UINT16_MAX || (*end != '\'' && *end != '"'))
        return refuse(text, "has a type that is not read");
    npy->kind = kind;
    npy->size = (unsigned)size;
    npy->swapped = order == '>';
    text->at = end + 1;
    return 0;
}

static int read_truth(struct text *text, int *truth) {
    *truth = skip(text, "True");
    return *truth || skip(text, "False") ? 0
                                         : refuse(text, "has a header whose fortran_order is neither True nor False");
}

static int read_shape(struct text *text, struct knn_npy *npy) {
    if (!skip(text, "("))
        return refuse(text, "has a header whose shape is no tuple");
    for (npy->dims = 0; !skip(text, ")"); npy->dims++) {
        uint64_t size = 0;
        if (npy->dims == KNN_NPY_SIZES)
            return refuse(text, "has too many dimensions");
        if (npy->dims > 0 && !skip(text, ","))
            return refuse(text, "has a damaged shape");
        if (npy->dims > 0 && skip(text, ")"))
            return 0;
        text->at += strspn(text->at, " ");
        if (*text->at < '0' || *text->at > '9')
            return refuse(text, "has a shape that is not of whole numbers from 0");
        for (; *text->at >= '0' && *text->at <= '9'; text->at++)
            if (__builtin_mul_overflow(size, 10, &size) ||
                __builtin_add_overflow(size, (uint64_t)(*text->at - '0'), &size))
                return refuse(text, "has a shape that is too large");
        skip(text, "L"); /* Python 2's */
        npy->shape[npy->dims] = size;
    }
    return 0;
}

/* -- the dictionary ------------------------------------------------------------------------------------------------ */

static int read_dictionary(struct text *text, struct knn_npy *npy) {
    enum { TYPE = 1, ORDER = 2, SHAPE = 4, ALL = 7 };
    unsigned seen = 0;
    if (!skip(text, "{"))
        return refuse(text, "has no dictionary for a header");
    while (!skip(text, "}")) {
        char quote = skip(text, "'") ? '\'' : skip(text, "\"") ? '"' : '\0';
        unsigned key = quote == '\0'                 ? 0
                       : skip(text, "descr")         ? TYPE
                       : skip(text, "fortran_order") ? ORDER
                       : skip(text, "shape")         ? SHAPE
                                                     : 0;
        if (key == 0 || (seen & key) != 0 || *text->at++ != quote || !skip(text, ":"))
            return refuse(text, "has a damaged header");
        seen |= key;
        if ((key == TYPE    ? read_type(text, npy)
             : key == ORDER ? read_truth(text, &npy->fortran)
                            : read_shape(text, npy)) != 0)
            return -1;
        if (!skip(text, ",") && *text->at != '}')
            return refuse(text, "has a damaged header");
    }
    text->at += strspn(text->at, " \t\n\r");
    if (*text->at != '\0' || seen != ALL)
        return refuse(text, "has a damaged header");
    return 0;
}

int knn_npy_read_header(struct knn_npy *npy, struct knn_member *file, struct knn_error *error) {
    static const uint8_t magic[] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
    uint8_t start[START], length[4] = {0};
    struct text text = {NULL, file, error};
    *npy = (struct knn_npy){0};
    if (knn_member_read(file, start, START, error) != 0)
        return -1;
    unsigned version = start[6], width = version == 1 ? 2 : 4;
    if (memcmp(start, magic, sizeof magic) != 0 || version < 1 || version > 3)
        return refuse(&text, "does not start as a .npy file of version 1, 2 or 3");
    if (knn_member_read(file, length, width, error) != 0)
        return -1;
    uint32_t size =
        (uint32_t)length[0] | (uint32_t)length[1] << 8 | (uint32_t)length[2] << 16 | (uint32_t)length[3] << 24;
    if (size > MOST_TEXT)
        return refuse(&text, "has a header that is too long");
    char *bytes = calloc(size + 1, 1);
    if (bytes == NULL)
        return knn_fail(error, "%s: no memory for its header: close other programs", file->where);
    int result = knn_member_read(file, bytes, size, error);
    text.at = bytes;
    if (result == 0)
        result = strlen(bytes) < size ? refuse(&text, "has a damaged header") : read_dictionary(&text, npy);
    npy->header = START + width + size;
    free(bytes);
    return result;
}
