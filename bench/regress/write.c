#include "write.h"

#include <unistd.h>

#include "forms.h"
#include "output.h"

enum { FILES = 3 };

static int write_all(const struct comparison *c, struct knn_output *files, struct knn_error *error) {
    if (write_json(files[0].stream, c) != 0)
        return knn_fail(error, "cannot write %s.json: no room on the disk, or no memory; nothing was written",
                        c->settings.output);
    write_page(files[1].stream, c);
    write_summary(files[2].stream, c, FORM_MARKDOWN);
    /* All files reach the disk before the first one replaces an earlier result. */
    for (size_t i = 0; i < FILES; i++)
        if (fflush(files[i].stream) != 0 || ferror(files[i].stream) ||
            (files[i].aside != NULL && fsync(fileno(files[i].stream)) != 0))
            return knn_fail(error, "cannot write %s: no room on the disk; nothing was written", files[i].path);
    for (size_t i = 0; i < FILES; i++)
        if (knn_output_commit(&files[i], error) != 0)
            return -1;
    return 0;
}

int write_results(const struct comparison *c, struct knn_error *error) {
    static const char *const suffixes[FILES] = {"json", "html", "md"};
    struct knn_output files[FILES] = {{0}};
    int status = 0;
    for (size_t i = 0; i < FILES && status == 0; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s.%s", c->settings.output, suffixes[i]);
        status = knn_output_open(&files[i], path, error);
    }
    if (status == 0)
        status = write_all(c, files, error);
    for (size_t i = 0; i < FILES; i++)
        knn_output_discard(&files[i]);
    return status;
}
