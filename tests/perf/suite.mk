# The benchmark: no Criterion suite, but tests/perf/run, which starts $(BUILD)/perf/perf. One measuring
# program a tree, and an object that does nothing, to tell the shim from the loader.

PERF_DIR := $(BUILD)/perf
PERF_MEASURE := $(addprefix $(BUILD)/tools/osrandom/,base/bare_vdso.o bench/measure.o bench/footprint.o bench/pin.o)
PERF_COMPARE := $(addprefix $(BUILD)/tools/osrandom/bench/,compare.o plot.o footprint.o pin.o)
PERF_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(filter-out tests/perf/worker.c,$(wildcard tests/perf/*.c)))

$(BUILD)/tests/perf/%.o: TEST_CFLAGS += -Itools/osrandom

# The measuring end must load under the oldest tree's C library too, and is compiled plainly.
$(sort $(PERF_MEASURE) $(PERF_COMPARE)): $(BUILD)/tools/%.o: tools/%.c $(FLAGS_FILE) Makefile
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(WARNINGS) $(ANYWHERE) -std=gnu11 -D_GNU_SOURCE -fPIE -Iplatform -Ipreload -Itools/osrandom \
	    -MMD -MP -c -o $@ $<
-include $(PERF_MEASURE:.o=.d) $(PERF_COMPARE:.o=.d) $(PERF_OBJECTS:.o=.d)

define perf_rules
$(PERF_DIR)/$(1)/worker: tests/perf/worker.c $(PERF_MEASURE) $(BUILD)/platform/elf_image.o \
    $(BUILD)/trees/$(1) $(wildcard tests/probes/*.h) $(FLAGS_FILE)
	$$(call say,PERF,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && \
	    $$(CC) -O2 -g $$(TEST_CFLAGS) -Itools/osrandom -Itests/probes -Wno-deprecated-declarations \
	    -isystem $$$$INCLUDE -fPIE -pie -o $$@ $$< $(PERF_MEASURE) $(BUILD)/platform/elf_image.o \
	    $$$$LIBSSL $$$$LIBCRYPTO -lpthread -Wl,--allow-shlib-undefined
PERF_FILES += $(PERF_DIR)/$(1)/worker
endef
$(foreach tree,$(TREES),$(eval $(call perf_rules,$(tree))))

$(PERF_DIR)/empty.so: tests/load/programs/empty.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O1 -shared -fPIC -nostdlib -Wl,-z,relro,-z,now -o $@ $<

# It is no Criterion program: what asserts is left out.
PERF_SUPPORT := $(filter-out %/configuration.o %/move_headers.o,$(SUPPORT_OBJECTS))
$(PERF_DIR)/perf: $(PERF_OBJECTS) $(PERF_COMPARE) $(PERF_SUPPORT) $(filter $(BUILD)/platform/%,$(SHIM_OBJECTS))
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lm -lpthread -ldl

.PHONY: perf perf-short perf-files
perf-files: $(SHIM) $(PERF_DIR)/perf $(PERF_DIR)/empty.so $(PERF_FILES)

perf: perf-files
	$(Q)$(PERF_DIR)/perf

perf-short: perf-files
	$(Q)$(PERF_DIR)/perf --short
