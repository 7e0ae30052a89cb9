# knnmark: `make help` lists the targets. `make deps bench` on a fresh machine installs, builds and runs the main job.
#
#   make CC=clang CXX=clang++                                   another compiler (gcc >= 10, clang >= 13)
#   make BUILD=build/asan SANITIZE=address,undefined test       the tests under sanitizers
#   make V=1                                                    show the commands
#   make WRAPPER='qemu-x86_64 -cpu Haswell' test                the tests under an emulator
#   make CROSS=aarch64-linux-gnu-                               for another architecture, into build/aarch64-linux-gnu

CROSS    ?=
ifeq ($(origin CC),default)
CC  := $(CROSS)gcc
endif
ifeq ($(origin CXX),default)
CXX := $(CROSS)g++
endif
ifeq ($(origin AR),default)
AR  := $(CROSS)ar
endif
BUILD    ?= build$(CROSS:%-=/%)
PREFIX   ?= /usr/local
LIB      ?= lib
DESTDIR  ?=
SANITIZE ?=
WRAPPER  ?= $(if $(CROSS),qemu-$(firstword $(subst -, ,$(CROSS))))
DRY      := $(if $(findstring n,$(firstword -$(MAKEFLAGS))),:) # under `make -n` lines that pass on the job server run, too
VERSION  := $(subst $() ,.,$(shell sed -n 's/^.define KNN_VERSION_[A-Z]* //p' src/knnmark.h))

.DEFAULT_GOAL := all
Q := $(if $(V),,@)
say = @printf '  %-5s %s\n' $(1) $(2)

# -- packages ---------------------------------------------------------------------------------------------------------

APT        := gcc g++ make pkg-config curl libhwloc-dev libbenchmark-dev libcmocka-dev libarchive-dev libjansson-dev nettle-dev gnuplot-nox \
              libcairo2-dev
DNF        := gcc gcc-c++ make pkgconf-pkg-config curl hwloc-devel google-benchmark-devel libcmocka-devel \
              libarchive-devel jansson-devel nettle-devel gnuplot cairo-devel fontconfig-devel
PACMAN     := gcc make pkgconf curl hwloc benchmark cmocka libarchive jansson nettle gnuplot cairo fontconfig
BREW       := pkgconf hwloc google-benchmark cmocka libarchive jansson nettle libomp gnuplot cairo fontconfig
APT_DEV    := clang clang-format clang-tidy cppcheck black mypy pyflakes3 libomp-dev libclang-rt-dev qemu-user llvm-19 libbenchmark-tools python3-numpy python3-scipy \
              python3-sklearn bochs bochs-term bochsbios vgabios busybox-static isolinux syslinux-common xorriso \
              debhelper lintian debootstrap
DNF_DEV    := clang clang-tools-extra compiler-rt cppcheck libomp-devel qemu-user llvm
PACMAN_DEV := clang compiler-rt cppcheck openmp qemu-user llvm
BREW_DEV   := llvm clang-format cppcheck
APT_PYTHON := $(addprefix python3-,numpy sklearn pandas matplotlib tqdm pytest setuptools wheel pip)
APT_PEERS  := libfaiss-dev libopenblas-dev libdnnl-dev
DNF_PEERS  := faiss-devel openblas-devel onednn-devel
APT_MPI    := libopenmpi-dev openmpi-bin libmpich-dev mpich
DNF_MPI    := openmpi-devel mpich-devel
PACMAN_MPI := openmpi
BREW_MPI   := open-mpi
ARM        := aarch64-linux-gnu
APT_ARM    := gcc-$(ARM) g++-$(ARM) qemu-user $(patsubst %,%:arm64,libhwloc-dev libbenchmark-dev libcmocka-dev \
              libarchive-dev libjansson-dev nettle-dev libcairo2-dev libgomp1)

.PHONY: deps deps-dev deps-arm deps-peers deps-python deps-mpi
deps: ## install the packages that building, testing and benchmarking need
	@sh .ci/deps.sh apt "$(APT)" dnf "$(DNF)" pacman "$(PACMAN)" brew "$(BREW)"

deps-dev: ## install what .ci/run also needs: clang, checkers, emulators
	@sh .ci/deps.sh apt "$(APT_DEV)" dnf "$(DNF_DEV)" pacman "$(PACMAN_DEV)" brew "$(BREW_DEV)"
	@sh .ci/linux.sh build/linux

deps-peers: ## install the libraries that `make bench-peers` compares with
	@sh .ci/deps.sh apt "$(APT_PEERS)" dnf "$(DNF_PEERS)"

deps-python: ## install what building and testing the Python package and its notebook need
	@sh .ci/deps.sh apt "$(APT_PYTHON)"

deps-mpi: ## install what `make mpi` needs: Open MPI, and MPICH where both can be installed
	@sh .ci/deps.sh apt "$(APT_MPI)" dnf "$(DNF_MPI)" pacman "$(PACMAN_MPI)" brew "$(BREW_MPI)"

deps-arm: ## install what `make CROSS=aarch64-linux-gnu-` and `make check-arm` need: Debian's cross compiler, libraries, qemu
	@ARCHITECTURE=arm64 sh .ci/deps.sh apt "$(APT_ARM)"

# With other goals, packages are installed first, then make starts anew: what follows asks the compiler and pkg-config.
DEPS  := $(filter deps deps-dev deps-arm deps-peers deps-python deps-mpi,$(MAKECMDGOALS))
GOALS := $(filter-out $(DEPS),$(MAKECMDGOALS))
ifneq ($(and $(DEPS),$(GOALS)),)
.PHONY: $(GOALS)
$(firstword $(GOALS)): $(DEPS)
	@+$(MAKE) --no-print-directory $(GOALS)
$(filter-out $(firstword $(GOALS)),$(GOALS)): $(firstword $(GOALS))
	@:
else

# -- flags ------------------------------------------------------------------------------------------------------------

LIBRARY_PACKAGES := hwloc # what the library needs beside OpenMP; programs need the rest
PROGRAM_PACKAGES := libarchive
PKG_CONFIG := $(if $(CROSS),PKG_CONFIG_LIBDIR=/usr/lib/$(CROSS:%-=%)/pkgconfig:/usr/share/pkgconfig )pkg-config
OPENMP     := -fopenmp
OPENMP_LIB := -fopenmp
ifeq ($(shell uname),Darwin) # Apple's clang has no OpenMP library, Homebrew has; it keeps libraries that macOS has, too, in folders of their own
BREW       := $(shell brew --prefix)
PKG_CONFIG := PKG_CONFIG_PATH=$(BREW)/opt/libarchive/lib/pkgconfig:$(BREW)/lib/pkgconfig pkg-config
OPENMP     := -Xpreprocessor -fopenmp -I$(BREW)/opt/libomp/include -I$(BREW)/include
OPENMP_LIB := -L$(BREW)/opt/libomp/lib -lomp -L$(BREW)/lib
endif
WARNINGS  := -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wpointer-arith -Wwrite-strings -Wundef
OPTIMIZE  ?= -O3 -g
SANITIZER := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
COMPILER  := $(shell $(CC) --version 2>/dev/null | head -n 1)
COMMON    := -fPIC $(OPTIMIZE) $(WARNINGS) $(SANITIZER) $(OPENMP) -fvisibility=hidden -MMD -MP
C         := -std=c11 -Wstrict-prototypes -Wmissing-prototypes $(COMMON)
CXX_ONLY  := -std=c++17 $(COMMON)
DEFINES   := -D_GNU_SOURCE -DKNN_VERSION='"$(VERSION)"' -DKNN_COMPILER='"$(COMPILER)"' \
             -DKNN_FLAGS='"$(strip $(OPTIMIZE) $(SANITIZER) $(CFLAGS))"'
PACKAGED  := $(shell $(PKG_CONFIG) --cflags $(LIBRARY_PACKAGES) $(PROGRAM_PACKAGES) jansson nettle cairo fontconfig)
LINK      := $(OPENMP_LIB) $(SANITIZER)
LIBRARIES := $(shell $(PKG_CONFIG) --libs $(LIBRARY_PACKAGES) $(PROGRAM_PACKAGES)) -lm
JANSSON   := $(shell $(PKG_CONFIG) --libs jansson)
VERSIONS  := $(foreach p,benchmark $(LIBRARY_PACKAGES) $(PROGRAM_PACKAGES) jansson nettle,$(p)=$(shell $(PKG_CONFIG) --modversion $(p)))
CAIRO     := $(shell $(PKG_CONFIG) --libs cairo fontconfig)
NETTLE    := $(shell $(PKG_CONFIG) --libs nettle)

# -- rooms: a folder's files include what is in it and in those named here; a header of any other is not found ----------

LIBRARY_ROOMS    := machine search learn
COMMON_ROOMS     := data app
ROOMS            := $(LIBRARY_ROOMS) $(COMMON_ROOMS)
SEES_kernels     :=
SEES_src/machine :=
SEES_src/search  := kernels src/machine
SEES_src/learn   := $(SEES_src/search) src/search
SEES_src/data    := src/machine
SEES_src/app     := src/machine
SEES_src/command := kernels $(ROOMS:%=src/%)
SEES_src/mpi     := $(SEES_src/command) src/command
SEES_bench/ceilings := kernels src/machine bench/statistics
SEES_bench       := $(SEES_src/command) bench/gbench bench/statistics bench/ceilings bench/work
SEES_bench/gbench := tests # its test alone
SEES_tests       := $(SEES_bench) bench tests tests/kernels tests/data tests/bench

# sees FOLDER: a folder below bench/ or tests/ without a line here sees bench or tests, and what these see.
sees     = $(if $(filter undefined,$(origin SEES_$(1))),$(call sees,$(firstword $(subst /, ,$(1)))) $(firstword $(subst /, ,$(1))),$(SEES_$(1)))
ALL_ROOMS := -Isrc $(addprefix -I,$(SEES_tests))
INCLUDES = -Isrc $(addprefix -I,$(call sees,$(patsubst %/,%,$(dir $<)))) $(PACKAGED)

# -- kernels: a file's suffix picks its flags -------------------------------------------------------------------------
#
# kernels/<metric>_<isa>.c is compiled with FLAGS_<isa>, and only if this compiler takes them for its target. Then
# KNN_BUILD_<isa> is 1, else 0, which says whether the kernel's line in kernels/kernels.def counts.
# kernels/<metric>_auto.c is compiled once for every instruction set in AUTO.

FLAGS_scalar     := -fno-tree-vectorize -fno-tree-slp-vectorize
FLAGS_baseline   :=
FLAGS_avx2       := -mavx2
FLAGS_avxvnni    := -mavx2 -mavxvnni
FLAGS_avx512bw   := -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512
FLAGS_avx512vnni := $(FLAGS_avx512bw) -mavx512vnni

takes     = $(shell printf 'int x;' | $(CC) -Werror $(2) -x c -c -o /dev/null - 2>/dev/null && echo $(1))

# Where a short loop happens to stand moves its time by a third. So functions start alike, whatever is linked before them.
ALIGNED := $(call takes,-falign-functions=64,-falign-functions=64)

# gcc's scheduler would move the NEON tiles' loads together, and leave too few registers for the sums.
UNSCHEDULED    := $(call takes,-fno-schedule-insns,-fno-schedule-insns)
FLAGS_neon     := -march=armv8-a $(UNSCHEDULED)
FLAGS_neondot  := -march=armv8.2-a+dotprod $(UNSCHEDULED)
FLAGS_neoni8mm := -march=armv8.2-a+dotprod+i8mm $(UNSCHEDULED)

OPTIONAL := avx2 avxvnni avx512bw avx512vnni neon neondot neoni8mm
ISAS     := $(foreach isa,$(OPTIONAL),$(call takes,$(isa),$(FLAGS_$(isa))))
AUTO     := baseline $(filter avx2 avx512bw neondot,$(ISAS))
F32      := $(filter avx2 avx512bw neon,$(ISAS))
DEFINES  += -DKNN_BUILD_scalar=1 -DKNN_BUILD_baseline=1 $(foreach isa,$(OPTIONAL),-DKNN_BUILD_$(isa)=$(if $(filter $(isa),$(ISAS)),1,0))

sources_of = $(wildcard kernels/*_$(1).c)
SUFFIXES  := scalar auto baseline $(OPTIONAL)
STRAY     := $(filter-out $(foreach isa,$(SUFFIXES),$(call sources_of,$(isa))),$(wildcard kernels/*_*.c))
$(if $(STRAY),$(error $(STRAY): the last word of a kernel file's name must be an instruction set: $(subst $() ,$(strip ,) ,$(SUFFIXES)). docs/kernels.md says how to add one))
KERNEL_OBJECTS := \
    $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(foreach isa,scalar auto $(OPTIONAL),$(call sources_of,$(isa))),$(wildcard kernels/*.c))) \
    $(foreach isa,scalar $(ISAS),$(patsubst %.c,$(BUILD)/%.o,$(call sources_of,$(isa)))) \
    $(foreach isa,$(AUTO),$(patsubst %.c,$(BUILD)/%_$(isa).o,$(call sources_of,auto)))

# -- files ------------------------------------------------------------------------------------------------------------

SETTINGS  := $(BUILD)/settings
LIBRARY   := $(BUILD)/libknnmark.a
COMMON_LIBRARY := $(BUILD)/libknnmark-programs.a
SONAME    := libknnmark.so.$(firstword $(subst ., ,$(VERSION)))
SHARED    := $(BUILD)/libknnmark.so.$(VERSION)
SHARED_LINK := -shared -Wl,-soname,$(SONAME)
ifeq ($(shell uname),Darwin)
SONAME    := libknnmark.$(firstword $(subst ., ,$(VERSION))).dylib
SHARED    := $(BUILD)/libknnmark.$(VERSION).dylib
SHARED_LINK := -dynamiclib -Wl,-install_name,@rpath/$(SONAME)
endif
COMMAND   := $(BUILD)/knnmark
BENCH     := $(BUILD)/knnmark-bench
REPORT    := $(BUILD)/knnmark-report
LIBRARY_OBJECTS := $(KERNEL_OBJECTS) $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(LIBRARY_ROOMS:%=src/%/*.c)))
COMMON_OBJECTS  := $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(COMMON_ROOMS:%=src/%/*.c)))
COMMAND_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard src/command/*.c))
REGRESS   := $(BUILD)/knnmark-regress
STATISTICS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard bench/statistics/*.c))
REGRESS_WORKER  := $(BUILD)/knnmark-regress-worker
templates        = $(patsubst %,$(BUILD)/%.o,$(wildcard $(foreach ending,html css,$(1:%=bench/%/*.$(ending)))))
RESULTS_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard bench/results/*.c))
REGRESS_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(filter-out bench/regress/worker%,$(wildcard bench/regress/*.c)) \
                   $(wildcard bench/html/*.c)) $(call templates,html regress) $(RESULTS_OBJECTS) $(STATISTICS)
REPORT_OBJECTS  := $(patsubst %.c,$(BUILD)/%.o,$(wildcard bench/report/*.c bench/html/*.c)) $(call templates,html report) \
                   $(RESULTS_OBJECTS) $(STATISTICS)
CEILING_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard bench/ceilings/*.c))
WORK_OBJECTS    := $(patsubst %.c,$(BUILD)/%.o,$(filter-out %/f32_tile.c,$(wildcard bench/work/*.c))) \
                   $(F32:%=$(BUILD)/bench/work/f32_tile_%.o)
WORKER_OBJECTS  := $(patsubst %.c,$(BUILD)/%.o,$(wildcard bench/regress/worker*.c) bench/regress/data.c) $(WORK_OBJECTS)
GBENCH_OBJECTS  := $(patsubst %.cc,$(BUILD)/%.o,$(filter-out %/cost.cc,$(wildcard bench/gbench/*.cc)))
BENCH_OBJECTS   := $(patsubst %.c,$(BUILD)/%.o,$(wildcard bench/*.c)) $(CEILING_OBJECTS) $(WORK_OBJECTS) $(RESULTS_OBJECTS) $(STATISTICS) \
                   $(GBENCH_OBJECTS)
TEST_SOURCES := $(wildcard tests/*/test_*.c bench/gbench/test_*.c)
TESTS     := $(TEST_SOURCES:%.c=$(BUILD)/%)
KERNEL_TESTS := $(filter $(BUILD)/tests/kernels/%,$(TESTS))
TEST_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(TEST_SOURCES) tests/fuzz/%,$(wildcard tests/*.c tests/*/*.c)) \
                bench/work/verify.c $(wildcard bench/ceilings/*.c)) $(STATISTICS)
FORMATTED := $(wildcard kernels/*.[ch] src/*.h src/*/*.[ch] bench/*.[ch] bench/*/*.[ch] bench/*/*.cc tests/*.[ch]) $(filter-out tests/fixtures/%,$(wildcard tests/*/*.[ch]))

.PHONY: all
all: $(LIBRARY) $(SHARED) $(COMMAND) $(BENCH) $(REPORT) ## build the library, static and shared, the command, the benchmarks and their report

$(LIBRARY): $(LIBRARY_OBJECTS) | $(BUILD)/kernels/registered
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(COMMON_LIBRARY): $(COMMON_OBJECTS)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(SHARED): $(LIBRARY_OBJECTS) | $(BUILD)/kernels/registered
	$(call say,LINK,$@)
	$(Q)$(CC) $(SHARED_LINK) $(LINK) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs $(LIBRARY_PACKAGES)) -lm $(LDLIBS)
	$(Q)ln -sf $(@F) $(BUILD)/$(SONAME)

.PHONY: shared
INTO ?=
shared: $(SHARED) ## the shared library alone; INTO=<folder> puts it there, too
	$(if $(INTO),$(Q)cp $(SHARED) '$(INTO)/$(SONAME)')

$(COMMAND): $(COMMAND_OBJECTS) $(COMMON_LIBRARY) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK) $(LDFLAGS) -o $@ $^ $(JANSSON) $(CAIRO) $(LIBRARIES) $(LDLIBS)

$(BENCH): $(BENCH_OBJECTS) $(COMMON_LIBRARY) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LINK) $(LDFLAGS) -o $@ $^ -lbenchmark $(NETTLE) $(JANSSON) $(LIBRARIES) $(LDLIBS)

$(REPORT): $(REPORT_OBJECTS) $(COMMON_LIBRARY) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK) $(LDFLAGS) -o $@ $^ $(JANSSON) $(LIBRARIES) $(LDLIBS)

$(REGRESS): $(REGRESS_OBJECTS) $(COMMON_LIBRARY) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK) $(LDFLAGS) -o $@ $^ $(JANSSON) $(LIBRARIES) $(LDLIBS)

# Base and head each build this from their own tree (bench/regress/protocol.h): its name must stay.
$(REGRESS_WORKER): $(WORKER_OBJECTS) $(COMMON_LIBRARY) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK) $(LDFLAGS) -o $@ $^ $(LIBRARIES) $(LDLIBS)

$(BUILD)/tests/bench/test_regress_verdict: $(BUILD)/bench/regress/verdict.o

# The C wrapper of Google Benchmark needs the C++ runtime.
$(BUILD)/bench/gbench/test_gbench: $(GBENCH_OBJECTS)
$(BUILD)/bench/gbench/test_gbench: LDLIBS += -lbenchmark $(JANSSON) $(if $(filter Darwin,$(shell uname)),-lc++,-lstdc++)

$(BUILD)/tests/bench/test_bench $(BUILD)/tests/command/test_command: LDLIBS += $(JANSSON)
$(BUILD)/tests/command/test_draw $(BUILD)/tests/command/test_shapes: LDLIBS += $(CAIRO)

$(filter-out $(KERNEL_TESTS),$(TESTS)): $(BUILD)/%: $(BUILD)/%.o $(TEST_OBJECTS) $(COMMON_LIBRARY) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBRARIES) $(LDLIBS)

# These link no library that they do not need: check-avx512 boots a machine that has only them.
$(KERNEL_TESTS): $(BUILD)/%: $(BUILD)/%.o $(filter $(BUILD)/tests/kernels/%,$(TEST_OBJECTS)) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

$(BUILD)/kernels/registered: kernels/registered.sh kernels/kernels.def $(wildcard kernels/*.c)
	@mkdir -p $(@D)
	@sh $^ && touch $@

# Of several patterns the most specific one wins.
$(BUILD)/kernels/%.o: kernels/%.c Makefile $(SETTINGS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(DEFINES) $(INCLUDES) $(CPPFLAGS) $(C) $(ALIGNED) $(FLAGS_$(lastword $(subst _, ,$*))) $(CFLAGS) -c -o $@ $<

define auto_rule
$(BUILD)/kernels/%_auto_$(1).o: kernels/%_auto.c Makefile $(SETTINGS)
	@mkdir -p $$(@D)
	$$(call say,CC,'$$< ($(1))')
	$$(Q)$$(CC) $$(DEFINES) $$(INCLUDES) $$(CPPFLAGS) -DKNN_AUTO_ISA=$(1) $$(C) $$(ALIGNED) $$(FLAGS_$(1)) $$(CFLAGS) -c -o $$@ $$<
endef
$(foreach isa,$(AUTO),$(eval $(call auto_rule,$(isa))))

$(F32:%=$(BUILD)/bench/work/f32_tile_%.o): $(BUILD)/bench/work/f32_tile_%.o: bench/work/f32_tile.c Makefile $(SETTINGS)
	@mkdir -p $(@D)
	$(call say,CC,'$< ($*)')
	$(Q)$(CC) $(DEFINES) $(INCLUDES) $(CPPFLAGS) -DF32_ISA=$* $(C) -ffp-contract=fast $(FLAGS_$*) $(if $(filter avx2,$*),-mfma) $(CFLAGS) -c -o $@ $<

$(BUILD)/%.o: %.c Makefile $(SETTINGS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(DEFINES) $(INCLUDES) $(CPPFLAGS) $(C) $(CFLAGS) -c -o $@ $<

$(BUILD)/%.o: %.cc Makefile $(SETTINGS)
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(CXX) $(DEFINES) $(INCLUDES) $(CPPFLAGS) $(CXX_ONLY) $(CXXFLAGS) -c -o $@ $<

# A template becomes a text in the programs: bench/report/page.html becomes the array report_page_html.
TEMPLATES := $(wildcard bench/*/*.html bench/*/*.css)
$(TEMPLATES:%=$(BUILD)/%.c): $(BUILD)/bench/%.c: bench/% Makefile
	@mkdir -p $(@D)
	$(call say,TEXT,$<)
	$(Q){ echo 'extern const char $(subst .,_,$(subst /,_,$*))[]; const char $(subst .,_,$(subst /,_,$*))[] = {'; \
	    od -An -v -tu1 $< | sed 's/[0-9][0-9]*/&,/g'; echo '0};'; } > $@
$(TEMPLATES:%=$(BUILD)/%.o): %.o: %.c
	$(Q)$(CC) $(C) $(CFLAGS) -c -o $@ $<

# knnmark-mpi is built by MPI's own compiler driver, mpicc or the one that MPICC names (mpicc.mpich), around this
# compiler. The program gets the driver's ending, so that there can be several.
MPICC  ?= mpicc
MPI    := $(BUILD)/knnmark-mpi$(patsubst mpicc%,%,$(notdir $(MPICC)))
MPIRUN ?= $(subst mpicc,mpirun,$(MPICC))
MPI_OBJECTS := $(patsubst src/mpi/%.c,$(MPI).o/%.o,$(wildcard src/mpi/*.c))
MPI_DRIVER  := OMPI_CC='$(CC)' MPICH_CC='$(CC)' $(MPICC)
.PHONY: mpi test-mpi test-mpi-hosts bench-mpi
mpi: $(MPI) ## build knnmark-mpi, the command over several machines (see deps-mpi)
$(MPI_OBJECTS): $(MPI).o/%.o: src/mpi/%.c Makefile $(SETTINGS)
	@mkdir -p $(@D)
	$(call say,MPICC,$<)
	$(Q)$(MPI_DRIVER) $(DEFINES) $(INCLUDES) $(CPPFLAGS) $(C) $(CFLAGS) -c -o $@ $<

$(MPI): $(MPI_OBJECTS) $(filter-out %/main.o %/alone.o,$(COMMAND_OBJECTS)) $(COMMON_LIBRARY) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(MPI_DRIVER) $(LINK) $(LDFLAGS) -o $@ $^ $(JANSSON) $(CAIRO) $(LIBRARIES) $(LDLIBS)

# Files that are rewritten only when what they say changes: the settings, without which nothing would be built anew when
# they change, the libraries' versions among them, and the commit that a result file names: git writes it into an archive.
.PHONY: settings commit
keep = cat > $(1).$$$$ && if cmp -s $(1).$$$$ $(1); then rm $(1).$$$$; else mv $(1).$$$$ $(1); fi
settings: export TEXT = $(COMPILER), $(shell $(CXX) --version | head -n 1): $(CC) $(CXX) $(AR) $(OPTIMIZE) $(SANITIZER) $(CPPFLAGS) $(CFLAGS) $(CXXFLAGS) $(LDFLAGS) $(LDLIBS) $(VERSIONS)
settings:
	@mkdir -p $(BUILD)
	@printf '%s\n' "$$TEXT" | { $(call keep,$(SETTINGS)); }
$(SETTINGS): settings
SOURCE_COMMIT = grep -v Format .ci/commit | cut -c -12 | grep . || git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown
commit:
	@mkdir -p $(BUILD)/bench
	@echo "#define KNN_COMMIT \"$$($(SOURCE_COMMIT))\"" | \
	    { $(call keep,$(BUILD)/bench/commit.h); }
$(BUILD)/bench/commit.h: commit
$(BUILD)/bench/provenance.o: INCLUDES += -I$(BUILD)/bench
$(BUILD)/bench/provenance.o: $(BUILD)/bench/commit.h
$(BUILD)/bench/provenance.o lint: DEFINES += -DKNN_LIBRARIES='"$(VERSIONS)"'

-include $(wildcard $(foreach d,*.d */*.d */*/*.d,$(BUILD)/$(d)))

# -- running ----------------------------------------------------------------------------------------------------------

# Tests that run none of the CPU's kernels: it is enough to run them on one CPU of an architecture, the weakest.
KERNELLESS := $(addprefix $(BUILD)/,bench/gbench/% tests/app/% tests/data/% tests/kernels/test_harness \
              $(addprefix tests/bench/test_,mca report% regress% statistics) $(addprefix tests/command/test_,pages scripts))

.PHONY: tests test test-kernels bench bench-quick
tests: $(TESTS) $(COMMAND) $(BENCH) $(REPORT) $(REGRESS)
test: tests ## prove every kernel, the search, the loaders, the command and the benchmarks right
test-kernels: tests ## only the tests that run kernels, for one more CPU of the same architecture
test test-kernels:
	@WRAPPER="$(WRAPPER)" KNNMARK=$(COMMAND) KNNMARK_BENCH=$(BENCH) KNNMARK_REPORT=$(REPORT) KNNMARK_REGRESS=$(REGRESS) \
	    sh tests/run.sh $(filter-out $(if $(filter test-kernels,$@),$(KERNELLESS)),$(TESTS))

.PHONY: check-docs
check-docs: $(COMMAND) ## check the documentation's links and commands
	@$(DRY) sh tests/docs.sh $(BUILD)

test-mpi-hosts: $(MPI) $(COMMAND) ## two hosts, made of network namespaces: the same file, a rank killed, a link cut (needs root)
	@sh tests/mpi_hosts.sh $(COMMAND) $(MPI) $(if $(findstring mpich,$(MPICC)),mpich,openmpi)

test-mpi: $(MPI) $(COMMAND) ## several ranks write the files that one process writes, or end with one line
	@sh tests/mpi.sh $(COMMAND) '$(MPIRUN)' $(MPI)

bench-mpi: $(MPI) $(COMMAND) ## how a search scales over ranks here, and a prediction for clusters: results/mpi.md (some 5 minutes)
	@sh bench/mpi.sh $(COMMAND) '$(MPIRUN)' $(MPI) plots/reference-cluster.svg >$(BUILD)/mpi.md && cp $(BUILD)/mpi.md results/ && cat $(BUILD)/mpi.md

.PHONY: check-library
check-library: $(LIBRARY) $(SHARED) $(COMMAND) ## install the library into a folder of its own, and build the documentation's programs with it
	@+$(DRY) MAKE='$(MAKE)' CC='$(CC)' CXX='$(CXX)' SANITIZER='$(SANITIZER)' WRAPPER='$(WRAPPER)' sh tests/library.sh $(BUILD)/library

REPORTS := --output=results/report.html --output=results/report.md
bench: $(BENCH) $(REPORT) ## time ceilings, kernels and the full job by every kernel (6 to 7 minutes on 2 slow cores), and report
	@KNNMARK_EMULATOR='$(WRAPPER)' $(WRAPPER) $(BENCH) --output=results/bench.json $(BENCH_FLAGS)
	@$(WRAPPER) $(REPORT) $(REPORTS) results/bench.json $(wildcard results/peers.json)
	@$(WRAPPER) $(REPORT) --check results/bench.json || :

bench-quick: $(BENCH) ## the same on a small part of the job (under a minute)
	@KNNMARK_EMULATOR='$(WRAPPER)' $(WRAPPER) $(BENCH) --quick --output=results/bench-quick.json $(BENCH_FLAGS)

# The last L1 kernel in the list that runs here is the default.
.PHONY: demo
demo: DATA = --data=synthetic:train=5000,test=400
demo: $(COMMAND) $(BENCH) $(REPORT) ## in half a minute: three kernels on a small made-up set, which is faster, results/demo.html
	@best=$$($(WRAPPER) $(COMMAND) kernels | awk '$$2 == "l1" && $$5 != "no" { name = $$1 } END { print name }') && \
	$(WRAPPER) $(BENCH) --quick $(DATA) --output=results/demo.json \
	    --benchmark_filter="^(ceiling/l1|(kernel|search)/(l1_scalar|l1_baseline_auto|$$best)/(dim:3072|k:1/threads))" && \
	$(WRAPPER) $(REPORT) --output=results/demo.html results/demo.json && \
	$(WRAPPER) $(BENCH) --quick $(DATA) --versus=$$best,l1_baseline_auto

# Words of a side as in names of benchmarks: A=l1_avx2_6x8 B=l1_avx2, or A=threads:2 B=threads:1 (see --help).
.PHONY: versus
A ?=
B ?=
versus: $(BENCH) ## which is faster, and by how much: A=<kernel> B=<kernel>, or two policies, batches, threads, searches
	@$(WRAPPER) $(BENCH) --versus='$(A),$(B)' $(BENCH_FLAGS)

# A make of its own asks clang which flags it takes.
.PHONY: fuzz fuzzed
fuzz: ## give the readers damaged files, for FUZZ_SECONDS=20 each (libFuzzer); with FUZZ_SEED=1 the same files every time
	@+$(MAKE) --no-print-directory CC=clang CXX=clang++ BUILD=build/fuzz SANITIZE=fuzzer-no-link,address,undefined fuzzed

FUZZERS := $(addprefix $(BUILD)/tests/fuzz/,pickle archive npy idx vectors report)
.PHONY: $(FUZZERS:%=%.run) corpus
fuzzed: $(FUZZERS:%=%.run)
$(FUZZERS:%=%.run): %.run: corpus
	@sh tests/fuzz/run.sh $* $(or $(FUZZ_SECONDS),20) $(FUZZ_SEED)

corpus: $(BUILD)/tests/fuzz/seeds $(FUZZERS) # all are built before any runs, which has little time
	@$(if $(FUZZ_SEED),rm -rf $(BUILD)/tests/fuzz/corpus) # what earlier runs added
	@$< $(BUILD)/tests/fuzz/corpus

$(FUZZERS): %: %.o $(BUILD)/tests/fuzz/file.o $(filter-out %/main.o,$(sort $(REPORT_OBJECTS) $(REGRESS_OBJECTS))) $(COMMON_LIBRARY) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(JANSSON) $(LIBRARIES) $(LDLIBS)

$(BUILD)/tests/fuzz/seeds: $(BUILD)/tests/fuzz/seeds.o $(TEST_OBJECTS) $(COMMON_LIBRARY) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBRARIES) $(LDLIBS)

# A make of its own asks the cross compiler which flags it takes.
.PHONY: check-arm
check-arm: $(COMMAND) ## run the whole test suite on emulated Arm CPUs, and compare their answers with the native build's (see deps-arm)
	@+$(MAKE) --no-print-directory CROSS=$(ARM)- all tests
	@+$(DRY) MAKE="$(MAKE) CROSS=$(ARM)-" sh .ci/check-arm.sh $(BUILD) build/$(ARM)

.PHONY: check-avx512
check-avx512: $(COMMAND) $(KERNEL_TESTS) ## prove the AVX-512 kernels on an emulated CPU that has AVX-512 (minutes; see deps-dev)
	@$(DRY) sh .ci/check-avx512.sh $(BUILD)

# With a cross compiler, of both builds. MCA_FLAGS=--check measures nothing and writes nothing.
.PHONY: mca
mca: all ## what LLVM's models of x86 and Arm CPUs say of every tile's inner loop: results/mca.md; fails on a spill
	@if command -v $(ARM)-gcc >/dev/null; then \
	    $(MAKE) --no-print-directory CROSS=$(ARM)- build/$(ARM)/knnmark && \
	    sh bench/mca/mca.sh $(MCA_FLAGS) $(BUILD) --wrapper='qemu-aarch64 -cpu max' build/$(ARM); \
	else \
	    echo 'mca: no $(ARM)-gcc here (make deps-arm), so only the kernels of this machine' && \
	    sh bench/mca/mca.sh $(MCA_FLAGS) $(BUILD); \
	fi

# bench-peers: ## time other libraries on the same job, in turn with ours (see deps-peers): results/peers.json
ifneq ($(filter bench-peers,$(MAKECMDGOALS)),)
include bench/peers/peers.mk
endif

# The package works from the tree, too: PYTHONPATH=python. PIP_FLAGS says where to install: --user, --target=<folder>, ...
.PHONY: python install-python test-python bench-python bench-lessons
PYTHON ?= python3
WHEELS := $(BUILD)/wheels
python: $(SHARED) ## the Python package as a wheel, the library inside: build/wheels/*.whl
	@why=$$($(PYTHON) -c 'import pip, setuptools, wheel' 2>&1) || \
	    { echo "make python: $$(echo "$$why" | tail -n 1). make deps-python installs it, or pip: see docs/python.md" >&2 && false; }
	@rm -rf $(WHEELS) build/python
	@+$(DRY) $(PYTHON) -m pip wheel --quiet --no-build-isolation --no-deps --no-index --wheel-dir $(WHEELS) ./python
	@echo "python: $(WHEELS)/$$(ls $(WHEELS))"

install-python: python ## install that wheel for $(PYTHON); PIP_FLAGS=--user, --target=<folder>, --break-system-packages, ...
	$(PYTHON) -m pip install --no-index --no-deps --force-reinstall $(PIP_FLAGS) $(WHEELS)/*.whl

test-python: $(SHARED) $(COMMAND) ## prove the Python package right (see deps-python); PYTEST_FLAGS are pytest's
	@PYTHONPATH=python PYTHONDONTWRITEBYTECODE=1 KNNMARK_LIBRARY=$(abspath $(SHARED)) KNNMARK=$(abspath $(COMMAND)) \
	    $(PYTHON) -m pytest -q -p no:cacheprovider $(PYTEST_FLAGS) tests/python

bench-python: $(SHARED) $(COMMAND) ## time the Python package beside the command, scikit-learn and NumPy: results/python.md
	@PYTHONPATH=python KNNMARK_LIBRARY=$(abspath $(SHARED)) $(PYTHON) python/benchmark.py --command=$(COMMAND) $(PYTHON_FLAGS)

bench-lessons: ## the same job by scikit-learn, and by NumPy as the lesson has it (minutes; LESSONS_FLAGS=--queries=N; see deps-dev)
	@$(PYTHON) bench/peers/python_lessons.py $(LESSONS_FLAGS)

# Say BASE=<git ref>; REGRESS_FLAGS are options of knnmark-regress.
.PHONY: regress bisect regress-selftest check-reproducible
BASE ?=
regress: $(REGRESS) $(REGRESS_WORKER) ## is this tree slower than BASE=<git ref>? Three minutes at most; see ci/README.md
	@+$(DRY) MAKE='$(MAKE)' CC='$(CC)' OPTIMIZE='$(OPTIMIZE)' CFLAGS='$(CFLAGS)' CPPFLAGS='$(CPPFLAGS)' LDFLAGS='$(LDFLAGS)' \
	    SANITIZE='$(SANITIZE)' BASE='$(BASE)' sh bench/regress/regress.sh $(BUILD) $(REGRESS_FLAGS)

GOOD ?=
BAD ?=
BENCHMARK ?=
bisect: $(REGRESS) ## the first commit that made it slower: GOOD=<git ref> BAD=<git ref> [BENCHMARK=<pattern>]; see ci/README.md
	@+$(DRY) MAKE='$(MAKE)' CC='$(CC)' OPTIMIZE='$(OPTIMIZE)' CFLAGS='$(CFLAGS)' CPPFLAGS='$(CPPFLAGS)' LDFLAGS='$(LDFLAGS)' \
	    SANITIZE='$(SANITIZE)' GOOD='$(GOOD)' BAD='$(BAD)' BENCHMARK='$(BENCHMARK)' sh bench/regress/bisect.sh $(BUILD) $(REGRESS_FLAGS)

# The second build is in another folder: this shows that no path of it is in the code.
check-reproducible: $(REGRESS_WORKER) ## build the benchmarks' code twice: it must come out the same, or `make regress` could not tell
	@+$(DRY) rm -rf $(BUILD)/again && $(MAKE) --no-print-directory BUILD=$(BUILD)/again $(BUILD)/again/knnmark-regress-worker
	@sh bench/regress/code.sh $(BUILD) >$(BUILD)/once.code && sh bench/regress/code.sh $(BUILD)/again >$(BUILD)/again.code
	@cmp $(BUILD)/once.code $(BUILD)/again.code && echo "check-reproducible: $$(wc -l <$(BUILD)/once.code) files of code, the same in both builds"

regress-selftest: $(REGRESS) $(REGRESS_WORKER) ## does `make regress` decide rightly here? Hours; can be stopped and continued
	@sh bench/regress/selftest.sh $(BUILD) $(SELFTEST_FLAGS)

.PHONY: report history cpus plots figures
RESULT ?= results/bench.json
report: $(REPORT) ## write results/report.html and report.md of RESULT= (default results/bench.json), with the peers where there are any
	@$(WRAPPER) $(REPORT) $(REPORTS) $(RESULT) $(wildcard results/peers.json)

history: $(REPORT) ## draw results/history.html: how the newest file's CPU did over the commits, from all result files that are kept
	@sh bench/report/history.sh '$(strip $(WRAPPER) $(REPORT))' results/history.html \
	    $(filter-out %peers.json %quick.json %regress.json %reference.json,$(wildcard results/*.json results/cpus/*.json results/history/*.json))

cpus: $(REPORT) ## write results/cpus.html: the result files of results/cpus beside each other
	@$(WRAPPER) $(REPORT) --output=results/cpus.html $(wildcard results/cpus/*.json)

plots: $(REPORT) ## draw the pictures of RESULT= into plots/
	@$(WRAPPER) $(REPORT) --pictures=plots $(RESULT)

figures: $(COMMAND) $(REPORT) ## draw the figures of docs/lesson.md and of README into plots/
	@KNNMARK=$(COMMAND) sh plots/figures.sh
	@$(WRAPPER) $(REPORT) --pictures=$(BUILD)/pictures results/reference.json
	@cp $(BUILD)/pictures/throughput.svg plots/reference-throughput.svg

.PHONY: bench-wrapper
bench-wrapper: $(BUILD)/bench/gbench/cost ## time an empty loop through the C wrapper of Google Benchmark, and without it
	@$(WRAPPER) $<

$(BUILD)/bench/gbench/cost: $(BUILD)/bench/gbench/cost.o $(BUILD)/bench/gbench/cost_loop.o $(GBENCH_OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LINK) $(LDFLAGS) -o $@ $^ -lbenchmark $(LDLIBS)

# -- data -------------------------------------------------------------------------------------------------------------

URL    ?= https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz
SHA256 := c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd

.PHONY: data
data: ## fetch CIFAR-10 (170 MB), verified, to where the default data set is looked for; URL= overrides the source
	@sh .ci/fetch.sh "$(URL)" $(SHA256) data/cifar-10-binary.tar.gz

# -- care -------------------------------------------------------------------------------------------------------------

.PHONY: format lint install uninstall clean help
format: ## reformat the sources
	$(Q)clang-format -i $(FORMATTED)
	$(Q)black -q --config python/pyproject.toml $(PYTHONS)

PYTHONS := python tests/python
LINTED := statistics ceilings work results html report regress # peers need packages that may be absent
MPI_INCLUDES := $(filter -I%,$(shell $(MPICC) -show 2>/dev/null)) # without MPI its part is not checked
TIDY   := $(filter-out %/f32_tile.c $(if $(MPI_INCLUDES),,src/mpi/%),$(wildcard src/*/*.c bench/*.c $(LINTED:%=bench/%/*.c)))
.PHONY: cppcheck pythons $(TIDY:%=%.tidy)
lint: cppcheck pythons $(TIDY:%=%.tidy) ## check format and run the static checkers
	$(Q)clang-format --dry-run -Werror $(FORMATTED)
	$(Q)! grep -n '#include "[^"]*/' kernels/*.[ch] src/*/*.[ch] # by a path, one room could see any other

cppcheck:
	$(Q)cppcheck --quiet --error-exitcode=1 --enable=warning,portability --inline-suppr --std=c11 $(ALL_ROOMS) \
	    --suppress=missingIncludeSystem --suppress=ctuuninitvar --suppress=legacyUninitvar --force $(filter -DKNN_BUILD_%,$(DEFINES)) \
	    $(filter %.c,$(FORMATTED))

pythons:
	$(Q)black -q --check --config python/pyproject.toml $(PYTHONS) || { echo 'lint: Python is not formatted: make format' && false; }
	$(Q)pyflakes3 $(PYTHONS)
	$(Q)mypy --no-error-summary --cache-dir=$(BUILD)/mypy --config-file python/pyproject.toml python/knnmark

$(TIDY:%=%.tidy): %.tidy: % $(BUILD)/bench/commit.h
	$(Q)clang-tidy --quiet --warnings-as-errors='*' $< -- $(DEFINES) $(ALL_ROOMS) $(MPI_INCLUDES) -Isrc/command $(PACKAGED) -I$(BUILD)/bench -std=c11 -fopenmp

# What is installed, from below PREFIX; the library finds nothing by a path, so that all of it can be moved.
INSTALLED = bin/knnmark include/knnmark.h $(PAGES) share/knnmark \
            $(addprefix $(LIB)/,libknnmark.a $(notdir $(SHARED)) $(SONAME) $(LINKED) pkgconfig/knnmark.pc)
PAGES     = share/man/man1/knnmark.1 share/bash-completion/completions/knnmark share/zsh/site-functions/_knnmark
LINKED    = libknnmark$(suffix $(subst .$(VERSION),,$(notdir $(SHARED))))
ROOT      = "$(DESTDIR)$(PREFIX)"

install: $(LIBRARY) $(SHARED) $(COMMAND) ## install library, header, pkg-config file, command, manual page and completion below PREFIX (and DESTDIR; LIB=lib/<triplet>)
	install -d $(ROOT)/bin $(ROOT)/include $(ROOT)/$(LIB)/pkgconfig $(addprefix $(ROOT)/,$(dir $(PAGES))) $(ROOT)/share/knnmark/plots
	install -m 755 $(COMMAND) $(ROOT)/bin/
	install -m 644 $(wildcard plots/*.gp) $(ROOT)/share/knnmark/plots/
	$(WRAPPER) $(COMMAND) help --man > $(ROOT)/share/man/man1/knnmark.1
	$(WRAPPER) $(COMMAND) help --bash > $(ROOT)/share/bash-completion/completions/knnmark
	$(WRAPPER) $(COMMAND) help --zsh > $(ROOT)/share/zsh/site-functions/_knnmark
	install -m 644 src/knnmark.h $(ROOT)/include/
	install -m 644 $(LIBRARY) $(ROOT)/$(LIB)/
	install -m 755 $(SHARED) $(ROOT)/$(LIB)/
	ln -sf $(notdir $(SHARED)) $(ROOT)/$(LIB)/$(SONAME)
	ln -sf $(SONAME) $(ROOT)/$(LIB)/$(LINKED)
	printf '%s\n' 'prefix=$${pcfiledir}/..$(subst $() ,,$(patsubst %,/..,$(subst /, ,$(LIB))))' 'Name: knnmark' 'Description: Exact nearest-neighbour search on bytes' \
	    'Version: $(VERSION)' 'Cflags: -I$${prefix}/include' 'Requires: $(LIBRARY_PACKAGES)' \
	    'Libs: -L$${pcfiledir}/.. -lknnmark $(OPENMP_LIB) -lm' > $(ROOT)/$(LIB)/pkgconfig/knnmark.pc

uninstall: ## remove what install has put below PREFIX (and DESTDIR)
	cd $(ROOT) && rm -rf $(INSTALLED)

# Of the newest commit: what is not committed is not in it.
.PHONY: dist deb check-deb
ARCHIVE := $(BUILD)/knnmark-$(VERSION).tar.gz
dist: ## the newest commit as a source archive: build/knnmark-<version>.tar.gz
	@mkdir -p $(BUILD)
	@git archive --prefix=knnmark-$(VERSION)/ --output=$(ARCHIVE) HEAD && echo "dist: $(ARCHIVE)"

deb: dist ## Debian packages of that archive, into build/deb (see deps-dev)
	@sh .ci/deb.sh $(ARCHIVE) $(VERSION) $(BUILD)/deb

check-deb: ## lintian on these packages, and in an empty Debian: install, run, link with, remove (needs root)
	@sh tests/deb.sh $(BUILD)/deb

clean: ## remove what was built
	rm -rf $(BUILD)

help: ## list the targets
	@sed -n 's/^#* *\([a-z0-9-]*\):.*## /\1\t/p' Makefile | while IFS='	' read -r name text; do printf '%-16s %s\n' "$$name" "$$text"; done

endif
