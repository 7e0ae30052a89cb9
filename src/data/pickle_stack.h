/* The stack and the memo of a pickle that is being read, and the opcodes that act only on these. Each opcode refuses to
 * reach below the stack, across a mark or to a value of the wrong kind. `argument` has no meaning unless said; it gives
 * all opcodes one type. Only for pickle.c. */
#ifndef KNN_PICKLE_STACK_H
#define KNN_PICKLE_STACK_H

#include "pickle.h"

/* A mark on the stack, and an empty place in the memo. */
#define KNN_PICKLE_MARK UINT32_MAX

struct knn_pickle_indices { /* of values */
    uint32_t *data;
    size_t count, capacity;
};

struct knn_pickle_reader {
    struct knn_pickle *pickle;
    const uint8_t *bytes; /* the file */
    size_t size, at, opcode_at;
    struct knn_pickle_indices stack, memo;
    const char *where;
    struct knn_error *error;
};

/* Fails, saying what is wrong with the opcode and where it is. Returns -1. */
int knn_pickle_refuse(struct knn_pickle_reader *reader, const char *what);

int knn_pickle_push(struct knn_pickle_reader *reader, struct knn_pickle_value value);
int knn_pickle_push_mark(struct knn_pickle_reader *reader, unsigned argument);

/* Fails unless the value `depth` places below the top of the stack is there and of this kind. */
int knn_pickle_check(struct knn_pickle_reader *reader, size_t depth, enum knn_pickle_kind kind);

/* Puts the top of the stack, or all above the mark, into the list or dictionary below; `kind` says which it must be. */
int knn_pickle_add_one(struct knn_pickle_reader *reader, unsigned kind);
int knn_pickle_add_marked(struct knn_pickle_reader *reader, unsigned kind);

/* Makes a tuple of the uppermost `count` values, or of all above the mark. */
int knn_pickle_wrap(struct knn_pickle_reader *reader, unsigned count);
int knn_pickle_wrap_marked(struct knn_pickle_reader *reader, unsigned argument);

/* Makes an object of a global and its arguments; gives it its state. */
int knn_pickle_reduce(struct knn_pickle_reader *reader, unsigned argument);
int knn_pickle_build(struct knn_pickle_reader *reader, unsigned argument);

/* Remembers the top of the stack at a place; pushes what is there. */
int knn_pickle_remember(struct knn_pickle_reader *reader, uint64_t place);
int knn_pickle_recall(struct knn_pickle_reader *reader, uint64_t place);

#endif
