# Which peers this machine has, and the program that times them. Included for `make bench-peers` alone: it tries to link.

OPENBLAS := $(shell $(PKG_CONFIG) --libs openblas 2>/dev/null)
links     = $(shell printf 'int main() {}' | $(CXX) -fopenmp -include $(2) -x c++ -o /dev/null - -x none $(3) 2>/dev/null && echo $(1))
PEERS    := $(if $(OPENBLAS),openblas $(call links,faiss,faiss/IndexFlat.h,-lfaiss $(OPENBLAS))) \
            $(call links,onednn,oneapi/dnnl/dnnl.hpp,-ldnnl)

PEERS_BENCH   := $(BUILD)/knnmark-bench-peers
PEERS_SOURCES := $(filter-out $(patsubst %,bench/peers/%,openblas.c faiss.cc onednn.cc),$(wildcard bench/peers/*.c)) \
                 $(foreach peer,$(PEERS),$(wildcard bench/peers/$(peer).c*))
PEERS_OBJECTS := $(patsubst %,$(BUILD)/%.o,$(basename $(PEERS_SOURCES))) $(filter-out $(BUILD)/bench/main.o,$(BENCH_OBJECTS))

# Like the settings: peers may have come or gone since the last build, which then has to be repeated.
.PHONY: peers
peers:
	@mkdir -p $(BUILD)/bench/peers
	@echo '$(PEERS)' | { $(call keep,$(BUILD)/bench/peers/built); }
$(BUILD)/bench/peers/built: peers
$(filter $(BUILD)/bench/peers/%,$(PEERS_OBJECTS)): $(BUILD)/bench/peers/built

$(BUILD)/bench/peers/%.o: DEFINES += $(PEERS:%=-DKNN_PEER_%)
$(BUILD)/bench/peers/%.o: INCLUDES += $(patsubst -I%,-isystem %,$(shell $(PKG_CONFIG) --cflags openblas 2>/dev/null))

$(PEERS_BENCH): $(PEERS_OBJECTS) $(COMMON_LIBRARY) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LINK) $(LDFLAGS) -o $@ $^ -lbenchmark $(NETTLE) $(JANSSON) $(if $(filter faiss,$(PEERS)),-lfaiss) \
	    $(OPENBLAS) $(if $(filter onednn,$(PEERS)),-ldnnl) $(LIBRARIES) $(LDLIBS)

.PHONY: bench-peers
bench-peers: $(PEERS_BENCH)
	@$(WRAPPER) $(PEERS_BENCH) --output=results/peers$(if $(filter --quick,$(PEERS_FLAGS)),-quick).json $(PEERS_FLAGS)
