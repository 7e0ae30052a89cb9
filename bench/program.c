#include "program.h"

#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "team.h"

const char *option_value(const char *argument, const char *name) {
    size_t length = strlen(name);
    return strncmp(argument, name, length) == 0 && argument[length] == '=' ? argument + length + 1 : NULL;
}

int take_count(const char *text, size_t most, unsigned *number) {
    char *end;
    unsigned long taken = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || taken < 1 || taken > most)
        return -1;
    *number = (unsigned)taken;
    return 0;
}

int option_number(const char *argument, const char *name, unsigned most, unsigned *number, struct knn_error *error) {
    const char *value = option_value(argument, name);
    if (value == NULL)
        return 0;
    return take_count(value, most, number) != 0
               ? knn_fail(error, "%s: give a whole number from 1 to %u", argument, most)
               : 1;
}

static int take_output(struct program_options *options, const char *output, struct knn_error *error) {
    const char *suffix = strrchr(output, '.');
    if (output[0] == '\0')
        return knn_fail(error, "--output= names no file: give one");
    if (strcmp(output, "/dev/null") != 0 && knn_output_is_standard(output))
        return knn_fail(error, "--output=%s is where the tables are shown: give a file, or --benchmark_format=json",
                        output);
    if (suffix != NULL && (strcmp(suffix, ".md") == 0 || strcmp(suffix, ".html") == 0))
        return knn_fail(error,
                        "--output=%s: results are JSON: give a name that ends with .json; knnmark-report writes "
                        "the rest from it",
                        output);
    options->output = output;
    return 1;
}

int program_option(struct program_options *options, const char *argument, struct knn_error *error) {
    const char *value;
    if ((value = option_value(argument, "--output")) != NULL)
        return take_output(options, value, error);
    if ((value = option_value(argument, "--data")) != NULL)
        options->data = value;
    else if (strcmp(argument, "--quick") == 0)
        options->quick = 1;
    else
        return option_number(argument, "--threads", KNN_MAX_THREADS, &options->threads, error);
    return 1;
}
