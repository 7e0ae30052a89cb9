#include "baseline_conditions.h"

#include <stdlib.h>
#include <string.h>

/* A member of "knnmark". Where `told` is set its values are shown instead: nobody can read a hash. */
struct fact {
    const char *group, *key, *told;
};

/* Not topology_sha256: hwloc's description holds the host's name and the kernel's release, too. */
static const struct fact machine[] = {{.group = "cpu", .key = "name"},        {.group = "cpu", .key = "family"},
                                      {.group = "cpu", .key = "model"},       {.group = "cpu", .key = "stepping"},
                                      {.group = "cpu", .key = "features"},    {.group = "machine", .key = "hypervisor"},
                                      {.group = "machine", .key = "topology"}};

static const struct fact measured[] = {{.group = "data", .key = "dim"},
                                       {.group = "data", .key = "train"},
                                       {.group = "data", .key = "sha256", .told = "source"},
                                       {.group = "threads", .key = "count"}};

static const struct fact others[] = {{.group = "build", .key = "compiler"},
                                     {.group = "build", .key = "flags"},
                                     {.group = "openmp", .key = "environment"},
                                     {.group = "threads", .key = "binding"},
                                     {.group = "cpu", .key = "microcode"},
                                     {.group = "machine", .key = "governor"},
                                     {.group = "machine", .key = "transparent_hugepages"}};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static const json_t *member(const json_t *file, const char *group, const char *key) {
    return json_object_get(json_object_get(json_object_get(file, "knnmark"), group), key);
}

static void put_value(FILE *stream, const json_t *value) {
    char *text = value != NULL ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    fputs(text != NULL ? text : "unknown", stream);
    free(text);
}

/* The words of a list that the other one lacks, or "nothing". */
static void put_extra(FILE *stream, const json_t *list, const json_t *other) {
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *word = json_array_get(list, i);
        size_t j = 0;
        while (j < json_array_size(other) && !json_equal(word, json_array_get(other, j)))
            j++;
        if (j < json_array_size(other))
            continue;
        fputs(count++ > 0 ? " " : "", stream);
        put_value(stream, word);
    }
    fputs(count == 0 ? "nothing" : "", stream);
}

static void put_difference(FILE *stream, const struct fact *fact, const json_t *base, const json_t *head) {
    const char *shown = fact->told != NULL ? fact->told : fact->key;
    const json_t *was = member(base, fact->group, shown), *is = member(head, fact->group, shown);
    fprintf(stream, "%s %s ", fact->group, fact->key);
    if (json_is_array(was) && json_is_array(is) && strcmp(fact->key, "features") == 0) {
        fputs("lost ", stream);
        put_extra(stream, was, is);
        fputs(", gained ", stream);
        put_extra(stream, is, was);
        return;
    }
    if (fact->told != NULL)
        fprintf(stream, "differs: %s ", fact->told);
    fputs("was ", stream);
    put_value(stream, was);
    fputs(", is ", stream);
    put_value(stream, is);
}

/* All that differs, in one line to be freed, which is empty if nothing does; NULL without memory. */
static char *differences(const struct fact *facts, size_t count, const json_t *base, const json_t *head) {
    char *text = NULL;
    size_t size = 0, different = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const json_t *was = member(base, facts[i].group, facts[i].key);
        if (was != NULL && json_equal(was, member(head, facts[i].group, facts[i].key)))
            continue;
        fputs(different++ > 0 ? "; " : "", stream);
        put_difference(stream, &facts[i], base, head);
    }
    fclose(stream);
    return text;
}

int check_conditions(const json_t *base, const json_t *head, struct knn_error *error) {
    int status = 0;
    char *of_machine = differences(machine, COUNT(machine), base, head);
    char *of_measured = differences(measured, COUNT(measured), base, head);
    if (of_machine == NULL || of_measured == NULL)
        status = knn_fail(error, "no memory to compare the conditions of the result files");
    else if (of_machine[0] != '\0')
        status = knn_fail(error, "the baseline is of another machine: %s", of_machine);
    else if (of_measured[0] != '\0')
        status =
            knn_fail(error, "the baseline measured something else: %s; set KNNMARK_DATA and OMP_NUM_THREADS as then",
                     of_measured);
    free(of_machine);
    free(of_measured);
    return status;
}

static void print_commit(const char *when, const json_t *file) {
    const json_t *knnmark = json_object_get(file, "knnmark");
    const char *commit = json_string_value(json_object_get(knnmark, "commit"));
    printf("%s: commit %s%s", when, commit != NULL ? commit : "unknown",
           json_is_true(json_object_get(knnmark, "dirty")) ? " with changes" : "");
}

void print_conditions(const json_t *base, const json_t *head) {
    char *text = differences(others, COUNT(others), base, head);
    print_commit("baseline", base);
    print_commit("; now", head);
    if (text != NULL && text[0] != '\0')
        printf("\nalso different: %s", text);
    putchar('\n');
    free(text);
}
