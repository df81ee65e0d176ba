# The programs are linked to the host's OpenSSL; the preloads stand in LD_PRELOAD beside the shim.
SURROUNDINGS_DIR := $(BUILD)/surroundings
SURROUNDINGS_FILES := $(addprefix $(SURROUNDINGS_DIR)/,fences moments pressure spaces spaces_getenv \
                        module.so asks_libc getrandom.so getenv.so getpid.so asks_pid malloc.so \
                        $(if $(OFFLINE),,module-3.6.so))
SURROUNDINGS_COMPILE = $(Q)mkdir -p $(@D) && $(CC) -O1 -g $(TEST_CFLAGS) -o $@ $(filter %.c,$^)

# Calls that a kernel without a seed would answer: see fault.h.
surroundings_LINKS := $(BUILD)/tests/unit/fault.o
$(BUILD)/tests/surroundings/%.o: TEST_CFLAGS += -Itests/unit

$(SURROUNDINGS_FILES): $(wildcard tests/surroundings/programs/*.h) preload/status.h platform/random.h \
    tests/surroundings/suite.mk $(FLAGS_FILE)

$(SURROUNDINGS_DIR)/spaces $(SURROUNDINGS_DIR)/spaces_getenv: tests/surroundings/programs/spaces.c
	$(call say,PROGRAM,$@)
	$(SURROUNDINGS_COMPILE) $(if $(filter %_getenv,$@),-DOWN_GETENV) -ldl

$(SURROUNDINGS_DIR)/%: tests/surroundings/programs/%.c
	$(call say,PROGRAM,$@)
	$(SURROUNDINGS_COMPILE) -lcrypto -lpthread -ldl

$(SURROUNDINGS_DIR)/module.so: tests/surroundings/programs/module.c
	$(call say,PROGRAM,$@)
	$(SURROUNDINGS_COMPILE) -fPIC -shared -lcrypto

$(SURROUNDINGS_DIR)/module-3.6.so: tests/surroundings/programs/module.c $(BUILD)/trees/openssl-3.6
	$(call say,PROGRAM,$@)
	$(Q). $$(cat $(BUILD)/trees/openssl-3.6)/tree.env && $(CC) -O1 -g $(TEST_CFLAGS) -isystem $$INCLUDE \
	    -o $@ $< -fPIC -shared $$LIBCRYPTO -Wl,--allow-shlib-undefined

$(SURROUNDINGS_DIR)/%.so: tests/surroundings/preloads/%.c
	$(call say,PROGRAM,$@)
	$(SURROUNDINGS_COMPILE) -fPIC -shared -fno-builtin -Wl,-z,now

TEST_FILES += $(SURROUNDINGS_FILES)
$(BUILD)/tests/surroundings/run: $(SURROUNDINGS_FILES) $(SHIM) $(LEDGER_SHIM)
