/* Memory between two inaccessible stretches: a byte read or written outside it faults at once, instead of now and then.
 *
 * A block is placed flush with the front or with the back, or some bytes away from it. What lies between the block and
 * the guards for want of alignment is filled with a known byte, so that a write there is found too. */
#ifndef GUARDED_H
#define GUARDED_H

#include <stddef.h>
#include <stdint.h>

enum guarded_side { GUARDED_FRONT, GUARDED_BACK };

struct guarded {
    const char *name; /* for people: what it holds */
    uint8_t *base;    /* the first byte after the front guard */
    size_t size;      /* whole pages, up to the back guard */
    uint8_t *block;   /* what was placed last */
    size_t bytes;
    enum guarded_side side;
};

/* Room for a block of `bytes` that stands anywhere up to 64 bytes from a guard. Returns 0, or -1 without memory. */
int guarded_open(struct guarded *guarded, const char *name, size_t bytes);
void guarded_close(struct guarded *guarded);

/* A writable block whose address is a multiple of `align` (a power of two), `offset` bytes from its side or as near to
 * that as `align` lets it. */
uint8_t *guarded_place(struct guarded *guarded, size_t bytes, size_t align, size_t offset, enum guarded_side side);

/* From here on a write faults; guarded_place() lifts it. */
void guarded_lock(struct guarded *guarded);

/* 1 while no byte beside the block has been written. */
int guarded_intact(const struct guarded *guarded);

/* Says where a fault lies with respect to the block ("byte 1 past the end of train rows"); 0 if it is not near. */
int guarded_explain(const struct guarded *guarded, const void *address, char *text, size_t size);

#endif
