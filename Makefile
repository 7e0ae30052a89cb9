# knnmark: `make help` lists the targets.
#
#   make CC=clang CXX=clang++        another compiler (gcc >= 10, clang >= 13)
#   make BUILD=build/asan SANITIZE=address,undefined test
#   make WRAPPER='qemu-x86_64 -cpu Haswell' test      run what was built under an emulator

CC       ?= cc
ifeq ($(origin CC),default)
CC       := gcc
endif
ifeq ($(origin CXX),default)
CXX      := g++
endif
BUILD    ?= build
PREFIX   ?= /usr/local
SANITIZE ?=
WRAPPER  ?=
DATA_DIR := data
VERSION  := 0.1.0

# -- flags ------------------------------------------------------------------------------------------------------------

PACKAGES  := hwloc libarchive
WARNINGS  := -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wpointer-arith -Wwrite-strings -Wundef
OPTIMIZE  ?= -O3 -g
SANITIZER := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
COMMON     = $(OPTIMIZE) $(WARNINGS) $(SANITIZER) -fopenmp -fvisibility=hidden -MMD -MP
CPPFLAGS  += -D_GNU_SOURCE -DKNN_VERSION='"$(VERSION)"' -Ikernels -Isrc $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
CFLAGS    += -std=c11 -Wstrict-prototypes -Wmissing-prototypes $(COMMON)
CXXFLAGS  += -std=c++17 $(COMMON)
LDFLAGS   += -fopenmp $(SANITIZER)
LDLIBS    += $(shell pkg-config --libs $(PACKAGES) 2>/dev/null || echo -lhwloc -larchive) -lm

# -- kernels: a file's suffix picks its flags -------------------------------------------------------------------------
#
# kernels/<metric>_<isa>.c is compiled with FLAGS_<isa>, and only if this compiler takes them for its target; then
# KNN_BUILD_<isa> is defined, which guards the kernel's line in kernels/kernels.def.

FLAGS_scalar     := -fno-tree-vectorize -fno-tree-slp-vectorize
FLAGS_baseline   :=
FLAGS_avx2       := -mavx2
FLAGS_avxvnni    := -mavx2 -mavxvnni
FLAGS_avx512bw   := -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512
FLAGS_avx512vnni := $(FLAGS_avx512bw) -mavx512vnni

takes     = $(shell printf 'int x;' | $(CC) -Werror $(FLAGS_$(1)) -x c -c -o /dev/null - 2>/dev/null && echo $(1))
ISAS     := $(foreach isa,avx2 avxvnni avx512bw avx512vnni,$(call takes,$(isa)))
AUTO     := baseline $(filter avx2 avx512bw,$(ISAS))
CPPFLAGS += $(ISAS:%=-DKNN_BUILD_%)

PORTABLE := $(filter-out %_scalar.c %_auto.c %_avx2.c %_avxvnni.c %_avx512bw.c %_avx512vnni.c,$(wildcard kernels/*.c))
KERNELS  := $(PORTABLE:%.c=$(BUILD)/%.o) \
            $(foreach isa,scalar $(ISAS),$(patsubst %.c,$(BUILD)/%.o,$(wildcard kernels/*_$(isa).c))) \
            $(foreach isa,$(AUTO),$(patsubst %.c,$(BUILD)/%_$(isa).o,$(wildcard kernels/*_auto.c)))

# -- files ------------------------------------------------------------------------------------------------------------

COMMAND_SOURCES := src/main.c src/options.c $(wildcard src/command_*.c)
LIBRARY  := $(BUILD)/libknnmark.a
COMMAND  := $(BUILD)/knnmark
BENCH    := $(BUILD)/knnmark-bench
LIBRARY_OBJECTS := $(KERNELS) $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(COMMAND_SOURCES),$(wildcard src/*.c)))
COMMAND_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(COMMAND_SOURCES)))
BENCH_OBJECTS   := $(patsubst %,$(BUILD)/%.o,$(basename $(wildcard bench/*.c bench/*.cc)))
TESTS    := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/test_*.c))
TEST_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(wildcard tests/test_*.c),$(wildcard tests/*.c)))

.PHONY: all
all: $(LIBRARY) $(COMMAND) $(BENCH) ## build the library, the command and the benchmarks

$(LIBRARY): $(LIBRARY_OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

$(COMMAND): $(COMMAND_OBJECTS) $(LIBRARY)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BENCH): $(BENCH_OBJECTS) $(LIBRARY)
	$(CXX) $(LDFLAGS) -o $@ $^ -lbenchmark $(LDLIBS)

$(TESTS): $(BUILD)/tests/test_%: $(BUILD)/tests/test_%.o $(TEST_OBJECTS) $(LIBRARY)
	$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

# The flags of the longest matching pattern win: a file's suffix is everything after its last underscore.
suffix_flags = $(FLAGS_$(lastword $(subst _, ,$(basename $(notdir $(1))))))

$(BUILD)/kernels/%.o: kernels/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(call suffix_flags,$<) -c -o $@ $<

define auto_rule
$(BUILD)/kernels/%_auto_$(1).o: kernels/%_auto.c Makefile
	@mkdir -p $$(@D)
	$$(CC) $$(CPPFLAGS) -DKNN_AUTO_ISA=$(1) $$(CFLAGS) $$(FLAGS_$(1)) -c -o $$@ $$<
endef
$(foreach isa,$(AUTO),$(eval $(call auto_rule,$(isa))))

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/%.o: %.cc Makefile
	@mkdir -p $(@D)
	$(CXX) $(CPPFLAGS) $(CXXFLAGS) -c -o $@ $<

-include $(shell find $(BUILD) -name '*.d' -not -path '$(BUILD)/*san/*' 2>/dev/null)
