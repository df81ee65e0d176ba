# For the leak checkers, which run on this host's own C library: trees that it can serve.
QUIET_TREES := openssl-1.1.1 openssl-3.0

define quiet_rules
$(BUILD)/quiet/$(1)/only_draws: tests/openssl/programs/only_draws.c $(BUILD)/trees/$(1) $(FLAGS_FILE)
	$$(call say,PROBE,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && \
	    $$(CC) -O1 -g $$(TEST_CFLAGS) -Wno-deprecated-declarations -Itests/probes \
	    -isystem $$$$INCLUDE -fPIE -pie -o $$@ $$< $$$$LIBCRYPTO
$(BUILD)/quiet/$(1)/asan_draws: tests/probes/draws.c $(BUILD)/trees/$(1) $(FLAGS_FILE)
	$$(call say,PROBE,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && \
	    gcc -O1 -g $$(TEST_CFLAGS) -fsanitize=address -Wno-deprecated-declarations \
	    -isystem $$$$INCLUDE -fPIE -pie -o $$@ $$< $$$$LIBCRYPTO
TEST_FILES += $(BUILD)/quiet/$(1)/only_draws $(if $(HAS_ASAN),$(BUILD)/quiet/$(1)/asan_draws)
endef

HAS_ASAN := $(shell echo 'int main(void){return 0;}' | \
              gcc -fsanitize=address -x c -o /dev/null - 2>/dev/null && echo yes)
$(foreach tree,$(QUIET_TREES),$(eval $(call quiet_rules,$(tree))))
