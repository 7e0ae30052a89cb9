/* Systems with control groups are made up: folders that look like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>

#include "cgroup.h"

static char folder[PATH_MAX / 2]; /* the root of the made-up system, another one for every test */

static int setup(void **state) {
    (void)state;
    const char *place = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/knn_cgroup_XXXXXX", place != NULL ? place : "/tmp");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk) {
    (void)status, (void)type, (void)walk;
    return remove(path);
}

static int teardown(void **state) {
    (void)state;
    return nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* Writes folder/path, making its folders. */
static void write_file(const char *path, const char *text) {
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s/%s", folder, path);
    for (char *slash = name + strlen(folder) + 1; (slash = strchr(slash, '/')) != NULL; *slash++ = '/') {
        *slash = '\0';
        mkdir(name, 0700);
    }
    FILE *stream = fopen(name, "w");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
}

#define VERSION_2 "31 23 0:29 / /sys/fs/cgroup rw,relatime shared:9 master:2 - cgroup2 cgroup2 rw,nsdelegate\n"
#define VERSION_1                                                                                                      \
    "24 1 8:1 / / rw - ext4 /dev/root rw\n"                                                                            \
    "32 31 0:29 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset\n"                                       \
    "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpuacct,cpu\n"

static void write_system(const char *mounts, const char *groups) {
    write_file("proc/self/mountinfo", mounts);
    write_file("proc/self/cgroup", groups);
}

static void assert_quota(unsigned expected) {
    assert_int_equal(knn_cgroup_quota(folder), expected);
}

static void test_quota_values(void **state) {
    (void)state;
    static const struct {
        const char *text;
        unsigned quota;
    } cases[] = {{"max 100000\n", 0},
                 {"150000 100000\n", 2},
                 {"200000 100000\n", 2},
                 {"200001 100000\n", 3},
                 {"1000 100000\n", 1},
                 {"400000 100000", 4},
                 {"", 0},
                 {"garbage\n", 0},
                 {"150000\n", 0},
                 {"150000 0\n", 0},
                 {"150000 -1\n", 0},
                 {"-150000 100000\n", 0},
                 {"15x 100000\n", 0},
                 {"9223372036854775807 1\n", UINT_MAX},
                 {"99999999999999999999999999 99999999999999999999999999\n", 1}};
    write_system(VERSION_2, "0::/job\n");
    assert_quota(0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_file("sys/fs/cgroup/job/cpu.max", cases[i].text);
        if (knn_cgroup_quota(folder) != cases[i].quota)
            fail_msg("'%s' gives %u", cases[i].text, knn_cgroup_quota(folder));
    }
}

static void test_quota_of_parents(void **state) {
    (void)state;
    write_system(VERSION_2, "0::/slice/service/job\n");
    write_file("sys/fs/cgroup/slice/service/job/cpu.max", "800000 100000\n");
    write_file("sys/fs/cgroup/slice/other/cpu.max", "100000 100000\n");
    assert_quota(8);
    write_file("sys/fs/cgroup/slice/service/cpu.max", "max 100000\n");
    assert_quota(8);
    write_file("sys/fs/cgroup/slice/cpu.max", "300000 100000\n");
    assert_quota(3);
    write_file("sys/fs/cgroup/cpu.max", "200000 100000\n");
    assert_quota(2);
    write_file("sys/fs/cpu.max", "100000 100000\n"); /* above the hierarchy: none of it */
    assert_quota(2);
}

static void test_quota_of_version_1(void **state) {
    (void)state;
    write_system(VERSION_1, "5:cpuset:/set\n4:cpu,cpuacct:/docker/job\n1:name=systemd:/x\n0::/y\n");
    write_file("sys/fs/cgroup/cpu,cpuacct/docker/job/cpu.cfs_quota_us", "-1\n");
    write_file("sys/fs/cgroup/cpu,cpuacct/docker/job/cpu.cfs_period_us", "100000\n");
    assert_quota(0);
    write_file("sys/fs/cgroup/cpu,cpuacct/docker/job/cpu.cfs_quota_us", "250000\n");
    assert_quota(3);
    write_file("sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_quota_us", "50000\n");
    assert_quota(3); /* no period */
    write_file("sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_period_us", "50000\n");
    assert_quota(1);
}

static void test_quota_in_a_container(void **state) {
    (void)state;
    write_system("33 31 0:30 /docker/1f /a\\040b rw - cgroup2 cgroup2 rw\n", "0::/docker/1f/job\n");
    write_file("a b/job/cpu.max", "200000 100000\n");
    assert_quota(2);
    write_file("a b/cpu.max", "100000 100000\n");
    assert_quota(1);
    write_file("proc/self/cgroup", "0::/docker/1f\n");
    assert_quota(1);
    write_file("proc/self/cgroup", "0::/docker/1f2\n"); /* another's, whose name begins the same */
    assert_quota(0);
    write_file("proc/self/cgroup", "0::/d\n");
    assert_quota(0);
}

static void test_quota_of_nothing(void **state) {
    (void)state;
    assert_quota(0);
    write_file("proc/self/mountinfo", VERSION_2 VERSION_1);
    assert_quota(0);
    write_system("", "");
    assert_quota(0);
    write_system("garbage\n\n1 2 3\n1 2 3 / /sys -\n1 2 3 / /sys - cgroup2\n\\0 - \\", "0::/job\n");
    assert_quota(0);
    write_system(VERSION_2 VERSION_1, "garbage\n0\n0:\n0::\n0::relative\n4:cpu\n\n");
    assert_quota(0);
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_quota_values),         TEST(test_quota_of_parents), TEST(test_quota_of_version_1),
        TEST(test_quota_in_a_container), TEST(test_quota_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
