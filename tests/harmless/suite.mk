# Its ways to come by OpenSSL are those of tests/openssl.
harmless_LINKS := $(BUILD)/tests/openssl/ways.o
$(BUILD)/tests/harmless/%.o: TEST_CFLAGS += -Itests/openssl

# The probe once more, for a C library that is older than the one it is built on: linked to that
# library itself, whose versions of the symbols it then has.
HARMLESS_2_31 := $(BUILD)/harmless/glibc-2.31/loader
START_FILE = $$($(CC) -print-file-name=$(1))
$(HARMLESS_2_31): tests/probes/loader.c $(wildcard tests/probes/*.h) $(BUILD)/trees/openssl-1.1.1 \
    $(BUILD)/trees/glibc-2.31 $(FLAGS_FILE)
	$(call say,PROBE,$@)
	$(Q)mkdir -p $(@D)
	$(Q). $$(cat $(BUILD)/trees/openssl-1.1.1)/tree.env && headers=$$INCLUDE && \
	    . $$(cat $(BUILD)/trees/glibc-2.31)/tree.env && libraries=$${LIBCRYPTO%/*} && \
	    $(CC) -O1 -g $(TEST_CFLAGS) -Wno-deprecated-declarations -isystem $$headers -fPIE -pie \
	    -nostdlib -o $@ $(call START_FILE,Scrt1.o) $(call START_FILE,crti.o) $< \
	    $$LIBSSL $$LIBCRYPTO $$libraries/libpthread.so.0 $$libraries/libdl.so.2 \
	    $$libraries/libgcc_s.so.1 $$libraries/libc.so.6 -lgcc $(call START_FILE,crtn.o) \
	    -Wl,--allow-shlib-undefined
TEST_FILES += $(HARMLESS_2_31)
.SECONDARY: $(BUILD)/trees/glibc-2.31
