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
	    $$libraries/libgcc_s.so.1 $$libraries/libc.so.6 $(call START_FILE,libc_nonshared.a) -lgcc $(call START_FILE,crtn.o) \
	    -Wl,--allow-shlib-undefined
TEST_FILES += $(HARMLESS_2_31)
.SECONDARY: $(BUILD)/trees/glibc-2.31

# Programs with an OpenSSL each, and plugins with another; underlinked, a plugin names libssl alone,
# which brings the libcrypto that it calls, and calls it past a PLT: pointers into itself are
# relocated before what leads there.
HARMLESS_TREES := openssl-1.1.1 openssl-3.0 openssl-3.6 openssl-4.0
HARMLESS_PROGRAMS := $(wildcard tests/harmless/programs/*.[ch])
HARMLESS_COMPILE = $(CC) -O2 -g $(TEST_CFLAGS) -Wno-deprecated-declarations -Itests/harmless/programs

define harmless_rules
$(BUILD)/harmless/$(1)/plugin.so: $(HARMLESS_PROGRAMS) $(BUILD)/trees/$(1) $(FLAGS_FILE)
	$$(call say,PLUGIN,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && $$(HARMLESS_COMPILE) -isystem $$$$INCLUDE \
	    -fPIC -shared -o $$@ tests/harmless/programs/plugin.c $$$$LIBCRYPTO -Wl,--allow-shlib-undefined
$(BUILD)/harmless/$(1)/host $(BUILD)/harmless/$(1)/host_getenv: $(HARMLESS_PROGRAMS) $(BUILD)/trees/$(1) $(FLAGS_FILE)
	$$(call say,PROGRAM,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && $$(HARMLESS_COMPILE) -isystem $$$$INCLUDE -DLINKED \
	    $$(if $$(filter %_getenv,$$@),-DOWN_GETENV) -fPIE -pie -o $$@ tests/harmless/programs/host.c \
	    $$$$LIBCRYPTO -ldl -Wl,--allow-shlib-undefined
$(BUILD)/harmless/$(1)/underlinked.so: $(HARMLESS_PROGRAMS) $(BUILD)/trees/$(1) $(FLAGS_FILE)
	$$(call say,PLUGIN,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q). $$$$(cat $(BUILD)/trees/$(1))/tree.env && $$(HARMLESS_COMPILE) -isystem $$$$INCLUDE \
	    -fPIC -fno-plt -shared -o $$@ tests/harmless/programs/plugin.c -Wl,--no-as-needed $$$$LIBSSL -Wl,--allow-shlib-undefined
TEST_FILES += $(addprefix $(BUILD)/harmless/$(1)/,plugin.so underlinked.so host host_getenv)
endef
$(foreach tree,$(HARMLESS_TREES),$(eval $(call harmless_rules,$(tree))))

# The same object linked to one OpenSSL and to another: where the one lay, the other's calls come from
# the same addresses.
define twin_rules
$(BUILD)/harmless/twins/$(1).so: $(HARMLESS_PROGRAMS) $(BUILD)/trees/$(1) $(BUILD)/trees/$(2) $(FLAGS_FILE)
	$$(call say,PLUGIN,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q). $$$$(cat $(BUILD)/trees/$(2))/tree.env && headers=$$$$INCLUDE && \
	    . $$$$(cat $(BUILD)/trees/$(1))/tree.env && $$(HARMLESS_COMPILE) -isystem $$$$headers $(3) \
	    -fPIC -shared -o $$@ tests/harmless/programs/plugin.c $$$$LIBCRYPTO -Wl,--allow-shlib-undefined
TEST_FILES += $(BUILD)/harmless/twins/$(1).so
endef
$(eval $(call twin_rules,openssl-4.0,openssl-3.6,-DNO_ENGINES))
$(eval $(call twin_rules,openssl-3.6,openssl-3.6,-DNO_ENGINES))
$(eval $(call twin_rules,openssl-3.0,openssl-1.1.1,))
$(eval $(call twin_rules,openssl-1.1.1,openssl-1.1.1,))

$(BUILD)/harmless/host $(BUILD)/harmless/host_getenv: $(HARMLESS_PROGRAMS) $(FLAGS_FILE)
	$(call say,PROGRAM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HARMLESS_COMPILE) $(if $(filter %_getenv,$@),-DOWN_GETENV) -fPIE -pie -o $@ \
	    tests/harmless/programs/host.c -ldl

# An OpenSSL as upstream built it up to 1.0.2: its symbols have no versions, so that a reference to them
# is bound to the first that has the name.
VERSIONLESS := $(BUILD)/harmless/versionless
$(VERSIONLESS)/libcrypto.so.1.0.0: $(BUILD)/trees/openssl-1.1.1 $(FLAGS_FILE)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q). $$(cat $<)/tree.env && $(CC) -shared -o $@ -Wl,-soname,libcrypto.so.1.0.0 -Wl,--whole-archive \
	    $${LIBCRYPTO%/*}/libcrypto.a -Wl,--no-whole-archive -lpthread -ldl
$(VERSIONLESS)/plugin.so: $(HARMLESS_PROGRAMS) $(VERSIONLESS)/libcrypto.so.1.0.0
	$(call say,PLUGIN,$@)
	$(Q). $$(cat $(BUILD)/trees/openssl-1.1.1)/tree.env && $(HARMLESS_COMPILE) -isystem $$INCLUDE \
	    -fPIC -shared -o $@ tests/harmless/programs/plugin.c $(VERSIONLESS)/libcrypto.so.1.0.0 \
	    -Wl,-rpath,'$$ORIGIN'
TEST_FILES += $(BUILD)/harmless/host $(BUILD)/harmless/host_getenv $(VERSIONLESS)/plugin.so

# A plugin that is linked to both, to this one last. The one call that only this has is made by a PLT,
# and so is the first to be seen.
$(VERSIONLESS)/both.so: $(HARMLESS_PROGRAMS) $(BUILD)/trees/openssl-3.0 $(VERSIONLESS)/libcrypto.so.1.0.0
	$(call say,PLUGIN,$@)
	$(Q)echo 'void RAND_DRBG_get0_master(void); void both(void); void both(void) { RAND_DRBG_get0_master(); }' | \
	    $(HARMLESS_COMPILE) -fPIC -c -o $(@D)/both.o -x c -
	$(Q). $$(cat $(BUILD)/trees/openssl-3.0)/tree.env && $(HARMLESS_COMPILE) -isystem $$INCLUDE \
	    -fPIC -fno-plt -shared -o $@ $(@D)/both.o tests/harmless/programs/plugin.c $$LIBCRYPTO \
	    $(VERSIONLESS)/libcrypto.so.1.0.0 -Wl,--allow-shlib-undefined -Wl,-rpath,'$$ORIGIN'
TEST_FILES += $(VERSIONLESS)/both.so

# A library that shares names with OpenSSL, and a program of its own.
$(BUILD)/harmless/libother_rand.so: $(HARMLESS_PROGRAMS) $(FLAGS_FILE)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HARMLESS_COMPILE) -fPIC -shared -o $@ tests/harmless/programs/other_rand.c
$(BUILD)/harmless/use_other: $(BUILD)/harmless/libother_rand.so
	$(call say,PROGRAM,$@)
	$(Q)$(HARMLESS_COMPILE) -fPIE -pie -o $@ tests/harmless/programs/use_other.c -L$(@D) -lother_rand \
	    -Wl,-rpath,'$$ORIGIN' -ldl
TEST_FILES += $(BUILD)/harmless/use_other

# An OpenSSL that takes its time over a method.
$(BUILD)/harmless/slow_openssl.so: $(HARMLESS_PROGRAMS) $(FLAGS_FILE)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HARMLESS_COMPILE) -fPIC -shared -o $@ tests/harmless/programs/slow_openssl.c
$(BUILD)/harmless/pinning: $(HARMLESS_PROGRAMS) $(FLAGS_FILE)
	$(call say,PROGRAM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(HARMLESS_COMPILE) -fPIE -pie -rdynamic -o $@ tests/harmless/programs/pinning.c -lpthread -ldl
TEST_FILES += $(BUILD)/harmless/slow_openssl.so $(BUILD)/harmless/pinning
