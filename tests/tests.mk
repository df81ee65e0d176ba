# The tests: one folder a question, one Criterion program a folder: see tests/README.md.

# Debian 11's linker cannot read the C libraries that hidden copies are linked to.
LINKS_TREES := $(if $(MAKING),$(shell ld --help 2>/dev/null | grep pack-relative-relocs))

SUITES := $(patsubst tests/%/,%,$(dir $(wildcard $(addprefix tests/,$(addsuffix /.,\
            unit orders load rules module provider windows openssl $(if $(LINKS_TREES),hidden) harmless faults duplication status command \
            surroundings reach apps strangers)))))
comma := ,
TREES := openssl-1.1.1 openssl-3.0 openssl-3.5 openssl-3.6 openssl-4.0

TEST_CFLAGS := -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -Wno-conversion -Wno-cast-align \
               -Wno-missing-field-initializers -include tests/support/lacking.h \
               -Iplatform -Ipreload -Itests/support -DBUILD_DIR='"$(BUILD)"'

SUPPORT_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/support/*.c))
LEDGER_SHIM := $(BUILD)/ledger/libosrandom_preload.so

HAS_CRITERION := $(BUILD)/tests/criterion
$(HAS_CRITERION):
	$(Q)mkdir -p $(@D)
	$(Q)echo '#include <criterion/criterion.h>' | $(CC) -E -o $@ - 2>/dev/null || { rm -f $@; \
	    echo 'the tests need Criterion: apt-get install libcriterion-dev, or tools/check, which does that' >&2; \
	    exit 1; }

$(BUILD)/tests/%.o: tests/%.c $(FLAGS_FILE) Makefile tests/tests.mk | $(HAS_CRITERION)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(TEST_CFLAGS) -MMD -MP -c -o $@ $<

# The shim that also writes what it hands out to a ledger: see tests/support/ledger.h.
$(BUILD)/ledger/method.o: preload/method.c $(FLAGS_FILE) Makefile
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(FREESTANDING) -Drandom_fill=ledger_fill -Iplatform -MMD -MP \
	    -c -o $@ $<

$(BUILD)/ledger/ledger_fill.o: tests/ledger/ledger_fill.c $(FLAGS_FILE) Makefile
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(WARNINGS) $(FREESTANDING) -Iplatform -Ipreload -Itests/support \
	    -MMD -MP -c -o $@ $<

LEDGER_OBJECTS := $(BUILD)/ledger/method.o $(BUILD)/ledger/ledger_fill.o \
                  $(call whole,$(filter-out $(BUILD)/preload/method.o,$(SHIM_OBJECTS)))

$(LEDGER_SHIM): $(LEDGER_OBJECTS) preload/exports.map
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(FREESTANDING) $(LTO) $(SHIM_LDFLAGS) -o $@ $(LEDGER_OBJECTS) -lgcc

# Where a tree lies; fetched on the first use.
.SECONDARY: $(TREES:%=$(BUILD)/trees/%) $(BUILD)/trees/boringssl
$(BUILD)/trees/%:
	$(Q)mkdir -p $(@D)
	$(Q)tests/support/trees get $* >$@.new && mv $@.new $@

# A probe is a little program that uses OpenSSL in one way. Each is built against every tree twice:
# as a program that is linked to OpenSSL, and as a module that `late` loads with RTLD_LOCAL.
PROBES := $(patsubst tests/probes/%.c,%,$(wildcard tests/probes/*.c))

define tree_rules
$(BUILD)/probes/$(1)/%.o: tests/probes/%.c $(BUILD)/trees/$(1) $(wildcard tests/probes/*.h) $(FLAGS_FILE)
	$$(Q)mkdir -p $$(@D)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && \
	    $$(CC) -O1 -g $$(TEST_CFLAGS) -Wno-deprecated-declarations -isystem $$$$INCLUDE -fPIC -c -o $$@ $$<
$(BUILD)/probes/$(1)/%: $(BUILD)/probes/$(1)/%.o
	$$(call say,PROBE,$$@)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && \
	    $$(CC) -pie -o $$@ $$< $$$$LIBSSL $$$$LIBCRYPTO -lpthread -ldl -Wl,--allow-shlib-undefined
$(BUILD)/probes/$(1)/%.so: $(BUILD)/probes/$(1)/%.o
	$$(call say,PROBE,$$@)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && \
	    $$(CC) -shared -o $$@ $$< $$$$LIBSSL $$$$LIBCRYPTO -lpthread -Wl,--allow-shlib-undefined
.SECONDARY: $$(foreach probe,$(PROBES),$(BUILD)/probes/$(1)/$$(probe).o)
PROBE_FILES += $$(foreach probe,$(PROBES),$(BUILD)/probes/$(1)/$$(probe) \
                 $(BUILD)/probes/$(1)/$$(probe).so)
endef
$(foreach tree,$(TREES),$(eval $(call tree_rules,$(tree))))

# Programs without OpenSSL that come by it in their own ways.
PRELOADS := holds other_shim stands walks
PROGRAMS := $(patsubst tests/programs/%.c,$(BUILD)/programs/%,\
              $(filter-out $(PRELOADS:%=tests/programs/%.c),$(wildcard tests/programs/*.c))) \
            $(PRELOADS:%=$(BUILD)/programs/%.so)

$(BUILD)/programs/%: tests/programs/%.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O1 -g $(TEST_CFLAGS) -o $@ $< -ldl -lpthread

$(BUILD)/programs/%.so: tests/programs/%.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O1 -g $(TEST_CFLAGS) -fPIC -shared -o $@ $<

# OpenSSL inside other objects, from static libraries that this host can link: a program that exports
# it, as Node.js does; one that hides it; a library that has what it calls and no more; one that, unlike
# Debian's, can be unloaded; and one that takes no method.
STATIC_TREES := openssl-1.1.1 openssl-3.0
CARRIERS := $(foreach tree,$(STATIC_TREES),$(addprefix $(BUILD)/probes/$(tree)/,\
              static_exported static_exported_nopie static_hidden plain.so unloadable.so methodless.so))
NEEDED_INSIDE := $(addprefix -Wl$(comma)-u$(comma),RAND_set_rand_method RAND_get_rand_method \
                   OpenSSL_version_num OpenSSL_version)
static_exported_FLAGS = -fPIE -pie -rdynamic $(NEEDED_INSIDE) tests/probes/draws.c
static_exported_nopie_FLAGS = -fno-pie -no-pie -rdynamic $(NEEDED_INSIDE) tests/probes/draws.c
static_hidden_FLAGS = -fPIE -pie tests/probes/draws.c
plain.so_FLAGS = -shared -fPIC tests/probes/draws.c
unloadable.so_FLAGS = -shared -Wl,--whole-archive
methodless.so_FLAGS = -shared -fPIC -Wl,--version-script=tests/probes/methodless.map \
                      tests/probes/draws.c -Wl,--whole-archive

$(CARRIERS): tests/probes/draws.c tests/probes/methodless.map $(STATIC_TREES:%=$(BUILD)/trees/%) $(FLAGS_FILE)
	$(call say,PROBE,$@)
	$(Q)mkdir -p $(@D)
	$(Q). $$(cat $(BUILD)/trees/$(notdir $(@D)))/tree.env && \
	    $(CC) -O1 -g $(TEST_CFLAGS) -Wno-deprecated-declarations -isystem $$INCLUDE -o $@ $($(@F)_FLAGS) \
	    $${LIBCRYPTO%/*}/libcrypto.a -Wl,--no-whole-archive -lpthread -ldl

$(BUILD)/probes/boringssl/draws: tests/probes/boringssl/draws.c $(BUILD)/trees/boringssl
	$(call say,PROBE,$@)
	$(Q)mkdir -p $(@D)
	$(Q). $$(cat $(BUILD)/trees/boringssl)/tree.env && \
	    $(CC) -O1 -g $(TEST_CFLAGS) -isystem $$INCLUDE -o $@ $< $$LIBCRYPTO \
	    -Wl,--allow-shlib-undefined

PROBE_FILES += $(CARRIERS) $(BUILD)/probes/boringssl/draws

define suite_rules
$(1)_OBJECTS := $$(patsubst %.c,$(BUILD)/%.o,$$(wildcard tests/$(1)/*.c))
-include $$($(1)_OBJECTS:.o=.d)
$(BUILD)/tests/$(1)/run: $$($(1)_OBJECTS) $(SUPPORT_OBJECTS) $$($(1)_LINKS)
	$$(call say,LINK,$$@)
	$$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$($(1)_OBJECTS) $(SUPPORT_OBJECTS) $$($(1)_LINKS) \
	    -lcriterion -lpthread -ldl
TEST_PROGRAMS += $(BUILD)/tests/$(1)/run
endef

# What a suite links or needs beyond its own files.
unit_LINKS := $(filter $(BUILD)/platform/%,$(SHIM_OBJECTS))
-include $(wildcard tests/*/suite.mk)
$(foreach suite,$(SUITES),$(eval $(call suite_rules,$(suite))))
-include $(SUPPORT_OBJECTS:.o=.d) $(BUILD)/ledger/method.d $(BUILD)/ledger/ledger_fill.d

# The quick loop leaves out what takes minutes; tools/check runs everything.
SLOW_SUITES := duplication apps reach hunt
.PHONY: tests probes check check-all check-offline offline-files
probes: $(PROBE_FILES) $(PROGRAMS)
tests: $(SHIM) $(LEDGER_SHIM) $(PROGRAMS) $(TEST_PROGRAMS) $(PROBE_FILES) $(TEST_FILES)

check: tests
	$(Q)tests/support/run_suites $(filter-out $(SLOW_SUITES:%=$(BUILD)/tests/%/run),$(TEST_PROGRAMS))

# For where packages are built: no network and no root are needed, but a compiler, Criterion, and this
# system's own OpenSSL with its headers. Tests of foreign software are skipped.
OFFLINE_SUITES := unit orders load faults surroundings
OFFLINE_FILES := $(SHIM) $(LEDGER_SHIM) $(PROGRAMS) $(OFFLINE_SUITES:%=$(BUILD)/tests/%/run) $(UNIT_FILES) $(ORDERS_FILES) \
                $(LOAD_SHIMS) $(LOAD_FILES) $(BUILD)/tests/faults/probe $(FAULTS_MUTANTS) $(SURROUNDINGS_FILES)
offline-files: $(OFFLINE_FILES)
check-offline:
	$(Q)$(MAKE) --no-print-directory OFFLINE=1 offline-files
	$(Q)XDG_CACHE_HOME=$(abspath $(BUILD))/offline OSRANDOM_TEST_QUICK=1 OSRANDOM_TEST_OFFLINE=1 \
	    tests/support/run_suites $(OFFLINE_SUITES:%=$(BUILD)/tests/%/run)

# Other people's suites, an hour of them; tools/check --all runs the short ones.
.PHONY: strangers
strangers:
	$(Q)BUILD=$(BUILD) tests/strangers/run $(MODE:%=-m %) $(SUITE)

# The hunts build everything twice more and take minutes: only tools/check --all has them.
check-all: tests
	$(if $(LINKS_TREES),,@echo '[SKIP] hidden: the linker is older than binutils 2.38, and cannot link to newer C libraries')
	$(Q)tests/support/run_suites $(filter-out $(if $(OSRANDOM_TEST_ALL),,$(BUILD)/tests/hunt/run),$(TEST_PROGRAMS))
