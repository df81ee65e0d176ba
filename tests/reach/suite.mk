# The shim as each machine's cross compiler builds it: `make build/reach/arm64`. The tests of --all
# have them all; the quick ones two, of which one is 32 bits wide and one is not x86.

REACH_COMPILERS := arm64:aarch64-linux-gnu-gcc i386:i686-linux-gnu-gcc
ifneq ($(OSRANDOM_TEST_ALL),)
REACH_COMPILERS += armhf:arm-linux-gnueabihf-gcc ppc64el:powerpc64le-linux-gnu-gcc \
                   riscv64:riscv64-linux-gnu-gcc s390x:s390x-linux-gnu-gcc
endif
REACH_LATE := tests/reach/programs/late_crypto.c

# $(call reach_rules,MACHINE,COMPILER). -Wno-psabi: a note on what GCC 11 changed for i386.
define reach_rules
$(BUILD)/reach/$(1)/libosrandom_preload.so: $(SHIM) $(LEDGER_SHIM) tests/reach/suite.mk
	$$(call say,MAKE,$$@)
	$$(Q)$$(MAKE) --no-print-directory BUILD='$(BUILD)/reach/$(1)' CC=$(2) CFLAGS='-O2 -g -Wno-psabi' \
	    CPPFLAGS= LDFLAGS= $$@ $(BUILD)/reach/$(1)/ledger/libosrandom_preload.so $$(if $$(V),,>/dev/null)
	$$(Q)touch $$@
$(BUILD)/reach/$(1)/late_crypto: $(REACH_LATE) tests/reach/suite.mk
	$$(call say,CC,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(2) -O1 -Wall -Wextra -Werror -D_GNU_SOURCE -o $$@ $$< -ldl
$(BUILD)/reach/$(1)/pace: tests/reach/programs/pace.c tests/reach/suite.mk
	$$(call say,CC,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(2) -O1 -Wall -Wextra -Werror -D_GNU_SOURCE -o $$@ $$< -ldl
TEST_FILES += $(addprefix $(BUILD)/reach/$(1)/,libosrandom_preload.so late_crypto pace)
endef
$(foreach one,$(REACH_COMPILERS),$(if $(shell command -v $(lastword $(subst :, ,$(one)))),\
    $(eval $(call reach_rules,$(firstword $(subst :, ,$(one))),$(lastword $(subst :, ,$(one)))))))

ifneq ($(shell command -v musl-gcc),)
TEST_FILES += $(BUILD)/reach/musl/late_crypto
endif
$(BUILD)/reach/musl/late_crypto: $(REACH_LATE) tests/reach/suite.mk
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)musl-gcc -O1 -Wall -Wextra -Werror -D_GNU_SOURCE -o $@ $<

TEST_FILES += $(BUILD)/reach/enter
$(BUILD)/reach/enter: tests/reach/programs/enter.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O1 -g $(TEST_CFLAGS) -o $@ $<

reach_LINKS := $(BUILD)/tests/command/held.o $(BUILD)/tests/command/words.o
