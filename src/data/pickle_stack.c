#include "pickle_stack.h"

#include <stdlib.h>
#include <string.h>

int knn_pickle_refuse(struct knn_pickle_reader *reader, const char *what) {
    knn_fail(reader->error, "%s: %s (opcode 0x%02x at byte %zu): fetch CIFAR-10 again", reader->where, what,
             reader->bytes[reader->opcode_at], reader->opcode_at);
    return -1;
}

/* Makes room for one more element; returns the array, moved or not, or NULL. */
static void *make_room(void *array, size_t count, size_t *capacity, size_t element) {
    if (count < *capacity)
        return array;
    size_t wanted = *capacity == 0 ? 256 : *capacity * 2;
    void *moved = count < KNN_PICKLE_MARK && wanted <= SIZE_MAX / element ? realloc(array, wanted * element) : NULL;
    if (moved != NULL)
        *capacity = wanted;
    return moved;
}

static int add_index(struct knn_pickle_reader *reader, struct knn_pickle_indices *to, uint32_t index) {
    uint32_t *data = make_room(to->data, to->count, &to->capacity, sizeof *data);
    if (data == NULL)
        return knn_pickle_refuse(reader, "no memory to read it");
    to->data = data;
    data[to->count++] = index;
    return 0;
}

int knn_pickle_push(struct knn_pickle_reader *reader, struct knn_pickle_value value) {
    struct knn_pickle *pickle = reader->pickle;
    struct knn_pickle_value *values =
        make_room(pickle->values, pickle->value_count, &pickle->value_capacity, sizeof *values);
    if (values == NULL)
        return knn_pickle_refuse(reader, "no memory to read it");
    pickle->values = values;
    value.first = value.last = KNN_PICKLE_END;
    values[pickle->value_count] = value;
    return add_index(reader, &reader->stack, (uint32_t)pickle->value_count++);
}

int knn_pickle_push_mark(struct knn_pickle_reader *reader, unsigned argument) {
    (void)argument;
    return add_index(reader, &reader->stack, KNN_PICKLE_MARK);
}

int knn_pickle_check(struct knn_pickle_reader *reader, size_t depth, enum knn_pickle_kind kind) {
    const struct knn_pickle_indices *stack = &reader->stack;
    uint32_t index = depth < stack->count ? stack->data[stack->count - 1 - depth] : KNN_PICKLE_MARK;
    if (index == KNN_PICKLE_MARK || reader->pickle->values[index].kind != kind)
        return knn_pickle_refuse(reader, "it acts on a value that is not there or of another kind");
    return 0;
}

static int add_item(struct knn_pickle_reader *reader, uint32_t container, uint32_t value) {
    struct knn_pickle *pickle = reader->pickle;
    struct knn_pickle_item *items = make_room(pickle->items, pickle->item_count, &pickle->item_capacity, sizeof *items);
    if (items == NULL)
        return knn_pickle_refuse(reader, "no memory to read it");
    pickle->items = items;
    uint32_t item = (uint32_t)pickle->item_count++;
    items[item] = (struct knn_pickle_item){value, KNN_PICKLE_END};
    struct knn_pickle_value *to = &pickle->values[container];
    if (to->first == KNN_PICKLE_END)
        to->first = item;
    else
        items[to->last].next = item;
    to->last = item;
    to->size++;
    return 0;
}

/* Takes the uppermost `count` values off the stack and puts them into the container. */
static int move_items(struct knn_pickle_reader *reader, uint32_t container, size_t count) {
    struct knn_pickle_indices *stack = &reader->stack;
    for (size_t i = stack->count - count; i < stack->count; i++) {
        if (stack->data[i] == KNN_PICKLE_MARK)
            return knn_pickle_refuse(reader, "it takes more values than there are");
        if (add_item(reader, container, stack->data[i]) != 0)
            return -1;
    }
    stack->count -= count;
    return 0;
}

/* Puts the uppermost `count` values into the list or dictionary below them. */
static int add_items(struct knn_pickle_reader *reader, enum knn_pickle_kind kind, size_t count) {
    if (knn_pickle_check(reader, count, kind) != 0)
        return -1;
    if (kind == KNN_PICKLE_DICT && count % 2 != 0)
        return knn_pickle_refuse(reader, "a key has no value");
    return move_items(reader, reader->stack.data[reader->stack.count - 1 - count], count);
}

/* Takes the mark away from below the uppermost values and tells how many these are. */
static int take_mark(struct knn_pickle_reader *reader, size_t *count) {
    struct knn_pickle_indices *stack = &reader->stack;
    size_t above = 0;
    while (above < stack->count && stack->data[stack->count - 1 - above] != KNN_PICKLE_MARK)
        above++;
    if (above == stack->count)
        return knn_pickle_refuse(reader, "there is no mark");
    uint32_t *mark = stack->data + stack->count - 1 - above;
    memmove(mark, mark + 1, above * sizeof *mark);
    stack->count--;
    *count = above;
    return 0;
}

int knn_pickle_add_one(struct knn_pickle_reader *reader, unsigned kind) {
    return add_items(reader, (enum knn_pickle_kind)kind, kind == KNN_PICKLE_DICT ? 2 : 1);
}

int knn_pickle_add_marked(struct knn_pickle_reader *reader, unsigned kind) {
    size_t count = 0;
    return take_mark(reader, &count) != 0 ? -1 : add_items(reader, (enum knn_pickle_kind)kind, count);
}

/* Replaces the uppermost `count` values by a tuple or an object of them. */
static int wrap(struct knn_pickle_reader *reader, enum knn_pickle_kind kind, size_t count) {
    struct knn_pickle_indices *stack = &reader->stack;
    if (count > stack->count)
        return knn_pickle_refuse(reader, "it takes more values than there are");
    if (knn_pickle_push(reader, (struct knn_pickle_value){.kind = kind}) != 0)
        return -1;
    uint32_t container = stack->data[--stack->count];
    return move_items(reader, container, count) != 0 ? -1 : add_index(reader, stack, container);
}

int knn_pickle_wrap(struct knn_pickle_reader *reader, unsigned count) {
    return wrap(reader, KNN_PICKLE_TUPLE, count);
}

int knn_pickle_wrap_marked(struct knn_pickle_reader *reader, unsigned argument) {
    (void)argument;
    size_t count = 0;
    return take_mark(reader, &count) != 0 ? -1 : wrap(reader, KNN_PICKLE_TUPLE, count);
}

/* Keeps the call of a global as a description. */
int knn_pickle_reduce(struct knn_pickle_reader *reader, unsigned argument) {
    (void)argument;
    if (knn_pickle_check(reader, 1, KNN_PICKLE_GLOBAL) != 0 || knn_pickle_check(reader, 0, KNN_PICKLE_TUPLE) != 0)
        return -1;
    return wrap(reader, KNN_PICKLE_OBJECT, 2);
}

int knn_pickle_build(struct knn_pickle_reader *reader, unsigned argument) {
    (void)argument;
    if (knn_pickle_check(reader, 1, KNN_PICKLE_OBJECT) != 0)
        return -1;
    uint32_t object = reader->stack.data[reader->stack.count - 2];
    if (reader->pickle->values[object].size != 2)
        return knn_pickle_refuse(reader, "an object has two states");
    return move_items(reader, object, 1);
}

/* Writers number what they remember from 0 or 1 on, without gaps, so no memo outgrows the file. */
int knn_pickle_remember(struct knn_pickle_reader *reader, uint64_t place) {
    struct knn_pickle_indices *memo = &reader->memo;
    const struct knn_pickle_indices *stack = &reader->stack;
    if (stack->count == 0 || stack->data[stack->count - 1] == KNN_PICKLE_MARK || place > memo->count + 1)
        return knn_pickle_refuse(reader, "there is nothing to remember, or at a place out of order");
    while (memo->count <= place)
        if (add_index(reader, memo, KNN_PICKLE_MARK) != 0)
            return -1;
    memo->data[place] = stack->data[stack->count - 1];
    return 0;
}

int knn_pickle_recall(struct knn_pickle_reader *reader, uint64_t place) {
    if (place >= reader->memo.count || reader->memo.data[place] == KNN_PICKLE_MARK)
        return knn_pickle_refuse(reader, "nothing was remembered at its place");
    return add_index(reader, &reader->stack, reader->memo.data[place]);
}
