#include "dataset.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cifar.h"
#include "images.h"
#include "synthetic.h"
#include "utf8.h"

/* Where in a folder CIFAR-10 may be, as it is unpacked and as it is fetched. */
static const char *const places[] = {"", "/cifar-10-batches-bin", "/cifar-10-batches-py", "/cifar-10-binary.tar.gz",
                                     "/cifar-10-python.tar.gz"};

/* Writes the first place in the folder that holds CIFAR-10; 0 if there is none. */
static int find_place(const char *folder, char *path, size_t size) {
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct stat status;
        snprintf(path, size, "%.*s%s", (int)length, folder, places[i]);
        if (stat(path, &status) == 0 && ((i > 0 && S_ISREG(status.st_mode)) || knn_cifar_holds(path)))
            return 1;
    }
    return 0;
}

const char *knn_dataset_spec(const char *spec) {
    if (spec != NULL)
        return spec;
    const char *variable = getenv("KNNMARK_DATA");
    if (variable != NULL && variable[0] != '\0')
        return variable;
    char path[PATH_MAX];
    return find_place("data", path, sizeof path) ? "data" : "synthetic";
}

/* One setting, "name=number", of `length` characters. */
static int parse_setting(const char *setting, size_t length, uint64_t values[3], unsigned *given) {
    static const char *const names[] = {"seed=", "train=", "test="};
    for (unsigned i = 0; i < 3; i++) {
        size_t name = strlen(names[i]);
        if (length <= name || strncmp(setting, names[i], name) != 0)
            continue;
        if ((*given & 1u << i) != 0 || strspn(setting + name, "0123456789") != length - name)
            return -1;
        errno = 0;
        values[i] = strtoull(setting + name, NULL, 10);
        *given |= 1u << i;
        return errno != 0 || (i > 0 && (values[i] == 0 || values[i] > KNN_MAX_IMAGES)) ? -1 : 0;
    }
    return -1;
}

static int open_synthetic(struct knn_dataset *dataset, const char *settings, struct knn_error *error) {
    uint64_t values[3] = {1, 50000, 10000};
    unsigned given = 0;
    for (const char *setting = settings; setting != NULL;) {
        size_t length = strcspn(setting, ",");
        if (parse_setting(setting, length, values, &given) != 0)
            return knn_fail(error,
                            "data set synthetic: bad setting \"%.*s\": the settings are seed=N, train=N and test=N, "
                            "each at most once, images from 1 to %d",
                            (int)length, setting, KNN_MAX_IMAGES);
        setting = setting[length] == ',' ? setting + length + 1 : NULL;
    }
    const struct knn_synthetic what = {values[0], (size_t)values[1], (size_t)values[2]};
    dataset->synthetic = 1;
    dataset->seed = what.seed;
    snprintf(dataset->source, sizeof dataset->source, "synthetic images (seed %ju), not CIFAR-10",
             (uintmax_t)what.seed);
    return knn_synthetic_generate(dataset, &what, error);
}

static int open_path(struct knn_dataset *dataset, const char *spec, struct knn_error *error) {
    struct stat status;
    char path[PATH_MAX];
    if (stat(spec, &status) != 0)
        return knn_fail(error,
                        "data set %s: %s: give a folder or an archive with CIFAR-10 (make data fetches it) or use "
                        "--data synthetic[:seed=N,train=N,test=N]",
                        spec, strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return knn_cifar_open(dataset, spec, error);
    if (!find_place(spec, path, sizeof path))
        return knn_fail(error,
                        "data set %s: holds neither data_batch_1.bin, data_batch_1 nor an archive of CIFAR-10: "
                        "make data fetches it, or use --data synthetic",
                        spec);
    return knn_cifar_open(dataset, path, error);
}

int knn_dataset_open(struct knn_dataset *dataset, const char *spec, struct knn_error *error) {
    static const char synthetic[] = "synthetic";
    const size_t length = sizeof synthetic - 1;
    *dataset = (struct knn_dataset){0};
    int generated = strncmp(spec, synthetic, length) == 0 && (spec[length] == '\0' || spec[length] == ':');
    int result = generated ? open_synthetic(dataset, spec[length] == ':' ? spec + length + 1 : NULL, error)
                           : open_path(dataset, spec, error);
    if (result != 0)
        knn_dataset_close(dataset);
    knn_utf8_clean(dataset->source);
    return result;
}

void knn_dataset_close(struct knn_dataset *dataset) {
    knn_images_free(&dataset->train);
    knn_images_free(&dataset->test);
    free(dataset->class_names);
    *dataset = (struct knn_dataset){0};
}
