/* seeds FOLDER: writes good files for each target, into a folder of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cifar_files.h"
#include "fixtures/result_file.h"
#include "report_files.h"

static const char *path_in(const char *folder, const char *name) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_text(const char *path) {
    FILE *file = fopen(path, "w");
    if (file == NULL || fprintf(file, "%s%s", result_machine, result_runs) < 0 || fclose(file) != 0)
        exit(1);
}

static void write_reports(const char *folder) {
    static const struct {
        const char *name;
        int contents;
    } reports[] = {{"searches.json", SEARCHES | ONCE},
                   {"others.json", OTHERS | ONCE},
                   {"troubled.json", SEARCHES | OTHERS | ONCE | TROUBLED},
                   {"earlier.json", SEARCHES | ONCE | EARLIER},
                   {"peers.json", PEERS}};
    static struct process process;
    snprintf(process.folder, sizeof process.folder, "%s", path_in(folder, "report"));
    mkdir(process.folder, 0777);
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++)
        write_results(&process, reports[i].name, reports[i].contents);
}

int main(int argc, char **argv) {
    if (argc != 2)
        return fputs("usage: seeds FOLDER\n", stderr), 2;
    const char *folder = argv[1];
    mkdir(folder, 0777);
    cifar_write_folder(path_in(folder, "pickle"), cifar_python_names, cifar_python_batch);
    struct cifar_bytes bytes = cifar_python3_batch(0), tuple = {.data = "\x80\x02}\x85.", .size = 5};
    cifar_write_file(path_in(folder, "pickle/python3"), &bytes);
    cifar_write_file(path_in(folder, "pickle/tuple"), &tuple);
    mkdir(path_in(folder, "archive"), 0777);
    cifar_write_archive(path_in(folder, "archive/binary.tar"), cifar_binary_names, cifar_binary_batch, "012345");
    cifar_write_archive(path_in(folder, "archive/python.tar"), cifar_python_names, cifar_python_batch, "012345");
    cifar_write_archive(path_in(folder, "archive/python3.tar.gz"), cifar_python_names, cifar_python3_batch, "012345");
    write_reports(folder);
    mkdir(path_in(folder, "baseline"), 0777);
    write_text(path_in(folder, "baseline/result.json"));
    return 0;
}
