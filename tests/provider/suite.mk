# The probes' OpenSSLs are told by openssl.cnf to load the module. What measures is built by tests/provider/speed.
define provider_rules
$(BUILD)/provider/$(1)/speed: tests/provider/programs/speed.c $(BUILD)/trees/$(1) $(FLAGS_FILE)
	$$(call say,PROGRAM,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && \
	    $$(CC) -O2 -g $$(TEST_CFLAGS) -isystem $$$$INCLUDE -fPIE -pie -o $$@ $$< $$$$LIBCRYPTO -lpthread \
	    -Wl,--allow-shlib-undefined
endef
$(foreach tree,$(filter-out openssl-1.1.1,$(TREES)),$(eval $(call provider_rules,$(tree))))

TEST_FILES += $(MODULE) $(LEDGER_MODULE)
