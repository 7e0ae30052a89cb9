/* The options that several commands take as they are. */
#include "options.h"

const char *metric_word(size_t i) {
    return i < KNN_METRICS ? knn_metrics[i].name : NULL;
}

static const char *weights_word(size_t i) {
    return i <= KNN_DISTANCE ? knn_weights_name((enum knn_weights)i) : NULL;
}

static const char *method_word(size_t i) {
    static const char *const words[] = {"auto", "exhaustive", "bounds"};
    return i < sizeof words / sizeof words[0] ? words[i] : NULL;
}

static const char *isa_word(size_t i) {
    size_t count;
    const struct knn_isa *isas = knn_isas(&count);
    return i < count ? isas[i].name : NULL;
}

static const char *kernel_word(size_t i) {
    size_t count;
    const struct knn_kernel *const *kernels = knn_kernels(&count);
    return i < count ? kernels[i]->name : NULL;
}

const struct option_row shared_options[] = {
    [OPTION_DATA] = {"data", 'd', "SPEC", offsetof(struct arguments, data), option_text,
                     .help = "CIFAR-10 or CIFAR-100, MNIST's files or NumPy's arrays: a folder, an archive or a .npz;\n"
                             "or synthetic[:seed=N,train=N,test=N,dim=N,classes=N]\n"
                             "(default: KNNMARK_DATA, else data/ if it holds one of these, else synthetic)"},
    [OPTION_WEIGHTS] = {"weights", 'w', "NAME", offsetof(struct arguments, knn.weights), option_word,
                        .help = "uniform: a vote each (default); distance: 1 / distance votes each",
                        .word = weights_word},
    [OPTION_KERNEL] = {"kernel", 'K', "NAME", offsetof(struct arguments, knn.kernel), option_text,
                       .help = "distance kernel, see `knnmark kernels` (default: the fastest for this CPU);\n"
                               "without --metric, it decides the metric",
                       .word = kernel_word},
    [OPTION_ISA] = {"isa", 'i', "NAME", offsetof(struct arguments, knn.isa), option_text,
                    .help = "use no instructions beyond this set (default: KNNMARK_ISA, else no limit)",
                    .word = isa_word},
    [OPTION_SEARCH] = {"search", 'B', "NAME", offsetof(struct arguments, knn.method), option_word,
                       .help = "auto: by bounds where they pay (default); bounds: lower bounds rule most rows\n"
                               "out; exhaustive: every distance in full. The answers are the same",
                       .word = method_word},
    [OPTION_THREADS] = {"threads", 't', "N", offsetof(struct arguments, knn.threads), option_unsigned,
                        .help = "threads (default: OMP_NUM_THREADS, else one a core)", .least = 1,
                        .most = KNN_MAX_THREADS},
    [OPTION_NO_BIND] = {"no-bind", 'b', NULL, offsetof(struct arguments, knn.bind), option_flag,
                        .help = "do not bind threads to cores"},
    [OPTION_JSON] = {"json", 'j', NULL, offsetof(struct arguments, json), option_flag,
                     .help = "print one JSON object instead of text", .flag = 1},
    [OPTION_HELP] = {"help", 'h', NULL, offsetof(struct arguments, help), option_flag, .help = "show this help",
                     .flag = 1},
};
