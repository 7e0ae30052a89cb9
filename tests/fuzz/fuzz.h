/* Fuzz targets: readers of files on bytes that clang's libFuzzer makes up from the good files of seeds.c, one file a
 * target. `make fuzz` builds them with AddressSanitizer and UBSan and runs them. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The target: any bytes may be refused, none may crash it, hang or leak. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A path to a file in memory that holds the bytes, until the next one. */
const char *fuzz_file(const uint8_t *data, size_t size);

#endif
