#!/bin/sh
# registered.sh REGISTRY FILE.c...: fails if a file defines a kernel that no line of the registry names: it would be
# compiled and never run.
registry=$1
shift
sed -n 's/^const struct knn_kernel knn_\([a-z0-9_]*\) = .*/\1/p
        s/^const struct knn_kernel KNN_AUTO_SYMBOL(\([a-z0-9]*\)) = .*/\1_[a-z0-9]*_auto/p' "$@" |
while read -r name; do
    grep -q "^KERNEL([a-z0-9]*, $name)" "$registry" || {
        echo "$registry: no line KERNEL(<isa>, $name), so this kernel would never run: add one" >&2
        exit 1
    }
done
