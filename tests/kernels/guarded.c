#include "guarded.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A guard as wide as the largest page catches strides that jump; the slack is what a stray vector store can reach. */
enum { GUARD = 1 << 16, ROOM = 64, SLACK = 256, CANARY = 0xc5 };

int guarded_open(struct guarded *guarded, const char *name, size_t bytes) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t size = (bytes + ROOM + page - 1) / page * page;
    *guarded = (struct guarded){.name = name};
    uint8_t *mapped = mmap(NULL, size + 2 * GUARD, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED)
        return -1;
    guarded->base = mapped + GUARD;
    guarded->size = size;
    if (mprotect(guarded->base, size, PROT_READ | PROT_WRITE) == 0)
        return 0;
    guarded_close(guarded);
    return -1;
}

void guarded_close(struct guarded *guarded) {
    if (guarded->base != NULL)
        munmap(guarded->base - GUARD, guarded->size + 2 * GUARD);
    *guarded = (struct guarded){0};
}

static size_t slack_before(const struct guarded *guarded) {
    size_t bytes = (size_t)(guarded->block - guarded->base);
    return bytes < SLACK ? bytes : SLACK;
}

static size_t slack_after(const struct guarded *guarded) {
    size_t bytes = (size_t)(guarded->base + guarded->size - (guarded->block + guarded->bytes));
    return bytes < SLACK ? bytes : SLACK;
}

uint8_t *guarded_place(struct guarded *guarded, size_t bytes, size_t align, size_t offset, enum guarded_side side) {
    size_t away =
        side == GUARDED_FRONT ? (offset + align - 1) & ~(align - 1) : (guarded->size - bytes - offset) & ~(align - 1);
    assert(bytes + offset <= guarded->size && away + bytes <= guarded->size);
    int failed = mprotect(guarded->base, guarded->size, PROT_READ | PROT_WRITE);
    assert(!failed);
    (void)failed;
    guarded->block = guarded->base + away;
    guarded->bytes = bytes;
    guarded->side = side;
    size_t before = slack_before(guarded);
    memset(guarded->block - before, CANARY, before);
    memset(guarded->block + bytes, CANARY, slack_after(guarded));
    return guarded->block;
}

void guarded_lock(struct guarded *guarded) {
    int failed = mprotect(guarded->base, guarded->size, PROT_READ);
    assert(!failed);
    (void)failed;
}

static int untouched(const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != CANARY)
            return 0;
    return 1;
}

int guarded_intact(const struct guarded *guarded) {
    size_t before = slack_before(guarded);
    return untouched(guarded->block - before, before) &&
           untouched(guarded->block + guarded->bytes, slack_after(guarded));
}

int guarded_explain(const struct guarded *guarded, const void *address, char *text, size_t size) {
    uintptr_t at = (uintptr_t)address, base = (uintptr_t)guarded->base, end = base + guarded->size;
    uintptr_t start = (uintptr_t)guarded->block, stop = start + guarded->bytes;
    if (guarded->block == NULL || at < base - GUARD || at >= end + GUARD)
        return 0;
    if (at >= stop)
        snprintf(text, size, "byte %zu past the end of %s", (size_t)(at - stop + 1), guarded->name);
    else if (at < start)
        snprintf(text, size, "byte %zu before the start of %s", (size_t)(start - at), guarded->name);
    else
        snprintf(text, size, "byte %zu of %s, which is read-only", (size_t)(at - start), guarded->name);
    return 1;
}
