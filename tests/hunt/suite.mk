# What hunts for defects that no other test names: sanitizers, fuzzers, coverage, a statistics suite
# and a soak. Each has a target of its own; the suite runs them, the longer ones with
# OSRANDOM_TEST_ALL=1.
SUITES += hunt

HUNT_DIR := $(BUILD)/hunt

# ---- The shim inside a program ----
#
# The shim is freestanding, and no sanitizer's runtime can be linked to it. So its objects become a part
# of a program that is linked to this host's OpenSSL, or loads one: the names that it defines are found
# there first, as with LD_PRELOAD. The mem* functions are left to the runtime.
INSIDE_OBJECTS := $(filter-out %/freestanding.o,$(SHIM_OBJECTS))
INSIDE_PROBES := draws handshake keys memory swap engine ending
INSIDE := $(addprefix $(BUILD)/inside/,$(INSIDE_PROBES) storm sources threads)
INSIDE_COMPILE = $(CC) -O1 -g $(TEST_CFLAGS) -Wno-deprecated-declarations -fPIE -pie -rdynamic -o $@ $< \
                 $(filter %.o,$^)

$(INSIDE): $(FLAGS_FILE) tests/hunt/suite.mk
$(addprefix $(BUILD)/inside/,$(INSIDE_PROBES)): $(BUILD)/inside/%: tests/probes/%.c $(INSIDE_OBJECTS)
	$(call say,INSIDE,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(INSIDE_COMPILE) -lssl -lcrypto -lpthread

$(BUILD)/inside/storm: tests/programs/storm.c $(INSIDE_OBJECTS)
	$(call say,INSIDE,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(INSIDE_COMPILE) -lpthread -ldl

$(BUILD)/inside/threads: tests/hunt/programs/threads.c $(INSIDE_OBJECTS)
	$(call say,INSIDE,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(INSIDE_COMPILE) -lcrypto -lpthread -ldl

$(BUILD)/inside/sources: tests/hunt/programs/sources.c $(filter $(BUILD)/platform/%,$(SHIM_OBJECTS))
	$(call say,INSIDE,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(INSIDE_COMPILE) -lpthread

# ---- Sanitizers ----
#
# One more build each, by this Makefile, in a directory of its own. Criterion cannot run under
# ThreadSanitizer, which takes the addresses that Criterion wants: that build has the programs only.
HUNT_FREESTANDING := -std=gnu11 -D_GNU_SOURCE -fPIC -fvisibility=hidden -ffreestanding \
                     -U_FORTIFY_SOURCE -fno-omit-frame-pointer
HAS_SANITIZERS = $(call can_link,clang -fsanitize=address$(comma)undefined)

# $(call another_build,NAME,COMPILER,TARGETS)
another_build = +$(Q)$(MAKE) --no-print-directory $(if $(V),,-s) BUILD=$(HUNT_DIR)/$(1) CC='$(2)' \
                CFLAGS='-O1 -g' CPPFLAGS= LDFLAGS= FREESTANDING='$(HUNT_FREESTANDING)' \
                $(patsubst %,$(HUNT_DIR)/$(1)/%,$(3))

.PHONY: address-files thread-files
address-files:
	$(call another_build,address,clang -fsanitize=address$(comma)undefined -fno-sanitize-recover=all,\
	    tests/unit/run $(UNIT_FILES:$(BUILD)/%=%) $(INSIDE:$(BUILD)/%=%))
thread-files:
	$(call another_build,thread,clang -fsanitize=thread,$(INSIDE:$(BUILD)/%=%))

# ---- Fuzzers ----

HUNT_FUZZ := $(addprefix $(HUNT_DIR)/,fuzz_elf fuzz_symbols fuzz_settings fuzz_rules fuzz_reader fuzz_provider)
FUZZ_COMPILE = clang -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -O1 -g $(TEST_CFLAGS) \
               -Itools/osrandom -Itests/hunt/programs -o $@ $(filter %.c,$^) $(FUZZ_LIBS)

HUNT_READER := $(addprefix tools/osrandom/,process/status_block.c process/remote_image.c process/process.c \
                 process/mounts.c \
                 base/printable.c) platform/elf_image.c
HUNT_PROOF := $(addprefix tools/osrandom/,process/absence.c process/foreign.c process/loader_list.c process/mapped.c \
                process/proof.c process/trail.c process/verdict.c file/object.c file/object_symbols.c file/object_texts.c \
                file/regular.c base/complain.c base/memory.c)

$(HUNT_FUZZ): tests/hunt/suite.mk
	$(call say,FUZZ,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_COMPILE)
$(HUNT_FUZZ): $(HUNT_DIR)/%: tests/hunt/programs/%.c
$(HUNT_DIR)/fuzz_elf: $(addprefix platform/,elf_image.c elf_binding.c elf_image.h elf_binding.h) \
    tests/hunt/programs/layout.h
$(HUNT_DIR)/fuzz_symbols: $(addprefix preload/,build_id.c symbol_file.c symbol_search.c build_id.h symbol_file.h \
    symbol_search.h) $(addprefix platform/,linux_file.c linux_maps.c elf_image.c) tests/hunt/programs/layout.h
$(HUNT_DIR)/fuzz_settings: $(addprefix preload/,setting_words.c settings.c report.c setting_words.h settings.h report.h) platform/linux_file.c
$(HUNT_DIR)/fuzz_rules: $(addprefix preload/,rules.c setting_words.c rules.h setting_words.h)
$(HUNT_DIR)/fuzz_reader: $(HUNT_READER) $(wildcard tools/osrandom/process/*.h) preload/status.h \
    tests/hunt/programs/reader_input.h tests/hunt/programs/reader_damage.h
$(HUNT_DIR)/fuzz_provider: $(HUNT_READER) $(HUNT_PROOF) $(wildcard tools/osrandom/*/*.h) preload/status.h \
    preload/provider_status.h tests/hunt/programs/reader_input.h tests/hunt/programs/reader_damage.h
$(HUNT_DIR)/fuzz_provider: FUZZ_LIBS := -lelf

$(HUNT_DIR)/reader_seed: tests/hunt/programs/reader_seed.c $(HUNT_READER) $(FLAGS_FILE)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O1 -g $(TEST_CFLAGS) -Itools/osrandom -Itests/hunt/programs -o $@ $(filter %.c,$^) -lcrypto

# What they begin with: real objects, a real environment, a real process; and for the readers of ELF files what
# earlier runs have found, by -merge=1, for each way through the code the shortest. What they find new stays in
# $(HUNT_DIR)/corpus, and the next run goes on from there.
HUNT_CORPUS := $(HUNT_DIR)/corpus/unpacked
$(HUNT_CORPUS): tests/hunt/corpus.tar.xz
	$(call say,UNPACK,$(@D))
	$(Q)mkdir -p $(@D)
	$(Q)tar -xJf $< -C $(@D) && touch $@

HUNT_SEEDS := $(HUNT_DIR)/seeds/made
$(HUNT_SEEDS): tests/hunt/seeds $(HUNT_DIR)/reader_seed $(SHIM) $(MODULE) tools/examples/openssl-cnf/osrandom-3.0.cnf \
    $(BUILD)/tests/unit/small-gnu.so $(BUILD)/tests/unit/small-sysv.so \
    $(addprefix $(BUILD)/tests/unit/,copy.so copy-anonymous.so copy-two.so copy-stripped.so)
	$(call say,SEEDS,$(@D))
	$(Q)tests/hunt/seeds $(BUILD) $(@D) && touch $@

# ---- Soak and statistics ----

HUNT_PROGRAMS := $(addprefix $(HUNT_DIR)/,soak stream gone)
$(HUNT_PROGRAMS): $(FLAGS_FILE) tests/hunt/suite.mk
$(HUNT_DIR)/soak: $(addprefix tests/hunt/programs/soak,.c _handshakes.c _processes.c .h)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O2 -g $(TEST_CFLAGS) -o $@ $(filter %.c,$^) -lssl -lcrypto -lpthread

$(HUNT_DIR)/gone: tests/hunt/programs/gone.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O2 -g $(TEST_CFLAGS) -Wno-deprecated-declarations -o $@ $< -lcrypto -ldl

$(HUNT_DIR)/stream: tests/hunt/programs/stream.c $(filter $(BUILD)/platform/%,$(SHIM_OBJECTS))
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O2 -g $(TEST_CFLAGS) -o $@ $< $(filter %.o,$^)

# ---- The suite, and a target for each of its parts ----

HUNT_FILES = $(HUNT_PROGRAMS) $(if $(HAS_SANITIZERS),address-files thread-files $(HUNT_FUZZ) $(HUNT_SEEDS) $(HUNT_CORPUS))
TEST_FILES += $(if $(OSRANDOM_TEST_ALL),$(HUNT_FILES))

hunt_run = +$(Q)OSRANDOM_TEST_ALL= TEST_FILTER='$(1)/*' tests/support/run_suites $(BUILD)/tests/hunt/run

.PHONY: sanitize fuzz statistics soak
sanitize: address-files thread-files $(BUILD)/tests/hunt/run $(STATIC_TREES:%=$(BUILD)/probes/%/unloadable.so)
	$(call hunt_run,sanitize)

fuzz: $(HUNT_FUZZ) $(HUNT_SEEDS) $(HUNT_CORPUS) $(BUILD)/tests/hunt/run
	$(call hunt_run,fuzz)

statistics: $(HUNT_PROGRAMS) $(BUILD)/tests/hunt/run
	$(call hunt_run,statistics)

soak: export SOAK_SECONDS ?= 60
soak: $(HUNT_PROGRAMS) $(SHIM) $(BUILD)/tests/hunt/run
	$(call hunt_run,soak)
	$(Q)cat $(HUNT_DIR)/soak.txt

# ---- Coverage ----
#
# By clang's instrumentation, whose counters lie in a mapped file: what a process counted is there also
# when it was killed, or ended by _exit() as Criterion's do. This shim needs a C library, for the
# runtime does. The programs that it is preloaded into are those of the plain build.
COVERAGE_DIR := $(HUNT_DIR)/coverage
COVERAGE_FLAGS := -fprofile-instr-generate -fcoverage-mapping -mllvm -runtime-counter-relocation \
                  -Wno-unused-command-line-argument
COVERAGE_SHIM := -shared -Wl,-soname,libosrandom_preload.so -Wl,-z,now -Wl,-z,nodelete \
                 -Wl,--hash-style=gnu -Wl,--version-script=preload/exports.map
COVERAGE_BORROWED := probes programs trees quiet

.PHONY: coverage coverage-files
coverage-files: $(PROBE_FILES) $(PROGRAMS)
	$(Q)mkdir -p $(COVERAGE_DIR)
	+$(Q)$(MAKE) --no-print-directory BUILD=$(COVERAGE_DIR) CC=clang CFLAGS='-O1 -g' CPPFLAGS= \
	    LDFLAGS=-fprofile-instr-generate FREESTANDING='$(HUNT_FREESTANDING) $(COVERAGE_FLAGS)' \
	    SHIM_LDFLAGS='$(COVERAGE_SHIM)' \
	    UNIT_COMPILE='$$(CC) -O1 $$(TEST_CFLAGS) -fprofile-instr-generate -Xclang -fprofile-instrument=none -o $$@' \
	    $(patsubst $(BUILD)/%,$(COVERAGE_DIR)/%,$(SHIM) $(LEDGER_SHIM) $(UNIT_FILES) \
	      $(RULES_USES) $(BUILD)/osrandom $(addprefix $(BUILD)/tests/,unit/run rules/run openssl/run))
	$(Q)cd $(COVERAGE_DIR) && for folder in $(COVERAGE_BORROWED); do ln -sfn ../../$$folder $$folder; done

coverage: coverage-files
	$(Q)tests/hunt/coverage $(COVERAGE_DIR)
