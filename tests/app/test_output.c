/* Files that are whole or not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"

static void must_say(const struct knn_error *error, const char *words) {
    if (strstr(error->message, words) == NULL || strchr(error->message, '\n') != NULL)
        fail_msg("does not say '%s' in one line: %s", words, error->message);
}

static char folder[200], file[sizeof folder + 8];

static int make_folder(void **state) {
    (void)state;
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/knnmark-output-XXXXXX", parent != NULL && *parent != '\0' ? parent : "/tmp");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(file, sizeof file, "%s/file", folder);
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    unlink(file);
    return rmdir(folder);
}

static size_t files_in_folder(void) {
    size_t count = 0;
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(entries);
    return count;
}

/* The file holds this text and nothing stands beside it. */
static void must_hold(const char *text) {
    char content[100] = "";
    FILE *stream = fopen(file, "r");
    assert_non_null(stream);
    size_t size = fread(content, 1, sizeof content - 1, stream);
    fclose(stream);
    assert_int_equal(size, strlen(text));
    assert_string_equal(content, text);
    assert_int_equal(files_in_folder(), 1);
}

static struct knn_output open_output(const char *path, const char *text) {
    struct knn_output output;
    struct knn_error error;
    if (knn_output_open(&output, path, &error) != 0)
        fail_msg("%s", error.message);
    fputs(text, output.stream);
    return output;
}

static void write_file(const char *text) {
    struct knn_error error;
    struct knn_output output = open_output(file, text);
    if (knn_output_commit(&output, &error) != 0)
        fail_msg("%s", error.message);
    assert_null(output.stream);
    knn_output_discard(&output);
    must_hold(text);
}

static void must_not_open(const char *path, const char *reason) {
    struct knn_output output;
    struct knn_error error = {""};
    memset(&output, 0xa5, sizeof output);
    assert_int_equal(knn_output_open(&output, path, &error), -1);
    must_say(&error, "cannot write ");
    must_say(&error, path);
    must_say(&error, reason);
    assert_true(output.stream == NULL && output.path == NULL && output.aside == NULL);
    knn_output_discard(&output);
}

static void test_commit(void **state) {
    (void)state;
    struct knn_error error;
    struct knn_output output = open_output(file, "new");
    assert_int_equal(access(file, F_OK), -1); /* not there before it is whole */
    assert_int_equal(knn_output_commit(&output, &error), 0);
    must_hold("new");
    output = open_output(file, "newer");
    fflush(output.stream);
    struct stat status;
    assert_int_equal(stat(file, &status), 0);
    assert_int_equal(status.st_size, 3); /* the earlier one until then */
    assert_int_equal(knn_output_commit(&output, &error), 0);
    must_hold("newer");
    write_file("");
}

static void test_discard_output(void **state) {
    (void)state;
    struct knn_output output = {0};
    knn_output_discard(&output);
    output = open_output(file, "never to be seen");
    knn_output_discard(&output);
    assert_int_equal(files_in_folder(), 0);
    write_file("earlier");
    output = open_output(file, "never to be seen");
    fflush(output.stream);
    knn_output_discard(&output);
    must_hold("earlier");
    knn_output_discard(&output);
}

/* No file may grow beyond 4 bytes until this is undone: to a writer the same as a full disk. */
static struct rlimit fill_disk(void) {
    struct rlimit before, little;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    little = before;
    little.rlim_cur = 4;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &little);
    return before;
}

static void empty_disk(const struct rlimit *before) {
    setrlimit(RLIMIT_FSIZE, before);
    signal(SIGXFSZ, SIG_DFL);
}

static int commit_on_full_disk(const char *text, struct knn_error *error) {
    struct knn_output output = open_output(file, text);
    struct rlimit limit = fill_disk();
    int status = knn_output_commit(&output, error);
    empty_disk(&limit);
    knn_output_discard(&output);
    return status;
}

/* A disk that was full for a while only: what could not be written then is missing, whatever came after. */
static int commit_after_full_disk(struct knn_error *error) {
    struct knn_output output = open_output(file, "");
    struct rlimit limit = fill_disk();
    fputs("lost", output.stream);
    fputs(" and lost", output.stream);
    fflush(output.stream);
    empty_disk(&limit);
    return knn_output_commit(&output, error);
}

static void test_full_disk(void **state) {
    (void)state;
    struct knn_error error = {""};
    assert_int_equal(commit_on_full_disk("too much", &error), -1);
    assert_int_equal(files_in_folder(), 0);
    write_file("earlier");
    assert_int_equal(commit_on_full_disk("too much", &error), -1);
    must_say(&error, "cannot write ");
    must_say(&error, file);
    must_say(&error, strerror(EFBIG));
    must_hold("earlier");
    assert_int_equal(commit_after_full_disk(&error), -1);
    must_say(&error, "cannot write ");
    must_hold("earlier");
    assert_int_equal(commit_on_full_disk("fits", &error), 0);
    must_hold("fits");
}

/* A write that failed before the end is reported with its own reason, too. */
static void test_full_disk_in_between(void **state) {
    (void)state;
    struct knn_error error = {""};
    struct knn_output output = open_output(file, "");
    struct rlimit limit = fill_disk();
    setvbuf(output.stream, NULL, _IONBF, 0);
    for (int i = 0; i < 10; i++)
        fputs("abc", output.stream);
    setvbuf(output.stream, NULL, _IOFBF, BUFSIZ);
    int status = knn_output_commit(&output, &error);
    empty_disk(&limit);
    assert_int_equal(status, -1);
    must_say(&error, strerror(EFBIG));
    assert_int_equal(files_in_folder(), 0);
}

static mode_t mode_of_file(void) {
    struct stat status;
    assert_int_equal(stat(file, &status), 0);
    return status.st_mode & 07777;
}

/* A file that is replaced keeps them; a new one has what the umask leaves. */
static void test_permissions(void **state) {
    (void)state;
    static const mode_t modes[] = {0600, 0604, 0640, 0666, 0755, 0444};
    mode_t before = umask(027);
    write_file("new");
    assert_int_equal(mode_of_file(), 0640);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_int_equal(chmod(file, modes[i]), 0);
        write_file("newer");
        assert_int_equal(mode_of_file(), modes[i]);
    }
    umask(before);
}

static void test_full_device(void **state) {
    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    static const char *const texts[] = {"little", "more than a stream keeps to itself"};
    for (size_t i = 0; i < 2; i++) {
        struct knn_error error = {""};
        struct knn_output output = open_output("/dev/full", texts[i]);
        assert_null(output.aside);
        for (size_t n = 0; i == 1 && n < 10000; n++)
            fputs(texts[i], output.stream);
        assert_int_equal(knn_output_commit(&output, &error), -1);
        must_say(&error, "cannot write /dev/full: ");
        must_say(&error, strerror(ENOSPC));
        knn_output_discard(&output);
    }
    assert_int_equal(access("/dev/full", F_OK), 0);
}

static void test_pipe(void **state) {
    (void)state;
    int ends[2];
    char path[40], text[10] = "";
    struct knn_error error;
    assert_int_equal(pipe(ends), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    if (access(path, W_OK) != 0)
        skip();
    struct knn_output output = open_output(path, "hello");
    assert_null(output.aside);
    assert_int_equal(knn_output_commit(&output, &error), 0);
    assert_int_equal(read(ends[0], text, sizeof text - 1), 5);
    assert_string_equal(text, "hello");
    close(ends[0]);
    close(ends[1]);
}

static void test_no_such_folder(void **state) {
    (void)state;
    char path[sizeof file + 8];
    snprintf(path, sizeof path, "%s/file", file);
    must_not_open(path, strerror(ENOENT));
    write_file("no folder");
    must_not_open(path, strerror(ENOTDIR));
    must_not_open("", strerror(ENOENT));
    must_not_open(folder, strerror(EISDIR));
    must_hold("no folder");
}

/* The superuser may write anywhere, so it becomes another user for this test. */
static void test_forbidden_folder(void **state) {
    (void)state;
    enum { NOBODY = 65534 };
    write_file("earlier");
    int super = geteuid() == 0;
    assert_int_equal(chmod(folder, 0555), 0);
    if (super && seteuid(NOBODY) != 0) {
        chmod(folder, 0755);
        skip();
    }
    struct knn_output output;
    struct knn_error error = {""};
    int status = knn_output_open(&output, file, &error);
    int restored = super ? seteuid(0) : 0;
    chmod(folder, 0755);
    assert_int_equal(restored, 0);
    assert_int_equal(status, -1);
    must_say(&error, file);
    must_say(&error, strerror(EACCES));
    knn_output_discard(&output);
    must_hold("earlier");
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        TEST(test_commit),           TEST(test_discard_output),       TEST(test_permissions),
        TEST(test_full_disk),        TEST(test_full_disk_in_between), cmocka_unit_test(test_full_device),
        cmocka_unit_test(test_pipe), TEST(test_no_such_folder),       TEST(test_forbidden_folder),
    };
    return cmocka_run_group_tests_name("output", tests, NULL, NULL) != 0;
}
