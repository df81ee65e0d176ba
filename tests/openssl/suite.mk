# For the leak checkers, which run on this system's own C library: trees that it can serve, and their
# OpenSSL without the C library that lies beside it. Where it is older than what the tree's was linked
# to, nothing is built, and the tests are skipped.
QUIET_TREES := openssl-1.1.1 openssl-3.0
IF_SERVED = [ "$$$$(grep -aoh 'GLIBC_2\.[0-9]*' $$$$LIBCRYPTO $$$$LIBSSL | cut -d. -f2 | sort -n | tail -n 1)" -gt \
              "$$$$(getconf GNU_LIBC_VERSION | cut -d. -f2)" ] ||

define quiet_rules
$(BUILD)/quiet/$(1)/lib: $(BUILD)/trees/$(1)
	$$(Q). $$$$(cat $$<)/tree.env && $(IF_SERVED) { mkdir -p $$@ && ln -sf $$$$LIBCRYPTO $$$$LIBSSL $$@; }
$(BUILD)/quiet/$(1)/only_draws: tests/openssl/programs/only_draws.c $(BUILD)/trees/$(1) $(FLAGS_FILE)
	$$(call say,PROBE,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && \
	    $(IF_SERVED) $$(CC) -O1 -g $$(TEST_CFLAGS) -Wno-deprecated-declarations -Itests/probes \
	    -isystem $$$$INCLUDE -fPIE -pie -o $$@ $$< $$$$LIBCRYPTO
$(BUILD)/quiet/$(1)/asan_draws: tests/probes/draws.c $(BUILD)/trees/$(1) $(FLAGS_FILE)
	$$(call say,PROBE,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && \
	    $(IF_SERVED) gcc -O1 -g $$(TEST_CFLAGS) -fsanitize=address -Wno-deprecated-declarations \
	    -isystem $$$$INCLUDE -fPIE -pie -o $$@ $$< $$$$LIBCRYPTO
TEST_FILES += $(BUILD)/quiet/$(1)/lib $(BUILD)/quiet/$(1)/only_draws $(if $(HAS_ASAN),$(BUILD)/quiet/$(1)/asan_draws)
endef

HAS_ASAN := $(call can_link,gcc -fsanitize=address)
$(foreach tree,$(QUIET_TREES),$(eval $(call quiet_rules,$(tree))))

# OpenSSLs that are older than any Debian has, inside programs: see tests/support/elders. What cannot be
# fetched is not built, and its tests are skipped.
ELDERS := openssl-1.0.1 openssl-1.0.2 openssl-1.1.0
ELDER_PROBES := default_method draws ending engine keys sizes swap
ELDER_DIR := $(BUILD)/probes/inside

define elder_rules
$(BUILD)/trees/$(1):
	$$(Q)mkdir -p $$(@D)
	$$(Q)if tests/support/elders get $(1) >$$@.new; then mv $$@.new $$@; else rm $$@.new; fi
$(BUILD)/probes/$(1)/%.so: tests/probes/%.c $(BUILD)/trees/$(1) $(ELDER_DIR)/libosrandom_preload.so \
    $(wildcard tests/probes/*.h) $(FLAGS_FILE)
	$$(call say,PROBE,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)[ ! -e $(BUILD)/trees/$(1) ] || { . $$$$(cat $(BUILD)/trees/$(1))/tree.env && \
	    $$(CC) -O1 -g $$(TEST_CFLAGS) -Wno-deprecated-declarations -isystem $$$$INCLUDE -fPIC -shared \
	    -o $$@ $$< -Wl,--no-as-needed $(ELDER_DIR)/libosrandom_preload.so -Wl,-rpath,'$$$$ORIGIN/../inside'; }
TEST_FILES += $(ELDER_PROBES:%=$(BUILD)/probes/$(1)/%.so)
endef
$(foreach elder,$(ELDERS),$(eval $(call elder_rules,$(elder))))

$(ELDER_DIR)/libosrandom_preload.so: tests/load/programs/empty.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O1 -shared -fPIC -nostdlib -Wl,-soname,libosrandom_preload.so -o $@ $<

$(ELDER_DIR)/inside.node: tests/openssl/programs/inside.c $(FLAGS_FILE)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O1 -g $(TEST_CFLAGS) -shared -fPIC -o $@ $< -ldl
TEST_FILES += $(ELDER_DIR)/inside.node

# An OpenSSL without methods: see tests/openssl/without_methods. Where it cannot be built, neither is this.
NO_DEPRECATED := $(BUILD)/openssl/no_deprecated
$(NO_DEPRECATED): tests/openssl/programs/no_deprecated.c tests/openssl/without_methods $(FLAGS_FILE)
	$(call say,PROBE,$@)
	$(Q)mkdir -p $(@D)
	$(Q)if made=$$(tests/openssl/without_methods); then \
	    $(CC) -O1 -g $(TEST_CFLAGS) -isystem "$$made/include" -o $@ $< \
	    -L"$$made/lib" -Wl,-rpath,"$$made/lib" -lssl -lcrypto; fi
TEST_FILES += $(if $(OSRANDOM_TEST_ALL),$(NO_DEPRECATED))

# A module that needs more than thirty libraries before OpenSSL's, as some of multimedia do.
CROWD := $(BUILD)/openssl/crowd
$(CROWD)/draws.so: $(BUILD)/probes/openssl-4.0/draws.o tests/load/programs/empty.c
	$(call say,PROBE,$@)
	$(Q)mkdir -p $(@D)
	$(Q)for i in $$(seq 40); do $(CC) -O1 -shared -fPIC -nostdlib -Wl,-soname,libcrowd$$i.so \
	    -o $(@D)/libcrowd$$i.so tests/load/programs/empty.c || exit; done
	$(Q). $$(cat $(BUILD)/trees/openssl-4.0)/tree.env && $(CC) -shared -o $@ $< -Wl,--no-as-needed \
	    $$(seq -f '$(@D)/libcrowd%g.so' 40) $$LIBCRYPTO -Wl,--allow-shlib-undefined -Wl,-rpath,'$$ORIGIN'
TEST_FILES += $(CROWD)/draws.so
