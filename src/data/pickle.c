#include "pickle.h"

#include <stdlib.h>
#include <string.h>

#include "pickle_stack.h"

static int push_truth(struct knn_pickle_reader *reader, unsigned truth) {
    return knn_pickle_push(reader, (struct knn_pickle_value){.kind = KNN_PICKLE_INTEGER, .integer = truth});
}

static int push_empty(struct knn_pickle_reader *reader, unsigned kind) {
    return knn_pickle_push(reader, (struct knn_pickle_value){.kind = (enum knn_pickle_kind)kind});
}

/* The next `size` bytes of the file; NULL and a message if there are fewer. */
static const uint8_t *take_bytes(struct knn_pickle_reader *reader, uint64_t size) {
    const uint8_t *bytes = reader->bytes + reader->at;
    if (size > reader->size - reader->at) {
        knn_pickle_refuse(reader, "the file ends early");
        return NULL;
    }
    reader->at += (size_t)size;
    return bytes;
}

/* A little-endian number of `size` bytes. */
static int take_number(struct knn_pickle_reader *reader, unsigned size, uint64_t *number) {
    const uint8_t *bytes = take_bytes(reader, size);
    *number = 0;
    if (bytes == NULL)
        return -1;
    for (unsigned i = 0; i < size; i++)
        *number |= (uint64_t)bytes[i] << 8 * i;
    return 0;
}

/* An unsigned number. */
static int read_integer(struct knn_pickle_reader *reader, unsigned size) {
    struct knn_pickle_value value = {.kind = KNN_PICKLE_INTEGER};
    uint64_t number;
    if (take_number(reader, size, &number) != 0)
        return -1;
    value.integer = (int64_t)number;
    return knn_pickle_push(reader, value);
}

/* A number in two's complement. */
static int read_signed(struct knn_pickle_reader *reader, unsigned size) {
    struct knn_pickle_value value = {.kind = KNN_PICKLE_INTEGER};
    uint64_t number;
    if (take_number(reader, size, &number) != 0)
        return -1;
    uint64_t sign = size == 0 ? 0 : (uint64_t)1 << (8 * size - 1);
    value.integer = (int64_t)((number ^ sign) - sign);
    return knn_pickle_push(reader, value);
}

/* A signed number after its size, itself a number of `width` bytes. */
static int read_long(struct knn_pickle_reader *reader, unsigned width) {
    uint64_t size;
    if (take_number(reader, width, &size) != 0)
        return -1;
    return size > 8 ? knn_pickle_refuse(reader, "a number is too large") : read_signed(reader, (unsigned)size);
}

/* Bytes after their length, itself a number of `width` bytes. */
static int read_string(struct knn_pickle_reader *reader, unsigned width) {
    struct knn_pickle_value value = {.kind = KNN_PICKLE_BYTES};
    uint64_t length;
    if (take_number(reader, width, &length) != 0 || (value.bytes = take_bytes(reader, length)) == NULL)
        return -1;
    value.size = (size_t)length;
    return knn_pickle_push(reader, value);
}

static int push_global(struct knn_pickle_reader *reader, const struct knn_pickle_value *module,
                       const struct knn_pickle_value *name) {
    static const struct {
        const char *module, *name;
        enum knn_pickle_global global;
    } known[] = {
        {"numpy.core.multiarray", "_reconstruct", KNN_PICKLE_RECONSTRUCT},
        {"numpy._core.multiarray", "_reconstruct", KNN_PICKLE_RECONSTRUCT},
        {"numpy", "ndarray", KNN_PICKLE_NDARRAY},
        {"numpy", "dtype", KNN_PICKLE_DTYPE},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (knn_pickle_is(module, known[i].module) && knn_pickle_is(name, known[i].name))
            return knn_pickle_push(
                reader, (struct knn_pickle_value){.kind = KNN_PICKLE_GLOBAL, .integer = (int64_t)known[i].global});
    return knn_pickle_refuse(reader, "it names something else than numpy's arrays, and would run it");
}

/* The bytes up to the next newline. */
static int take_line(struct knn_pickle_reader *reader, struct knn_pickle_value *line) {
    const uint8_t *bytes = reader->bytes + reader->at;
    const uint8_t *end = memchr(bytes, '\n', reader->size - reader->at);
    if (end == NULL)
        return knn_pickle_refuse(reader, "the file ends early");
    *line = (struct knn_pickle_value){.kind = KNN_PICKLE_BYTES, .size = (size_t)(end - bytes), .bytes = bytes};
    reader->at += line->size + 1;
    return 0;
}

static int read_global(struct knn_pickle_reader *reader, unsigned argument) {
    (void)argument;
    struct knn_pickle_value module = {0}, name = {0};
    if (take_line(reader, &module) != 0 || take_line(reader, &name) != 0)
        return -1;
    return push_global(reader, &module, &name);
}

/* The same with the two names on the stack. */
static int pop_global(struct knn_pickle_reader *reader, unsigned argument) {
    (void)argument;
    if (knn_pickle_check(reader, 1, KNN_PICKLE_BYTES) != 0 || knn_pickle_check(reader, 0, KNN_PICKLE_BYTES) != 0)
        return -1;
    const uint32_t *names = reader->stack.data + (reader->stack.count -= 2);
    const struct knn_pickle_value module = reader->pickle->values[names[0]], name = reader->pickle->values[names[1]];
    return push_global(reader, &module, &name);
}

static int read_remember(struct knn_pickle_reader *reader, unsigned size) {
    uint64_t place;
    return take_number(reader, size, &place) != 0 ? -1 : knn_pickle_remember(reader, place);
}

static int remember_next(struct knn_pickle_reader *reader, unsigned argument) {
    (void)argument;
    return knn_pickle_remember(reader, reader->memo.count);
}

static int read_recall(struct knn_pickle_reader *reader, unsigned size) {
    uint64_t place;
    if (take_number(reader, size, &place) != 0)
        return -1;
    return knn_pickle_recall(reader, place);
}

/* Reads the length of what follows. */
static int read_frame(struct knn_pickle_reader *reader, unsigned width) {
    uint64_t length;
    if (take_number(reader, width, &length) != 0)
        return -1;
    return length > reader->size - reader->at ? knn_pickle_refuse(reader, "the file ends early") : 0;
}

/* What each opcode does; all others are refused. */
static const struct {
    int (*run)(struct knn_pickle_reader *reader, unsigned argument);
    unsigned argument;
} opcodes[256] = {
    ['('] = {knn_pickle_push_mark, 0},                /* MARK */
    ['J'] = {read_signed, 4},                         /* BININT */
    ['K'] = {read_integer, 1},                        /* BININT1 */
    ['M'] = {read_integer, 2},                        /* BININT2 */
    [0x8a] = {read_long, 1},                          /* LONG1 */
    ['N'] = {push_empty, KNN_PICKLE_NONE},            /* NONE */
    [0x88] = {push_truth, 1},                         /* NEWTRUE */
    [0x89] = {push_truth, 0},                         /* NEWFALSE */
    ['T'] = {read_string, 4},                         /* BINSTRING */
    ['U'] = {read_string, 1},                         /* SHORT_BINSTRING */
    ['B'] = {read_string, 4},                         /* BINBYTES */
    ['C'] = {read_string, 1},                         /* SHORT_BINBYTES */
    ['X'] = {read_string, 4},                         /* BINUNICODE */
    [0x8c] = {read_string, 1},                        /* SHORT_BINUNICODE */
    [']'] = {push_empty, KNN_PICKLE_LIST},            /* EMPTY_LIST */
    ['a'] = {knn_pickle_add_one, KNN_PICKLE_LIST},    /* APPEND */
    ['e'] = {knn_pickle_add_marked, KNN_PICKLE_LIST}, /* APPENDS */
    ['}'] = {push_empty, KNN_PICKLE_DICT},            /* EMPTY_DICT */
    ['s'] = {knn_pickle_add_one, KNN_PICKLE_DICT},    /* SETITEM */
    ['u'] = {knn_pickle_add_marked, KNN_PICKLE_DICT}, /* SETITEMS */
    [')'] = {push_empty, KNN_PICKLE_TUPLE},           /* EMPTY_TUPLE */
    ['t'] = {knn_pickle_wrap_marked, 0},              /* TUPLE */
    [0x85] = {knn_pickle_wrap, 1},                    /* TUPLE1 */
    [0x86] = {knn_pickle_wrap, 2},                    /* TUPLE2 */
    [0x87] = {knn_pickle_wrap, 3},                    /* TUPLE3 */
    ['c'] = {read_global, 0},                         /* GLOBAL */
    [0x93] = {pop_global, 0},                         /* STACK_GLOBAL */
    ['R'] = {knn_pickle_reduce, 0},                   /* REDUCE */
    ['b'] = {knn_pickle_build, 0},                    /* BUILD */
    ['q'] = {read_remember, 1},                       /* BINPUT */
    ['r'] = {read_remember, 4},                       /* LONG_BINPUT */
    [0x94] = {remember_next, 0},                      /* MEMOIZE */
    ['h'] = {read_recall, 1},                         /* BINGET */
    ['j'] = {read_recall, 4},                         /* LONG_BINGET */
    [0x95] = {read_frame, 8},                         /* FRAME */
};

static int read_start(struct knn_pickle_reader *reader) {
    const uint8_t *bytes = reader->bytes;
    if (reader->size < 2 || bytes[0] != 0x80 || bytes[1] < 2 || bytes[1] > 4)
        return knn_fail(reader->error,
                        "%s: does not start as a pickle of protocol 2, 3 or 4 does: fetch CIFAR-10 again",
                        reader->where);
    reader->at = 2;
    return 0;
}

/* Reads opcode by opcode up to STOP, which must be the last byte and find one value. */
static int read_all(struct knn_pickle_reader *reader) {
    if (read_start(reader) != 0)
        return -1;
    for (;;) {
        if (reader->at == reader->size)
            return knn_fail(reader->error, "%s: the file ends early, after %zu bytes: fetch CIFAR-10 again",
                            reader->where, reader->size);
        reader->opcode_at = reader->at;
        uint8_t opcode = reader->bytes[reader->at++];
        if (opcode == '.')
            break;
        if (opcodes[opcode].run == NULL)
            return knn_pickle_refuse(reader, "a CIFAR-10 batch has no such opcode");
        if (opcodes[opcode].run(reader, opcodes[opcode].argument) != 0)
            return -1;
    }
    if (reader->at != reader->size)
        return knn_pickle_refuse(reader, "bytes follow its end");
    if (reader->stack.count != 1 || reader->stack.data[0] == KNN_PICKLE_MARK)
        return knn_pickle_refuse(reader, "it does not end with one value");
    reader->pickle->root = reader->stack.data[0];
    return 0;
}

int knn_pickle_read(struct knn_pickle *pickle, const uint8_t *bytes, size_t size, const char *where,
                    struct knn_error *error) {
    *pickle = (struct knn_pickle){0};
    struct knn_pickle_reader reader = {.pickle = pickle, .bytes = bytes, .size = size, .where = where, .error = error};
    int result = read_all(&reader);
    free(reader.stack.data);
    free(reader.memo.data);
    if (result != 0)
        knn_pickle_free(pickle);
    return result;
}

void knn_pickle_free(struct knn_pickle *pickle) {
    free(pickle->values);
    free(pickle->items);
    *pickle = (struct knn_pickle){0};
}

const struct knn_pickle_value *knn_pickle_item(const struct knn_pickle *pickle, const struct knn_pickle_value *of,
                                               size_t n, enum knn_pickle_kind kind) {
    uint32_t item = of != NULL ? of->first : KNN_PICKLE_END;
    for (; n > 0 && item != KNN_PICKLE_END; n--)
        item = pickle->items[item].next;
    if (item == KNN_PICKLE_END)
        return NULL;
    const struct knn_pickle_value *value = &pickle->values[pickle->items[item].value];
    return value->kind == kind ? value : NULL;
}

int knn_pickle_is(const struct knn_pickle_value *value, const char *bytes) {
    return value != NULL && value->kind == KNN_PICKLE_BYTES && value->size == strlen(bytes) &&
           memcmp(value->bytes, bytes, value->size) == 0;
}

const struct knn_pickle_value *knn_pickle_get(const struct knn_pickle *pickle, const struct knn_pickle_value *dict,
                                              const char *key, enum knn_pickle_kind kind) {
    const struct knn_pickle_value *found = NULL; /* of equal keys the last counts */
    if (dict == NULL || dict->kind != KNN_PICKLE_DICT)
        return NULL;
    for (uint32_t i = dict->first; i != KNN_PICKLE_END;) {
        const struct knn_pickle_item *name = &pickle->items[i], *value = &pickle->items[name->next];
        if (knn_pickle_is(&pickle->values[name->value], key))
            found = &pickle->values[value->value];
        i = value->next;
    }
    return found != NULL && found->kind == kind ? found : NULL;
}
