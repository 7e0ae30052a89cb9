/* Linux control groups: how much CPU time a container or a batch system grants. */
#ifndef KNN_CGROUP_H
#define KNN_CGROUP_H

/* CPUs' worth of time that the quotas of this process's control groups grant, rounded up: the smallest one from its own
 * group up to the root, of version 1 and version 2. 0 where there is no quota, or no control groups.
 * `root` stands before every path that is read: "" for the real system, a folder for a made-up one. */
unsigned knn_cgroup_quota(const char *root);

#endif
