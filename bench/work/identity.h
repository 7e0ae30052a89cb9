/* What a benchmark is, as fields. They stand in result files, so that nobody has to take a name apart, and the name is
 * made of them. A field that is NULL or 0 does not apply. */
#ifndef WORK_IDENTITY_H
#define WORK_IDENTITY_H

#include <stddef.h>

#include "gbench.h"
#include "kernel.h"

/* The numbers that a benchmark's name has. */
enum { NAME_DIM = 1 << 0, NAME_K = 1 << 1, NAME_BATCH = 1 << 2, NAME_THREADS = 1 << 3 };

struct identity {
    const char *group;
    const char *kernel, *metric, *isa;
    const char *code;   /* who chose the instructions: "hand" or "compiler"; "scalar": vectorization is off */
    const char *type;   /* of the numbers, if they are no bytes: "float32" */
    const char *mix;    /* a ceiling's instructions, "read" or "clock" */
    const char *policy; /* how work is cut and spread over threads: "dynamic-auto" */
    const char *peer;   /* another library */
    const char *search; /* "exhaustive", "bounds" or "auto" */
    const char *data;   /* "random": in the place of the data set */
    size_t k, dim, batch, threads;
    unsigned named; /* NAME_... */
};

enum { IDENTITY_FIELDS = 15, IDENTITY_NAME = 128 };

/* An identity with all fields that the kernel determines. */
struct identity identity_of(const char *group, const struct knn_kernel *kernel);

/* <group>/<policy, mix, peer, kernel or metric>[/<data>]/<number>:<value>... */
void identity_name(const struct identity *identity, char name[IDENTITY_NAME]);

/* Fills `fields` with those that apply, and returns their number. */
size_t identity_fields(const struct identity *identity, struct gb_field fields[IDENTITY_FIELDS]);

#endif
