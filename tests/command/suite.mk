# Programs that come by their OpenSSL in ways that `osrandom explain` must tell apart. libalike.so
# exports what the shim looks for.
COMMAND_FILES := $(addprefix $(BUILD)/tests/command/,libs/libalike.so by_rpath by_runpath through/libthrough.so \
                   through_library static static_inside writes loads/libloads.so loads/libmount.so \
                   loads/libpam.so loads/security/pam_alike.so host host_linked names_library has_modules awslc exports \
                   awslc_inside boringssl_inside meddles.so held held_plain held_hidden held_stripped held_exported forged.so moody.so silent.so \
                   ends.so crash.so never_answers maps forge libs/libaws.so forged_provider.so)
COMMAND_COMPILE = $(Q)mkdir -p $(@D) && $(CC) -O1 $(TEST_CFLAGS) -o $@

TEST_FILES += $(BUILD)/osrandom $(BUILD)/osrandom.static $(COMMAND_FILES) $(MODULE) $(LEDGER_MODULE)
$(COMMAND_FILES): $(FLAGS_FILE) tests/command/suite.mk

$(BUILD)/tests/command/libs/libalike.so: tests/command/programs/alike.c
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -fPIC -shared -Wl,-soname,libalike.so

$(BUILD)/tests/command/by_rpath: tests/command/programs/plain.c $(BUILD)/tests/command/libs/libalike.so
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -Wl,--no-as-needed -L$(@D)/libs -lalike -Wl,--disable-new-dtags,-rpath,'$$ORIGIN/libs'

$(BUILD)/tests/command/by_runpath: tests/command/programs/plain.c $(BUILD)/tests/command/libs/libalike.so
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -Wl,--no-as-needed -L$(@D)/libs -lalike -Wl,--enable-new-dtags,-rpath,'$${ORIGIN}/libs'

# A RUNPATH is not for the libraries' own needs, so that libthrough.so has one too.
$(BUILD)/tests/command/through/libthrough.so: tests/command/programs/plain.c $(BUILD)/tests/command/libs/libalike.so
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -fPIC -shared -Wl,-soname,libthrough.so -Wl,--no-as-needed -L$(@D)/../libs -lalike \
	    -Wl,--enable-new-dtags,-rpath,'$$ORIGIN/../libs'

$(BUILD)/tests/command/through_library: tests/command/programs/plain.c $(BUILD)/tests/command/through/libthrough.so
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -Wl,--no-as-needed -L$(@D)/through -lthrough -Wl,--allow-shlib-undefined \
	    -Wl,--enable-new-dtags,-rpath,'$$ORIGIN/through'

$(BUILD)/tests/command/static: tests/command/programs/plain.c
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -static

$(BUILD)/tests/command/static_inside: tests/command/programs/plain.c tests/command/programs/openssl_inside.c
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $(filter %.c,$^) -static

$(BUILD)/tests/command/writes: tests/command/programs/writes.c
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $<

# Libraries that load others: anything, what their text names, and modules in a place that is known.
LOADS := $(BUILD)/tests/command/loads
$(LOADS)/libloads.so $(LOADS)/libmount.so $(LOADS)/libpam.so: tests/command/programs/loads.c
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -fPIC -shared -Wl,-soname,$(@F) $($(@F)_FLAGS) -ldl
libmount.so_FLAGS = -DWHAT='"libalike.so"' -Wl,--enable-new-dtags,-rpath,'$$ORIGIN/../libs'

$(LOADS)/security/pam_alike.so: tests/command/programs/plain.c $(BUILD)/tests/command/libs/libalike.so
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -fPIC -shared -Wl,--no-as-needed -L$(@D)/../../libs -lalike \
	    -Wl,--enable-new-dtags,-rpath,'$$ORIGIN/../../libs'

$(addprefix $(BUILD)/tests/command/,host host_linked names_library has_modules): tests/command/programs/plain.c \
    $(addprefix $(LOADS)/,libloads.so libmount.so libpam.so security/pam_alike.so) $(BUILD)/tests/command/libs/libalike.so
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -Wl,--no-as-needed -L$(LOADS) -L$(@D)/libs $($(@F)_LOADS) \
	    -Wl,--enable-new-dtags,-rpath,'$$ORIGIN/loads:$$ORIGIN/libs'
host_LOADS := -lloads
host_linked_LOADS := -lloads -lalike
names_library_LOADS := -lmount
has_modules_LOADS := -lpam

# AWS-LC, as a library that is linked, and inside; what little is left of BoringSSL inside.
$(BUILD)/tests/command/libs/libawslc.so: tests/command/programs/awslc.c
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -fPIC -shared -Wl,-soname,libawslc.so

$(BUILD)/tests/command/awslc: tests/command/programs/plain.c $(BUILD)/tests/command/libs/libawslc.so
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -Wl,--no-as-needed -L$(@D)/libs -lawslc -Wl,-rpath,'$$ORIGIN/libs'

$(BUILD)/tests/command/awslc_inside: tests/command/programs/awslc.c
$(BUILD)/tests/command/boringssl_inside: tests/command/programs/boringssl.c
$(addprefix $(BUILD)/tests/command/,awslc_inside boringssl_inside): tests/command/programs/plain.c
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $(filter %.c,$^)

$(BUILD)/tests/command/exports: tests/command/programs/plain.c tests/command/programs/alike.c
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $(filter %.c,$^) -rdynamic

$(BUILD)/tests/command/meddles.so: tests/command/programs/meddles.c
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -fPIC -shared -ldl

# How a control group's name is read is asked of the command's own part; so is the vmclock, for no hypervisor
# here has the device.
command_LINKS := $(addprefix $(BUILD)/tools/osrandom/,process/identity.o process/foreign.o process/mounts.o \
                   base/memory.o base/complain.o base/printable.o kernel/vmclock.o)
$(BUILD)/tests/command/%.o: TEST_CFLAGS += -Itools/osrandom

# The tests read JSON.
$(BUILD)/tests/command/run: LDFLAGS += -Wl,--no-as-needed -ljansson

$(BUILD)/tests/command/libs/libaws.so: tests/command/programs/alike_aws.c
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -fPIC -shared -Wl,-soname,libaws.so

$(BUILD)/tests/command/never_answers $(BUILD)/tests/command/maps: $(BUILD)/tests/command/%: tests/command/programs/%.c
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $<

$(BUILD)/tests/command/forge: tests/command/programs/forge.c preload/status.h
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -lcrypto -ldl

HELD := tests/command/programs/held.c
HELD_CFLAGS := -Wno-deprecated-declarations

$(BUILD)/tests/command/held: $(HELD)
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $(HELD_CFLAGS) $< -lcrypto -lpthread -ldl

# It only draws.
$(BUILD)/tests/command/held_plain: tests/command/programs/draws.c
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -lcrypto

$(BUILD)/tests/command/held_stripped: $(BUILD)/tests/command/held_hidden
	$(call say,STRIP,$@)
	$(Q)$(STRIP) -o $@ $<

$(BUILD)/tests/command/held_hidden $(BUILD)/tests/command/held_exported: $(HELD) $(BUILD)/trees/openssl-3.0
	$(call say,CC,$@)
	$(Q). $$(cat $(BUILD)/trees/openssl-3.0)/tree.env && \
	    $(CC) -O1 $(TEST_CFLAGS) $(HELD_CFLAGS) -isystem $$INCLUDE -o $@ $< $($(@F)_FLAGS) \
	    $${LIBCRYPTO%/*}/libcrypto.a -lpthread -ldl
held_exported_FLAGS = -rdynamic $(NEEDED_INSIDE)

$(BUILD)/tests/command/forged.so: tests/command/programs/forged.c preload/status.h
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -fPIC -shared -nostdlib -Wl,-z,now

$(BUILD)/tests/command/forged_provider.so: tests/command/programs/forged_provider.c preload/provider_status.h preload/status.h
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -fPIC -shared -nostdlib -Wl,-z,now

$(addprefix $(BUILD)/tests/command/,moody.so silent.so crash.so ends.so): $(BUILD)/tests/command/%.so: tests/command/programs/%.c
	$(call say,CC,$@)
	$(COMMAND_COMPILE) $< -fPIC -shared -ldl

# The package, where its tools are installed; without it, its tests are skipped.
TEST_FILES += $(BUILD)/tests/command/packaged
$(BUILD)/tests/command/packaged: $(wildcard platform/*.[ch] preload/* tools/osrandom/*.[ch] tools/osrandom/*/*.[ch] tools/tools.mk Makefile) \
    $(shell find tools/man tools/completion tools/examples tools/package -type f)
	$(Q)mkdir -p $(@D)
	$(Q)if command -v dh dpkg-buildpackage >/dev/null; then $(MAKE) --no-print-directory deb; fi
	$(Q)touch $@

TEST_FILES += $(BUILD)/tests/command/packaged_rpm
$(BUILD)/tests/command/packaged_rpm: $(BUILD)/tests/command/packaged
	$(Q)if command -v rpmbuild >/dev/null; then $(MAKE) --no-print-directory rpm; fi
	$(Q)touch $@
