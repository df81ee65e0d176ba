# OpenSSL inside programs and modules that export none of it, from each tree's static libraries, with
# symbols, without, and with those in a file of their own. They need the tree's C library: programs name
# the tree's loader, modules are loaded by a program that it runs. Those called checkpoint are for the
# suite duplication.
HIDDEN_TREES := openssl-3.0 openssl-3.5 openssl-3.6 openssl-4.0
HIDDEN_KINDS := program program-fixed module.so module-anonymous.so module-needing.so
HIDDEN_CHECKPOINTS := checkpoint checkpoint.so
HIDDEN_SOURCES := tests/hidden/programs/inside.c tests/duplication/programs/checkpoint.c \
                  tests/duplication/programs/draws.c
hidden_LINKS := $(BUILD)/tests/duplication/sides.o

HIDDEN_program_FLAGS := -fPIE -pie
HIDDEN_checkpoint_FLAGS := -fPIE -pie
HIDDEN_checkpoint.so_FLAGS := -fPIC -shared
HIDDEN_program-fixed_FLAGS := -fno-pie -no-pie
HIDDEN_module.so_FLAGS := -fPIC -shared
HIDDEN_module-anonymous.so_FLAGS := -fPIC -shared -Wl,--build-id=none
HIDDEN_module-needing.so_FLAGS := -fPIC -shared -Wl,--no-as-needed $(BUILD)/hidden/replace.so

$(BUILD)/hidden/%.so: tests/hidden/programs/%.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O1 -g $(TEST_CFLAGS) -fPIC -shared -Wl,-soname,$(abspath $@) -o $@ $<

$(BUILD)/hidden/%: tests/hidden/programs/%.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O1 -g $(TEST_CFLAGS) -o $@ $< -ldl

define hidden_rules
$(addprefix $(BUILD)/hidden/$(1)/,$(HIDDEN_KINDS)): HIDDEN_MAIN := tests/hidden/programs/inside.c
$(addprefix $(BUILD)/hidden/$(1)/,$(HIDDEN_CHECKPOINTS)): HIDDEN_MAIN := tests/duplication/programs/checkpoint.c
$(addprefix $(BUILD)/hidden/$(1)/,$(HIDDEN_KINDS) $(HIDDEN_CHECKPOINTS)): $(HIDDEN_SOURCES) $(BUILD)/hidden/replace.so \
        $(BUILD)/trees/$(1) tests/hidden/suite.mk $(FLAGS_FILE)
	$$(call say,HIDDEN,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && libraries=$$$${LIBCRYPTO%/*} && \
	    $$(CC) -O1 $$(filter-out -Itests/support,$$(TEST_CFLAGS)) -Itests/duplication/programs \
	    -Wno-deprecated-declarations -isystem $$$$INCLUDE $$(HIDDEN_$$(@F)_FLAGS) -Wl,--build-id -o $$@ \
	    $$(HIDDEN_MAIN) tests/duplication/programs/draws.c -Wl,--dynamic-linker=$$$$LOADER,-rpath,$$$$libraries,--exclude-libs,ALL \
	    $$$$libraries/libssl.a $$$$libraries/libcrypto.a \
	    $$$$(ls $$$$libraries/libz.so.1 $$$$libraries/libzstd.so.1 2>/dev/null) -nodefaultlibs \
	    $$$$libraries/libc.so.6 $$$$($$(CC) -print-file-name=libc_nonshared.a) $$$$LOADER -lgcc

$(BUILD)/hidden/$(1)/stripped-%: $(BUILD)/hidden/$(1)/%
	$$(call say,STRIP,$$@)
	$$(Q)$$(STRIP) -o $$@ $$<

$(BUILD)/hidden/$(1)/%.debug: $(BUILD)/hidden/$(1)/%
	$$(call say,DEBUG,$$@)
	$$(Q)objcopy --only-keep-debug $$< $$@

HIDDEN_FILES += $(addprefix $(BUILD)/hidden/$(1)/,$(HIDDEN_KINDS) stripped-program stripped-module.so module.so.debug \
                  $(if $(OSRANDOM_TEST_ALL),$(HIDDEN_CHECKPOINTS) $(addprefix stripped-,$(HIDDEN_CHECKPOINTS))))
endef
$(foreach tree,$(HIDDEN_TREES),$(eval $(call hidden_rules,$(tree))))

# A FIPS provider is there from 3.5 on.
FIPS_TREES := $(filter-out openssl-3.0,$(HIDDEN_TREES))
define fips_rules
$(BUILD)/hidden/$(1)/fips: tests/hidden/programs/fips.c $(BUILD)/trees/$(1) $(FLAGS_FILE)
	$$(call say,PROGRAM,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && \
	    $$(CC) -O1 -g $$(TEST_CFLAGS) -isystem $$$$INCLUDE -fPIE -pie -o $$@ $$< $$$$LIBCRYPTO \
	    -Wl,--allow-shlib-undefined
HIDDEN_FILES += $(BUILD)/hidden/$(1)/fips
endef
$(foreach tree,$(FIPS_TREES),$(eval $(call fips_rules,$(tree))))

HIDDEN_FILES += $(BUILD)/hidden/reload_inside $(BUILD)/hidden/numbers $(BUILD)/hidden/useless.so
TEST_FILES += $(if $(LINKS_TREES),$(HIDDEN_FILES))

.PHONY: hidden-files
hidden-files: $(HIDDEN_FILES)
