# How osrandom explain reads openssl.cnf is compared with how OpenSSL does.
CNF_READER := $(addprefix tools/osrandom/,file/openssl_cnf.c file/openssl_cnf.h file/regular.c base/memory.c base/complain.c \
                base/printable.c)

# The probes' OpenSSLs are told by openssl.cnf to load the module. What measures is built by tests/provider/speed.
define provider_rules
$(BUILD)/provider/$(1)/speed: tests/provider/programs/speed.c $(BUILD)/trees/$(1) $(FLAGS_FILE)
	$$(call say,PROGRAM,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && \
	    $$(CC) -O2 -g $$(TEST_CFLAGS) -isystem $$$$INCLUDE -fPIE -pie -o $$@ $$< $$$$LIBCRYPTO -lpthread \
	    -Wl,--allow-shlib-undefined

TEST_FILES += $(BUILD)/provider/$(1)/reads
$(BUILD)/provider/$(1)/reads: tests/provider/programs/reads.c $(CNF_READER) $(BUILD)/trees/$(1) $(FLAGS_FILE)
	$$(call say,PROGRAM,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && \
	    $$(CC) -O1 -g $$(TEST_CFLAGS) -Itools/osrandom -isystem $$$$INCLUDE -fPIE -pie -o $$@ $$< \
	    $(filter %.c,$(CNF_READER)) $$$$LIBCRYPTO -Wl,--allow-shlib-undefined

# Where OpenSSL's own tests lie; where they cannot be had, ours of them are skipped.
$(BUILD)/provider/$(1)/openssls_tests: tests/provider/openssls_tests $(BUILD)/trees/$(1)
	$$(call say,OPENSSL,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)if tests/provider/openssls_tests $(1) >$$@.new; then mv $$@.new $$@; fi
TEST_FILES += $(if $(OSRANDOM_TEST_ALL),$(BUILD)/provider/$(1)/openssls_tests)
endef
$(foreach tree,$(filter-out openssl-1.1.1,$(TREES)),$(eval $(call provider_rules,$(tree))))

TEST_FILES += $(MODULE) $(LEDGER_MODULE)

# What osrandom explain tells of a configuration is compared with what happens.
TEST_FILES += $(BUILD)/osrandom.static

# A small core, for this system's C library and for musl.
TEST_FILES += $(BUILD)/provider/core
$(BUILD)/provider/core: tests/provider/programs/core.c preload/provider_abi.h $(FLAGS_FILE)
	$(call say,PROGRAM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O1 -g $(TEST_CFLAGS) -o $@ $< -ldl

ifneq ($(shell command -v musl-gcc),)
TEST_FILES += $(BUILD)/provider/core_musl
endif
$(BUILD)/provider/core_musl: tests/provider/programs/core.c preload/provider_abi.h
	$(call say,PROGRAM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)musl-gcc -O1 -Wall -Wextra -Werror -D_GNU_SOURCE -Ipreload -o $@ $<
