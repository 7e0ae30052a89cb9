/* seeds FOLDER: writes good files for each target, into a folder of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "array_files.h"
#include "report_files.h"

static const char *path_in(const char *folder, const char *name) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_reports(const char *folder) {
    static const struct {
        const char *name;
        int contents;
    } reports[] = {{"searches.json", SEARCHES | ONCE},
                   {"others.json", OTHERS | ONCE},
                   {"troubled.json", SEARCHES | OTHERS | ONCE | TROUBLED},
                   {"earlier.json", SEARCHES | ONCE | EARLIER},
                   {"fields.json", EVERYTHING | ONCE | FIELDS},
                   {"peers.json", PEERS}};
    static struct process process;
    snprintf(process.folder, sizeof process.folder, "%s", path_in(folder, "report"));
    mkdir(process.folder, 0777);
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++)
        write_results(&process, reports[i].name, reports[i].contents);
}

static void write_bytes(const char *path, struct cifar_bytes bytes) {
    cifar_write_file(path, &bytes);
}

/* Rows of 5 bytes, after their count and size, or each after its size. */
static void write_vectors(const char *folder) {
    static const uint8_t two[] = {2, 0, 0, 0, 5, 0, 0, 0}, five[] = {5, 0, 0, 0};
    struct cifar_bytes counted = {.size = 0}, sized = {.size = 0};
    cifar_put(&counted, two, sizeof two);
    for (int i = 0; i < 2; i++) {
        cifar_put(&counted, "hello", 5);
        cifar_put(&sized, five, sizeof five);
        cifar_put(&sized, "hello", 5);
    }
    mkdir(path_in(folder, "vectors"), 0777);
    write_bytes(path_in(folder, "vectors/rows.u8bin"), counted);
    write_bytes(path_in(folder, "vectors/rows.bvecs"), sized);
}

static void write_arrays(const char *folder) {
    struct cifar_bytes files[ARRAYS];
    for (int i = 0; i < ARRAYS; i++)
        files[i] = array_npy(i);
    array_write_folder(path_in(folder, "npy"), array_npy_names, array_npy);
    array_write_folder(path_in(folder, "idx"), array_idx_names, array_idx);
    array_write_gz(path_in(folder, "idx/labels.gz"), &(struct cifar_bytes){.data = "\0\0\x8\1\0\0\0\1\7", .size = 9});
    array_write_zip(path_in(folder, "archive/deflated.npz"), array_npy_names, files, "0123", 1);
    array_write_zip(path_in(folder, "archive/stored.npz"), array_npy_names, files, "0123", 0);
    struct cifar_bytes colours = array_npy_header("{'descr': '|u1', 'fortran_order': True, 'shape': (1, 2, 2, 3), }");
    cifar_put(&colours, "twelve bytes", 12);
    write_bytes(path_in(folder, "npy/colours.npy"), colours);
}

/* An image to train on and one to test with, and the names of coarse classes. */
static void write_cifar100(const char *folder) {
    static const char *const names[] = {"train.bin", "test.bin", "coarse_label_names.txt"};
    struct cifar_bytes files[3] = {{.data = "\x13\x63"}, {.data = "\0\0"}, {.data = "fish\nbirds\n", .size = 11}};
    for (int i = 0; i < 2; i++) {
        files[i].size = 2;
        cifar_put_pixels(&files[i], i, 0);
    }
    array_write_zip(path_in(folder, "archive/cifar100.zip"), names, files, "012", 1);
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
    write_arrays(folder);
    write_cifar100(folder);
    write_vectors(folder);
    write_reports(folder);
    return 0;
}
