/* The command `knnmark`. */
#include "options.h"

static const struct command *const commands[] = {&command_classify, &command_tune,    &command_cv,  &command_search,
                                                 &command_draw,     &command_kernels, &command_info};

const struct command *command_at(size_t i) {
    return i < sizeof commands / sizeof commands[0] ? commands[i] : NULL;
}

int main(int argc, char **argv) {
    return run_command_line(argc, argv);
}
