#include "cgroup.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A line of /proc/self/mountinfo. The strings live in the line. */
struct mount {
    char *root;    /* the folder inside the mounted file system that appears ... */
    char *point;   /* ... here */
    char *type;    /* "cgroup2", "cgroup", or something that is no control group */
    char *options; /* a version 1 hierarchy's controllers are among them: "rw,cpu,cpuacct" */
};

static FILE *open_file(const char *folder, const char *file) {
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", folder, file);
    return length > 0 && (size_t)length < sizeof path ? fopen(path, "r") : NULL;
}

/* A positive decimal number, or 0 for anything else ("max", "-1"). `end` is left behind it. */
static unsigned long long positive(char *text, char **end) {
    long long value = strtoll(text, end, 10);
    return value > 0 ? (unsigned long long)value : 0;
}

/* Reads the numbers of a one-line file into value[0 ... count - 1]; what is missing stays 0. */
static void read_numbers(const char *folder, const char *file, unsigned long long *value, int count) {
    char line[128], *rest = line;
    FILE *stream = open_file(folder, file);
    if (stream == NULL)
        return;
    if (fgets(line, sizeof line, stream) != NULL)
        for (int i = 0; i < count; i++)
            value[i] = positive(rest, &rest);
    fclose(stream);
}

/* The quota of one group alone, in CPUs, or 0. */
static unsigned group_quota(const char *folder, int version) {
    unsigned long long time[2] = {0, 0}; /* microseconds granted, and in how many */
    if (version == 2) {
        read_numbers(folder, "cpu.max", time, 2);
    } else {
        read_numbers(folder, "cpu.cfs_quota_us", &time[0], 1);
        read_numbers(folder, "cpu.cfs_period_us", &time[1], 1);
    }
    if (time[0] == 0 || time[1] == 0)
        return 0;
    unsigned long long cpus = (time[0] - 1) / time[1] + 1;
    return cpus < UINT_MAX ? (unsigned)cpus : UINT_MAX;
}

/* The smaller of two quotas, of which 0 means none. */
static unsigned smaller(unsigned a, unsigned b) {
    return a == 0 || (b != 0 && b < a) ? b : a;
}

/* The smallest quota from the group at `below` under the folder `top` up to `top` itself. */
static unsigned smallest_quota(const char *root, const char *top, const char *below, int version) {
    char folder[PATH_MAX];
    size_t end = strlen(root) + strlen(top);
    int length = snprintf(folder, sizeof folder, "%s%s%s", root, top, below);
    if (length < 0 || (size_t)length >= sizeof folder)
        return 0;
    unsigned quota = group_quota(folder, version);
    while (strlen(folder) > end) {
        *strrchr(folder, '/') = '\0';
        quota = smaller(quota, group_quota(folder, version));
    }
    return quota;
}

/* 1 if a comma-separated list has this word. */
static int lists(const char *list, const char *word) {
    size_t length = strlen(word);
    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, word, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return 1;
    }
    return 0;
}

/* This process's group in the version 2 hierarchy, or in the version 1 hierarchy with the cpu controller: a path to be
 * freed, or NULL. The lines of /proc/self/cgroup read "4:cpu,cpuacct:/a/path"; version 2 has no controllers: "0::/". */
static char *own_group(const char *root, int version) {
    FILE *stream = open_file(root, "proc/self/cgroup");
    if (stream == NULL)
        return NULL;
    char *line = NULL, *group = NULL;
    size_t size = 0;
    while (group == NULL && getline(&line, &size, stream) > 0) {
        char *path = line;
        path[strcspn(path, "\n")] = '\0';
        strsep(&path, ":");
        char *controllers = strsep(&path, ":");
        if (path != NULL && path[0] == '/' && lists(controllers, version == 2 ? "" : "cpu"))
            group = strdup(path);
    }
    free(line);
    fclose(stream);
    return group;
}

/* mountinfo writes a blank in a path as \040, a backslash as \134, and so on: always three octal digits. */
static void unescape(char *text) {
    char *to = text;
    for (const char *from = text; *from != '\0'; to++) {
        if (*from == '\\' && strspn(from + 1, "01234567") >= 3) {
            *to = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

/* "36 35 98:0 ROOT POINT rw,noatime master:1 - TYPE SOURCE OPTIONS", with any number of words before the dash. */
static int parse_mount(char *line, struct mount *mount) {
    line[strcspn(line, "\n")] = '\0';
    for (int i = 0; i < 3; i++)
        strsep(&line, " ");
    mount->root = strsep(&line, " ");
    mount->point = strsep(&line, " ");
    for (char *word = mount->point; word != NULL && strcmp(word, "-") != 0;)
        word = strsep(&line, " ");
    mount->type = strsep(&line, " ");
    strsep(&line, " ");
    mount->options = line;
    if (mount->root == NULL || mount->point == NULL || mount->options == NULL)
        return -1;
    unescape(mount->root);
    unescape(mount->point);
    return 0;
}

static int cgroup_version(const struct mount *mount) {
    if (strcmp(mount->type, "cgroup2") == 0)
        return 2;
    return strcmp(mount->type, "cgroup") == 0 && lists(mount->options, "cpu") ? 1 : 0;
}

/* The smallest quota that can be seen through one mount; 0 for a mount of something else. */
static unsigned mount_quota(const char *root, char *line) {
    struct mount mount;
    int version = parse_mount(line, &mount) == 0 ? cgroup_version(&mount) : 0;
    char *group = version != 0 ? own_group(root, version) : NULL;
    if (group == NULL)
        return 0;
    /* A container may see only its own part of the hierarchy: /docker/1f, mounted, holds the group /docker/1f/job. */
    size_t hidden = strcmp(mount.root, "/") == 0 ? 0 : strlen(mount.root);
    unsigned quota = 0;
    if (strncmp(group, mount.root, hidden) == 0 && (group[hidden] == '/' || group[hidden] == '\0'))
        quota = smallest_quota(root, mount.point, group + hidden, version);
    free(group);
    return quota;
}

unsigned knn_cgroup_quota(const char *root) {
    FILE *mounts = open_file(root, "proc/self/mountinfo");
    if (mounts == NULL)
        return 0;
    char *line = NULL;
    size_t size = 0;
    unsigned quota = 0;
    while (getline(&line, &size, mounts) > 0)
        quota = smaller(quota, mount_quota(root, line));
    free(line);
    fclose(mounts);
    return quota;
}
