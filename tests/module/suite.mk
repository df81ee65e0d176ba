# The module that also writes what it hands out to a ledger, and another engine to compare with.
LEDGER_MODULE := $(BUILD)/ledger/engines/osrandom.so
OTHER_ENGINE := $(BUILD)/ledger/engines/other.so

$(LEDGER_MODULE): $(BUILD)/ledger/method.o $(BUILD)/ledger/ledger_fill.o $(MODULE_OWN) \
    $(filter-out $(BUILD)/preload/method.o,$(MODULE_SHARED)) preload/module.map
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(FREESTANDING) $(MODULE_LDFLAGS) -o $@ $(filter %.o,$^) -lgcc

# It is linked to no OpenSSL, so that one serves every tree.
$(OTHER_ENGINE): tests/module/programs/other_engine.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O1 -g $(TEST_CFLAGS) -fPIC -shared -o $@ $<

TEST_FILES += $(MODULE) $(LEDGER_MODULE) $(OTHER_ENGINE)
